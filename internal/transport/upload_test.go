package transport

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/secureaccess-go/secureaccess/internal/settings"
)

func TestUpload_Read(t *testing.T) {
	data := make([]byte, 5*uploadBuffer+17)
	for i := range data {
		data[i] = byte(rand.Uint32())
	}
	for name, source := range map[string]io.Reader{
		"whole":     bytes.NewReader(data),
		"halves":    iotest.HalfReader(bytes.NewReader(data)),
		"data, EOF": iotest.DataErrReader(bytes.NewReader(data)),
		"nothing":   strings.NewReader(""),
	} {
		want := data
		if name == "nothing" {
			want = nil
		}
		u := NewUpload(t.Context(), source)
		got, err := io.ReadAll(iotest.HalfReader(u))
		if err != nil || sha256.Sum256(got) != sha256.Sum256(want) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if n, err := u.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("%s: after the end %d, %v", name, n, err)
		}
		<-u.Released() // the source has ended
		_ = u.Close()
		_ = u.Close()
	}
}

func TestUpload_failingReader(t *testing.T) {
	own := errors.New("disk on fire")
	got, err := io.ReadAll(NewUpload(t.Context(), io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(own))))
	if string(got) != "abc" || !errors.Is(err, own) {
		t.Errorf("%q, %v", got, err)
	}
	if body, ok := errors.AsType[*BodyError](err); !ok || Classify(t.Context(), err) != error(body) {
		t.Errorf("%v", err)
	}
	for name, source := range map[string]readFunc{
		"too many": func(p []byte) (int, error) { return len(p) + 1, nil },
		"negative": func([]byte) (int, error) { return -1, nil },
		"nothing":  func([]byte) (int, error) { return 0, nil },
	} {
		u := NewUpload(t.Context(), source)
		if n, err := u.Read(make([]byte, 10)); n != 0 || err == nil {
			t.Errorf("%s: %d, %v", name, n, err)
		}
		<-u.Released()
	}
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

func TestUpload_Close(t *testing.T) {
	u := NewUpload(t.Context(), iotest.ErrReader(errors.New("must not be read")))
	_ = u.Close()
	<-u.Released()
	if _, err := u.Read(make([]byte, 1)); err != errUploadClosed {
		t.Error(err)
	}
	r, w := io.Pipe()
	u = NewUpload(t.Context(), r)
	done := make(chan error)
	go func() {
		_, err := u.Read(make([]byte, 1))
		done <- err
	}()
	_ = u.Close()
	if err := <-done; err != errUploadClosed {
		t.Error(err)
	}
	_ = w.Close()
	<-u.Released()
}

// N2: a reader that blocks for ever does not hold the call.
func TestUpload_blockedReader(t *testing.T) {
	h2, pool := serveTLS(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	h1 := httptest.NewServer(h2.Config.Handler)
	defer h1.Close()
	deaf := listen(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	for _, target := range []string{h1.URL, h2.URL, "http://" + deaf} {
		for _, first := range []string{"", "some bytes", strings.Repeat("x", 300<<10)} {
			rt := layers(t, func(s *settings.Settings) { s.RootCAs = pool })
			r, w := io.Pipe()
			ctx, cancel := context.WithCancel(t.Context())
			u := NewUpload(ctx, r)
			req, _ := request(t, ctx, "POST", target, u)
			done := make(chan error)
			go func() {
				_, err := do(rt, req)
				done <- err
			}()
			if first != "" {
				_, _ = io.WriteString(w, first)
			}
			cancel()
			if err := <-done; ClassOf(err) != Canceled || !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", target, err)
			}
			_ = w.Close()
			<-u.Released()
		}
	}
}

func TestUpload_callersErrorArrives(t *testing.T) {
	own := errors.New("disk on fire")
	h2, pool := serveTLS(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	h1 := httptest.NewServer(h2.Config.Handler)
	defer h1.Close()
	rt := layers(t, func(s *settings.Settings) { s.RootCAs = pool })
	for _, target := range []string{h1.URL, h2.URL} {
		req, _ := request(t, t.Context(), "POST", target, NewUpload(t.Context(), io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(own))))
		if _, err := do(rt, req); !errors.Is(err, own) || err.Error() != "reading the request body: disk on fire" {
			t.Errorf("%s: %v", target, err)
		}
	}
}

func TestQuick(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	pipe, _ := io.Pipe()
	for name, test := range map[string]struct {
		reader io.Reader
		quick  bool
	}{
		"bytes":           {bytes.NewReader(nil), true},
		"buffer":          {&bytes.Buffer{}, true},
		"string":          {strings.NewReader(""), true},
		"file":            {file, true},
		"part of a file":  {io.LimitReader(io.NewSectionReader(file, 0, 1), 1), true},
		"OS pipe":         {r, false},
		"part of a pipe":  {io.NewSectionReader(r, 0, 1), false},
		"pipe":            {pipe, false},
		"limited pipe":    {io.LimitReader(pipe, 1), false},
		"no file":         {(*os.File)(nil), false},
		"nothing":         {nil, false},
		"the caller's":    {readFunc(nil), false},
		"limited nothing": {&io.LimitedReader{}, false},
	} {
		if Quick(test.reader) != test.quick {
			t.Errorf("%s: %t", name, !test.quick)
		}
	}
}

// BenchmarkUpload compares streaming through an Upload with a plain copy.
func BenchmarkUpload(b *testing.B) {
	block := make([]byte, 32<<10)
	source := func() io.Reader {
		left := 4096
		return readFunc(func(p []byte) (int, error) {
			if left--; left < 0 {
				return 0, io.EOF
			}
			return copy(p, block), nil
		})
	}
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"plain":  func(r io.Reader) io.Reader { return r },
		"upload": func(r io.Reader) io.Reader { return NewUpload(context.Background(), r) },
	} {
		b.Run(name, func(b *testing.B) {
			s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
			defer s.Close()
			rt := layers(b, nil)
			b.SetBytes(4096 * int64(len(block)))
			for b.Loop() {
				req, err := http.NewRequestWithContext(b.Context(), "POST", s.URL, wrap(source()))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := do(rt, req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
