package rest

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// rawServer speaks to each connection by hand: respond gets a request and writes what it likes. The connection is
// closed afterwards, without a TLS close_notify.
func rawServer(t testing.TB, secure *tls.Config, respond func(w io.Writer, r *http.Request)) (base string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() {
		_ = l.Close()
		wg.Wait()
	})
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer func() { _ = conn.Close() }()
				rw := conn
				if secure != nil {
					rw = tls.Server(conn, secure)
				}
				r, err := http.ReadRequest(bufio.NewReader(rw))
				if err != nil {
					return
				}
				if _, err := io.Copy(io.Discard, r.Body); err == nil {
					respond(rw, r)
				}
			})
		}
	})
	if secure != nil {
		return "https://" + l.Addr().String()
	}
	return "http://" + l.Addr().String()
}

// testTLS returns a configuration for a server, and the option by which clients trust it.
func testTLS(t testing.TB) (*tls.Config, secureaccess.Option) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.StartTLS()
	defer s.Close()
	return &tls.Config{Certificates: s.TLS.Certificates}, secureaccess.WithRootCAs(s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs)
}

// A download is whole, or an error.
func TestFetch_notWhole(t *testing.T) {
	const head = "HTTP/1.1 %d %s\r\n"
	for name, test := range map[string]struct {
		status int
		rest   string // header and body
		op     *Op
	}{
		"204":                         {204, "\r\n", GET("/v1")},
		"205":                         {205, "Content-Length: 0\r\n\r\n", GET("/v1")},
		"202 with a word":             {202, "Content-Length: 5\r\n\r\nlater", GET("/v1")},
		"a part nobody asked for":     {206, "Content-Range: bytes 0-2/9\r\nContent-Length: 3\r\n\r\nabc", GET("/v1")},
		"an empty 200":                {200, "Content-Length: 0\r\n\r\n", GET("/v1")},
		"an empty chunked 200":        {200, "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", GET("/v1")},
		"an empty 200 until the end":  {200, "Connection: close\r\n\r\n", GET("/v1")},
		"gzip in spite of identity":   {200, "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", GET("/v1")},
		"br in spite of identity":     {200, "Content-Encoding: br\r\nContent-Length: 3\r\n\r\nabc", GET("/v1")},
		"an encoding for a POST":      {200, "Content-Encoding: deflate\r\nContent-Length: 3\r\n\r\nabc", POST("/v1")},
		"nothing of what was said":    {200, "Content-Length: 5\r\n\r\n", GET("/v1")},
		"a chunk that never came":     {200, "Transfer-Encoding: chunked\r\n\r\n", GET("/v1")},
		"less than was said":          {200, "Content-Length: 5\r\n\r\nabc", GET("/v1")},
		"an end in a chunk":           {200, "Transfer-Encoding: chunked\r\n\r\n5\r\nabc", GET("/v1")},
		"an end after a chunk":        {200, "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", GET("/v1")},
		"a length that is none":       {200, "Content-Length: 3x\r\n\r\nabc", GET("/v1")},
		"two lengths":                 {200, "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabc", GET("/v1")},
		"a part where all was wanted": {206, "Content-Length: 3\r\n\r\nabc", POST("/v1").JSON(1)},
	} {
		t.Run(name, func(t *testing.T) {
			base := rawServer(t, nil, func(w io.Writer, _ *http.Request) {
				_, _ = fmt.Fprintf(w, head+"%s", test.status, http.StatusText(test.status), test.rest)
			})
			download, err := Fetch(t.Context(), connect(t, base, retries(0)), test.op)
			if err == nil {
				var content []byte
				content, err = io.ReadAll(download)
				_ = download.Close()
				if err == nil {
					t.Fatalf("%q, and no error", content)
				}
			}
			e := failureOf(t, err)
			if e.Path != "/v1" || e.Status == test.status && !errors.Is(e, secureaccess.ErrBadResponse) {
				t.Errorf("%v", e)
			}
		})
	}
}

// A body without a length ends with the connection. Under TLS its end is told from a cut by close_notify.
func TestFetch_cutTLS(t *testing.T) {
	const whole = `{"id":"7"}`
	config, trust := testTLS(t)
	for name, notify := range map[string]bool{"with close_notify": true, "cut off": false} {
		base := rawServer(t, config, func(w io.Writer, _ *http.Request) {
			_, _ = io.WriteString(w, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"+whole)
			if notify {
				_ = w.(*tls.Conn).CloseWrite()
			}
		})
		c := connect(t, base, retries(0), trust)
		download, err := Fetch(t.Context(), c, GET("/v1"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		content, err := io.ReadAll(download)
		_ = download.Close()
		if notify && (err != nil || string(content) != whole) {
			t.Errorf("%s: %q, %v", name, content, err)
		}
		if !notify {
			if e := failureOf(t, err); !errors.Is(e, secureaccess.ErrBadResponse) || e.Status != 200 {
				t.Errorf("%s: %q, %v", name, content, err)
			}
		}
		// What is decoded is no different.
		if got, err := Do[thing](t.Context(), c, GET("/v1")); notify != (err == nil) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// What an operation documents is no error.
func TestFetch_documented(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		rest   string
		op     *Op
		want   string
	}{
		"a part that was asked for":  {206, "Content-Range: bytes 0-2/9\r\nContent-Length: 3\r\n\r\nabc", GET("/v1").Header("Range", "bytes=0-2"), "abc"},
		"all where a part was asked": {200, "Content-Length: 3\r\n\r\nabc", GET("/v1").Header("Range", "bytes=0-2"), "abc"},
		"nothing":                    {204, "\r\n", GET("/v1").MayBeEmpty(), ""},
		"an empty 200":               {200, "Content-Length: 0\r\n\r\n", GET("/v1").MayBeEmpty(), ""},
		"201":                        {201, "Content-Length: 3\r\n\r\nabc", POST("/v1").Only(201), "abc"},
		"identity by name":           {200, "Content-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc", GET("/v1"), "abc"},
		"gzip that was asked for":    {200, "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", GET("/v1").Header("Accept-Encoding", "gzip"), "abc"},
		"chunks":                     {200, "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", GET("/v1"), "abc"},
	} {
		base := rawServer(t, nil, func(w io.Writer, _ *http.Request) {
			_, _ = fmt.Fprintf(w, "HTTP/1.1 %d X\r\n%s", test.status, test.rest)
		})
		download, err := Fetch(t.Context(), connect(t, base, retries(0)), test.op)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		content, err := io.ReadAll(download)
		if cerr := download.Close(); err != nil || cerr != nil || string(content) != test.want {
			t.Errorf("%s: %q, %v, %v", name, content, err, cerr)
		}
	}
}

// File names that servers propose are for a file system and a terminal.
func TestFetch_name(t *testing.T) {
	for proposed, want := range map[string]string{
		`attachment; filename="../../etc/passwd"`:        "passwd",
		`attachment; filename="C:\\temp\\a.bin"`:         "a.bin",
		`attachment; filename="a.bin"`:                   "a.bin",
		`attachment; filename=".."`:                      "",
		"attachment; filename*=UTF-8''a%E2%80%AEgpj.exe": "a_gpj.exe",
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Disposition", proposed)
			_, _ = io.WriteString(w, "content")
		})
		download, err := Fetch(t.Context(), connect(t, s.URL), GET("/v1"))
		if err != nil {
			t.Fatal(err)
		}
		_ = download.Close()
		if download.Name != want {
			t.Errorf("%q proposes %q, want %q", proposed, download.Name, want)
		}
	}
}
