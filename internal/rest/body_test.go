package rest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/secureaccess-go/secureaccess"
)

// received is a request as the server has it.
type received struct {
	method string
	header http.Header
	length int64 // -1: chunked
	body   []byte
	err    error
}

// receiving answers with status, and puts what arrived into list.
func receiving(list *[]received, statuses ...int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		*list = append(*list, received{r.Method, r.Header, r.ContentLength, body, err})
		answers(statuses[min(len(*list), len(statuses))-1], `{}`)(w, r)
	}
}

// plain hides everything of a reader but Read.
type plain struct{ io.Reader }

func randomBytes(n int) []byte {
	data := make([]byte, n)
	random := rand.NewChaCha8([32]byte{})
	_, _ = random.Read(data)
	return data
}

func TestBodiesArriveAsTheyAre(t *testing.T) {
	big := randomBytes(300_000)
	half := bytes.NewReader(big)
	_, _ = half.Seek(150_000, io.SeekStart)
	file, err := os.Create(filepath.Join(t.TempDir(), "image"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if _, err := file.Write(big); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Seek(299_999, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	upload := func(u secureaccess.Upload) *Op { return POST("/v1").Upload("application/x-image", u) }
	for name, test := range map[string]struct {
		op          *Op
		contentType string
		length      int64
		body        []byte
	}{
		"json":                 {POST("/v1").JSON(map[string]any{"a": "<&>", "s": secureaccess.NewSecret("S-1")}), "application/json", 22, []byte(`{"a":"<&>","s":"S-1"}`)},
		"json null":            {PUT("/v1").JSON(nil), "application/json", 4, []byte(`null`)},
		"form":                 {POST("/v1").Form(url.Values{"b": {"1", "2"}, "a": {"x y&="}}), "application/x-www-form-urlencoded", 18, []byte("a=x+y%26%3D&b=1&b=2")},
		"bytes":                {PUT("/v1").Bytes("text/plain", []byte("abc")), "text/plain", 3, []byte("abc")},
		"no bytes":             {PUT("/v1").Bytes("text/plain", nil), "text/plain", 0, nil},
		"delete with body":     {DELETE("/v1").JSON([]int{1}), "application/json", 3, []byte(`[1]`)},
		"seeker":               {upload(secureaccess.Upload{Reader: bytes.NewReader(big)}), "application/x-image", 300_000, big},
		"seeker in the middle": {upload(secureaccess.Upload{Reader: half}), "application/x-image", 150_000, big[150_000:]},
		"file near its end":    {upload(secureaccess.Upload{Reader: file}), "application/x-image", 1, big[299_999:]},
		"seeker at its end":    {upload(secureaccess.Upload{Reader: strings.NewReader("")}), "application/x-image", 0, nil},
		"seeker with size":     {upload(secureaccess.Upload{Reader: strings.NewReader("abc"), Size: 3}), "application/x-image", 3, []byte("abc")},
		"buffer":               {upload(secureaccess.Upload{Reader: bytes.NewBufferString("abc")}), "application/x-image", 3, []byte("abc")},
		"empty buffer":         {upload(secureaccess.Upload{Reader: &bytes.Buffer{}}), "application/x-image", 0, nil},
		"reader":               {upload(secureaccess.Upload{Reader: plain{bytes.NewReader(big)}}), "application/x-image", -1, big},
		"reader with size":     {upload(secureaccess.Upload{Reader: plain{bytes.NewReader(big)}, Size: 300_000}), "application/x-image", 300_000, big},
		"reader, byte by byte": {upload(secureaccess.Upload{Reader: plain{iotest.OneByteReader(strings.NewReader("abc"))}, Size: 3}), "application/x-image", 3, []byte("abc")},
		"reader, early EOF":    {upload(secureaccess.Upload{Reader: plain{iotest.DataErrReader(strings.NewReader("abc"))}, Size: 3}), "application/x-image", 3, []byte("abc")},
		"empty reader":         {upload(secureaccess.Upload{Reader: plain{strings.NewReader("")}}), "application/x-image", -1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var list []received
			s := serve(t, receiving(&list, 200))
			if err := Send(t.Context(), connect(t, s.URL), test.op); err != nil {
				t.Fatal(err)
			}
			if len(list) != 1 {
				t.Fatalf("%d requests", len(list))
			}
			got := list[0]
			if got.err != nil || !bytes.Equal(got.body, test.body) {
				t.Errorf("%d bytes arrived, %v, want %d", len(got.body), got.err, len(test.body))
			}
			if want := int64(len(test.body)); test.length >= 0 {
				if got.length != want {
					t.Errorf("Content-Length %d, want %d", got.length, want)
				}
			} else if got.length != -1 {
				t.Errorf("Content-Length %d, want chunks", got.length)
			}
			if got.header.Get("Content-Type") != test.contentType || got.header["Expect"] != nil {
				t.Errorf("header: %v", got.header)
			}
		})
	}
}

func TestNoBodyIsAnnouncedAsEmpty(t *testing.T) {
	for method, test := range map[string]struct {
		op     *Op
		length []string
	}{
		"POST":   {POST("/v1"), []string{"0"}},
		"PUT":    {PUT("/v1"), []string{"0"}},
		"DELETE": {DELETE("/v1"), nil},
		"GET":    {GET("/v1"), nil},
		"HEAD":   {HEAD("/v1"), nil},
	} {
		t.Run(method, func(t *testing.T) {
			noLeaks(t)
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = l.Close() }()
			head := make(chan string, 1)
			go func() { // net/http's server hides what was said of the length
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer func() { _ = conn.Close() }()
				buf := make([]byte, 4096)
				n, _ := conn.Read(buf)
				head <- string(buf[:n])
				_, _ = io.WriteString(conn, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
			}()
			if err := Send(t.Context(), connect(t, "http://"+l.Addr().String()), test.op); err != nil {
				t.Fatal(err)
			}
			got := <-head
			for _, name := range []string{"Expect", "Transfer-Encoding", "Content-Type", "Referer", "Cookie", "Authorization"} {
				if strings.Contains(got, name+":") {
					t.Errorf("%s is sent:\n%s", name, got)
				}
			}
			if has := strings.Contains(got, "Content-Length: 0\r\n"); has != (test.length != nil) {
				t.Errorf("Content-Length: 0 is %t:\n%s", has, got)
			}
			if !strings.HasPrefix(got, method+" /v1 HTTP/1.1\r\n") {
				t.Errorf("%s", got)
			}
		})
	}
}

func TestUploadThatIsNoneIsRefused(t *testing.T) {
	s := serve(t, answers(200, `{}`))
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

// brokenSeeker knows where it stands, and goes nowhere.
type brokenSeeker struct{ io.Reader }

func (brokenSeeker) Seek(_ int64, whence int) (int64, error) {
	if whence == io.SeekCurrent {
		return 0, nil
	}
	return 0, errors.New("stuck")
}

func TestContentOfAnotherSizeThanAnnouncedNeverArrivesWhole(t *testing.T) {
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

func TestSeekerIsSentAgainFromWhereItStood(t *testing.T) {
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

func TestEveryBodyIsRepeatedIdentically(t *testing.T) {
	for name, op := range map[string]*Op{
		"json":  PUT("/v1").JSON(map[string]string{"a": "b"}),
		"form":  PUT("/v1").Form(url.Values{"a": {"b"}}),
		"bytes": PUT("/v1").Bytes("text/plain", []byte("abc")),
		"gzip":  PUT("/v1").Bytes("text/plain", randomBytes(100_000)).Gzip(),
		"multipart": PUT("/v1").Multipart(Part{Name: "a", Value: "b"},
			Part{Name: "f", Content: secureaccess.Upload{Reader: strings.NewReader("content"), Name: "f.txt"}}),
		"transformed": PUT("/v1").Bytes("text/plain", []byte("abc")).Transform(
			func(r io.Reader) io.Reader { return io.MultiReader(strings.NewReader("<"), r, strings.NewReader(">")) },
			func(n int64) int64 { return n + 2 }),
	} {
		t.Run(name, func(t *testing.T) {
			var list []received
			s := serve(t, receiving(&list, 500, 502, 200))
			if err := Send(t.Context(), connect(t, s.URL), op); err != nil {
				t.Fatal(err)
			}
			if len(list) != 3 || len(list[0].body) == 0 {
				t.Fatalf("%d attempts of %d bytes", len(list), len(list[0].body))
			}
			for i, got := range list[1:] {
				first := list[0]
				if !bytes.Equal(got.body, first.body) || got.length != first.length ||
					got.header.Get("Content-Type") != first.header.Get("Content-Type") {
					t.Errorf("attempt %d differs: %q %d, first %q %d", i+2, got.body, got.length, first.body, first.length)
				}
			}
		})
	}
}

func TestReaderIsSentOnce(t *testing.T) {
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

// osPipe is a file that only claims to seek.
func osPipe(t *testing.T, content string) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	_, _ = io.WriteString(w, content)
	_ = w.Close()
	return r
}

func TestReaderIsSentAgainWhenItWasNotRead(t *testing.T) {
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

func TestRequireRepeatableRefusesBeforeSending(t *testing.T) {
	s := serve(t, answers(200, `{}`))
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

func TestProgressBeginsAgainWithEachAttempt(t *testing.T) {
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

func TestMultipart(t *testing.T) {
	image := randomBytes(100_000)
	parts := func(content io.Reader) []Part {
		return []Part{
			{Name: "field", Value: "a & b\r\nc"},
			{Name: "image", Content: secureaccess.Upload{Reader: content, Name: `C:\dir/fi"le.img`}, ContentType: "application/x-image"},
			{Name: "empty", Value: ""},
			{Name: "second", Content: secureaccess.Upload{Reader: strings.NewReader("")}},
		}
	}
	for name, test := range map[string]struct {
		content io.Reader
		known   bool
	}{"known length": {bytes.NewReader(image), true}, "unknown length": {plain{bytes.NewReader(image)}, false}} {
		t.Run(name, func(t *testing.T) {
			var list []received
			s := serve(t, receiving(&list, 200))
			if err := Send(t.Context(), connect(t, s.URL), POST("/v1").Multipart(parts(test.content)...)); err != nil {
				t.Fatal(err)
			}
			got := list[0]
			if known := got.length == int64(len(got.body)); known != test.known || !known && got.length != -1 {
				t.Errorf("Content-Length %d of %d bytes", got.length, len(got.body))
			}
			mediaType, params, err := mime.ParseMediaType(got.header.Get("Content-Type"))
			if err != nil || mediaType != "multipart/form-data" {
				t.Fatalf("%s, %v", got.header.Get("Content-Type"), err)
			}
			r := multipart.NewReader(bytes.NewReader(got.body), params["boundary"])
			for _, want := range []struct{ name, file, contentType, body string }{
				{"field", "", "", "a & b\r\nc"},
				{"image", `fi"le.img`, "application/x-image", string(image)},
				{"empty", "", "", ""},
				{"second", "file", "application/octet-stream", ""},
			} {
				part, err := r.NextPart()
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(part)
				if err != nil || part.FormName() != want.name || part.FileName() != want.file ||
					part.Header.Get("Content-Type") != want.contentType || string(body) != want.body {
					t.Errorf("%v, %d bytes, %v, want %.60v", part.Header, len(body), err, want)
				}
			}
			if _, err := r.NextPart(); err != io.EOF {
				t.Errorf("after the last part: %v", err)
			}
		})
	}
}

func TestGzipIsReadableAndSaysSo(t *testing.T) {
	for name, data := range map[string][]byte{"empty": nil, "short": []byte("abc"), "long": bytes.Repeat(randomBytes(1000), 300)} {
		t.Run(name, func(t *testing.T) {
			var list []received
			s := serve(t, receiving(&list, 502, 200))
			if err := Send(t.Context(), connect(t, s.URL), PUT("/v1").Bytes("text/plain", data).Gzip()); err != nil {
				t.Fatal(err)
			}
			if len(list) != 2 {
				t.Fatalf("%d attempts", len(list))
			}
			for _, got := range list {
				r, err := gzip.NewReader(bytes.NewReader(got.body))
				if err != nil {
					t.Fatal(err)
				}
				plain, err := io.ReadAll(r)
				if err != nil || !bytes.Equal(plain, data) || got.header.Get("Content-Encoding") != "gzip" || got.header.Get("Content-Type") != "text/plain" {
					t.Errorf("%d bytes, %v, %v", len(plain), err, got.header)
				}
			}
			if name == "long" && len(list[0].body) > len(data)/2 {
				t.Errorf("%d bytes became %d", len(data), len(list[0].body))
			}
		})
	}
	t.Run("source fails", func(t *testing.T) {
		s := serve(t, answers(200, `{}`))
		broken := errors.New("disk on fire")
		err := Send(t.Context(), connect(t, s.URL), PUT("/v1").Upload("text/plain", secureaccess.Upload{Reader: iotest.ErrReader(broken)}).Gzip())
		if !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
	})
	t.Run("without a body", func(t *testing.T) {
		var list []received
		s := serve(t, receiving(&list, 200))
		err := Send(t.Context(), connect(t, s.URL), PUT("/v1").Gzip())
		if err != nil || list[0].header["Content-Encoding"] != nil || len(list[0].body) != 0 {
			t.Errorf("%v, %+v", err, list)
		}
	})
}

// earlyThen answers the first request before it has read more than its beginning, and receives the next.
func earlyThen(list *[]received, early int) http.HandlerFunc {
	return inTurn(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadFull(r.Body, make([]byte, 1000))
		w.WriteHeader(early)
	}, receiving(list, 200))
}

func TestAnswerBeforeTheBodyIsSentAndThenARetry(t *testing.T) {
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

// connectTo trusts the certificate of s, if it has one.
func connectTo(t testing.TB, s *server, opts ...secureaccess.Option) *Client {
	t.Helper()
	if s.TLS != nil {
		opts = append(opts, secureaccess.WithRootCAs(s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs))
	}
	return connect(t, s.URL, opts...)
}

func TestTheReaderIsTheCallersAgainWhenTheCallIsOver(t *testing.T) {
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
				// On HTTP/1 the connection may break under the rest before the answer is read: then there is no status.
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

func TestReaderOfAnEarlierAttemptIsCutOff(t *testing.T) {
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
			b, err := uploadBody(secureaccess.Upload{Reader: reader})
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

func TestReaderThatNeverReturnsDoesNotHoldTheCall(t *testing.T) {
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

func TestConnectionIsUsedAgainAfterAnUpload(t *testing.T) {
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
