package transport

import (
	"context"
	"io"
	"net"
	"sync/atomic"
)

// dialer is what [http.Transport.DialContext] is set to.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// tellingCuts makes connections tell a TLS session that was cut off from one that was ended. crypto/tls takes the end
// of a connection without close_notify for the end of the session, which would make whole what came of a response
// without a length.
func tellingCuts(dial dialer) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &cutConn{Conn: conn}, nil
	}
}

// cutConn fails, rather than ends, where a TLS session on it is cut off in the middle of a response. Whether there is
// one shows in what is written: a session begins with a record of a handshake, an HTTP request with a letter.
type cutConn struct {
	net.Conn
	protocol atomic.Int32
	response atomic.Bool // something came since the last write
}

const (
	unknownProtocol = iota // nothing was written yet, or to a proxy only
	plainProtocol
	tlsProtocol
)

func (c *cutConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 && !c.response.Load() {
		c.response.Store(true)
	}
	// Where no response has begun, net/http looks for the plain end, to send the request on another connection.
	if err == io.EOF && c.protocol.Load() == tlsProtocol && c.response.Load() {
		err = &net.OpError{Op: "read", Net: "tcp", Addr: c.RemoteAddr(), Err: errCut{}}
	}
	return n, err
}

func (c *cutConn) Write(p []byte) (int, error) {
	c.begin(p)
	return c.Conn.Write(p)
}

// ReadFrom lets the kernel copy what is sent, where it can. Only requests without TLS are sent so, behind their header.
func (c *cutConn) ReadFrom(r io.Reader) (int64, error) {
	c.response.Store(false)
	return io.Copy(c.Conn, r)
}

func (c *cutConn) begin(p []byte) {
	c.response.Store(false)
	if c.protocol.Load() != unknownProtocol || len(p) < 2 {
		return
	}
	switch {
	case p[0] == 0x16 && p[1] == 3:
		c.protocol.Store(tlsProtocol)
	case 'A' <= p[0] && p[0] <= 'Z' && p[0] != 'C': // CONNECT is for the proxy
		c.protocol.Store(plainProtocol)
	}
}

// errCut is the end of a connection in the middle of a response.
type errCut struct{}

func (errCut) Error() string        { return "the connection was cut off" }
func (errCut) Is(target error) bool { return target == io.ErrUnexpectedEOF }
