package transport

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/settings"
)

// The request that hostile servers get to see. Nothing of it may come back in an error or a log.
const (
	hostileBearer = "S-bearer-eyJhbGciOiJIUzI1NiJ9"
	hostileCookie = "S-cookie-1234567890"
	hostileBody   = `{"password":"S-password"}`
	hostileNew    = "S-new-session" // a credential that only the response has
)

func hostileRequest(t *testing.T, target string) (*http.Request, *testCall) {
	req, call := request(t, t.Context(), "POST", target+"/v1/S-id?t=S-query", strings.NewReader(hostileBody))
	req.Header.Set("Authorization", "Bearer "+hostileBearer)
	req.Header.Set("Cookie", "session_id="+hostileCookie)
	return req, call
}

// checkHostile checks an error and what was logged.
func checkHostile(t *testing.T, err error, class Class, logs ...*captured) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	if ClassOf(err) != class || !errors.Is(err, class) {
		t.Errorf("class %q, want %q: %v", ClassOf(err), class, err)
	}
	texts := []string{err.Error(), fmt.Sprintf("%v", err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err), fmt.Sprintf("%q", err), fmt.Sprintf("%s", err)}
	for at := err; at != nil; at = errors.Unwrap(at) {
		texts = append(texts, at.Error(), fmt.Sprintf("%#v", at))
	}
	if len(texts) == 0 || !oneLine(err.Error()) {
		t.Errorf("not one line: %q", err.Error())
	}
	for _, log := range logs {
		texts = append(texts, log.String())
	}
	for _, text := range texts {
		if strings.Contains(text, "S-") || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(hostileBody))) {
			t.Errorf("tells: %s", text)
		}
	}
}

// hostile are responses as bytes, with the request as the server saw it, whole and as one line.
var hostile = map[string]struct {
	write func(whole, line string) string
	class Class
}{
	"header line of the request": {func(whole, line string) string { return "HTTP/1.1 200 OK\r\n" + whole + "\r\n\r\n" }, Malformed},
	"header without colon":       {func(_, line string) string { return "HTTP/1.1 200 OK\r\n" + line + "\r\n\r\n" }, Malformed},
	"header name with blanks":    {func(_, line string) string { return "HTTP/1.1 200 OK\r\n" + line + ": x\r\n\r\n" }, Malformed},
	"folded first header":        {func(_, line string) string { return "HTTP/1.1 200 OK\r\n " + line + "\r\n\r\n" }, Malformed},
	"Content-Length":             {func(_, line string) string { return "HTTP/1.1 200 OK\r\nContent-Length: " + line + "\r\n\r\n" }, Malformed},
	"two Content-Lengths": {func(_, line string) string {
		return "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: " + line + "\r\n\r\n"
	}, Malformed},
	"Transfer-Encoding": {func(_, line string) string { return "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + line + "\r\n\r\n" }, Malformed},
	"two Transfer-Encodings": {func(_, line string) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: " + line + "\r\n\r\n"
	}, Malformed},
	"status line":                 {func(_, line string) string { return line + "\r\n\r\n" }, Malformed},
	"status line, echoed request": {func(whole, _ string) string { return whole }, Malformed},
	"status code":                 {func(_, line string) string { return "HTTP/1.1 " + line + "\r\n\r\n" }, Malformed},
	"version":                     {func(_, line string) string { return "HTTP/" + strings.ReplaceAll(line, " ", "") + " 200 OK\r\n\r\n" }, Malformed},
	"not HTTP":                    {func(_, line string) string { return line }, ClosedEarly},
	"Set-Cookie": {func(_, line string) string {
		return "HTTP/1.1 200 OK\r\nSet-Cookie: DSID=" + hostileNew + "\r\nSet-Cookie DSID=" + hostileNew + "\r\n\r\n"
	}, Malformed},
	"Trailer": {func(_, line string) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Content-Length, " + hostileNew + "\r\n\r\n"
	}, Malformed},
	"header too large": {func(_, line string) string {
		return "HTTP/1.1 200 OK\r\nX: " + strings.Repeat(line, 1<<21/len(line)) + "\r\n\r\n"
	}, HeaderTooLarge},
	"nothing":       {func(_, line string) string { return "" }, ClosedEarly},
	"half a header": {func(_, line string) string { return "HTTP/1.1 200 OK\r\nX-Echo: " + line }, ClosedEarly},
	"length of a chunk": {func(_, line string) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + line + "\r\n"
	}, Malformed},
	"extension of a chunk": {func(_, line string) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + line + "\n" + strings.Repeat(line, 200)
	}, Malformed},
	"trailer of the request": {func(_, line string) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + line + "\r\n\r\n"
	}, Malformed},
	"half a body": {func(_, line string) string { return "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + line }, BrokenOff},
	"half a chunk": {func(_, line string) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n" + line
	}, BrokenOff},
	"not gzip": {func(_, line string) string {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(line), line)
	}, Malformed},
	"early hints": {func(_, line string) string { return "HTTP/1.1 103 Early Hints\r\n" + line + "\r\n\r\n" }, Malformed},
	"101":         {func(_, line string) string { return "HTTP/1.1 101 " + line + "\r\n" + line + "\r\n\r\n" }, Malformed},
}

func TestNew_hostileResponses(t *testing.T) {
	for name, test := range hostile {
		t.Run(name, func(t *testing.T) {
			std, debug := standardLog(t), &captured{}
			addr := listen(t, func(conn net.Conn) {
				req, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				whole, _ := httputil.DumpRequest(req, true)
				line := strings.Join(strings.Fields(string(whole)), " ")
				_, _ = io.WriteString(conn, test.write(string(whole), line))
			})
			for kind, transport := range map[string]http.RoundTripper{"own": nil, "given": &http.Transport{MaxResponseHeaderBytes: 1 << 20}} {
				rt := layers(t, func(s *settings.Settings) { s.Logger, s.Transport = debug.logger(), transport })
				req, _ := hostileRequest(t, "http://"+addr)
				_, err := do(rt, req)
				class := test.class
				if name == "not HTTP" && ClosedEarly != ClassOf(err) {
					class = Malformed
				}
				t.Log(kind, err)
				checkHostile(t, err, class, std, debug)
			}
			if !strings.Contains(debug.String(), "secureaccess attempt") {
				t.Errorf("nothing is logged: %s", debug.String())
			}
		})
	}
}

// h2Peer speaks enough of HTTP/2 to be hostile: it responds to the first request's header with frames.
func h2Peer(t *testing.T, frames string) (string, *x509.CertPool) {
	cert, pool := certificate(t)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, l, func(conn net.Conn) {
		r := bufio.NewReader(conn)
		if _, err := io.CopyN(io.Discard, r, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
			return
		}
		_, _ = io.WriteString(conn, frame(4, 0, 0, "")) // SETTINGS
		for {
			var head [9]byte
			if _, err := io.ReadFull(r, head[:]); err != nil {
				return
			}
			if _, err := io.CopyN(io.Discard, r, int64(head[0])<<16|int64(head[1])<<8|int64(head[2])); err != nil {
				return
			}
			if head[3] == 1 { // HEADERS
				_, _ = io.WriteString(conn, frames)
				_ = conn.(*tls.Conn).CloseWrite()
			}
		}
	})
	return "https://" + l.Addr().String(), pool
}

func TestNew_hostileHTTP2(t *testing.T) {
	echo := "Bearer " + hostileBearer + " " + hostileCookie + hostileNew
	for name, test := range map[string]struct {
		frames string
		class  Class
	}{
		"GOAWAY":             {frame(7, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x0b"+echo), HTTP2Closed},
		"GOAWAY, no stream":  {frame(7, 0, 0, "\x00\x00\x00\x00\x00\x00\x00\x02"+echo), HTTP2Closed},
		"RST_STREAM":         {frame(3, 0, 1, "\x00\x00\x00\x02"), HTTP2Stream},
		"bad HPACK":          {frame(1, 4, 1, "\x40\x7f"+echo), HTTP2Failed},
		"header name":        {frame(1, 4, 1, "\x88\x40\x0cS-Upper Case\x03"+"S-x"), HTTP2Stream},
		"status":             {frame(1, 4, 1, "\x48\x05S-200"), HTTP2Stream},
		"end of the stream":  {frame(1, 5, 1, "\x88") + frame(0, 0, 1, echo), HTTP2Failed},
		"unknown frame":      {frame(0, 0, 1, echo), HTTP2Stream},
		"HTTP/1.1":           {"HTTP/1.1 400 " + echo + "\r\n\r\n", HTTP2Failed},
		"body cut off":       {frame(1, 4, 1, "\x88") + frame(0, 0, 1, echo), BrokenOff},
		"body, then GOAWAY":  {frame(1, 4, 1, "\x88") + frame(0, 0, 1, echo) + frame(7, 0, 0, "\x00\x00\x00\x01\x00\x00\x00\x02"+echo), HTTP2Closed},
		"body, then a reset": {frame(1, 4, 1, "\x88") + frame(0, 0, 1, echo) + frame(3, 0, 1, "\x00\x00\x00\x02"), HTTP2Stream},
	} {
		t.Run(name, func(t *testing.T) {
			std, debug := standardLog(t), &captured{}
			target, pool := h2Peer(t, test.frames)
			rt := layers(t, func(s *settings.Settings) { s.Logger, s.RootCAs = debug.logger(), pool })
			req, _ := hostileRequest(t, target)
			req.GetBody = nil
			_, err := do(rt, req)
			if err == nil && name == "end of the stream" {
				return
			}
			t.Log(err)
			checkHostile(t, err, ClassOf(err), std, debug)
			if ClassOf(err) != test.class {
				t.Errorf("%q: %v", ClassOf(err), err)
			}
		})
	}
}

func TestNew_hostileProxies(t *testing.T) {
	_, pool := certificate(t)
	for name, test := range map[string]struct {
		reply              string
		own, given         Class
		permanent, unknown bool
	}{
		"407":             {"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", ProxyRefused, ProxyRefused, true, false},
		"403 in words":    {"HTTP/1.1 403 S-password: S-query\r\n\r\n", ProxyRefused, Failed, true, true},
		"502":             {"HTTP/1.1 502 Bad Gateway\r\n\r\n", ProxyFailed, ProxyRefused, false, true},
		"no words":        {"HTTP/1.1 407\r\n\r\n", ProxyRefused, ProxyRefused, true, true},
		"not HTTP":        {"S-password\r\n\r\n", Malformed, Malformed, false, false},
		"header":          {"HTTP/1.1 200 OK\r\nS-password\r\n\r\n", Malformed, Malformed, false, false},
		"closes":          {"", ClosedEarly, ClosedEarly, false, false},
		"tunnel, no TLS":  {"HTTP/1.1 200 OK\r\n\r\n\x00HTTP/1.1 400 S-password\r\n\r\n", NoTLS, NoTLS, true, false},
		"tunnel, nothing": {"HTTP/1.1 200 OK\r\n\r\n", ClosedEarly, ClosedEarly, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			std, debug := standardLog(t), &captured{}
			addr := listen(t, func(conn net.Conn) {
				r := bufio.NewReader(conn)
				if _, err := http.ReadRequest(r); err != nil {
					return
				}
				reply, second, more := strings.Cut(test.reply, "\x00")
				_, _ = io.WriteString(conn, reply)
				if more {
					_, _ = r.ReadByte()
					_, _ = io.WriteString(conn, second)
				}
				_ = conn.(*net.TCPConn).CloseWrite()
				_, _ = io.Copy(io.Discard, r) // lest what was not read reset the connection
			})
			transport := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: addr, User: url.UserPassword("S-user", "S-password")})}
			for own, class := range map[bool]Class{true: test.own, false: test.given} {
				rt := layers(t, func(s *settings.Settings) {
					s.Logger, s.Transport = debug.logger(), transport
					if own {
						s.RootCAs = pool
					}
				})
				req, _ := hostileRequest(t, "https://api.example.com")
				_, err := do(rt, req)
				checkHostile(t, err, class, std, debug)
				if own && Permanent(err) != test.permanent || !own && !test.unknown && Permanent(err) != test.permanent {
					t.Errorf("own %t: permanent is %t: %v", own, Permanent(err), err)
				}
			}
		})
	}
}
