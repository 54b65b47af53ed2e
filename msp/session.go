package msp

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

const (
	// sessionLife is how long a session lasts at most, as the administration guide has it.
	sessionLife = time.Hour

	// discardLimit bounds the sign-out before a sign-in, and after one that failed half-way.
	discardLimit = 5 * time.Second

	// pageSize is what is read of a page to find out what it is.
	pageSize = 64 << 10
)

// portal is where a client goes, whether signed in or not.
type portal struct {
	setup *rest.Setup
	page  string       // path of the sign-in page, "" where none is used
	plain *rest.Client // sends no credentials of its own
}

func newPortal(setup *rest.Setup, page string) *portal {
	return &portal{setup: setup, page: page, plain: setup.Client(apiConfig())}
}

// newSession returns the session of a client. Its credentials are the value of the DSID cookie, as the portal wrote it.
func newSession(p *portal, auth Auth) *rest.Session[string] {
	base := p.setup.Base
	s := &rest.Session[string]{
		Obtain: func(ctx context.Context, last string, _ bool) (string, error) {
			return auth.obtain(ctx, p, last)
		},
		Belongs: func(_ string, u *url.URL) bool { return rest.SameOrigin(base, u) },
		Apply: func(req *http.Request, dsid string) error {
			req.Header["Cookie"] = []string{dsidCookie + "=" + dsid}
			return nil
		},
	}
	own := auth.own()
	s.Refused = func(resp *http.Response) bool { return p.unauthorized(resp) && own != nil }
	if own != nil {
		s.Identity = rest.SecretIdentity(own.password, own.username, own.realm)
		s.CredentialsRefused = credentialsRefused
		s.Discard = p.signOut
		s.Sharing = rest.Sharing[string]{
			Key:      rest.StoreKey(product, base.String(), "password", own.username, own.realm, own.path),
			Lifetime: sessionLife,
			Encode:   func(dsid string) ([]byte, error) { return []byte(dsid), nil },
			Decode:   decodeDSID,
		}
	}
	return rest.NewSession(p.setup, s)
}

func decodeDSID(data []byte) (string, error) {
	if !isDSID(string(data)) {
		return "", errors.New("the stored DSID is not the value of a cookie")
	}
	return string(data), nil
}

// unauthorized reports whether a response asks to sign in, and turns the other ways in which the portal does so into
// the one that HTTP has for it: 401. A sign-in page, which comes with status 200, would otherwise pass for the content
// of a report.
func (p *portal) unauthorized(resp *http.Response) bool {
	if resp.StatusCode == http.StatusUnauthorized {
		return true
	}
	if !p.asksToSignIn(resp) {
		return false
	}
	// The page holds tokens of the session to come, which no error needs.
	_ = resp.Body.Close()
	resp.Body, resp.ContentLength = http.NoBody, 0
	resp.StatusCode, resp.Status = http.StatusUnauthorized, "401 "+http.StatusText(http.StatusUnauthorized)
	resp.Header.Del("Location")
	return true
}

// asksToSignIn reports whether a response is the sign-in page or leads to it.
func (p *portal) asksToSignIn(resp *http.Response) bool {
	switch {
	case resp.StatusCode >= 500:
		return false
	case resp.StatusCode/100 == 3:
		from := p.setup.Base
		if resp.Request != nil && resp.Request.URL != nil {
			from = resp.Request.URL
		}
		target, err := from.Parse(resp.Header.Get("Location"))
		return err == nil && p.signInAddress(target)
	}
	mediaType, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(mediaType), "text/html") {
		return false
	}
	return readPage(rest.Peek(resp, pageSize)).signIn
}

// signInAddress reports whether u is among the portal's sign-in pages.
func (p *portal) signInAddress(u *url.URL) bool {
	base := p.setup.Base
	if !rest.SameOrigin(base, u) {
		return false
	}
	path := strings.TrimPrefix(u.EscapedPath(), base.EscapedPath())
	return path == p.page || strings.HasPrefix(path, "/dana-na/auth/") || strings.HasPrefix(path, "/login/")
}

// signOut ends a session at the portal. One that is not there any more is none.
func (p *portal) signOut(ctx context.Context, dsid string) error {
	op := rest.GET(logoutPath).Header("Cookie", dsidCookie+"="+dsid).Conceal(secureaccess.NewSecret(dsid))
	err := rest.Send(ctx, p.plain, op)
	if errors.Is(err, ErrSignedOut) {
		return nil
	}
	return err
}

const logoutPath = "/api/my-session/logout"
