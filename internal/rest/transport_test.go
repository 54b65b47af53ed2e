package rest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/secureaccess-go/secureaccess"
)

// authority is the pool that trusts s.
func authority(s *server) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return pool
}

func TestPrivateAuthority(t *testing.T) {
	s := serveTLS(t, func(w http.ResponseWriter, r *http.Request) {
		if r.TLS.Version < tls.VersionTLS12 || r.ProtoMajor != 2 {
			t.Errorf("TLS %x, HTTP/%d", r.TLS.Version, r.ProtoMajor)
		}
		answers(200, `{"id":"a"}`)(w, r)
	})
	for name, opts := range map[string][]secureaccess.Option{
		"root CAs":                      {secureaccess.WithRootCAs(authority(s))},
		"root CAs over a transport":     {secureaccess.WithRootCAs(authority(s)), secureaccess.WithTransport(&http.Transport{ForceAttemptHTTP2: true})},
		"root CAs over a plain one":     {secureaccess.WithRootCAs(authority(s)), secureaccess.WithTransport(&http.Transport{})},
		"root CAs over TLS settings":    {secureaccess.WithTransport(&http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{ServerName: "example.com"}}), secureaccess.WithRootCAs(authority(s))},
		"insecure":                      {secureaccess.WithInsecureSkipTLSVerify()},
		"insecure over a transport":     {secureaccess.WithInsecureSkipTLSVerify(), secureaccess.WithHTTPClient(&http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true}})},
		"the transport's own authority": {secureaccess.WithTransport(s.Client().Transport)},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Do[thing](t.Context(), connect(t, s.URL, opts...), GET("/v1"))
			if err != nil || got.ID != "a" {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

func TestUnknownAuthorityIsRefusedAtOnce(t *testing.T) {
	s := serveTLS(t, answers(200, `{}`))
	for name, opts := range map[string][]secureaccess.Option{
		"by default":             nil,
		"another authority":      {secureaccess.WithRootCAs(x509.NewCertPool())},
		"the caller's transport": {secureaccess.WithTransport(&http.Transport{})},
	} {
		for method, begin := range methods {
			err := Send(t.Context(), connect(t, s.URL, opts...), begin("/v1"))
			e := failureOf(t, err)
			var unknown x509.UnknownAuthorityError
			if !errors.As(err, &unknown) || e.Attempts != 1 || e.Status != 0 {
				t.Errorf("%s, %s: %v", name, method, err)
			}
		}
	}
	if s.requests.Load() != 0 {
		t.Error("a request arrived")
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	s := serve(t, answers(200, `{}`), func(s *httptest.Server) {
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
		s.Config.ErrorLog = quiet
		s.StartTLS()
	})
	for name, opts := range map[string][]secureaccess.Option{
		"verified": {secureaccess.WithRootCAs(authority(s))}, "insecure": {secureaccess.WithInsecureSkipTLSVerify()},
	} {
		err := Send(t.Context(), connect(t, s.URL, append(opts, retries(0))...), GET("/v1"))
		if err == nil || s.requests.Load() != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestClientCertificateIsPresented(t *testing.T) {
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
	cert := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}

	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if len(r.TLS.PeerCertificates) != 1 || r.TLS.PeerCertificates[0].SerialNumber.Int64() != 42 {
			t.Errorf("presented %v", r.TLS.PeerCertificates)
		}
		answers(200, `{}`)(w, r)
	}, func(s *httptest.Server) {
		s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
		s.Config.ErrorLog = quiet
		s.StartTLS()
	})
	trust := secureaccess.WithRootCAs(authority(s))
	for name, opts := range map[string][]secureaccess.Option{
		"own transport":    {trust, secureaccess.WithClientCertificate(cert)},
		"theirs":           {trust, secureaccess.WithClientCertificate(cert), secureaccess.WithTransport(&http.Transport{})},
		"theirs, with TLS": {trust, secureaccess.WithClientCertificate(cert), secureaccess.WithTransport(&http.Transport{TLSClientConfig: &tls.Config{ServerName: "example.com"}})},
	} {
		if err := Send(t.Context(), connect(t, s.URL, opts...), GET("/v1")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}

	err = Send(t.Context(), connect(t, s.URL, trust), GET("/v1"))
	if e := failureOf(t, err); e.Status != 0 || e.Attempts != 1 {
		t.Errorf("without a certificate: %v", err)
	}
}

func TestTransportOfTheCallerIsNotChanged(t *testing.T) {
	certificates := make([]tls.Certificate, 1, 8) // with room, which the clone shares
	theirs := &http.Transport{TLSClientConfig: &tls.Config{Certificates: certificates}}
	settings := settingsOf(t, secureaccess.WithTransport(theirs), secureaccess.WithInsecureSkipTLSVerify(),
		secureaccess.WithClientCertificate(tls.Certificate{Certificate: [][]byte{{1}}}))
	ours, own := wire(settings)
	if !own || ours == http.RoundTripper(theirs) {
		t.Error("the caller's transport is used")
	}
	if theirs.TLSClientConfig.InsecureSkipVerify || len(certificates[:2][1].Certificate) != 0 {
		t.Errorf("the caller's TLS settings are changed: %+v, %v", theirs.TLSClientConfig, certificates[:2])
	}
	if config := ours.(*http.Transport).TLSClientConfig; !config.InsecureSkipVerify || len(config.Certificates) != 2 {
		t.Errorf("%+v", config)
	}
}

func TestOwnTransportDoesNotDependOnTheDefaultOne(t *testing.T) {
	theirs := http.DefaultTransport
	http.DefaultTransport = httpmock.NewMockTransport()
	defer func() { http.DefaultTransport = theirs }()
	s := serve(t, answers(200, `{"id":"a"}`))
	got, err := Do[thing](t.Context(), connect(t, s.URL), GET("/v1"))
	if err != nil || got.ID != "a" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestCloseIdleConnections(t *testing.T) {
	s := serve(t, answers(200, `{}`))
	theirs := &http.Transport{}
	defer theirs.CloseIdleConnections()
	for name, test := range map[string]struct {
		opts   []secureaccess.Option
		closed bool // connections are closed after every call
	}{
		"own transport":        {nil, true},
		"the caller's":         {[]secureaccess.Option{secureaccess.WithTransport(theirs)}, false},
		"made of the caller's": {[]secureaccess.Option{secureaccess.WithTransport(theirs), secureaccess.WithInsecureSkipTLSVerify()}, true},
	} {
		c := connect(t, s.URL, test.opts...)
		before := s.connections.Load()
		for range 4 {
			if err := Send(t.Context(), c, GET("/v1")); err != nil {
				t.Fatal(err)
			}
			c.CloseIdleConnections()
		}
		if n := s.connections.Load() - before; test.closed && n != 4 || !test.closed && n > 1+slack {
			t.Errorf("%s: %d connections", name, n)
		}
	}
	mocked := connect(t, "http://localhost", secureaccess.WithTransport(roundTrip(nil)))
	mocked.CloseIdleConnections() // of a transport that has no such method
}

// lines are the records of a JSON log.
func lines(t testing.TB, out *bytes.Buffer) (records []map[string]any) {
	t.Helper()
	for line := range strings.Lines(out.String()) {
		record := map[string]any{}
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		records = append(records, record)
	}
	return records
}

func TestEveryAttemptIsLoggedWithoutAnyValue(t *testing.T) {
	for format, handler := range map[string]func(*bytes.Buffer, *slog.HandlerOptions) slog.Handler{
		"json": func(b *bytes.Buffer, o *slog.HandlerOptions) slog.Handler { return slog.NewJSONHandler(b, o) },
		"text": func(b *bytes.Buffer, o *slog.HandlerOptions) slog.Handler { return slog.NewTextHandler(b, o) },
	} {
		t.Run(format, func(t *testing.T) {
			clock := newClock()
			s := serve(t, inTurn(reset, func(w http.ResponseWriter, r *http.Request) {
				clock.advance(3 * time.Second)
				w.Header().Set("X-Token", "S-header")
				w.Header().Set("Set-Cookie", "DSID=S-cookie")
				answers(503, `{"error":"S-body"}`)(w, r)
			}, answers(200, `{"id":"S-body"}`)))
			var out bytes.Buffer
			log := slog.New(handler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
			c := connectWith(t, s.URL, authenticated(t, s.URL), secureaccess.WithLogger(log), secureaccess.WithClock(clock))
			op := PUT("/v1/things/{thing_id}", "S-id").Param("t", "S-query").Header("X-Own", "S-own").
				JSON(map[string]any{"password": secureaccess.NewSecret("S-password")})
			if err := Send(t.Context(), c, op); err != nil {
				t.Fatal(err)
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
			records := lines(t, &out)
			if len(records) != 3 {
				t.Fatalf("%d lines: %s", len(records), out.String())
			}
			for i, record := range records {
				for name, want := range map[string]any{
					"level": "DEBUG", "msg": "secureaccess attempt", "product": "test", "method": "PUT",
					"path": "/v1/things/{thing_id}", "attempt": float64(i + 1),
					"duration": []any{0., 3e9, 0.}[i], "status": []any{nil, 503., 200.}[i],
				} {
					if record[name] != want {
						t.Errorf("attempt %d: %s is %v, want %v", i+1, name, record[name], want)
					}
				}
				if _, failed := record["error"]; failed != (i == 0) {
					t.Errorf("attempt %d: %v", i+1, record)
				}
				for name := range record {
					if !slices.Contains([]string{"time", "level", "msg", "product", "method", "path", "attempt", "duration", "status", "error"}, name) {
						t.Errorf("attempt %d: says %s too", i+1, name)
					}
				}
			}
		})
	}
}

func TestQueryOfAFailedAttemptIsNotLogged(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c := connect(t, "https://host.example", secureaccess.WithLogger(log), retries(0), secureaccess.WithTransport(roundTrip(
		func(req *http.Request) (*http.Response, error) { return nil, fmt.Errorf("cannot send %s", req.URL) })))
	if err := Send(t.Context(), c, GET("/v1/{id}", "x").Param("t", "S-query")); err == nil {
		t.Fatal("no error")
	}
	records := lines(t, &out)
	if len(records) != 1 || records[0]["error"] == nil || strings.Contains(out.String(), "S-") {
		t.Errorf("%s", out.String())
	}
}

func TestNothingIsLoggedAboveDebug(t *testing.T) {
	s := serve(t, inTurn(answers(503, ""), answers(404, "")))
	var out bytes.Buffer
	c := connect(t, s.URL, secureaccess.WithLogger(slog.New(slog.NewTextHandler(&out, nil))))
	if err := Send(t.Context(), c, GET("/v1")); !errors.Is(err, secureaccess.ErrNotFound) || out.Len() != 0 {
		t.Errorf("%v, %s", err, out.String())
	}
}
