package msp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/cookie"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

const (
	dsidCookie     = "DSID"
	dssigninCookie = "DSSIGNIN"

	signInTemplate = "/dana-na/auth/{dssignin}/login.cgi"

	// continueText is the value of the button that the document posts with either form, and what it tells the page
	// between them by.
	continueText  = "Continue the session"
	continueField = "btnContinue"
)

// obtain signs in in the documented order: the sign-in page names the form's address with a cookie, the form takes the
// credentials, and where the administrator has another session open a page between asks to continue. The session before is
// ended first, as the vendor recommends: the portal may have refused it for another reason than its end.
// Document: Retrieving the DSID Using the API.
func (a *passwordAuth) obtain(ctx context.Context, p *portal, last string) (string, error) {
	password, err := a.password.Secret(ctx)
	if err != nil {
		return "", fmt.Errorf("password: %w", err)
	}
	if last != "" {
		limited, cancel := context.WithTimeout(ctx, discardLimit)
		_ = p.signOut(limited, last)
		cancel()
	}
	v := newVisit(p, a, password.Reveal())
	dsid, err := v.walk(ctx)
	if begun := v.cookies.Get(dsidCookie); err != nil && begun != "" {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), discardLimit)
		defer cancel()
		_ = p.signOut(limited, begun)
	}
	return dsid, err
}

// visit is one way through the sign-in pages. It keeps their cookies as values and shows them to the portal's origin
// and nobody else, and takes none from anybody else.
type visit struct {
	portal   *portal
	auth     *passwordAuth
	password string
	client   *rest.Client
	next     http.RoundTripper
	cookies  cookie.Jar

	operation secureaccess.Operation // under way
	step      SignInStep
	status    int      // of the last response
	code      string   // why the sign-in page is shown, as its address says
	location  *url.URL // where the last response leads on, if it does
}

func newVisit(p *portal, a *passwordAuth, password string) *visit {
	v := &visit{portal: p, auth: a, password: password}
	v.client = p.setup.Client(rest.Config{Auth: func(next http.RoundTripper) http.RoundTripper {
		v.next = next
		return v
	}})
	return v
}

// walk goes the whole way.
func (v *visit) walk(ctx context.Context) (string, error) {
	if err := v.open(ctx); err != nil {
		return "", err
	}
	v.step = SignInStepSubmit
	v.operation = secureaccess.Operation{Product: product, Method: http.MethodPost, Path: signInTemplate}
	shown, err := v.post(ctx, url.Values{
		"username":    {v.auth.username},
		"password":    {v.password},
		"realm":       {v.auth.realm},
		continueField: {continueText},
	}, v.password)
	if err != nil {
		return "", err
	}
	if v.asks(shown) == nil && shown.between(v.dsid() != "") {
		if shown, err = v.goOn(ctx, shown); err != nil {
			return "", err
		}
	}
	switch reason := v.reason(shown); {
	case reason != nil:
		return "", v.ended(&SignInError{Step: v.step, Err: reason})
	case !isDSID(v.dsid()):
		return "", v.ended(&SignInError{Step: v.step, Field: dsidCookie, Err: ErrMissingCookie})
	}
	return v.dsid(), nil
}

// open gets the sign-in page, which names the address of its form with a cookie.
func (v *visit) open(ctx context.Context) error {
	v.step = SignInStepOpen
	v.operation = secureaccess.Operation{Product: product, Method: http.MethodGet, Path: v.auth.path}
	text, err := rest.Text(ctx, v.client, rest.GET(v.auth.path).Accept("text/html").BringsSecrets())
	if err != nil {
		return v.failed(err)
	}
	// What it says of an earlier attempt, or a second factor in the form, is not about this one.
	switch reason := v.asks(readPage(text)); reason {
	case ErrTermsOfUse, ErrAddressBlocked, ErrTooManyAttempts:
		return v.ended(&SignInError{Step: v.step, Err: reason})
	}
	switch segment := v.segment(); {
	case segment == "" || segment == "." || segment == ".." || !utf8.ValidString(segment): // would climb out of the path
		return v.ended(&SignInError{Step: v.step, Field: dssigninCookie, Err: ErrMissingCookie})
	}
	return nil
}

// goOn responds to the page between with the values that it hides. Older portals confirm without xsauth.
func (v *visit) goOn(ctx context.Context, question page) (page, error) {
	v.step = SignInStepContinue
	switch {
	case question.chooses:
		return page{}, v.ended(&SignInError{Step: v.step, Err: ErrSessionLimit})
	case v.auth.leave:
		return page{}, v.ended(&SignInError{Step: v.step, Err: ErrSessionOpen})
	}
	formData := question.hidden(formDataField)
	if formData == "" {
		return page{}, v.ended(&SignInError{Step: v.step, Field: formDataField, Err: ErrMissingField})
	}
	form := url.Values{formDataField: {formData}, continueField: {question.button()}}
	xsauth := question.hidden(xsauthField)
	if xsauth != "" {
		form.Set(xsauthField, xsauth)
	}
	return v.post(ctx, form, formData, xsauth)
}

// asks returns what the portal asks of a person, or why it refuses, as far as a page or its address says so.
func (v *visit) asks(shown page) error {
	reason := meaning(v.code)
	switch {
	case reason == ErrWrongPassword && v.step == SignInStepContinue: // the password was right
		return ErrSignInRefused
	case reason != nil:
		return reason
	case shown.terms:
		return ErrTermsOfUse
	case shown.change:
		return ErrPasswordChange
	case shown.token:
		return ErrSecondFactor
	}
	return nil
}

// reason says why a page does not lead on, nil if it does.
func (v *visit) reason(shown page) error {
	if reason := v.asks(shown); reason != nil {
		return reason
	}
	switch {
	case shown.chooses:
		return ErrSessionLimit
	case v.dsid() != "":
		return nil
	case v.step == SignInStepSubmit && shown.wrong:
		return ErrWrongPassword
	case v.step == SignInStepSubmit && shown.signIn, v.code != "" && v.code != string(CodeConfirmation):
		return ErrSignInRefused
	}
	return ErrUnexpectedPage
}

// segment is the value of the cookie that names the form's address, as a segment of a path.
func (v *visit) segment() string { return strings.Trim(v.cookies.Get(dssigninCookie), `"`) }

func (v *visit) dsid() string { return v.cookies.Get(dsidCookie) }

// RoundTrip is the layer under the visit's requests, redirects included.
func (v *visit) RoundTrip(req *http.Request) (*http.Response, error) {
	v.status, v.location = 0, nil
	home := rest.SameOrigin(v.portal.setup.Base, req.URL)
	if home {
		if header := v.cookies.Header(); header != "" {
			for _, value := range v.cookies.Values() {
				rest.Conceal(req.Context(), value, strings.Trim(value, `"`))
			}
			req = req.Clone(req.Context())
			req.Header.Set("Cookie", header)
		}
	}
	resp, err := v.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	v.status = resp.StatusCode
	if !home {
		return resp, nil
	}
	v.cookies.Keep(resp, v.portal.setup.Settings.Clock.Now())
	if v.portal.signInAddress(req.URL) {
		v.code = req.URL.Query().Get("p")
	}
	if target := resp.Header.Get("Location"); target != "" && resp.StatusCode/100 == 3 {
		v.location, _ = req.URL.Parse(target)
	}
	return resp, nil
}

// post sends a form of the sign-in pages and returns the page that comes of it. It is followed where it leads, except
// out of the sign-in pages with a DSID in hand: what lies there is not for us. Where the address says already why the
// sign-in ends, the page need not be seen: a failure to get it would hide that.
func (v *visit) post(ctx context.Context, form url.Values, secrets ...string) (page, error) {
	concealed := make([]secureaccess.Secret, len(secrets))
	for i, secret := range secrets {
		concealed[i] = secureaccess.NewSecret(secret)
	}
	text, err := rest.Text(ctx, v.client, rest.POST(signInTemplate, v.segment()).
		Form(form).Conceal(concealed...).Accept("text/html").BringsSecrets().
		Statuses(http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther))
	if target := v.location; err == nil && target != nil {
		inside := v.portal.signInAddress(target)
		if code := target.Query().Get("p"); inside && meaning(code) != nil {
			v.code = code
			return page{}, nil //nolint:nilerr // the code of the redirect tells, and the caller looks at it
		}
		if inside || v.dsid() == "" {
			text, err = rest.Text(ctx, v.client, rest.GET(signInTemplate, v.segment()).
				Follow(target.String()).Conceal(concealed...).Accept("text/html").BringsSecrets())
		}
	}
	if err != nil {
		return page{}, v.failed(err)
	}
	return readPage(text), nil
}

// failed takes the page out of the error of a step: it holds tokens of the session that was to be.
func (v *visit) failed(err error) error {
	if e, ok := errors.AsType[*secureaccess.Error](err); ok {
		e.Body = nil
	}
	return err
}

// ended is the error of a step to which the portal responded, but not with what leads on.
func (v *visit) ended(reason *SignInError) error {
	return &secureaccess.Error{
		Operation: v.operation, Host: v.portal.setup.Base.Host, Status: v.status, Attempts: 1, Err: reason,
		Code: shown(v.code, v.password, v.auth.username),
	}
}
