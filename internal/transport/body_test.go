package transport

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/settings"
)

func TestBound_stalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		body := Bound(r, time.Minute)
		begun := time.Now()
		go func() {
			for range 5 {
				time.Sleep(59 * time.Second)
				_, _ = w.Write([]byte("x"))
			}
		}()
		data, err := io.ReadAll(body)
		if string(data) != "xxxxx" || ClassOf(err) != Stalled || !errors.Is(err, Stalled) || !err.(*Failure).Timeout() || Permanent(err) {
			t.Errorf("%q, %v", data, err)
		}
		if took := time.Since(begun); took != 5*59*time.Second+time.Minute {
			t.Errorf("after %v", took)
		}
		if _, err := body.Read(make([]byte, 1)); ClassOf(err) != Stalled {
			t.Errorf("again: %v", err)
		}
		if _, err := w.Write([]byte("x")); err != io.ErrClosedPipe {
			t.Errorf("the body is not closed: %v", err)
		}
		_ = body.Close()
	})
}

func TestBound_slowCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := Bound(io.NopCloser(strings.NewReader("abc")), time.Second)
		for range 3 {
			if n, err := body.Read(make([]byte, 1)); n != 1 || err != nil {
				t.Errorf("%d, %v", n, err)
			}
			time.Sleep(time.Hour) // the caller's time
		}
		if _, err := body.Read(make([]byte, 1)); err != io.EOF {
			t.Error(err)
		}
	})
}

// lateReader brings what it has at the moment in which its time is up.
type lateReader struct{ closed atomic.Bool }

func (r *lateReader) Read(p []byte) (int, error) {
	time.Sleep(2 * time.Second)
	p[0] = 'x'
	return 1, nil
}
func (r *lateReader) Close() error { r.closed.Store(true); return nil }

func TestBound_whatCameIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := &lateReader{}
		data, err := io.ReadAll(Bound(late, time.Second))
		if string(data) != "x" || ClassOf(err) != Stalled || !late.closed.Load() {
			t.Errorf("%q, %v", data, err)
		}
	})
}

func TestBound_off(t *testing.T) {
	body := io.NopCloser(strings.NewReader("abc"))
	if Bound(body, 0) != body || Bound(http.NoBody, time.Second) != http.NoBody {
		t.Error("bounded")
	}
}

func TestBound_allocations(t *testing.T) {
	body := Bound(io.NopCloser(strings.NewReader(strings.Repeat("x", 1<<20))), time.Minute)
	buf := make([]byte, 1)
	if n := testing.AllocsPerRun(1000, func() { _, _ = body.Read(buf) }); n > 0.1 {
		t.Errorf("%v allocations a read", n)
	}
}

func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// One byte a second would be endless within the limit of bytes.
		r, w := io.Pipe()
		go func() {
			for {
				time.Sleep(time.Second)
				if _, err := w.Write([]byte("x")); err != nil {
					return
				}
			}
		}()
		begun := time.Now()
		Drain(r, 64<<10, 5*time.Second)
		if took := time.Since(begun); took > 6*time.Second {
			t.Errorf("after %v", took)
		}
		time.Sleep(2 * time.Second) // for the writer to notice
	})
	rest := strings.NewReader(strings.Repeat("x", 100_000))
	Drain(io.NopCloser(rest), 64<<10, time.Minute)
	if rest.Len() != 100_000-64<<10 {
		t.Errorf("%d bytes left", rest.Len())
	}
	Drain(http.NoBody, 64<<10, time.Minute)
}

// Over real connections: closing the body ends a Read that blocks, in all that net/http puts in between.
func TestBound_realConnections(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		out := io.Writer(w)
		if r.URL.Path == "/gzip" {
			w.Header().Set("Content-Encoding", "gzip")
			zip := gzip.NewWriter(w)
			defer zip.Close()
			_, _ = io.WriteString(zip, "S-begin")
			_ = zip.Flush()
			out = io.Discard
		}
		_, _ = io.WriteString(out, "S-begin")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
	h2, pool := serveTLS(t, handler)
	h1 := httptest.NewServer(http.HandlerFunc(handler))
	defer h1.Close()
	rt := layers(t, func(s *settings.Settings) { s.RootCAs = pool })
	for _, target := range []string{h1.URL, h2.URL, h1.URL + "/gzip", h2.URL + "/gzip"} {
		req, _ := request(t, t.Context(), "GET", target, nil)
		resp, err := rt.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		body := Bound(resp.Body, 100*time.Millisecond)
		data, err := io.ReadAll(body)
		if string(data) != "S-begin" || ClassOf(err) != Stalled {
			t.Errorf("%s: %q, %v", target, data, err)
		}
		_ = body.Close()

		req, _ = request(t, t.Context(), "GET", target, nil)
		if resp, err = rt.RoundTrip(req); err != nil {
			t.Fatal(err)
		}
		Drain(resp.Body, 64<<10, 100*time.Millisecond)

		ctx, cancel := context.WithCancel(t.Context())
		req, _ = request(t, ctx, "GET", target, nil)
		if resp, err = rt.RoundTrip(req); err != nil {
			t.Fatal(err)
		}
		cancel()
		if _, err = io.ReadAll(resp.Body); ClassOf(err) != Canceled || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", target, err)
		}
		_ = resp.Body.Close()
	}
}
