package secureaccess

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/secureaccess-go/secureaccess/internal/settings"
)

// Version is the version of this module, as it stands in the User-Agent header.
const Version = "0.2.0"

// Option changes a setting of a client. All products take the options of this package, in any order; the later one
// counts. Options of a product's own package are refused by the New of another product.
type Option func(*settings.Settings) error

// RetryPolicy says how often and with which pauses a failed attempt is repeated. Which attempts may be repeated is
// fixed: GET, HEAD, PUT and DELETE after 408, 429, 500, 502, 503, 504, the statuses by which content delivery networks
// say that they did not reach the service (520 to 524, 530), broken connections and responses that break off; POST only
// where the server cannot have carried it out (no connection, 429, 503 with Retry-After) or where the operation is
// documented as safe to repeat.
//
// A DELETE that is repeated after an attempt of unknown outcome takes 404 for success: the object is gone.
type RetryPolicy struct {
	// MaxRetries is the number of attempts after the first. 0 switches retries off.
	MaxRetries int

	// The pauses grow from MinWait to MaxWait by doubling, each shortened at random by up to half, so that a fleet does
	// not come back at once. Where the server sends Retry-After the pause is at least that long, and up to a tenth
	// longer. When it asks for more than MaxRetryAfter, or for more than the context has left, the call fails at once
	// with the server's response, and the caller decides.
	MinWait, MaxWait time.Duration // both 0: no pauses but those that the server asks for
	MaxRetryAfter    time.Duration // 0: five minutes

	// Budget bounds the retries of all calls of a client together, so that an outage is not multiplied. It is the number
	// of retries that the client may make before successes pay for more: a retry costs 1, a successful call returns 0.1.
	// A call that would need a retry beyond it fails at once with the server's response and matches [ErrRetryBudget].
	// 0 is 10; negative is no limit.
	Budget int

	// RequireRepeatable refuses a body that could not be sent a second time, with [ErrNotRepeatable] and before
	// anything is sent. Without it such a body is sent, once.
	RequireRepeatable bool
}

// WithHTTPClient takes over Transport and Timeout of client. Its cookie jar is not used, since the products' session
// cookies are kept apart from any jar, and its CheckRedirect is not called, since credentials must not follow
// redirects.
func WithHTTPClient(client *http.Client) Option {
	return func(s *settings.Settings) error {
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

// WithTransport sends requests through transport: a proxy, a recorder, a test's double. Signatures, cookies and tokens
// are on a request when transport sees it. The options for timeouts and TLS have no effect on it, except that TLS
// options are merged into a copy of an [*http.Transport]. To see requests on their way to the SDK's own transport, use
// [WithMiddleware].
func WithTransport(transport http.RoundTripper) Option {
	return func(s *settings.Settings) error {
		if transport == nil {
			return refused("transport", "is nil")
		}
		s.Transport = transport
		return nil
	}
}

// WithMiddleware puts a layer of the caller's above the transport, be it the SDK's own or one given with
// [WithTransport]: a tracer ([OperationOf] names its spans), a recorder, a meter. It sees every attempt, signed. The
// first middleware given is the outermost.
func WithMiddleware(middleware func(next http.RoundTripper) http.RoundTripper) Option {
	return func(s *settings.Settings) error {
		if middleware == nil {
			return refused("middleware", "is nil")
		}
		s.Middleware = append(s.Middleware, middleware)
		return nil
	}
}

// WithDialTimeout limits the time until a connection is there; 30 seconds by default, 0 for no limit.
func WithDialTimeout(d time.Duration) Option {
	return duration("dial timeout", d, func(s *settings.Settings) { s.DialTimeout = d })
}

// WithResponseTimeout limits the wait for the header of a response once the request is written; one minute by default,
// 0 for no limit. It does not limit the transfer of content: the context does.
func WithResponseTimeout(d time.Duration) Option {
	return duration("response timeout", d, func(s *settings.Settings) { s.ResponseTimeout = d })
}

// WithBodyIdleTimeout limits how long the body of a response that is decoded may bring nothing; one minute by default,
// 0 for no limit. Downloads are not limited: the context does that.
func WithBodyIdleTimeout(d time.Duration) Option {
	return duration("body idle timeout", d, func(s *settings.Settings) { s.BodyIdleTimeout = d })
}

func duration(name string, d time.Duration, set func(*settings.Settings)) Option {
	return func(s *settings.Settings) error {
		if d < 0 {
			return refused(name, "is negative")
		}
		set(s)
		return nil
	}
}

// WithRetry replaces the retry policy. The default is 4 retries with pauses from half a second to 30 seconds and a
// budget of 10.
func WithRetry(policy RetryPolicy) Option {
	return func(s *settings.Settings) error {
		if policy.MaxRetries < 0 || policy.MinWait < 0 || policy.MaxWait < policy.MinWait || policy.MaxRetryAfter < 0 {
			return refused("retry policy", "has a negative number or a MaxWait below its MinWait")
		}
		s.Retry = settings.Retry(policy)
		return nil
	}
}

// WithLogger logs every attempt at debug level: operation, attempt, status, duration. Ids, query values, headers and
// bodies are never logged.
func WithLogger(logger *slog.Logger) Option {
	return func(s *settings.Settings) error {
		if logger == nil {
			return refused("logger", "is nil")
		}
		s.Logger = logger
		return nil
	}
}

// WithUserAgent sets the User-Agent header.
func WithUserAgent(agent string) Option {
	return func(s *settings.Settings) error {
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
	return func(s *settings.Settings) error {
		if pool == nil {
			return refused("root CAs", "is nil")
		}
		s.RootCAs = pool
		return nil
	}
}

// WithClientCertificate presents cert to servers that ask for a client certificate.
func WithClientCertificate(cert tls.Certificate) Option {
	return func(s *settings.Settings) error {
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
	return func(s *settings.Settings) error {
		s.SkipTLSVerify = true
		return nil
	}
}

// WithInsecureHTTP allows http:// to hosts other than this machine. Credentials then travel in the clear.
func WithInsecureHTTP() Option {
	return func(s *settings.Settings) error {
		s.AllowHTTP = true
		return nil
	}
}

// WithClock replaces the clock, for tests.
func WithClock(clock Clock) Option {
	return func(s *settings.Settings) error {
		if clock == nil {
			return refused("clock", "is nil")
		}
		s.Clock = clock
		return nil
	}
}

// WithMaxResponseSize limits what is read of a response that is decoded, after decompression; 64 MiB by default.
// Downloads are not limited.
func WithMaxResponseSize(bytes int64) Option {
	return func(s *settings.Settings) error {
		if bytes <= 0 {
			return refused("max response size", "is not positive")
		}
		s.MaxResponseSize = bytes
		return nil
	}
}

// WithMaxItems limits the elements of every list in a response that is decoded; 100,000 by default. A response with
// more is [ErrResponseTooLarge].
func WithMaxItems(items int) Option {
	return func(s *settings.Settings) error {
		if items <= 0 {
			return refused("max items", "is not positive")
		}
		s.MaxItems = items
		return nil
	}
}

// WithSessionStore keeps sign-in state in store, where other clients and other processes with the same credentials
// find it: one sign-in serves them all, and a program that cron starts every minute does not sign in every minute.
// [FileStore] keeps it in files, [EncryptedStore] encrypts it for a store that others can read.
//
// What is kept are session ids, tokens and keys: who can read the store can act as the client until they expire.
func WithSessionStore(store SessionStore) Option {
	return func(s *settings.Settings) error {
		if store == nil {
			return refused("session store", "is nil")
		}
		s.Store = store
		return nil
	}
}

func refused(argument, reason string) error {
	return &ArgumentError{Argument: argument, Reason: reason}
}
