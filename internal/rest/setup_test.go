package rest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/settings"
)

type foreignTransport func(*http.Request) (*http.Response, error)

func (f foreignTransport) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestPrepare_refusedOptions(t *testing.T) {
	foreign := foreignTransport(nil)
	pool, cert := x509.NewCertPool(), tls.Certificate{Certificate: [][]byte{{1}}}
	tests := map[string]struct {
		argument string
		opts     []secureaccess.Option
	}{
		"nil client":            {"http client", []secureaccess.Option{secureaccess.WithHTTPClient(nil)}},
		"nil transport":         {"transport", []secureaccess.Option{secureaccess.WithTransport(nil)}},
		"negative timeout":      {"response timeout", []secureaccess.Option{secureaccess.WithResponseTimeout(-1)}},
		"negative retries":      {"retry policy", []secureaccess.Option{secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: -1})}},
		"negative wait":         {"retry policy", []secureaccess.Option{secureaccess.WithRetry(secureaccess.RetryPolicy{MinWait: -1, MaxWait: 1})}},
		"waits crossed":         {"retry policy", []secureaccess.Option{secureaccess.WithRetry(secureaccess.RetryPolicy{MinWait: 2, MaxWait: 1})}},
		"negative retry after":  {"retry policy", []secureaccess.Option{secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetryAfter: -1})}},
		"nil logger":            {"logger", []secureaccess.Option{secureaccess.WithLogger(nil)}},
		"empty user agent":      {"user agent", []secureaccess.Option{secureaccess.WithUserAgent(" ")}},
		"user agent injects":    {"user agent", []secureaccess.Option{secureaccess.WithUserAgent("a\r\nX-Evil: 1")}},
		"user agent with NUL":   {"user agent", []secureaccess.Option{secureaccess.WithUserAgent("a\x00b")}},
		"nil root CAs":          {"root CAs", []secureaccess.Option{secureaccess.WithRootCAs(nil)}},
		"empty certificate":     {"client certificate", []secureaccess.Option{secureaccess.WithClientCertificate(tls.Certificate{})}},
		"nil clock":             {"clock", []secureaccess.Option{secureaccess.WithClock(nil)}},
		"no response size":      {"max response size", []secureaccess.Option{secureaccess.WithMaxResponseSize(0)}},
		"no items":              {"max items", []secureaccess.Option{secureaccess.WithMaxItems(0)}},
		"negative dial timeout": {"dial timeout", []secureaccess.Option{secureaccess.WithDialTimeout(-1)}},
		"negative idle timeout": {"body idle timeout", []secureaccess.Option{secureaccess.WithBodyIdleTimeout(-1)}},
		"nil middleware":        {"middleware", []secureaccess.Option{secureaccess.WithMiddleware(nil)}},
		"nil store":             {"session store", []secureaccess.Option{secureaccess.WithSessionStore(nil)}},
		"of another product":    {"options", []secureaccess.Option{func(s *settings.Settings) error { s.Set("ics", 1, 2); return nil }}},
		"negative size":         {"max response size", []secureaccess.Option{secureaccess.WithMaxResponseSize(-1)}},
		"root CAs, foreign":     {"options", []secureaccess.Option{secureaccess.WithRootCAs(pool), secureaccess.WithTransport(foreign)}},
		"certificate, foreign":  {"options", []secureaccess.Option{secureaccess.WithTransport(foreign), secureaccess.WithClientCertificate(cert)}},
		"insecure, foreign":     {"options", []secureaccess.Option{secureaccess.WithTransport(foreign), secureaccess.WithInsecureSkipTLSVerify()}},
		"root CAs, foreign too": {"options", []secureaccess.Option{secureaccess.WithHTTPClient(&http.Client{Transport: foreign}), secureaccess.WithRootCAs(pool)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := effective("sase", test.opts)
			argument, ok := errors.AsType[*secureaccess.ArgumentError](err)
			if !ok || argument.Argument != test.argument || argument.Reason == "" {
				t.Fatalf("%#v", err)
			}
			if !errors.Is(err, secureaccess.ErrInvalidArgument) || !strings.Contains(err.Error(), test.argument) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestPrepare_defaults(t *testing.T) {
	s, err := effective("sase", []secureaccess.Option{nil})
	if err != nil {
		t.Fatal(err)
	}
	if s.Timeout != 0 || s.ResponseTimeout != time.Minute || s.MaxResponseSize != 64<<20 {
		t.Errorf("limits: %v, %v, %d", s.Timeout, s.ResponseTimeout, s.MaxResponseSize)
	}
	if want := (settings.Retry{MaxRetries: 4, MinWait: time.Second / 2, MaxWait: 30 * time.Second}); s.Retry != want {
		t.Errorf("retry: %+v", s.Retry)
	}
	if s.SkipTLSVerify || s.AllowHTTP || s.Transport != nil {
		t.Errorf("not the safe side: %+v", s)
	}
	if s.Logger.Enabled(t.Context(), slog.LevelError) {
		t.Error("logs by default")
	}
	if s.UserAgent != "secureaccess-go/"+secureaccess.Version || s.Clock != secureaccess.SystemClock() {
		t.Errorf("%q, %v", s.UserAgent, s.Clock)
	}
}

func TestPrepare_options(t *testing.T) {
	pool, cert := x509.NewCertPool(), tls.Certificate{Certificate: [][]byte{{1}}}
	transport, logger := &http.Transport{}, slog.Default()
	policy := secureaccess.RetryPolicy{MaxRetries: 1, MinWait: 2, MaxWait: 3, MaxRetryAfter: 4, Budget: 5, RequireRepeatable: true}
	s, err := effective("sase", []secureaccess.Option{
		secureaccess.WithTransport(foreignTransport(nil)), // the later one counts
		secureaccess.WithHTTPClient(&http.Client{Transport: transport, Timeout: 5}),
		secureaccess.WithResponseTimeout(0),
		secureaccess.WithRetry(policy),
		secureaccess.WithLogger(logger),
		secureaccess.WithUserAgent("robot/1"),
		secureaccess.WithRootCAs(pool),
		secureaccess.WithClientCertificate(cert),
		secureaccess.WithClientCertificate(cert),
		secureaccess.WithInsecureSkipTLSVerify(),
		secureaccess.WithInsecureHTTP(),
		secureaccess.WithMaxResponseSize(math.MaxInt64),
		secureaccess.WithMaxItems(7),
		secureaccess.WithDialTimeout(8),
		secureaccess.WithBodyIdleTimeout(9),
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.Transport != transport || s.Timeout != 5 || s.ResponseTimeout != 0 || s.Retry != settings.Retry(policy) || s.Logger != logger ||
		s.UserAgent != "robot/1" || s.RootCAs != pool || len(s.Certificates) != 2 || !s.SkipTLSVerify || !s.AllowHTTP ||
		s.MaxResponseSize != math.MaxInt64 || s.MaxItems != 7 || s.DialTimeout != 8 || s.BodyIdleTimeout != 9 {
		t.Errorf("%+v", s)
	}
	config := s.TLSConfig()
	if config.RootCAs != pool || len(config.Certificates) != 2 || !config.InsecureSkipVerify {
		t.Errorf("TLS: %+v", config)
	}
}

func TestPrepare_httpClientWithoutTransport(t *testing.T) {
	transport := &http.Transport{}
	s, err := effective("sase", []secureaccess.Option{secureaccess.WithTransport(transport), secureaccess.WithHTTPClient(&http.Client{Timeout: 5})})
	if err != nil || s.Transport != transport || s.Timeout != 5 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestPrepare_tls(t *testing.T) {
	s, err := effective("sase", nil)
	if err != nil {
		t.Fatal(err)
	}
	if config := s.TLSConfig(); config.MinVersion != tls.VersionTLS12 || config.InsecureSkipVerify || config.RootCAs != nil {
		t.Errorf("%+v", config)
	}
}
