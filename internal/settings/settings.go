// Package settings holds the effective options of a client. The options of package secureaccess are functions over
// them; product packages and the layers below read them.
package settings

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"time"
)

// Settings are the options of one client, after all of them were applied.
type Settings struct {
	Transport  http.RoundTripper // nil: one made from the fields below
	Middleware []func(http.RoundTripper) http.RoundTripper

	Timeout         time.Duration // of one attempt, body included; 0: none
	ResponseTimeout time.Duration // from the written request to the header of the response; 0: none
	DialTimeout     time.Duration // of a new connection, name resolution included; 0: none
	BodyIdleTimeout time.Duration // of a body that is decoded, between two reads that bring something; 0: none

	RootCAs       *x509.CertPool // nil: this machine's
	Certificates  []tls.Certificate
	SkipTLSVerify bool
	AllowHTTP     bool

	Retry           Retry
	Logger          *slog.Logger
	UserAgent       string
	Clock           Clock
	MaxResponseSize int64
	MaxItems        int
	Store           Store // nil: sessions are kept in the client

	products map[any]productValue
}

// Retry says how often and after which pauses a failed attempt is repeated.
type Retry struct {
	MaxRetries        int
	MinWait, MaxWait  time.Duration
	MaxRetryAfter     time.Duration
	Budget            int // 0: the default size; negative: none
	RequireRepeatable bool
}

// Clock has the methods of secureaccess.Clock.
type Clock interface {
	Now() time.Time                                   // the time
	Sleep(ctx context.Context, d time.Duration) error // nil after d, or the context's error
}

// Store has the methods of secureaccess.SessionStore.
type Store interface {
	// Load returns a record and its version; nil and "" for none.
	Load(ctx context.Context, key string) (data []byte, version string, err error)

	// Save replaces the record of a version.
	Save(ctx context.Context, key string, data []byte, version string, ttl time.Duration) (newVersion string, err error)

	// Delete removes the record of a version.
	Delete(ctx context.Context, key, version string) error

	// Lock keeps other processes from signing in meanwhile.
	Lock(ctx context.Context, key string, lease time.Duration) (unlock func(), err error)
}

// Defaults returns the settings of a client without options. Logger, UserAgent and Clock are for the root package.
func Defaults() Settings {
	return Settings{
		ResponseTimeout: time.Minute,
		DialTimeout:     30 * time.Second,
		BodyIdleTimeout: time.Minute,
		Retry:           Retry{MaxRetries: 4, MinWait: 500 * time.Millisecond, MaxWait: 30 * time.Second},
		MaxResponseSize: 64 << 20,
		MaxItems:        100_000,
	}
}

// TLSSet reports whether an option concerns TLS.
func (s *Settings) TLSSet() bool {
	return s.RootCAs != nil || len(s.Certificates) > 0 || s.SkipTLSVerify
}

// TLSConfig returns a new TLS configuration with the settings' part of it.
func (s *Settings) TLSConfig() *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		RootCAs:            s.RootCAs,
		Certificates:       s.Certificates,
		InsecureSkipVerify: s.SkipTLSVerify,
	}
}

type productValue struct {
	product string
	value   any
}

// Set keeps the value of an option of one product's package under a key of a type of that package's own, as the values
// of a context are kept.
func (s *Settings) Set(product string, key, value any) {
	if s.products == nil {
		s.products = map[any]productValue{}
	}
	s.products[key] = productValue{product, value}
}

// Value returns what [Settings.Set] kept under key, nil for nothing.
func (s *Settings) Value(key any) any { return s.products[key].value }

// Foreign returns the name of a product other than the given one of which an option was set, "" for none: such an
// option has no effect, and is an error in New.
func (s *Settings) Foreign(product string) string {
	first := ""
	for _, option := range s.products {
		if option.product != product && (first == "" || option.product < first) {
			first = option.product
		}
	}
	return first
}
