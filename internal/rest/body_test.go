package rest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
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

// receiving responds with status, and puts what arrived into list.
func receiving(list *[]received, statuses ...int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		*list = append(*list, received{r.Method, r.Header, r.ContentLength, body, err})
		responds(statuses[min(len(*list), len(statuses))-1], `{}`)(w, r)
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

func TestOp_bodies(t *testing.T) {
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

func TestOp_noBody(t *testing.T) {
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

// brokenSeeker knows where it stands, and goes nowhere.
type brokenSeeker struct{ io.Reader }

func (brokenSeeker) Seek(_ int64, whence int) (int64, error) {
	if whence == io.SeekCurrent {
		return 0, nil
	}
	return 0, errors.New("stuck")
}

func TestOp_bodiesRepeated(t *testing.T) {
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

func TestOp_Multipart(t *testing.T) {
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

func TestOp_Gzip(t *testing.T) {
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
		s := serve(t, responds(200, `{}`))
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

// earlyThen responds to the first request before it has read more than its beginning, and receives the next.
func earlyThen(list *[]received, early int) http.HandlerFunc {
	return inTurn(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadFull(r.Body, make([]byte, 1000))
		w.WriteHeader(early)
	}, receiving(list, 200))
}

// connectTo trusts the certificate of s, if it has one.
func connectTo(t testing.TB, s *server, opts ...secureaccess.Option) *Client {
	t.Helper()
	if s.TLS != nil {
		opts = append(opts, secureaccess.WithRootCAs(s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs))
	}
	return connect(t, s.URL, opts...)
}
