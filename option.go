package secureaccess

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode"
)

// Settings is what the options of a client amount to. The product packages read it; programs use the With functions.
type Settings struct {
	Transport       http.RoundTripper // nil: one made from the fields below
	Timeout         time.Duration     // of one attempt, body included; 0: none
	ResponseTimeout time.Duration
	RootCAs         *x509.CertPool
	Certificates    []tls.Certificate
	SkipTLSVerify   bool
	AllowHTTP       bool
	Retry           RetryPolicy
	Logger          *slog.Logger
	UserAgent       string
	Clock           Clock
	MaxResponseSize int64

	products map[any]any // see Set
}

// Option changes a setting of a client. All products take the same ones, in any order; the later one counts.
type Option func(*Settings) error

// NewSettings applies opts to the defaults.
func NewSettings(opts ...Option) (Settings, error) {
	s := Settings{
		ResponseTimeout: time.Minute,
		Retry:           RetryPolicy{MaxRetries: 4, MinWait: 500 * time.Millisecond, MaxWait: 30 * time.Second},
		Logger:          slog.New(slog.DiscardHandler),
		UserAgent:       "secureaccess-go/" + Version,
		Clock:           SystemClock(),
		MaxResponseSize: 64 << 20,
	}
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt(&s); err != nil {
			return Settings{}, err
		}
	}
	if _, own := s.Transport.(*http.Transport); s.Transport != nil && !own &&
		(s.RootCAs != nil || len(s.Certificates) > 0 || s.SkipTLSVerify) {
		return Settings{}, refused("options", "set TLS for a transport that is not an *http.Transport; set it there")
	}
	return s, nil
}

// Version is the version of this module, as it stands in the User-Agent header.
const Version = "0.1.0"

// RetryPolicy says how often and how patiently a failed attempt is repeated. Which attempts may be repeated is not a
// matter of taste: GET, HEAD, PUT and DELETE after 429, 500, 502, 503, 504 and broken connections; POST only where
// the server cannot have carried it out (no connection, 429, 503 with Retry-After) or where the operation is
// documented as safe to repeat.
type RetryPolicy struct {
	// MaxRetries is the number of attempts after the first. 0 switches retries off.
	MaxRetries int

	// The pauses grow from MinWait to MaxWait by doubling, each shortened at random by up to half, so that a fleet does
	// not come back at once. Retry-After is obeyed instead where the server sends it. When it asks for more than
	// MaxRetryAfter the call fails at once with the server's answer, and the caller decides.
	MinWait, MaxWait time.Duration // both 0: no pauses but those that the server asks for
	MaxRetryAfter    time.Duration // 0: five minutes

	// RequireRepeatable refuses a body that could not be sent a second time, with [ErrNotRepeatable] and before
	// anything is sent. Without it such a body is sent, once.
	RequireRepeatable bool
}

// WithHTTPClient takes over Transport and Timeout of client. Its cookie jar is not used, since the products' session
// cookies are kept apart from any jar, and redirects are decided here, since credentials must not follow them.
func WithHTTPClient(client *http.Client) Option {
	return func(s *Settings) error {
		if client == nil {
			return refused("http client", "is nil")
		}
		s.Timeout = client.Timeout
		if client.Transport != nil {
			s.Transport = client.Transport
		}
		return nil
	}
}

// WithTransport sends requests through transport: a proxy, a recorder, a tracer ([OperationOf] names its spans).
// Signatures, cookies and tokens are on a request when transport sees it.
func WithTransport(transport http.RoundTripper) Option {
	return func(s *Settings) error {
		if transport == nil {
			return refused("transport", "is nil")
		}
		s.Transport = transport
		return nil
	}
}

// WithResponseTimeout limits the wait for the header of an answer once the request is written; one minute by default,
// 0 for no limit. It does not limit the transfer of content: the context does. It has no effect on a transport of
// your own.
func WithResponseTimeout(d time.Duration) Option {
	return func(s *Settings) error {
		if d < 0 {
			return refused("response timeout", "is negative")
		}
		s.ResponseTimeout = d
		return nil
	}
}

// WithRetry replaces the retry policy. The default is 4 retries with pauses from half a second to 30 seconds.
func WithRetry(policy RetryPolicy) Option {
	return func(s *Settings) error {
		if policy.MaxRetries < 0 || policy.MinWait < 0 || policy.MaxWait < policy.MinWait || policy.MaxRetryAfter < 0 {
			return refused("retry policy", "has a negative number or a MaxWait below its MinWait")
		}
		s.Retry = policy
		return nil
	}
}

// WithLogger logs every attempt at debug level: operation, attempt, status, duration. Ids, query values, headers and
// bodies are never logged.
func WithLogger(logger *slog.Logger) Option {
	return func(s *Settings) error {
		if logger == nil {
			return refused("logger", "is nil")
		}
		s.Logger = logger
		return nil
	}
}

// WithUserAgent sets the User-Agent header.
func WithUserAgent(agent string) Option {
	return func(s *Settings) error {
		if strings.TrimSpace(agent) == "" || strings.ContainsFunc(agent, unicode.IsControl) {
			return refused("user agent", "is empty or has control characters")
		}
		s.UserAgent = agent
		return nil
	}
}

// WithRootCAs trusts the certificate authorities of pool instead of this machine's: the way to reach an appliance
// with a certificate of a private authority.
func WithRootCAs(pool *x509.CertPool) Option {
	return func(s *Settings) error {
		if pool == nil {
			return refused("root CAs", "is nil")
		}
		s.RootCAs = pool
		return nil
	}
}

// WithClientCertificate presents cert to servers that ask for a client certificate.
func WithClientCertificate(cert tls.Certificate) Option {
	return func(s *Settings) error {
		if len(cert.Certificate) == 0 {
			return refused("client certificate", "is empty")
		}
		s.Certificates = append(s.Certificates, cert)
		return nil
	}
}

// WithInsecureSkipTLSVerify accepts ANY certificate: whoever sits between here and the server can read and change
// everything, credentials first. For a laboratory; everywhere else trust the appliance's authority with [WithRootCAs].
func WithInsecureSkipTLSVerify() Option {
	return func(s *Settings) error {
		s.SkipTLSVerify = true
		return nil
	}
}

// WithInsecureHTTP allows http:// to hosts other than this machine. Credentials then travel in the clear.
func WithInsecureHTTP() Option {
	return func(s *Settings) error {
		s.AllowHTTP = true
		return nil
	}
}

// WithClock replaces the clock, for tests.
func WithClock(clock Clock) Option {
	return func(s *Settings) error {
		if clock == nil {
			return refused("clock", "is nil")
		}
		s.Clock = clock
		return nil
	}
}

// WithMaxResponseSize limits what is read of an answer that is decoded, after decompression; 64 MiB by default.
// Downloads are not limited.
func WithMaxResponseSize(bytes int64) Option {
	return func(s *Settings) error {
		if bytes <= 0 {
			return refused("max response size", "is not positive")
		}
		s.MaxResponseSize = bytes
		return nil
	}
}

// Set keeps what an option of one product's package says, under a key of a type of that package's own, as the values
// of a context are kept. Clients of other products do not see it.
func (s *Settings) Set(key, value any) {
	if s.products == nil {
		s.products = map[any]any{}
	}
	s.products[key] = value
}

// Value returns what [Settings.Set] kept under key, nil for nothing.
func (s *Settings) Value(key any) any { return s.products[key] }

// TLSConfig returns the TLS side of the settings.
func (s *Settings) TLSConfig() *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		RootCAs:            s.RootCAs,
		Certificates:       s.Certificates,
		InsecureSkipVerify: s.SkipTLSVerify,
	}
}

func refused(argument, reason string) error {
	return &ArgumentError{Argument: argument, Reason: reason}
}
