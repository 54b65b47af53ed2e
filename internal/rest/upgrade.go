package rest

import (
	"context"
	"net/http"
)

// Upgrade carries out an operation that switches the connection to another protocol, once, and returns the response with
// status 101, whose body is the connection: an io.ReadWriteCloser. A Timeout of the client's settings would be one of the
// connection.
func Upgrade(ctx context.Context, c *Client, op *Op) (*http.Response, error) {
	current, err := c.begin(ctx, op.Only(http.StatusSwitchingProtocols).Once())
	if err != nil {
		return nil, err
	}
	return current.send()
}
