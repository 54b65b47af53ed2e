package msp

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

const (
	dsidCookie     = "DSID"
	dssigninCookie = "DSSIGNIN"

	loginTemplate = "/dana-na/auth/{dssignin}/login.cgi"

	// continueText is the value of the button that the document posts with either form, and what it tells the page
	// between them by.
	continueText = "Continue the session"
)

// obtain signs in in the documented order: the sign-in page names the form's address with a cookie, the form takes the
// credentials, and where the administrator has another session open a page between asks to continue.
// Document: Retrieving the DSID Using the API.
func (a *passwordAuth) obtain(ctx context.Context, p *portal) (secureaccess.Secret, error) {
	var none secureaccess.Secret
	v := &visit{portal: p, cookies: map[string]string{}}
	v.door = rest.New(p.config(func(next http.RoundTripper) http.RoundTripper { v.next = next; return v }))

	v.operation = secureaccess.Operation{Product: product, Method: http.MethodGet, Path: a.path}
	if err := rest.Send(ctx, v.door, rest.GET(a.path).Accept("text/html")); err != nil {
		return none, v.failed(err)
	}
	switch v.cookies[dssigninCookie] {
	case "", ".", "..": // the latter would climb out of the path that the value becomes a part of
		return none, v.ended(&LoginError{Step: StepOpen, Field: dssigninCookie, Err: ErrMissingCookie})
	}

	v.operation = secureaccess.Operation{Product: product, Method: http.MethodPost, Path: loginTemplate}
	answer, err := v.post(ctx, url.Values{
		"username":    {a.username},
		"password":    {a.password.Reveal()},
		"realm":       {a.realm},
		"btnContinue": {continueText},
	}, a.password)
	if err != nil {
		return none, v.failed(err)
	}
	if answer.between(v.dsid() != "") {
		return v.goOn(ctx, answer)
	}
	switch {
	case v.dsid() != "":
		return secureaccess.NewSecret(v.dsid()), nil
	case answer.signIn:
		return none, v.ended(&LoginError{Step: StepSubmit, Err: ErrWrongPassword})
	default:
		return none, v.ended(&LoginError{Step: StepSubmit, Err: ErrUnexpectedPage})
	}
}

// goOn answers the page between with the values that it hides.
func (v *visit) goOn(ctx context.Context, question page) (secureaccess.Secret, error) {
	var none secureaccess.Secret
	form, secrets := url.Values{"btnContinue": {continueText}}, []secureaccess.Secret{}
	for _, name := range []string{formDataField, xsauthField} {
		value := question.hidden(name)
		if value == "" {
			return none, v.ended(&LoginError{Step: StepContinue, Field: name, Err: ErrMissingField})
		}
		form.Set(name, value)
		secrets = append(secrets, secureaccess.NewSecret(value))
	}
	if _, err := v.post(ctx, form, secrets...); err != nil {
		return none, v.failed(err)
	}
	if v.dsid() == "" {
		return none, v.ended(&LoginError{Step: StepContinue, Err: ErrUnexpectedPage})
	}
	return secureaccess.NewSecret(v.dsid()), nil
}

// visit is one way through the sign-in pages. It keeps their cookies as values, whatever they say of their paths and
// ends, and shows them to the portal's origin and nobody else.
type visit struct {
	portal    *portal
	door      *rest.Client
	next      http.RoundTripper
	operation secureaccess.Operation // under way
	cookies   map[string]string
	status    int      // of the last answer
	location  *url.URL // where it leads on, if it does
}

func (v *visit) dsid() string { return v.cookies[dsidCookie] }

// RoundTrip is the layer under the visit's requests, redirects included.
func (v *visit) RoundTrip(req *http.Request) (*http.Response, error) {
	home := rest.SameOrigin(v.portal.base, req.URL)
	if home && len(v.cookies) > 0 {
		req = req.Clone(req.Context())
		var header []string
		for _, name := range slices.Sorted(maps.Keys(v.cookies)) {
			header = append(header, name+"="+v.cookies[name])
		}
		req.Header.Set("Cookie", strings.Join(header, "; "))
	}
	resp, err := v.next.RoundTrip(req)
	v.status, v.location = 0, nil
	if err != nil {
		return nil, err
	}
	v.status = resp.StatusCode
	if target := resp.Header.Get("Location"); target != "" && resp.StatusCode/100 == 3 {
		v.location, _ = req.URL.Parse(target)
	}
	if home {
		for _, cookie := range resp.Cookies() {
			v.keep(cookie)
		}
	}
	return resp, nil
}

// keep takes over a cookie, or its removal: an empty value, an age of nothing, or a date from before there were
// cookies, which is not a matter of whose clock is right.
func (v *visit) keep(cookie *http.Cookie) {
	long := !cookie.Expires.IsZero() && cookie.Expires.Year() < 1990
	if cookie.Value == "" || cookie.MaxAge < 0 || long {
		delete(v.cookies, cookie.Name)
		return
	}
	v.cookies[cookie.Name] = cookie.Value
}

// post sends a form of the sign-in pages and returns the page that comes of it. It is followed where it leads, except
// out of the sign-in pages with a DSID in hand: what lies there is not for us.
func (v *visit) post(ctx context.Context, form url.Values, secrets ...secureaccess.Secret) (page, error) {
	text, _, err := rest.Text(ctx, v.door, rest.POST(loginTemplate, v.cookies[dssigninCookie]).
		Form(form).Conceal(secrets...).Accept("text/html").
		Statuses(http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther))
	if target := v.location; err == nil && target != nil && (v.dsid() == "" || v.portal.signInAddress(target)) {
		text, _, err = rest.Text(ctx, v.door, rest.GET(loginTemplate, v.cookies[dssigninCookie]).
			Follow(target.String()).Conceal(secrets...).Accept("text/html"))
	}
	if err != nil {
		return page{}, err
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

// ended is the error of a step that was answered, but not with what leads on.
func (v *visit) ended(reason *LoginError) error {
	return &secureaccess.Error{Operation: v.operation, Status: v.status, Attempts: 1, Err: reason}
}
