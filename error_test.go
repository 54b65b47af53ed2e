package secureaccess_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

var operation = secureaccess.Operation{Product: "pulseone", Method: "GET", Path: "/api/v1/sa/{appliance_id}"}

func TestError_Is_status(t *testing.T) {
	sentinels := map[error]func(status int) bool{
		secureaccess.ErrServer: func(status int) bool { return status >= 500 },
	}
	for sentinel, status := range map[error]int{
		secureaccess.ErrBadRequest:        400,
		secureaccess.ErrUnauthorized:      401,
		secureaccess.ErrPaymentRequired:   402,
		secureaccess.ErrForbidden:         403,
		secureaccess.ErrNotFound:          404,
		secureaccess.ErrConflict:          409,
		secureaccess.ErrLengthRequired:    411,
		secureaccess.ErrExpectationFailed: 417,
		secureaccess.ErrUnprocessable:     422,
		secureaccess.ErrRateLimited:       429,
	} {
		sentinels[sentinel] = func(s int) bool { return s == status }
	}
	for _, sentinel := range []error{secureaccess.ErrInvalidArgument, secureaccess.ErrBadResponse, secureaccess.ErrResponseTooLarge,
		secureaccess.ErrDigestMismatch, secureaccess.ErrRedirectRefused, secureaccess.ErrNotRepeatable, secureaccess.ErrRetryBudget, secureaccess.ErrListIncomplete, secureaccess.ErrClosed, nil} {
		sentinels[sentinel] = func(int) bool { return false }
	}
	for status := range 700 {
		err := fmt.Errorf("list: %w", &secureaccess.Error{Operation: operation, Status: status})
		for sentinel, matches := range sentinels {
			if got := errors.Is(err, sentinel); got != matches(status) {
				t.Errorf("status %d is %v: %t", status, sentinel, got)
			}
		}
	}
}

func TestError_Unwrap(t *testing.T) {
	code := errors.New("too many items")
	err := fmt.Errorf("list: %w", &secureaccess.Error{Operation: operation, Status: 400, Code: "40003", Err: code})
	found, ok := errors.AsType[*secureaccess.Error](err)
	if !ok || found.Code != "40003" || found.Path != operation.Path {
		t.Errorf("%#v", err)
	}
	if !errors.Is(err, code) || !errors.Is(err, secureaccess.ErrBadRequest) {
		t.Errorf("%v is not its cause", err)
	}
	cancelled := &secureaccess.Error{Err: context.Canceled}
	if !errors.Is(cancelled, context.Canceled) || errors.Is(cancelled, context.DeadlineExceeded) {
		t.Errorf("%v", cancelled)
	}
}

func TestError_Error(t *testing.T) {
	for want, e := range map[string]secureaccess.Error{
		"pulseone: GET /api/v1/sa/{appliance_id}: 404 Not Found":                                                          {Status: 404},
		"pulseone: GET /api/v1/sa/{appliance_id}: 400 Bad Request (40003): too many; use less":                            {Status: 400, Code: "40003", Messages: []string{"too many", "use less"}},
		"pulseone: GET /api/v1/sa/{appliance_id}: 404 Not Found: gone":                                                    {Status: 404, Code: "404", Messages: []string{"gone"}},
		"pulseone: GET /api/v1/sa/{appliance_id}: 599: EOF (after 5 attempts)":                                            {Status: 599, Err: io.EOF, Attempts: 5},
		"pulseone: GET /api/v1/sa/{appliance_id} at one.example.com: 429 Too Many Requests: slow down (retry after 1m0s)": {Status: 429, Host: "one.example.com", Messages: []string{"slow down"}, RetryAfter: time.Minute},
		"pulseone: GET /api/v1/sa/{appliance_id} [policies/a]: 409 Conflict: DUPLICATE_USER":                              {Status: 409, Object: "policies/a", Code: "DUPLICATE_USER", Messages: []string{"DUPLICATE_USER"}, Err: secureaccess.Code("DUPLICATE_USER")},
		"pulseone: GET /api/v1/sa/{appliance_id}: context canceled":                                                       {Err: context.Canceled, Attempts: 1},
	} {
		e.Operation = operation
		if got := e.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestError_Error_failedSignIn(t *testing.T) {
	signIn := &secureaccess.Error{
		Operation: secureaccess.Operation{Product: "pulseone", Method: "POST", Path: "/api/login"},
		Host:      "one.example.com", Status: 401, Messages: []string{"wrong password"}, Attempts: 1,
	}
	err := &secureaccess.Error{Operation: operation, Status: 401, Messages: signIn.Messages, Err: signIn}
	want := "pulseone: GET /api/v1/sa/{appliance_id}: sign-in failed: POST /api/login at one.example.com: 401 Unauthorized: wrong password"
	if got := err.Error(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestError_Error_handMade(t *testing.T) {
	for want, e := range map[string]*secureaccess.Error{
		"secureaccess: failed":                  {},
		"secureaccess: 404 Not Found":           {Status: 404},
		"secureaccess: EOF":                     {Err: io.EOF},
		"secureaccess: GET /x: 404 Not Found":   {Operation: secureaccess.Operation{Method: "GET", Path: "/x"}, Status: 404},
		"secureaccess: 40001":                   {Code: "40001", Err: secureaccess.Code("40001")},
		"secureaccess: 400 Bad Request (40001)": {Status: 400, Code: "40001", Err: secureaccess.Code("40001")},
	} {
		if got := e.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestError_Is_code(t *testing.T) {
	err := fmt.Errorf("x: %w", &secureaccess.Error{Code: "40001"})
	if !errors.Is(err, secureaccess.Code("40001")) || errors.Is(err, secureaccess.Code("40002")) || errors.Is(err, secureaccess.Code("")) {
		t.Error(err)
	}
}

func TestError_Error_body(t *testing.T) {
	e := &secureaccess.Error{Operation: operation, Status: 500, Body: []byte("joe@example.com"), RetryAfter: time.Second}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, text := range []string{fmt.Sprintf(verb, e), fmt.Sprintf(verb, fmt.Errorf("list: %w", e))} {
			if strings.Contains(text, "joe") || !strings.Contains(text, "500") {
				t.Errorf("%s: %s", verb, text)
			}
		}
	}
	data, err := json.Marshal(e)
	if err != nil || strings.Contains(string(data), "am9l") || !strings.Contains(string(data), `"Status":500`) {
		t.Errorf("%s, %v", data, err)
	}
}

func TestArgumentError_Error(t *testing.T) {
	plain := &secureaccess.ArgumentError{Argument: "base URL", Reason: "is empty"}
	if got := plain.Error(); got != "secureaccess: base URL is empty" {
		t.Error(got)
	}
	full := fmt.Errorf("get: %w", &secureaccess.ArgumentError{Operation: operation, Argument: "appliance_id", Reason: "is odd", Err: io.ErrUnexpectedEOF})
	if got := full.Error(); got != "get: pulseone: GET /api/v1/sa/{appliance_id}: appliance_id is odd: unexpected EOF" {
		t.Error(got)
	}
	if !errors.Is(full, secureaccess.ErrInvalidArgument) || !errors.Is(full, io.ErrUnexpectedEOF) || errors.Is(full, secureaccess.ErrBadRequest) {
		t.Errorf("%v", full)
	}
}
