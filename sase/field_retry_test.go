package sase_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
)

// A read is worth another try when an edge did not reach the service.
func TestField_Retry_edgeStatuses(t *testing.T) {
	for line := range strings.Lines(input(t, "06-edge-statuses.txt")) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(strings.TrimSpace(line), " ", 3)
		status, _ := strconv.Atoi(parts[0])
		n := 0
		c := newFieldClock()
		client, _ := saseClient(t, c, c.Now, func(w http.ResponseWriter, _ *http.Request) {
			if n++; n == 1 {
				reply(w, status, parts[1], parts[2])
				return
			}
			reply(w, 200, js, `{"data":[]}`)
		})
		if _, err := client.Addons.List(t.Context()); err != nil {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// Retry-After: 0 with 429 is what counters give that round down. Without any pause all attempts are gone in a moment.
func TestField_Retry_afterZero(t *testing.T) {
	c := newFieldClock()
	free := c.Now().Add(400 * time.Millisecond)
	client, _ := saseClient(t, c, c.Now, func(w http.ResponseWriter, _ *http.Request) {
		if c.Now().Before(free) {
			w.Header().Set("Retry-After", "0")
			reply(w, 429, js, `{"statusCode":429,"message":"too many requests"}`)
			return
		}
		reply(w, 200, js, `{"data":[]}`)
	})
	if _, err := client.Addons.List(t.Context()); err != nil {
		t.Errorf("pauses %v: %v", c.pauses, err)
	}
}

// A date in Retry-After is on the server's clock, which the response's Date shows.
func TestField_Retry_afterDateOnServerClock(t *testing.T) {
	for _, ahead := range []time.Duration{10 * time.Minute, -10 * time.Minute} {
		c := newFieldClock()
		server := func() time.Time { return c.Now().Add(-ahead) }
		free := server().Add(7 * time.Second)
		client, _ := saseClient(t, c, server, func(w http.ResponseWriter, _ *http.Request) {
			if server().Before(free) {
				w.Header().Set("Retry-After", free.UTC().Format(http.TimeFormat))
				reply(w, 429, js, `{}`)
				return
			}
			reply(w, 200, js, `{"data":[]}`)
		})
		if _, err := client.Addons.List(t.Context()); err != nil {
			t.Errorf("our clock %v ahead: 7 s were asked for; pauses %v: %v", ahead, c.pauses, err)
		}
	}
}

// A read whose response breaks off is a broken connection like any other.
func TestField_Retry_bodyBreaksOff(t *testing.T) {
	n := 0
	c := newFieldClock()
	client, _ := saseClient(t, c, c.Now, func(w http.ResponseWriter, _ *http.Request) {
		if n++; n == 1 {
			breakOff(w, `{"data":[{"id":"n1"`)
		}
		reply(w, 200, js, `{"data":[]}`)
	})
	if _, err := client.Networks.List(t.Context()); err != nil {
		t.Error(err)
	}
}

// A proxy that refuses CONNECT for want of a password refuses it the fifth time too.
func TestField_Retry_proxyRefuses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var n atomic.Int32
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil && req.Method == "CONNECT" {
				n.Add(1)
				fmt.Fprint(conn, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
			}
			_ = conn.Close()
		}
	}()
	client, err := sase.New("https://sase.example.com/api/rest", sase.APIKey("k"), secureaccess.WithClock(newFieldClock()),
		secureaccess.WithTransport(&http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: l.Addr().String()})}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Addons.List(t.Context())
	if n.Load() != 1 {
		t.Errorf("asked %d times: %v", n.Load(), err)
	}
}

// An HTTP/2 connection on which everything vanishes (a middlebox forgot it) must not take all attempts of all calls.
func TestField_Retry_silentHTTP2(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "authorize") {
			reply(w, 200, js, `{"data":{"accessToken":"t"}}`)
			return
		}
		reply(w, 200, js, `{"data":[]}`)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var conns atomic.Int32
	var silent atomic.Bool
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", s.Listener.Addr().String())
			if err != nil {
				return
			}
			first := conns.Add(1) == 1
			pipe := func(to, from net.Conn) {
				buf := make([]byte, 32<<10)
				for {
					n, err := from.Read(buf)
					if err != nil {
						return
					}
					if !first || !silent.Load() {
						_, _ = to.Write(buf[:n])
					}
				}
			}
			go pipe(out, in)
			go pipe(in, out)
		}
	}()
	client, err := sase.New("https://"+l.Addr().String()+"/api/rest", sase.APIKey("k"),
		secureaccess.WithRootCAs(s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs),
		secureaccess.WithResponseTimeout(700*time.Millisecond),
		secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 4, MinWait: 50 * time.Millisecond, MaxWait: 50 * time.Millisecond}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Addons.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	silent.Store(true)
	if _, err := client.Addons.List(t.Context()); err != nil {
		t.Errorf("%d connection: %v", conns.Load(), err)
	}
}

// A pause that the deadline cannot hold need not be waited for, and what the server said belongs into the error.
func TestField_Retry_pauseBeyondDeadline(t *testing.T) {
	c := newFieldClock()
	client, _ := saseClient(t, c, c.Now, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "60")
		reply(w, 429, js, `{"statusCode":429,"message":"too many concurrent operations","error":"Too Many Requests","limit":5,"networkId":"n1"}`)
	})
	short, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, err := client.Addons.List(short)
	if len(c.pauses) != 0 {
		t.Errorf("waited %v", c.pauses)
	}
	if e, ok := errors.AsType[*secureaccess.Error](err); !ok || len(e.Messages) == 0 {
		t.Errorf("what the server said is lost: %v", err)
	}
}
