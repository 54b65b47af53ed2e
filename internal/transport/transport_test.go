package transport

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/settings"
)

func TestNew_privateAuthority(t *testing.T) {
	s, pool := serveTLS(t, func(w http.ResponseWriter, r *http.Request) {
		if r.TLS.Version < tls.VersionTLS12 || r.ProtoMajor != 2 {
			t.Errorf("TLS %x, HTTP/%d", r.TLS.Version, r.ProtoMajor)
		}
		_, _ = io.WriteString(w, "yes")
	})
	for name, change := range map[string]func(*settings.Settings){
		"root CAs": func(s *settings.Settings) { s.RootCAs = pool },
		"root CAs over a transport": func(s *settings.Settings) {
			s.RootCAs, s.Transport = pool, &http.Transport{ForceAttemptHTTP2: true}
		},
		"root CAs over a plain one": func(s *settings.Settings) { s.RootCAs, s.Transport = pool, &http.Transport{} },
		"root CAs over TLS settings": func(s *settings.Settings) {
			s.RootCAs, s.Transport = pool, &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{ServerName: "example.com"}}
		},
		"insecure": func(s *settings.Settings) { s.SkipTLSVerify = true },
		"insecure over a transport": func(s *settings.Settings) {
			s.SkipTLSVerify, s.Transport = true, &http.Transport{ForceAttemptHTTP2: true}
		},
		"the transport's own authority": func(c *settings.Settings) { c.Transport = s.Client().Transport },
	} {
		t.Run(name, func(t *testing.T) {
			req, _ := request(t, t.Context(), "GET", s.URL, nil)
			if got, err := do(layers(t, change), req); err != nil || got != "yes" {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestNew_oldTLS(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	s.Config.ErrorLog = quiet
	s.StartTLS()
	defer s.Close()
	for name, change := range map[string]func(*settings.Settings){
		"verified": func(c *settings.Settings) { c.RootCAs = authority(s) },
		"insecure": func(c *settings.Settings) { c.SkipTLSVerify = true },
	} {
		req, _ := request(t, t.Context(), "GET", s.URL, nil)
		if _, err := do(layers(t, change), req); !Permanent(err) || ClassOf(err) != HandshakeRefused && ClassOf(err) != HandshakeFailed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNew_clientCertificate(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(42), NotBefore: time.Unix(0, 0), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificates := []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TLS.PeerCertificates) != 1 || r.TLS.PeerCertificates[0].SerialNumber.Int64() != 42 {
			t.Errorf("presented %v", r.TLS.PeerCertificates)
		}
	}))
	s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	s.Config.ErrorLog = quiet
	s.StartTLS()
	defer s.Close()
	for name, theirs := range map[string]http.RoundTripper{
		"own transport":    nil,
		"theirs":           &http.Transport{},
		"theirs, with TLS": &http.Transport{TLSClientConfig: &tls.Config{ServerName: "example.com"}},
	} {
		req, _ := request(t, t.Context(), "GET", s.URL, nil)
		rt := layers(t, func(c *settings.Settings) {
			c.RootCAs, c.Certificates, c.Transport = authority(s), certificates, theirs
		})
		if _, err := do(rt, req); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	req, _ := request(t, t.Context(), "GET", s.URL, nil)
	_, err = do(layers(t, func(c *settings.Settings) { c.RootCAs = authority(s) }), req)
	if !Permanent(err) || ClassOf(err) != HandshakeRefused {
		t.Errorf("without a certificate: %v", err)
	}
}

func TestNew_givenTransportIsNotChanged(t *testing.T) {
	certificates := make([]tls.Certificate, 1, 8) // with room, which the clone shares
	theirs := &http.Transport{TLSClientConfig: &tls.Config{Certificates: certificates}}
	s := settings.Defaults()
	s.Transport, s.SkipTLSVerify, s.Certificates = theirs, true, []tls.Certificate{{Certificate: [][]byte{{1}}}}
	w := newWire(&s)
	if w.given != nil || w.current.Load().Transport == theirs {
		t.Error("the caller's transport is used")
	}
	if theirs.TLSClientConfig.InsecureSkipVerify || len(certificates[:2][1].Certificate) != 0 || theirs.HTTP2 != nil || theirs.OnProxyConnectResponse != nil {
		t.Errorf("the caller's transport is changed: %+v, %v", theirs.TLSClientConfig, certificates[:2])
	}
	for range 2 {
		config := w.current.Load().TLSClientConfig
		if !config.InsecureSkipVerify || len(config.Certificates) != 2 {
			t.Errorf("%+v", config)
		}
		w.current.Store(&pool{Transport: w.build()}) // and so has the next one
	}
}

func TestNew_doesNotDependOnTheDefaultTransport(t *testing.T) {
	theirs := http.DefaultTransport
	http.DefaultTransport = roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("not this one") })
	defer func() { http.DefaultTransport = theirs }()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "yes") }))
	defer s.Close()
	req, _ := request(t, t.Context(), "GET", s.URL, nil)
	if got, err := do(layers(t, nil), req); err != nil || got != "yes" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestNew_CloseIdleConnections(t *testing.T) {
	s, pool := serveTLS(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.RemoteAddr) })
	theirs := s.Client().Transport.(*http.Transport)
	for name, test := range map[string]struct {
		change func(*settings.Settings)
		closed bool
	}{
		"own transport":        {func(c *settings.Settings) { c.RootCAs = pool }, true},
		"the caller's":         {func(c *settings.Settings) { c.Transport = theirs }, false},
		"made of the caller's": {func(c *settings.Settings) { c.Transport, c.RootCAs = theirs, pool }, true},
	} {
		rt := layers(t, test.change)
		addrs := map[string]bool{}
		for range 3 {
			req, _ := request(t, t.Context(), "GET", s.URL, nil)
			addr, err := do(rt, req)
			if err != nil {
				t.Fatal(err)
			}
			addrs[addr] = true
			rt.(interface{ CloseIdleConnections() }).CloseIdleConnections()
		}
		if test.closed != (len(addrs) == 3) {
			t.Errorf("%s: %d connections", name, len(addrs))
		}
	}
	layers(t, func(c *settings.Settings) { c.Transport = roundTrip(nil) }) // has no such method
}

func TestNew_middleware(t *testing.T) {
	s, pool := serveTLS(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Header.Get("X-Order")) })
	mark := func(name string) func(http.RoundTripper) http.RoundTripper {
		return func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(req *http.Request) (*http.Response, error) {
				req = req.Clone(req.Context())
				req.Header.Set("X-Order", req.Header.Get("X-Order")+name)
				return next.RoundTrip(req)
			})
		}
	}
	rt := layers(t, func(c *settings.Settings) {
		c.RootCAs = pool // above our own transport: the TLS options stay
		c.Middleware = []func(http.RoundTripper) http.RoundTripper{mark("a"), mark("b"), func(http.RoundTripper) http.RoundTripper { return nil }}
	})
	req, call := request(t, t.Context(), "GET", s.URL, nil)
	if got, err := do(rt, req); err != nil || got != "ab" || call.attempts.Load() != 1 {
		t.Errorf("%q, %v, %d attempts", got, err, call.attempts.Load())
	}
}

func TestNew_middlewareFails(t *testing.T) {
	own := errors.New("own reason with S-password\nand two lines")
	inner := &Failure{class: Refused, neverArrived: true}
	for name, test := range map[string]struct {
		err       error
		class     Class
		text      string
		is, isNot error
	}{
		"its own":              {own, MiddlewareFailed, "own reason with [redacted] and two lines", own, io.EOF},
		"around ours":          {fmt.Errorf("traced: %w", inner), Refused, "traced: connection refused", Refused, own},
		"ours":                 {inner, Refused, "connection refused", Refused, own},
		"of another transport": {fmt.Errorf("x: %w", errors.New(`malformed HTTP response "S-new"`)), Malformed, "malformed HTTP response", Malformed, own},
		"a limit of its own":   {fmt.Errorf("waiting for a turn: %w", context.DeadlineExceeded), Timeout, "timed out", Timeout, context.DeadlineExceeded},
		"the body's":           {fmt.Errorf("traced: %w", &BodyError{own}), "", "reading the request body: " + own.Error(), own, io.EOF},
	} {
		rt := layers(t, func(c *settings.Settings) {
			c.Middleware = []func(http.RoundTripper) http.RoundTripper{func(http.RoundTripper) http.RoundTripper {
				return roundTrip(func(*http.Request) (*http.Response, error) { return nil, test.err })
			}}
		})
		req, call := request(t, t.Context(), "GET", "http://localhost", nil)
		call.secrets.Add("S-password")
		_, err := do(rt, req)
		if err == nil || err.Error() != test.text || ClassOf(err) != test.class || !errors.Is(err, test.is) || errors.Is(err, test.isNot) {
			t.Errorf("%s: class %q, is %t, is not %t: %v", name, ClassOf(err), errors.Is(err, test.is), !errors.Is(err, test.isNot), err)
		}
	}
}

func TestNew_givenTransportMisbehaves(t *testing.T) {
	closed := false
	body := struct {
		io.Reader
		io.Closer
	}{strings.NewReader(""), closer(func() error { closed = true; return nil })}
	for name, answer := range map[string]roundTrip{
		"nothing":          func(*http.Request) (*http.Response, error) { return nil, nil },
		"both":             func(*http.Request) (*http.Response, error) { return &http.Response{Body: body}, errors.New("S-words") },
		"words of its own": func(*http.Request) (*http.Response, error) { return nil, errors.New("S-words") },
		"not a body":       func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 200}, nil },
		"uncomparable":     func(*http.Request) (*http.Response, error) { return nil, uncomparable{"S-words"} },
		"its own Unwrap":   func(*http.Request) (*http.Response, error) { return nil, errors.Join(errors.New("S-words"), io.EOF) },
	} {
		req, _ := request(t, t.Context(), "GET", "http://localhost", nil)
		_, err := do(layers(t, func(c *settings.Settings) { c.Transport = answer }), req)
		if name == "not a body" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "S-") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !closed {
		t.Error("the body that came with an error is not closed")
	}
}

type closer func() error

func (c closer) Close() error { return c() }

type uncomparable []string

func (u uncomparable) Error() string { return u[0] }

func TestNew_log(t *testing.T) {
	for format := range map[string]bool{"json": true, "text": true} {
		t.Run(format, func(t *testing.T) {
			clock, out := &stepClock{}, &captured{}
			logger := out.logger()
			if format == "text" {
				logger = slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
			}
			n := 0
			rt := layers(t, func(s *settings.Settings) {
				s.Logger, s.Clock = logger, clock
				s.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
					switch n++; n {
					case 1:
						return nil, fmt.Errorf("cannot send %s %v", req.URL, req.Header)
					case 2:
						clock.now.Add(int64(3 * time.Second))
						return &http.Response{StatusCode: 503, Header: http.Header{"Set-Cookie": {"DSID=S-cookie"}}, Body: io.NopCloser(strings.NewReader("S-body"))}, nil
					}
					return &http.Response{StatusCode: 200}, nil
				})
			})
			req, _ := hostileRequest(t, "http://localhost")
			for range 3 {
				_, _ = do(rt, req)
			}
			if strings.Contains(out.String(), "S-") {
				t.Errorf("the log tells: %s", out.String())
			}
			if format == "text" {
				if n := strings.Count(out.String(), "level=DEBUG"); n != 3 {
					t.Errorf("%d lines: %s", n, out.String())
				}
				return
			}
			i := 0
			for line := range strings.Lines(out.String()) {
				record := map[string]any{}
				if err := json.Unmarshal([]byte(line), &record); err != nil {
					t.Fatal(err)
				}
				for name, want := range map[string]any{
					"level": "DEBUG", "msg": "secureaccess attempt", "product": "test", "method": "POST", "path": "/v1/{id}",
					"attempt": float64(i + 1), "duration": []any{0., 3e9, 0.}[i], "status": []any{nil, 503., 200.}[i],
					"error": []any{string(ForeignFailed), nil, nil}[i],
				} {
					if record[name] != want {
						t.Errorf("attempt %d: %s is %v, want %v", i+1, name, record[name], want)
					}
				}
				for name := range record {
					if !slices.Contains([]string{"time", "level", "msg", "product", "method", "path", "attempt", "duration", "status", "error"}, name) {
						t.Errorf("attempt %d: says %s too", i+1, name)
					}
				}
				i++
			}
			if i != 3 {
				t.Errorf("%d lines", i)
			}
		})
	}
}

func TestNew_withoutACall(t *testing.T) {
	out := &captured{}
	rt := layers(t, func(s *settings.Settings) {
		s.Logger, s.Transport = out.logger(), roundTrip(func(*http.Request) (*http.Response, error) { return nil, io.EOF })
	})
	req, _ := http.NewRequestWithContext(t.Context(), "GET", "http://localhost", nil)
	if _, err := do(rt, req); ClassOf(err) != ClosedEarly || out.String() != "" {
		t.Errorf("%v, %s", err, out.String())
	}
}

func TestNew_allocations(t *testing.T) {
	resp := &http.Response{StatusCode: 200, ProtoMajor: 1}
	body := io.NopCloser(strings.NewReader(""))
	rt := layers(t, func(s *settings.Settings) {
		s.Logger = slog.New(slog.DiscardHandler)
		s.Transport = roundTrip(func(*http.Request) (*http.Response, error) { resp.Body = body; return resp, nil })
	})
	req, _ := request(t, t.Context(), "GET", "http://localhost", nil)
	if n := testing.AllocsPerRun(100, func() { _, _ = rt.RoundTrip(req) }); n > 1 {
		t.Errorf("%v allocations a request", n)
	}
}
