package secureaccess_test

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
)

type foreignTransport func(*http.Request) (*http.Response, error)

func (f foreignTransport) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestOptionsRefuseWhatCannotBeMeant(t *testing.T) {
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
		"negative size":         {"max response size", []secureaccess.Option{secureaccess.WithMaxResponseSize(-1)}},
		"root CAs, foreign":     {"options", []secureaccess.Option{secureaccess.WithRootCAs(pool), secureaccess.WithTransport(foreign)}},
		"certificate, foreign":  {"options", []secureaccess.Option{secureaccess.WithTransport(foreign), secureaccess.WithClientCertificate(cert)}},
		"insecure, foreign":     {"options", []secureaccess.Option{secureaccess.WithTransport(foreign), secureaccess.WithInsecureSkipTLSVerify()}},
		"root CAs, foreign too": {"options", []secureaccess.Option{secureaccess.WithHTTPClient(&http.Client{Transport: foreign}), secureaccess.WithRootCAs(pool)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := secureaccess.NewSettings(test.opts...)
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

func TestDefaults(t *testing.T) {
	s, err := secureaccess.NewSettings(nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Timeout != 0 || s.ResponseTimeout != time.Minute || s.MaxResponseSize != 64<<20 {
		t.Errorf("limits: %v, %v, %d", s.Timeout, s.ResponseTimeout, s.MaxResponseSize)
	}
	if want := (secureaccess.RetryPolicy{MaxRetries: 4, MinWait: time.Second / 2, MaxWait: 30 * time.Second}); s.Retry != want {
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

func TestOptionsSetWhatTheySay(t *testing.T) {
	pool, cert := x509.NewCertPool(), tls.Certificate{Certificate: [][]byte{{1}}}
	transport, logger := &http.Transport{}, slog.Default()
	policy := secureaccess.RetryPolicy{MaxRetries: 1, MinWait: 2, MaxWait: 3, MaxRetryAfter: 4, RequireRepeatable: true}
	s, err := secureaccess.NewSettings(
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
	)
	if err != nil {
		t.Fatal(err)
	}
	if s.Transport != transport || s.Timeout != 5 || s.ResponseTimeout != 0 || s.Retry != policy || s.Logger != logger ||
		s.UserAgent != "robot/1" || s.RootCAs != pool || len(s.Certificates) != 2 || !s.SkipTLSVerify || !s.AllowHTTP ||
		s.MaxResponseSize != math.MaxInt64 {
		t.Errorf("%+v", s)
	}
	config := s.TLSConfig()
	if config.RootCAs != pool || len(config.Certificates) != 2 || !config.InsecureSkipVerify {
		t.Errorf("TLS: %+v", config)
	}
}

func TestHTTPClientWithoutTransportKeepsTheOneSet(t *testing.T) {
	transport := &http.Transport{}
	s, err := secureaccess.NewSettings(secureaccess.WithTransport(transport), secureaccess.WithHTTPClient(&http.Client{Timeout: 5}))
	if err != nil || s.Transport != transport || s.Timeout != 5 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestTLSIsVerifiedFrom12OnByDefault(t *testing.T) {
	s, err := secureaccess.NewSettings()
	if err != nil {
		t.Fatal(err)
	}
	if config := s.TLSConfig(); config.MinVersion != tls.VersionTLS12 || config.InsecureSkipVerify || config.RootCAs != nil {
		t.Errorf("%+v", config)
	}
}
