package rest

import (
	"context"
	"fmt"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
)

// CheckedStatus is [Checked] for operations whose status tells results apart. A 204 has no result: nil. Nor
// has a repeated removal that finds nothing, whose status is 404.
func CheckedStatus[T any](ctx context.Context, c *Client, op *Op, check func(*T) error) (result *T, status int, err error) {
	current, resp, err := c.receive(ctx, op)
	if err != nil {
		return nil, 0, err
	}
	defer current.release()
	if current.gone || resp.StatusCode == http.StatusNoContent {
		return nil, resp.StatusCode, nil
	}
	result = new(T)
	if err = current.decode(resp, result); err == nil {
		if err = check(result); err != nil {
			err = fmt.Errorf("%w: %w", secureaccess.ErrBadResponse, err)
		}
	}
	if err != nil {
		return nil, 0, current.failure(resp, err)
	}
	return result, resp.StatusCode, nil
}

// SendStatus is [Send] for operations whose status tells what became of the request.
func SendStatus(ctx context.Context, c *Client, op *Op) (status int, err error) {
	current, resp, err := c.receive(ctx, op)
	if err != nil {
		return 0, err
	}
	defer current.release()
	if isPage(resp.Header, current.data()) {
		return 0, current.failure(resp, errPage)
	}
	return resp.StatusCode, nil
}
