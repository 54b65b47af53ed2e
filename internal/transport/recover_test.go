package transport

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/settings"
)

// An HTTP/2 connection on which everything vanishes must not take the attempts that follow with it (N5). The pings
// of these clients come later than their timeouts: this is without them.
func TestNew_blackHole(t *testing.T) {
	s, pool := serveTLS(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "yes") })
	for name, test := range map[string]struct {
		response, deadline time.Duration
		class              Class
	}{
		"response timeout": {1500 * time.Millisecond, 0, ResponseTimeout},
		"deadline":         {time.Minute, aWhile + 100*time.Millisecond, Deadline},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			front, silence := blackHole(t, s.Listener.Addr().String())
			rt := layers(t, func(c *settings.Settings) { c.RootCAs, c.ResponseTimeout = pool, test.response })
			send := func() error {
				ctx := t.Context()
				if test.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.deadline)
					defer cancel()
				}
				req, _ := request(t, ctx, "GET", "https://"+front, nil)
				_, err := do(rt, req)
				return err
			}
			if err := send(); err != nil {
				t.Fatal(err)
			}
			silence()
			const calls = 50
			var wg sync.WaitGroup
			for range calls {
				wg.Go(func() {
					if err := send(); ClassOf(err) != test.class {
						t.Errorf("on the dead connection: %v", err)
					}
				})
			}
			wg.Wait()
			for range calls {
				if err := send(); err != nil {
					t.Errorf("the attempt after: %v", err)
				}
			}
		})
	}
}

func TestNew_silentConnectionIsPinged(t *testing.T) {
	if config := pings(0); config.SendPingTimeout != longestPing || config.PingTimeout != longestPing {
		t.Errorf("%+v", config)
	}
	if config := pings(700 * time.Millisecond); config.SendPingTimeout != time.Second || config.PingTimeout != time.Second {
		t.Errorf("%+v", config)
	}
	s, pool := serveTLS(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "yes") })
	front, silence := blackHole(t, s.Listener.Addr().String())
	rt := layers(t, func(c *settings.Settings) { c.RootCAs, c.ResponseTimeout = pool, 4*time.Second })
	req, _ := request(t, t.Context(), "GET", "https://"+front, nil)
	if _, err := do(rt, req); err != nil {
		t.Fatal(err)
	}
	silence()
	// The ping ends the connection at 4 s from the last frame, which is before this request's own limit.
	_, err := do(rt, req)
	if ClassOf(err) != HTTP2Lost && ClassOf(err) != ResponseTimeout {
		t.Errorf("%v", err)
	}
	if _, err := do(rt, req); err != nil {
		t.Errorf("the next: %v", err)
	}
}

// Streams that are under way on a connection that is given up go on to their end.
func TestNew_healthyStreamsSurvive(t *testing.T) {
	release := make(chan struct{})
	s, pool := serveTLS(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/stream":
			_, _ = io.WriteString(w, "begin ")
			w.(http.Flusher).Flush()
			select {
			case <-release:
			case <-r.Context().Done():
			}
			_, _ = io.WriteString(w, "end")
		case "/slow":
			<-r.Context().Done()
		}
	})
	rt := layers(t, func(c *settings.Settings) { c.RootCAs, c.ResponseTimeout = pool, 200*time.Millisecond })
	get := func(path string) (string, error) {
		req, _ := request(t, t.Context(), "GET", s.URL+path, nil)
		return do(rt, req)
	}
	req, _ := request(t, t.Context(), "GET", s.URL+"/stream", nil)
	resp, err := rt.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := get("/slow"); ClassOf(err) != ResponseTimeout || !err.(*Failure).Timeout() {
		t.Errorf("%v", err)
	}
	if _, err := get("/"); err != nil {
		t.Error(err)
	}
	rt.(interface{ CloseIdleConnections() }).CloseIdleConnections()
	close(release)
	data, err := io.ReadAll(resp.Body)
	if err != nil || string(data) != "begin end" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestWire_poolsAreBounded(t *testing.T) {
	s := settings.Defaults()
	w := newWire(&s)
	for range 3 * keptPools {
		p := w.current.Load()
		p.http2.Store(true)
		w.consider(p, time.Time{}, &Failure{class: ResponseTimeout})
		w.consider(p, time.Time{}, &Failure{class: ResponseTimeout}) // of another request on the same
	}
	if len(w.old) != keptPools || w.old[keptPools-1] == w.current.Load() {
		t.Errorf("%d pools", len(w.old))
	}
	p := w.current.Load()
	w.consider(p, time.Time{}, &Failure{class: Deadline})
	w.consider(p, time.Now(), &Failure{class: Deadline}) // too early to say
	w.consider(p, time.Now().Add(-time.Hour), &Failure{class: Reset})
	if w.current.Load() != p {
		t.Error("replaced for nothing")
	}
}

func TestClassify_contexts(t *testing.T) {
	cause := errors.New("a cause of the caller's")
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	late, stop := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer stop()
	for name, test := range map[string]struct {
		ctx       context.Context
		err       error
		class     Class
		is, isNot error
	}{
		"canceled":                  {ended, context.Canceled, Canceled, context.Canceled, context.DeadlineExceeded},
		"canceled, with its cause":  {ended, cause, Canceled, cause, context.DeadlineExceeded},
		"canceled, in other words":  {ended, errors.New("net/http: request canceled while waiting"), Canceled, context.Canceled, io.EOF},
		"deadline":                  {late, context.DeadlineExceeded, Deadline, context.DeadlineExceeded, context.Canceled},
		"deadline of a dial":        {late, &net.OpError{Op: "dial", Err: timeoutError{}}, Deadline, context.DeadlineExceeded, context.Canceled},
		"dial timeout":              {t.Context(), &net.OpError{Op: "dial", Err: timeoutError{}}, DialTimeout, DialTimeout, context.DeadlineExceeded},
		"another, while it is over": {ended, io.ErrUnexpectedEOF, ClosedEarly, io.ErrUnexpectedEOF, context.Canceled},
	} {
		err := Classify(test.ctx, test.err)
		if ClassOf(err) != test.class || !errors.Is(err, test.is) || errors.Is(err, test.isNot) {
			t.Errorf("%s: class %q, %t, %t", name, ClassOf(err), errors.Is(err, test.is), errors.Is(err, test.isNot))
		}
	}
	if Classify(t.Context(), nil) != nil || Permanent(io.EOF) || NeverArrived(io.EOF) || ClassOf(nil) != "" {
		t.Error("a failure of nothing")
	}
	if Class("x").Error() != "x" || strings.Contains((&Failure{class: Reset}).GoString(), "0x") {
		t.Error("words")
	}
}

// timeoutError is like the one of package net, which claims to be a context's.
type timeoutError struct{}

func (timeoutError) Error() string        { return "i/o timeout" }
func (timeoutError) Timeout() bool        { return true }
func (timeoutError) Temporary() bool      { return true }
func (timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }
