package rest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

func TestUploadBody_responseBeforeTheEnd(t *testing.T) {
	data := randomBytes(8 << 20)
	pool, protocols := map[string]func(testing.TB, http.HandlerFunc) *server{
		"HTTP/1": func(t testing.TB, h http.HandlerFunc) *server { return serve(t, h) },
		"HTTP/2": serveTLS,
	}, []string{"HTTP/1", "HTTP/2"}
	for _, protocol := range protocols {
		t.Run(protocol, func(t *testing.T) {
			var list []received
			s := pool[protocol](t, earlyThen(&list, 503))
			c := connectTo(t, s)
			if err := Send(t.Context(), c, PUT("/v1").Upload("application/x-image", secureaccess.Upload{Reader: bytes.NewReader(data)})); err != nil {
				t.Fatal(err)
			}
			if len(list) != 1 || list[0].err != nil || !bytes.Equal(list[0].body, data) {
				t.Errorf("%d requests, %v", len(list), list[0].err)
			}
		})
	}
}

func TestUploadBody_readerIsTheCallersAgain(t *testing.T) {
	data := randomBytes(8 << 20)
	for name, start := range map[string]func(testing.TB, http.HandlerFunc) *server{
		"HTTP/1": func(t testing.TB, h http.HandlerFunc) *server { return serve(t, h) },
		"HTTP/2": serveTLS,
	} {
		for _, status := range []int{413, 200} {
			t.Run(fmt.Sprint(name, " ", status), func(t *testing.T) {
				s := start(t, func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.ReadFull(r.Body, make([]byte, 1000))
					w.WriteHeader(status)
				})
				reader := bytes.NewReader(data)
				var progress int64 // the race detector watches it, and the reader
				err := Send(t.Context(), connectTo(t, s, retries(0)), PUT("/v1").Upload("application/x-image", secureaccess.Upload{
					Reader: reader, Progress: func(sent, _ int64) { progress = sent },
				}))
				// On HTTP/1 the connection may break under the rest before the response is read: then there is no status.
				e, failed := errors.AsType[*secureaccess.Error](err)
				if failed && e.Status != 0 && e.Status != 413 || !failed && status == 413 {
					t.Errorf("%v", err)
				}
				if _, err := reader.Seek(0, io.SeekStart); err != nil {
					t.Fatal(err)
				}
				again, err := io.ReadAll(reader)
				if err != nil || !bytes.Equal(again, data) {
					t.Errorf("%d bytes, %v, after %d were sent", len(again), err, progress)
				}
			})
		}
	}
}

func TestSource_open_cutsOff(t *testing.T) {
	for name, test := range map[string]struct {
		read int64
		want error
	}{"not begun": {0, errSuperseded}, "in the middle": {3, errSuperseded}, "at its end": {6, io.EOF}} {
		for ending, end := range map[string]func(*body){
			"by another": func(b *body) {
				if _, err := b.open(); err != nil {
					t.Fatal(err)
				}
			},
			"by the end of the call": func(b *body) { b.end() },
		} {
			reader := strings.NewReader("abcdef")
			b, err := uploadBody(secureaccess.Upload{Reader: reader}, nil)
			if err != nil {
				t.Fatal(err)
			}
			first, err := b.open()
			if err != nil {
				t.Fatal(err)
			}
			if n, err := io.CopyN(io.Discard, first, test.read); err != nil {
				t.Fatalf("%d, %v", n, err)
			}
			end(b)
			left := reader.Len()
			if n, err := first.Read(make([]byte, 10)); n != 0 || err != test.want || reader.Len() != left {
				t.Errorf("%s, %s: %d, %v", name, ending, n, err)
			}
		}
	}
}

func TestUploadBody_readerNeverReturns(t *testing.T) {
	silent, writer := io.Pipe()
	defer func() { _ = writer.Close() }()
	begun := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadFull(r.Body, make([]byte, 3))
		close(begun)
		w.Header().Set("Connection", "close")
		w.WriteHeader(503)
	})
	go func() { _, _ = io.WriteString(writer, "abc") }() // and then nothing
	c := connect(t, s.URL)
	err := Send(t.Context(), c, PUT("/v1").Upload("text/plain", secureaccess.Upload{Reader: silent}))
	<-begun
	if e := failureOf(t, err); e.Attempts != 1 || e.Status != 503 && e.Status != 0 {
		t.Errorf("%v", err)
	}
}

func TestUploadBody_connection(t *testing.T) {
	var list []received
	s := serve(t, receiving(&list, 500, 200))
	c := connect(t, s.URL)
	data := randomBytes(100_000)
	for range 10 {
		for _, reader := range []io.Reader{bytes.NewReader(data), plain{bytes.NewReader(data)}, bytes.NewBuffer(slices.Clone(data))} {
			size := int64(len(data))
			if err := Send(t.Context(), c, PUT("/v1").Upload("application/x-image", secureaccess.Upload{Reader: reader, Size: size})); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := s.connections.Load(); n > 1+slack {
		t.Errorf("%d connections for %d uploads", n, len(list))
	}
}
