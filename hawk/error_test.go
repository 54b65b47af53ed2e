package hawk

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

func TestError_Respond(t *testing.T) {
	w := httptest.NewRecorder()
	unauthorized(ErrBadMAC, "Bad mac").Respond(w)
	if w.Code != 401 || w.Header().Get("WWW-Authenticate") != `Hawk error="Bad mac"` || w.Body.String() != "Bad mac\n" {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
	w = httptest.NewRecorder()
	cause := errors.New("password of the database is hunter2")
	(&Error{Reason: ErrInvalidCredentials, Err: cause}).Respond(w)
	if w.Code != 500 || strings.Contains(w.Body.String(), "hunter2") || w.Header().Get("WWW-Authenticate") != "" {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
}

func TestError_neverHoldsTheKey(t *testing.T) {
	secret := secureaccess.NewSecret("hunter2")
	v := newVerifier()
	v.Credentials = func(context.Context, string) (Credentials, error) { return Credentials{Key: secret, Algorithm: 9}, nil }
	_, err := v.Verify(signedRequest(t, Signer{}, "GET", "/", ""))
	if text := fmt.Sprintf("%v %+v %#v", err, err, err); !errors.Is(err, ErrInvalidCredentials) || strings.Contains(text, "hunter2") {
		t.Error(text)
	}
}
