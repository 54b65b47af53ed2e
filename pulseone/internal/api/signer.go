package api

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Signing is what requests to the API are signed with.
type Signing struct {
	API         *url.URL // where the API is, and the only place signatures go to
	Credentials hawk.Credentials
	Ends        time.Time // on this machine's clock; zero when the server does not say
}

// Belongs reports whether signatures may go to u.
func (s Signing) Belongs(u *url.URL) bool { return rest.SameOrigin(s.API, u) }

// Signer signs requests and sends them.
type Signer struct{ hawk *hawk.Transport }

// NewSigner returns a signer above the wire. Options may set those fields of the transport that are options.
func NewSigner(setup *rest.Setup, options ...func(*hawk.Transport)) *Signer {
	t := &hawk.Transport{Signer: hawk.Signer{Now: setup.Settings.Clock.Now}}
	for _, option := range options {
		if option != nil {
			option(t)
		}
	}
	t.Base = setup.Wire
	t.Credentials, t.Origin = nil, nil // the session decides what is signed, and with what
	if setup.Settings.SkipTLSVerify {
		t.Skewed = nil // an unverified server's Date must not move the clock
	} else {
		t.Skewed = func(resp *http.Response, body []byte) bool {
			return resp.StatusCode == http.StatusForbidden && CodeIn(body) == CodeRequestTimeTooSkewed
		}
	}
	return &Signer{t}
}

// Send signs a request, which it owns, and sends it.
func (s *Signer) Send(req *http.Request, with Signing) (*http.Response, error) {
	resp, err := s.hawk.RoundTripWith(req, with.Credentials)
	if err != nil {
		if reason, ok := errors.AsType[*hawk.Error](err); ok {
			return nil, &signatureError{reason}
		}
	}
	return resp, err
}

// signatureError is a request that cannot be signed or a response that is not believed; another attempt changes
// neither.
type signatureError struct{ reason *hawk.Error }

func (e *signatureError) Error() string   { return e.reason.Error() }
func (e *signatureError) Unwrap() error   { return e.reason }
func (e *signatureError) Permanent() bool { return true }

// RenewalWanted recognizes the responses by which the console's API asks for new credentials: any 401, and 403 with the
// code for expired ones. Nothing renews those of an appliance or a workspace.
func RenewalWanted(resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusUnauthorized:
		return true
	case http.StatusForbidden:
		return CodeIn(rest.Peek(resp, 4<<10)) == CodeCredentialsExpired
	}
	return false
}

// longestLife bounds what a server announces. Pulse One's credentials live for 20 minutes.
const longestLife = 24 * time.Hour

// Ends returns when credentials end on this machine's clock; the zero time, "unknown", where the server does not say or
// says a time that is past.
func Ends(expires time.Time, header http.Header, asked time.Time) time.Time {
	ends := rest.OnOurClock(expires, header, asked)
	if !ends.After(asked) {
		return time.Time{}
	}
	if latest := asked.Add(longestLife); ends.After(latest) {
		return latest
	}
	return ends
}

// ParseAPI reads the api_url that a server names: https below an https console.
func ParseAPI(raw string, console *url.URL, allowHTTP bool) (*url.URL, error) {
	u, err := rest.ParseBase("api_url", raw, allowHTTP)
	if err != nil {
		if argument, ok := errors.AsType[*secureaccess.ArgumentError](err); ok {
			return nil, errors.New("its api_url " + argument.Reason)
		}
		return nil, err
	}
	if console.Scheme == "https" && u.Scheme != "https" {
		return nil, errors.New("its api_url steps down from https to http")
	}
	return u, nil
}
