package msp

import (
	"errors"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

// Why signing in ends, for [errors.Is]. Each stands as the Err of a [SignInError].
var (
	// ErrWrongPassword also matches [secureaccess.ErrUnauthorized].
	ErrWrongPassword = errors.New("the portal does not accept this username, password and realm")

	// The portal refuses although the password may be right. These are remembered like a wrong password, so that a
	// program that goes on calling does not make it worse.
	ErrAccountLocked   = errors.New("the account is locked")
	ErrTooManyAttempts = errors.New("the portal reports too many attempts or users")
	ErrAddressBlocked  = errors.New("the portal blocks this client's address")
	ErrSignInRefused   = errors.New("the portal refuses to sign in")

	// The portal wants something of a person.
	ErrPasswordChange = errors.New("the portal asks to change the password")
	ErrSecondFactor   = errors.New("the portal asks for a second factor")
	ErrTermsOfUse     = errors.New("the portal asks to accept its terms")

	ErrSessionLimit = errors.New("the portal asks which open session to end")
	ErrSessionOpen  = errors.New("another session of the administrator is open") // see [WithoutTakeover]

	ErrMissingField   = errors.New("the page lacks a hidden field")
	ErrMissingCookie  = errors.New("the portal sets no usable cookie")
	ErrUnexpectedPage = errors.New("the portal responds with a page of another kind")
)

// Codes that the portal's sign-in page gives as its parameter p, for [errors.Is]. The document has none of them: they
// were seen at portals of this kind, and others may come.
const (
	CodeFailed          secureaccess.Code = "failed"             // [ErrWrongPassword]
	CodeAccountLocked   secureaccess.Code = "account-locked-out" // [ErrAccountLocked]
	CodeTooMany         secureaccess.Code = "too-many"           // [ErrTooManyAttempts]
	CodeAddressBlocked  secureaccess.Code = "ip-blocked"         // [ErrAddressBlocked]
	CodePasswordExpired secureaccess.Code = "passwordExpiration" // [ErrPasswordChange]
	CodeMoreCredentials secureaccess.Code = "more-cred"          // [ErrSecondFactor]
	CodeChallenge       secureaccess.Code = "defender"           // [ErrSecondFactor]
	CodeTermsBefore     secureaccess.Code = "sn-preauth-show"    // [ErrTermsOfUse], before the form
	CodeTermsAfter      secureaccess.Code = "sn-postauth-show"   // [ErrTermsOfUse], after it
	CodeConfirmation    secureaccess.Code = "user-confirm"       // [ErrSessionOpen] or [ErrSessionLimit]
	longestCode                           = 64
)

// SignInStep is a step of the way to a DSID.
type SignInStep string

// The steps in their order. The last is taken only where another session is open.
const (
	SignInStepOpen     SignInStep = "open"     // GET of the sign-in page
	SignInStepSubmit   SignInStep = "submit"   // POST of username and password
	SignInStepContinue SignInStep = "continue" // POST of the page that asks whether to continue
)

// SignInError says where signing in has ended, and why. It stands within a *[secureaccess.Error] that names the request
// and has the code of the portal's page, and quotes nothing else of the pages.
type SignInError struct {
	Step  SignInStep
	Field string // the hidden field or the cookie that is missing, "" for other reasons
	Err   error  // one of the sentinels of this package
}

// Error names the step and the reason.
func (e *SignInError) Error() string {
	text := "signing in, step " + string(e.Step) + ": " + e.Err.Error()
	if e.Field != "" {
		text += ": " + e.Field
	}
	return text
}

// Unwrap returns the reason.
func (e *SignInError) Unwrap() error { return e.Err }

// Is matches [secureaccess.ErrUnauthorized] for a wrong password, which the portal reports with other statuses.
func (e *SignInError) Is(target error) bool {
	return target == secureaccess.ErrUnauthorized && e.Err == ErrWrongPassword
}

// credentialsRefused reports whether signing in again with the same credentials would fail again, or do harm.
func credentialsRefused(err error) bool {
	if reason, ok := errors.AsType[*SignInError](err); ok {
		return slices.Contains([]error{
			ErrWrongPassword, ErrAccountLocked, ErrTooManyAttempts, ErrAddressBlocked, ErrSignInRefused,
			ErrPasswordChange, ErrSecondFactor, ErrTermsOfUse,
		}, reason.Err)
	}
	return errors.Is(err, secureaccess.ErrUnauthorized)
}

// meaning returns what a code of the sign-in page stands for, nil where it is not known.
func meaning(code string) error {
	switch code = strings.ToLower(code); {
	case code == string(CodeFailed):
		return ErrWrongPassword
	case code == string(CodeAccountLocked):
		return ErrAccountLocked
	case code == string(CodeTooMany):
		return ErrTooManyAttempts
	case code == string(CodeAddressBlocked):
		return ErrAddressBlocked
	case strings.HasPrefix(code, "password"): // passwordExpiration, passwordChange
		return ErrPasswordChange
	case code == string(CodeMoreCredentials), code == string(CodeChallenge), strings.HasPrefix(code, "totp"):
		return ErrSecondFactor
	case strings.HasPrefix(code, "sn-"): // sign-in notification
		return ErrTermsOfUse
	}
	return nil
}

// shown returns a code as it can stand in an error: nothing but what codes are made of, and nothing of what was sent.
func shown(code string, secrets ...string) secureaccess.Code {
	odd := strings.ContainsFunc(code, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	})
	if odd || len(code) > longestCode {
		return ""
	}
	if meaning(code) != nil || code == string(CodeConfirmation) {
		return secureaccess.Code(code)
	}
	for _, secret := range secrets {
		if secret != "" && (strings.Contains(code, secret) || strings.Contains(secret, code)) {
			return ""
		}
	}
	return secureaccess.Code(code)
}
