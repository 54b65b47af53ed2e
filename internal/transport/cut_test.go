package transport

import (
	"context"
	"io"
	"net"
	"testing"
	"testing/iotest"
)

// ended is a connection whose other side has written some bytes and gone.
type ended struct {
	net.Conn
	r io.Reader
}

func (c ended) Read(p []byte) (int, error)  { return c.r.Read(p) }
func (c ended) Write(p []byte) (int, error) { return len(p), nil }
func (c ended) RemoteAddr() net.Addr        { return nil }

func TestTellingCuts(t *testing.T) {
	const hello, get, connect, socks = "\x16\x03\x01", "GET / HTTP/1.1\r\n", "CONNECT a:443 HTTP/1.1\r\n", "\x05\x01\x00"
	for name, test := range map[string]struct {
		writes []string
		comes  int
		cut    bool
	}{
		"TLS, in a response":             {[]string{hello}, 5, true},
		"TLS, before a response":         {[]string{hello}, 0, false},
		"TLS through a proxy":            {[]string{connect, hello}, 5, true},
		"TLS through SOCKS":              {[]string{socks, hello}, 5, true},
		"plain":                          {[]string{get}, 5, false},
		"plain with a body like a hello": {[]string{get, hello}, 5, false},
		"plain through SOCKS":            {[]string{socks, get, hello}, 5, false},
		"a proxy that goes":              {[]string{connect}, 5, false},
	} {
		conn, err := tellingCuts(func(context.Context, string, string) (net.Conn, error) {
			return ended{r: iotest.OneByteReader(io.LimitReader(neverEnding{}, int64(test.comes)))}, nil
		})(t.Context(), "tcp", "")
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range test.writes {
			if _, err := io.WriteString(conn, text); err != nil {
				t.Fatal(err)
			}
		}
		n, err := 0, error(nil)
		for err == nil {
			var m int
			m, err = conn.Read(make([]byte, 10))
			n += m
		}
		if n != test.comes || (err != io.EOF) != test.cut {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
		if test.cut && ClassOf(Classify(t.Context(), err)) != ClosedEarly {
			t.Errorf("%s: %v", name, Classify(t.Context(), err))
		}
	}
}

type neverEnding struct{}

func (neverEnding) Read(p []byte) (int, error) { return len(p), nil }
