package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// blocked is a reader that gives what it has and then waits.
type blocked struct {
	beginning io.Reader
	waiting   chan struct{} // closed when it waits
	end       chan struct{} // closed to let it return
	once      sync.Once
}

func newBlocked(beginning string) *blocked {
	return &blocked{beginning: strings.NewReader(beginning), waiting: make(chan struct{}), end: make(chan struct{})}
}

func (b *blocked) Read(p []byte) (int, error) {
	if n, err := b.beginning.Read(p); err == nil {
		return n, nil
	}
	b.once.Do(func() { close(b.waiting) })
	<-b.end
	return 0, io.EOF
}

// blockedSeeker claims a size, and to seek, as readers of remote storage do.
type blockedSeeker struct {
	*blocked
	size, at int64
}

func (b *blockedSeeker) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
		b.at = offset
	case io.SeekCurrent:
		b.at += offset
	default:
		b.at = b.size + offset
	}
	return b.at, nil
}

// blockedLen is a blocked reader that knows its length.
type blockedLen struct {
	*blocked
	size int
}

func (b *blockedLen) Len() int { return b.size }

// A call returns with its context, whatever the reader of its upload does.
func TestOp_Upload_readerBlocks(t *testing.T) {
	for name, test := range map[string]func(*blocked) (op *Op){
		"a reader": func(b *blocked) *Op { return POST("/v1").Upload("text/plain", secureaccess.Upload{Reader: b}) },
		"a reader with a size": func(b *blocked) *Op {
			return POST("/v1").Upload("text/plain", secureaccess.Upload{Reader: b, Size: 100})
		},
		"a seeker": func(b *blocked) *Op {
			return PUT("/v1").Upload("text/plain", secureaccess.Upload{Reader: &blockedSeeker{b, 100, 0}})
		},
		"a reader with a length": func(b *blocked) *Op {
			return PUT("/v1").Upload("text/plain", secureaccess.Upload{Reader: &blockedLen{b, 100}})
		},
		"compressed": func(b *blocked) *Op {
			return PUT("/v1").Upload("text/plain", secureaccess.Upload{Reader: &blockedSeeker{b, 100, 0}}).Gzip()
		},
		"in parts": func(b *blocked) *Op {
			return POST("/v1").Multipart(Part{Name: "a", Value: "1"}, Part{Name: "file", Content: secureaccess.Upload{Reader: b}})
		},
		"a seeker in parts": func(b *blocked) *Op {
			return POST("/v1").Multipart(Part{Name: "file", Content: secureaccess.Upload{Reader: &blockedSeeker{b, 100, 0}}})
		},
	} {
		for start, beginning := range map[string]string{"at once": "", "in the middle": "abc"} {
			t.Run(name+" "+start, func(t *testing.T) {
				s := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
				b := newBlocked(beginning)
				t.Cleanup(func() { close(b.end) }) // runs before the server is closed
				ctx, cancel := context.WithCancel(t.Context())
				go func() {
					<-b.waiting
					cancel()
				}()
				err := Send(ctx, connect(t, s.URL), test(b))
				if !errors.Is(err, context.Canceled) || failureOf(t, err).Attempts > 1 {
					t.Errorf("%v", err)
				}
			})
		}
	}
}

// A pipe of the operating system is a file, and blocks as others do.
func TestOp_Upload_filePipe(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = writer.Close(), reader.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	arrived := make(chan struct{})
	c := connect(t, s.URL)
	go func() {
		_, _ = io.WriteString(writer, "abc")
		<-arrived
		cancel()
	}()
	err = Send(ctx, c, POST("/v1").Upload("text/plain", secureaccess.Upload{Reader: reader, Progress: func(int64, int64) { close(arrived) }}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// The attempt that follows one whose reader still blocks waits for it no longer than the context lasts.
func TestOp_Upload_readerBlocksUnderARetry(t *testing.T) {
	b := newBlocked("abc")
	second := make(chan struct{})
	n := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			<-b.waiting
			w.Header().Set("Connection", "close")
			w.WriteHeader(503)
			return
		}
		close(second)
		_, _ = io.Copy(io.Discard, r.Body)
	})
	t.Cleanup(func() { close(b.end) })
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-second
		cancel()
	}()
	err := Send(ctx, connect(t, s.URL), PUT("/v1").Upload("text/plain", secureaccess.Upload{Reader: &blockedSeeker{b, 100, 0}}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A seeker of the caller's own that does not block is sent whole in each attempt, from where it stood.
func TestOp_Upload_ownSeeker(t *testing.T) {
	var list []received
	s := serve(t, receiving(&list, 503, 502, 200))
	reader := struct{ io.ReadSeeker }{strings.NewReader("skip content")}
	if _, err := reader.Seek(5, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	var sent []int64
	err := Send(t.Context(), connect(t, s.URL), PUT("/v1").Upload("text/plain", secureaccess.Upload{
		Reader: reader, Progress: func(n, size int64) { sent = append(sent, n, size) },
	}))
	if err != nil || len(list) != 3 {
		t.Fatalf("%v after %d requests", err, len(list))
	}
	for i, r := range list {
		if string(r.body) != "content" || r.length != 7 || r.err != nil {
			t.Errorf("attempt %d: %q of %d, %v", i+1, r.body, r.length, r.err)
		}
	}
	if len(sent) < 6 || sent[0] != 7 || sent[1] != 7 {
		t.Errorf("progress %v", sent)
	}
}
