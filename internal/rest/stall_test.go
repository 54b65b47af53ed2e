package rest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/transport"
)

// stalling is a server that writes the beginning of a response, and then nothing until the test ends.
func stalling(t *testing.T, beginning string) (base string, requests *atomic.Int32) {
	t.Helper()
	requests = new(atomic.Int32)
	over := make(chan struct{})
	base = rawServer(t, nil, func(w io.Writer, _ *http.Request) {
		requests.Add(1)
		_, _ = io.WriteString(w, beginning)
		<-over
	})
	t.Cleanup(func() { close(over) })
	return base, requests
}

// Without any deadline, a response that is decoded may be silent for the idle timeout and no longer.
func TestDo_bodyStalls(t *testing.T) {
	for name, beginning := range map[string]string{
		"before the body":        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
		"in the body":            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":",
		"in a chunk":             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"id\":",
		"before the last chunk":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"id\":1\r\n",
		"a body without an end":  "HTTP/1.1 200 OK\r\n\r\n{\"id\":\"7\"}",
		"a success without JSON": "HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			base, requests := stalling(t, beginning)
			c := connect(t, base, retries(1), secureaccess.WithBodyIdleTimeout(20*time.Millisecond))
			for out, do := range map[string]func() error{
				"Do":   func() error { _, err := Do[thing](context.Background(), c, GET("/v1")); return err },
				"Send": func() error { return Send(context.Background(), c, GET("/v1")) },
				"Text": func() error { _, err := Text(context.Background(), c, GET("/v1")); return err },
			} {
				requests.Store(0)
				e := failureOf(t, do())
				if !errors.Is(e, transport.Stalled) || !errors.Is(e, secureaccess.ErrBadResponse) || e.Attempts != 2 || requests.Load() != 2 {
					t.Errorf("%s: %v after %d requests", out, e, requests.Load())
				}
				if errors.Is(e, context.DeadlineExceeded) || e.Status/100 != 2 {
					t.Errorf("%s: %v", out, e)
				}
			}
		})
	}
}

// piped returns a transport, for a bubble of testing/synctest, whose connections are pipes to respond.
func piped(respond func(conn net.Conn, r *http.Request)) *http.Transport {
	return &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer func() { _ = server.Close() }()
			reader := bufio.NewReader(server)
			for {
				r, err := http.ReadRequest(reader)
				if err != nil {
					return
				}
				respond(server, r)
			}
		}()
		return client, nil
	}}
}

// settle ends the connections of a transport and gives the servers behind them time to see it.
func settle(wire *http.Transport) {
	wire.CloseIdleConnections()
	time.Sleep(time.Minute)
	synctest.Wait()
}

// silence writes nothing until the other side has closed the connection.
func silence(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }

// drip writes a blank every few seconds until the other side has closed the connection.
func drip(conn net.Conn) {
	for {
		if _, err := io.WriteString(conn, " "); err != nil {
			return
		}
		time.Sleep(5 * time.Second)
	}
}

// The body of a refusal is worth a few seconds, however it stalls: in silence, or with a byte now and then. It announces
// more than net/http would read of a closed body from Go 1.27 on, which it does under a mutex, where a bubble's clock
// stands still.
func TestSend_refusalStalls(t *testing.T) {
	for name, stall := range map[string]func(net.Conn){"silence": silence, "a byte now and then": drip} {
		for _, status := range []int{503, 404, 302} {
			for _, policy := range []int{0, 2} {
				synctest.Test(t, func(t *testing.T) {
					wire := piped(func(conn net.Conn, _ *http.Request) {
						_, _ = fmt.Fprintf(conn, "HTTP/1.1 %d X\r\nContent-Length: 1000000\r\n\r\n", status)
						stall(conn)
					})
					defer settle(wire)
					c := connect(t, "http://localhost", retries(policy), secureaccess.WithTransport(wire))
					begun := time.Now()
					e := failureOf(t, Send(context.Background(), c, GET("/v1")))
					most := refusalTime + time.Duration(policy)*drainTime + time.Second
					if took := time.Since(begun); e.Status != status || took > most {
						t.Errorf("%s, %d, %d retries: %v after %v", name, status, policy, e, took)
					}
				})
			}
		}
	}
}

// So is that of a refusal of credentials, which is read before they are renewed, and looked at to tell whether it is
// one.
func TestSession_Transport_refusalStalls(t *testing.T) {
	for name, stall := range map[string]func(net.Conn){"silence": silence, "a byte now and then": drip} {
		for _, peek := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				wire := piped(func(conn net.Conn, _ *http.Request) {
					_, _ = io.WriteString(conn, "HTTP/1.1 401 X\r\nContent-Length: 1000000\r\n\r\n")
					stall(conn)
				})
				defer settle(wire)
				setup, err := Prepare("test", "http://localhost", true, []secureaccess.Option{retries(0), secureaccess.WithTransport(wire)})
				if err != nil {
					t.Fatal(err)
				}
				session := NewSession(setup, &Session[string]{
					Obtain:  func(context.Context, string, bool) (string, error) { return "token", nil },
					Belongs: func(string, *url.URL) bool { return true },
					Refused: func(resp *http.Response) bool {
						if peek {
							Peek(resp, 100)
						}
						return resp.StatusCode == 401
					},
				})
				begun := time.Now()
				e := failureOf(t, Send(context.Background(), setup.Client(Config{Auth: session.Transport}), GET("/v1")))
				if took := time.Since(begun); e.Status != 401 || took > time.Minute {
					t.Errorf("%s, peek %v: %v after %v", name, peek, e, took)
				}
			})
		}
	}
}

// Content may pause for as long as it likes: its reader has a context.
func TestFetch_pauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := piped(func(conn net.Conn, _ *http.Request) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc")
			time.Sleep(time.Hour)
			_, _ = io.WriteString(conn, "def")
		})
		defer settle(wire)
		download, err := Fetch(context.Background(), connect(t, "http://localhost", secureaccess.WithTransport(wire)), GET("/v1"))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(download)
		if err != nil || string(content) != "abcdef" || download.Close() != nil {
			t.Errorf("%q, %v", content, err)
		}
	})
}

// A response that is decoded may take its time as long as something comes.
func TestDo_bodyDrips(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := piped(func(conn net.Conn, _ *http.Request) {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
			for _, b := range []byte(`{"id":"7"}`) {
				time.Sleep(59 * time.Second)
				_, _ = conn.Write([]byte{b})
			}
		})
		defer settle(wire)
		got, err := Do[thing](context.Background(), connect(t, "http://localhost", secureaccess.WithTransport(wire)), GET("/v1"))
		if err != nil || got.ID != "7" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
