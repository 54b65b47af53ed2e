package faults

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server serves one fault.
type Server struct {
	URL string

	fault    Fault
	site     Site
	listener net.Listener
	done     chan struct{}
	wait     sync.WaitGroup

	mu       sync.Mutex
	open     map[net.Conn]struct{}
	stopped  bool
	requests []Request
}

// Start serves a fault on a free port of this machine.
func Start(fault Fault, site Site) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	host, scheme := fault.Host, "https"
	if host == "" {
		host = "127.0.0.1"
	}
	if fault.Proto == HTTP {
		scheme = "http"
	}
	s := &Server{
		URL: scheme + "://" + net.JoinHostPort(host, port), fault: fault, site: site, listener: listener,
		done: make(chan struct{}), open: map[net.Conn]struct{}{},
	}
	s.wait.Go(s.accept)
	return s, nil
}

// Stop breaks all connections, and those that come from now on at once. The port stays taken until [Server.Close], so
// that no other server gets what was meant for this one.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopped {
		s.stopped = true
		close(s.done)
	}
	for conn := range s.open {
		_ = conn.Close()
	}
}

// Close stops the server, gives its port back and waits until nothing of it runs.
func (s *Server) Close() {
	s.Stop()
	_ = s.listener.Close()
	s.wait.Wait()
}

// Requests returns what has arrived so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.stopped {
			s.mu.Unlock()
			_ = conn.Close()
			continue
		}
		s.open[conn] = struct{}{}
		s.mu.Unlock()
		s.wait.Go(func() {
			s.serve(conn)
			s.mu.Lock()
			delete(s.open, conn)
			s.mu.Unlock()
			_ = conn.Close()
		})
	}
}

func (s *Server) serve(raw net.Conn) {
	conn := &Conn{Conn: raw, raw: raw, done: s.done}
	if s.fault.Accept != nil {
		s.fault.Accept(conn)
		return
	}
	if s.fault.Proto != HTTP {
		config, err := tlsConfig(s.fault)
		if err != nil {
			return
		}
		secure := tls.Server(raw, config)
		if secure.Handshake() != nil {
			return
		}
		conn.Conn = secure
		if s.fault.Proto == H2 {
			(&h2{Conn: conn, server: s}).serve()
			return
		}
	}
	reader := bufio.NewReader(conn)
	for s.exchange(conn, reader) {
	}
}

// exchange serves one request, and reports whether the connection goes on.
func (s *Server) exchange(conn *Conn, reader *bufio.Reader) bool {
	incoming, err := http.ReadRequest(reader)
	if err != nil {
		return false
	}
	r := Request{
		Method: incoming.Method, URI: incoming.RequestURI, Path: incoming.URL.Path, Host: incoming.Host, Header: incoming.Header,
	}
	r.Hit = s.hits(&r)
	if !r.Hit || !s.fault.Early {
		if r.Body, err = io.ReadAll(io.LimitReader(incoming.Body, 16<<20)); err != nil {
			return false
		}
	}
	s.record(r)
	x := &Exchange{Conn: conn, Request: r, Good: s.site.Good(&r, s.URL), Elsewhere: s.site.Elsewhere, Base: s.URL}
	if r.Hit {
		s.fault.Handle(x)
	} else {
		x.Send(x.Good)
	}
	return !conn.closed
}

func (s *Server) hits(r *Request) bool { return s.site.Target == nil || s.site.Target(r) }

func (s *Server) record(r Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
}

// Conn is a connection that a fault does as it likes with.
type Conn struct {
	net.Conn
	raw    net.Conn
	done   <-chan struct{}
	closed bool
}

// Print sends text as it is, and reports whether it could.
func (c *Conn) Print(text string) bool {
	_, err := io.WriteString(c.Conn, text)
	return err == nil
}

// End closes the connection in an orderly way.
func (c *Conn) End() {
	c.closed = true
	_ = c.Conn.Close()
}

// Cut closes the connection without the end that TLS asks for.
func (c *Conn) Cut() {
	c.closed = true
	_ = c.raw.Close()
}

// Reset breaks the connection, so that the other side sees a reset and not an end.
func (c *Conn) Reset() {
	c.closed = true
	if t, ok := c.raw.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.raw.Close()
}

// Stall does nothing until the other side or the server closes the connection.
func (c *Conn) Stall() {
	c.closed = true
	_, _ = io.Copy(io.Discard, c.Conn)
}

// Repeat calls send, with pauses, until it reports false or the connection ends.
func (c *Conn) Repeat(pause time.Duration, send func() bool) {
	c.closed = true
	for send() {
		if pause == 0 {
			continue
		}
		select {
		case <-c.done:
			return
		case <-time.After(pause):
		}
	}
}
