package fake

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is something that goes wrong with requests to a fake.
type Fault struct {
	// Method and Path choose requests; empty is any. Path is the beginning of an escaped path.
	Method, Path string

	After int // requests that pass first
	Times int // requests that fail then; 0 is one, -1 all

	// What happens, in this order:
	Delay    time.Duration // on the server's clock, before anything else
	Reset    bool          // the connection breaks without an answer
	Status   int           // this answer, instead of the handler's
	Header   http.Header
	Body     string
	Truncate int // the handler's answer breaks off after so many bytes of its body
}

// Faults holds the faults of a server.
type Faults struct {
	mu     sync.Mutex
	faults []*Fault
}

// Fail adds a fault.
func (f *Faults) Fail(fault Fault) {
	if fault.Times == 0 {
		fault.Times = 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = append(f.faults, &fault)
}

// next returns the fault for a request, nil for none.
func (f *Faults) next(r *http.Request) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.faults {
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
		return fault
	}
	return nil
}

// wrap puts the faults in front of a handler, and the server's time on its answers.
func (f *Faults) wrap(clock *Clock, next http.Handler) http.Handler {
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
				w.Header()[name] = values
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
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler) // HTTP/2 has no hijacking; this resets the stream
}

// truncate announces the whole answer, sends the beginning and breaks off.
func truncate(w http.ResponseWriter, r *http.Request, next http.Handler, n int) {
	whole := &buffer{header: http.Header{}}
	next.ServeHTTP(whole, r)
	for name, values := range whole.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(whole.body)))
	w.WriteHeader(max(whole.status, http.StatusOK))
	_, _ = w.Write(whole.body[:min(n, len(whole.body))])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

type buffer struct {
	header http.Header
	status int
	body   []byte
}

func (b *buffer) Header() http.Header { return b.header }
func (b *buffer) WriteHeader(status int) {
	if b.status == 0 {
		b.status = status
	}
}
func (b *buffer) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	b.body = append(b.body, p...)
	return len(p), nil
}
