package device

import (
	"context"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

const (
	handshakeTimeout = time.Minute
	largestMessage   = 64 << 10 // those of the document have less than one; many are kept ahead of a slow consumer
)

// newEvents returns a client for handshakes: at the address of the notifications, signed as the API's requests are.
func newEvents(setup *rest.Setup, signing api.Signing, signer *api.Signer, at *url.URL) (*rest.Client, *rest.Session[api.Signing]) {
	own := *setup
	settings := *setup.Settings
	settings.Timeout = 0 // of an attempt with its body: here it would be one of the connection
	own.Settings = &settings
	there := api.Signing{API: at, Credentials: signing.Credentials}
	session := rest.NewSession(&own, &rest.Session[api.Signing]{
		Obtain:  func(context.Context, api.Signing, bool) (api.Signing, error) { return there, nil },
		Belongs: api.Signing.Belongs,
		Send:    signer.Send,
	})
	return own.Client(rest.Config{
		Base:        func(context.Context) (*url.URL, error) { return at, nil },
		Auth:        session.Transport,
		DecodeError: api.DecodeError,
	}), session
}

// connection is a websocket.
type connection struct {
	*websocket.Conn
	busy atomic.Bool // what came waits for the consumer, and nothing is read meanwhile
}

// connect makes a connection. Its error is a *secureaccess.Error.
func (c *Client) connect(ctx context.Context) (*connection, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	shake := &handshake{client: c}
	conn, _, err := websocket.Dial(ctx, c.notifications.String(), &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: shake},
	})
	switch {
	case shake.err != nil:
		return nil, shake.err
	case err != nil:
		return nil, c.broken(err)
	}
	conn.SetReadLimit(largestMessage)
	return &connection{Conn: conn}, nil
}

// handshake sends the request that becomes a websocket as an operation of the client.
type handshake struct {
	client *Client
	err    error
}

// RoundTrip sends a request once.
func (h *handshake) RoundTrip(req *http.Request) (*http.Response, error) {
	// The path is the registration's choice, and the operation's name.
	op := rest.GET(req.URL.EscapedPath()).Follow(req.URL.String()).Accept("")
	for name, values := range req.Header {
		for _, value := range values {
			op.Header(name, value)
		}
	}
	resp, err := rest.Upgrade(req.Context(), h.client.events, op)
	if err != nil {
		h.err = err
		return nil, err
	}
	resp.Request = req
	return resp, nil
}

// read returns the next message.
func (c *connection) read(ctx context.Context) ([]byte, error) {
	_, data, err := c.Read(ctx)
	return data, err
}

func (c *connection) close() { _ = c.CloseNow() }

// keepAlive pings the other side until the function that it returns is called, and closes a connection that is dead. While
// what came waits for the consumer nothing is read, no pong either.
func (c *connection) keepAlive(ctx context.Context, interval time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			if c.busy.Load() {
				continue
			}
			answered, end := context.WithTimeout(ctx, interval)
			err := c.Ping(answered)
			end()
			if err != nil && !c.busy.Load() {
				c.close()
				return
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}
