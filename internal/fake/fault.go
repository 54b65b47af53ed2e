package fake

import (
	"crypto/tls"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/secureaccess-go/secureaccess/secureaccesstest"
)

// faults holds the faults of a server.
type faults struct {
	mu   sync.Mutex
	list []*secureaccesstest.Fault
}

func (f *faults) add(fault secureaccesstest.Fault) {
	if fault.Times == 0 {
		fault.Times = 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, &fault)
}

// next returns the fault for a request, nil for none.
func (f *faults) next(r *http.Request) *secureaccesstest.Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.list {
		switch {
		case fault.Method != "" && fault.Method != r.Method,
			!strings.HasPrefix(r.URL.EscapedPath(), fault.Path),
			fault.Times == 0:
			continue
		case fault.After > 0:
			fault.After--
			continue
		}
		if fault.Times > 0 {
			fault.Times--
		}
		copied := *fault
		return &copied
	}
	return nil
}

// wrap puts the faults in front of a handler, and the server's time into its responses.
func (f *faults) wrap(clock *secureaccesstest.Clock, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", clock.Now().UTC().Format(http.TimeFormat)) // clients measure clocks by it
		fault := f.next(r)
		if fault == nil {
			next.ServeHTTP(w, r)
			return
		}
		if fault.Delay > 0 {
			if clock.Sleep(r.Context(), fault.Delay) != nil {
				return
			}
		}
		switch {
		case fault.Reset:
			reset(w)
		case fault.Status != 0:
			for name, values := range fault.Header {
				w.Header()[name] = slices.Clone(values)
			}
			w.WriteHeader(fault.Status)
			_, _ = w.Write([]byte(fault.Body))
		case fault.Truncate > 0:
			truncate(w, r, next, fault.Truncate)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// reset breaks the connection so that the other side sees a reset and not an end.
func reset(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if secure, ok := conn.(*tls.Conn); ok {
			conn = secure.NetConn() // closing the other would say goodbye first
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler) // HTTP/2 has no hijacking; this resets the stream
}

// truncate announces the whole response, sends the beginning and breaks off.
func truncate(w http.ResponseWriter, r *http.Request, next http.Handler, n int) {
	whole := Record(next, r)
	for name, values := range whole.header {
		w.Header()[name] = slices.Clone(values)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(whole.Body)))
	w.WriteHeader(whole.Status)
	_, _ = w.Write(whole.Body[:min(n, len(whole.Body))])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// Recording is a response that was not sent.
type Recording struct {
	Status int
	Body   []byte
	header http.Header
}

// Record has a handler respond into memory.
func Record(handler http.Handler, r *http.Request) *Recording {
	recording := &Recording{header: http.Header{}}
	handler.ServeHTTP(recording, r)
	recording.WriteHeader(http.StatusOK)
	return recording
}

// Send sends a response that was recorded.
func (b *Recording) Send(w http.ResponseWriter) {
	for name, values := range b.header {
		w.Header()[name] = slices.Clone(values)
	}
	w.WriteHeader(b.Status)
	_, _ = w.Write(b.Body)
}

// Header returns the response's header.
func (b *Recording) Header() http.Header { return b.header }

// WriteHeader sets the status, once.
func (b *Recording) WriteHeader(status int) {
	if b.Status == 0 {
		b.Status = status
	}
}

// Write adds to the body.
func (b *Recording) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	b.Body = append(b.Body, p...)
	return len(p), nil
}

// challenged gives every 401 a WWW-Authenticate header, without which clients do not ask for credentials.
func challenged(challenge func(r *http.Request) string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&challenger{w, func() string { return challenge(r) }}, r)
	})
}

type challenger struct {
	http.ResponseWriter
	challenge func() string
}

func (c *challenger) WriteHeader(status int) {
	const name = "Www-Authenticate"
	if _, set := c.Header()[name]; !set && status == http.StatusUnauthorized {
		c.Header().Set(name, c.challenge())
	}
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap serves http.ResponseController.
func (c *challenger) Unwrap() http.ResponseWriter { return c.ResponseWriter }
