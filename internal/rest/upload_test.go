package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/secureaccess-go/secureaccess"
)

func TestUploadBody_refused(t *testing.T) {
	s := serve(t, responds(200, `{}`))
	c := connect(t, s.URL)
	for name, upload := range map[string]secureaccess.Upload{
		"no reader":               {},
		"negative size":           {Reader: strings.NewReader("abc"), Size: -1},
		"cannot be rewound":       {Reader: brokenSeeker{strings.NewReader("abc")}},
		"seeker shorter than its": {Reader: strings.NewReader("abc"), Size: 4},
		"seeker longer than its":  {Reader: strings.NewReader("abc"), Size: 2},
		"buffer longer than its":  {Reader: bytes.NewBufferString("abc"), Size: 2},
	} {
		for form, op := range map[string]*Op{
			"upload":    POST("/v1").Upload("text/plain", upload),
			"multipart": POST("/v1").Multipart(Part{Name: "a", Value: "1"}, Part{Name: "f", Content: upload}),
		} {
			if name == "no reader" && form == "multipart" {
				continue // a field
			}
			err := Send(t.Context(), c, op)
			if argument, ok := errors.AsType[*secureaccess.ArgumentError](err); !ok || argument.Argument != "content" {
				t.Errorf("%s, %s: %v", name, form, err)
			}
		}
	}
	if s.requests.Load() != 0 {
		t.Error("something was sent")
	}
}

func TestUploadBody_otherSize(t *testing.T) {
	stuck := errors.New("disk on fire")
	for name, test := range map[string]struct {
		content secureaccess.Upload
		cause   error
		text    string
	}{
		"shorter": {secureaccess.Upload{Reader: plain{strings.NewReader("abc")}, Size: 4}, io.ErrUnexpectedEOF, "shorter"},
		"longer":  {secureaccess.Upload{Reader: plain{strings.NewReader("abcde")}, Size: 4}, nil, "longer"},
		"longer, byte by byte": {
			secureaccess.Upload{Reader: plain{iotest.OneByteReader(strings.NewReader("abcde"))}, Size: 4}, nil, "longer"},
		"much longer": {secureaccess.Upload{Reader: plain{bytes.NewReader(randomBytes(1 << 20))}, Size: 1<<20 - 1}, nil, "longer"},
		"fails":       {secureaccess.Upload{Reader: plain{io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(stuck))}, Size: 4}, stuck, "disk on fire"},
		"fails at its end": {
			secureaccess.Upload{Reader: plain{io.MultiReader(strings.NewReader("abcd"), iotest.ErrReader(stuck))}, Size: 4}, stuck, "disk on fire"},
		"fails, unsized": {secureaccess.Upload{Reader: plain{iotest.ErrReader(stuck)}}, stuck, "disk on fire"},
	} {
		t.Run(name, func(t *testing.T) {
			var list []received
			s := serve(t, receiving(&list, 200))
			c := connect(t, s.URL)
			err := Send(t.Context(), c, PUT("/v1").Repeatable().Upload("text/plain", test.content))
			e := failureOf(t, err)
			if !strings.Contains(err.Error(), test.text) || test.cause != nil && !errors.Is(err, test.cause) {
				t.Errorf("%v", err)
			}
			if e.Attempts > 1 {
				t.Errorf("tried %d times what cannot be mended", e.Attempts)
			}
			s.CloseClientConnections()
			s.Close()
			for _, got := range list {
				if got.err == nil {
					t.Errorf("the server took %d bytes for the whole", len(got.body))
				}
			}
		})
	}
}

func TestUploadBody_seeker(t *testing.T) {
	data := randomBytes(100_000)
	reader := bytes.NewReader(data)
	_, _ = reader.Seek(1000, io.SeekStart)
	for name, begin := range map[string]func() *Op{
		"upload":     func() *Op { return PUT("/v1").Upload("application/x-image", secureaccess.Upload{Reader: reader}) },
		"POST, 503s": func() *Op { return POST("/v1").Upload("application/x-image", secureaccess.Upload{Reader: reader}) },
	} {
		t.Run(name, func(t *testing.T) {
			_, _ = reader.Seek(1000, io.SeekStart)
			var list []received
			unavailable := func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Retry-After", "1")
				receiving(&list, 503)(w, r)
			}
			s := serve(t, inTurn(unavailable, unavailable, receiving(&list, 200)))
			if err := Send(t.Context(), connect(t, s.URL), begin()); err != nil {
				t.Fatal(err)
			}
			if len(list) != 3 {
				t.Fatalf("%d attempts", len(list))
			}
			for i, got := range list {
				if got.err != nil || got.length != 99_000 || !bytes.Equal(got.body, data[1000:]) {
					t.Errorf("attempt %d: length %d, %d bytes, %v", i+1, got.length, len(got.body), got.err)
				}
			}
		})
	}
}

// Content that can seek is whole again for the next call, whatever became of the one before.
func TestUploadBody_again(t *testing.T) {
	data := randomBytes(100_000)
	for name, first := range map[string]http.HandlerFunc{
		"success": func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) },
		"refused": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusBadRequest)
		},
		"broken off": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, 50_000)
			panic(http.ErrAbortHandler)
		},
		"another response": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, "<html>")
		},
	} {
		for kind, op := range map[string]func(secureaccess.Upload) *Op{
			"raw": func(content secureaccess.Upload) *Op { return POST("/v1").Upload("application/x-image", content) },
			"multipart": func(content secureaccess.Upload) *Op {
				return POST("/v1").Multipart(Part{Name: "content", Content: content})
			},
		} {
			t.Run(name+", "+kind, func(t *testing.T) {
				reader := bytes.NewReader(data)
				_, _ = reader.Seek(1000, io.SeekStart)
				var list []received
				s := serve(t, inTurn(first, receiving(&list, 200)))
				c := connect(t, s.URL)
				for i := range 2 {
					if err := Send(t.Context(), c, op(secureaccess.Upload{Reader: reader, Name: "image"})); i == 1 && err != nil {
						t.Fatal(err)
					}
				}
				if len(list) != 1 || !bytes.Contains(list[0].body, data[1000:]) || bytes.Contains(list[0].body, data[999:]) {
					t.Errorf("%d requests, not the content from where the reader stood", len(list))
				}
			})
		}
	}
}

func TestUploadBody_readerOnce(t *testing.T) {
	var list []received
	s := serve(t, receiving(&list, 503, 200))
	clock := newClock()
	c := connect(t, s.URL, secureaccess.WithClock(clock))
	for name, op := range map[string]*Op{
		"upload":    PUT("/v1").Upload("text/plain", secureaccess.Upload{Reader: plain{strings.NewReader("abc")}}),
		"buffer":    PUT("/v1").Upload("text/plain", secureaccess.Upload{Reader: bytes.NewBufferString("abc")}),
		"multipart": PUT("/v1").Multipart(Part{Name: "f", Content: secureaccess.Upload{Reader: plain{strings.NewReader("abc")}}}),
		"pipe":      PUT("/v1").Upload("text/plain", secureaccess.Upload{Reader: osPipe(t, "abc")}),
	} {
		list = nil
		err := Send(t.Context(), c, op)
		if e := failureOf(t, err); e.Status != 503 || e.Attempts != 1 || e.Err != nil || string(e.Body) != "{}" || len(list) != 1 {
			t.Errorf("%s: %v, %d requests", name, err, len(list))
		}
		if len(clock.pauses) != 0 {
			t.Errorf("%s: paused %v before giving up", name, clock.pauses)
		}
	}
}

func TestUploadBody_readerNotRead(t *testing.T) {
	var list []received
	s := serve(t, receiving(&list, 200))
	gone := strings.TrimPrefix(closedPort(t), "http://")
	dials := 0
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if dials++; dials < 3 {
			addr = gone
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	defer transport.CloseIdleConnections()
	c := connect(t, s.URL, secureaccess.WithTransport(transport))
	var info secureaccess.Exchange
	err := Send(secureaccess.Capture(t.Context(), &info), c, POST("/v1").Upload("text/plain", secureaccess.Upload{Reader: plain{strings.NewReader("abc")}}))
	if err != nil || len(list) != 1 || string(list[0].body) != "abc" || info.Attempts != 3 {
		t.Errorf("%v, %+v, %d attempts", err, list, info.Attempts)
	}
}

func TestUploadBody_requireRepeatable(t *testing.T) {
	s := serve(t, responds(200, `{}`))
	c := connect(t, s.URL, secureaccess.WithRetry(secureaccess.RetryPolicy{RequireRepeatable: true}))
	reader := plain{strings.NewReader("abc")}
	for name, op := range map[string]*Op{
		"upload":    PUT("/v1").Upload("text/plain", secureaccess.Upload{Reader: reader}),
		"multipart": PUT("/v1").Multipart(Part{Name: "f", Content: secureaccess.Upload{Reader: reader}}),
	} {
		err := Send(t.Context(), c, op)
		if !errors.Is(err, secureaccess.ErrNotRepeatable) || !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s.requests.Load() != 0 {
		t.Error("something was sent")
	}
	for name, op := range map[string]*Op{
		"seeker": PUT("/v1").Upload("text/plain", secureaccess.Upload{Reader: strings.NewReader("abc")}),
		"json":   POST("/v1").JSON(1),
		"none":   POST("/v1"),
	} {
		if err := Send(t.Context(), c, op); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUploadBody_progress(t *testing.T) {
	data := randomBytes(200_000)
	type step struct{ sent, size int64 }
	run := func(t *testing.T, reader io.Reader, size int64, statuses ...int) (attempts [][]step) {
		var list []received
		s := serve(t, receiving(&list, statuses...))
		last := int64(1 << 60)
		op := PUT("/v1").Upload("application/x-image", secureaccess.Upload{Reader: reader, Size: size, Progress: func(sent, size int64) {
			if sent <= last {
				attempts = append(attempts, nil)
			}
			last = sent
			attempts[len(attempts)-1] = append(attempts[len(attempts)-1], step{sent, size})
		}})
		if err := Send(t.Context(), connect(t, s.URL), op); err != nil {
			t.Fatal(err)
		}
		return attempts
	}
	check := func(t *testing.T, attempts [][]step, n int, size int64) {
		t.Helper()
		if len(attempts) != n {
			t.Fatalf("%d attempts were reported", len(attempts))
		}
		for i, steps := range attempts {
			if last := steps[len(steps)-1]; last.sent != int64(len(data)) || len(steps) < 2 {
				t.Errorf("attempt %d ends with %+v after %d steps", i+1, last, len(steps))
			}
			if slices.ContainsFunc(steps, func(s step) bool { return s.size != size }) {
				t.Errorf("attempt %d: %+v", i+1, steps)
			}
		}
	}
	t.Run("seeker", func(t *testing.T) { check(t, run(t, bytes.NewReader(data), 0, 500, 500, 200), 3, 200_000) })
	t.Run("sized", func(t *testing.T) { check(t, run(t, plain{bytes.NewReader(data)}, 200_000, 200), 1, 200_000) })
	t.Run("unsized", func(t *testing.T) { check(t, run(t, plain{bytes.NewReader(data)}, 0, 200), 1, 0) })
}
