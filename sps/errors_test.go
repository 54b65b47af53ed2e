package sps

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

func TestDecodeError(t *testing.T) {
	tests := map[string]struct {
		body    string
		code    secureaccess.Code
		message string
		path    string
	}{
		"as documented": {`{"error":{"type":"Unauthenticated","message":"no","details":{"resource":"/api/configuration/aaa?q=secret"}}}`, "Unauthenticated", "no", "/api/configuration/aaa"},
		"path":          {`{"error":{"type":"X","message":"m","details":{"path":"/api/a","other":"/api/b"}}}`, "X", "m", "/api/a"},
		"text":          {`{"error":{"type":"X","details":"/api/a"}}`, "X", "", "/api/a"},
		"deep":          {`{"error":{"type":"X","details":[{"z":1,"y":{"x":"/api/a"}}]}}`, "X", "", "/api/a"},
		"null details":  {`{"error":{"type":"X","message":"m","details":null}}`, "X", "m", ""},
		"odd types":     {`{"error":{"type":409,"message":{"a":1}}}`, "409", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := &secureaccess.Error{Status: 401}
			decodeError(e, nil, []byte(test.body))
			if message := strings.Join(e.Messages, ""); e.Code != test.code || e.Object != test.path || message != test.message {
				t.Fatalf("%+v", e)
			}
			if !errors.Is(e, test.code) || errors.Is(e, secureaccess.Code("other")) {
				t.Error("errors.Is does not know the type")
			}
		})
	}
	for _, body := range []string{``, `{}`, `[]`, `{"error":null}`, `{"error":{"details":1}}`, `<html>`} {
		e := &secureaccess.Error{}
		if decodeError(e, nil, []byte(body)); e.Err != nil || e.Code != "" {
			t.Errorf("%q became %+v", body, e)
		}
	}
}

func TestDecodeError_statuses(t *testing.T) {
	for status, want := range map[int]error{
		400: secureaccess.ErrBadRequest, 401: secureaccess.ErrUnauthorized, 403: secureaccess.ErrForbidden, 404: secureaccess.ErrNotFound,
		409: secureaccess.ErrConflict, 411: secureaccess.ErrLengthRequired, 417: secureaccess.ErrExpectationFailed,
	} {
		e := &secureaccess.Error{Status: status}
		decodeError(e, nil, []byte(`{"error":{"type":"T","message":"m"}}`))
		if !errors.Is(e, want) {
			t.Errorf("%d is not %v", status, want)
		}
	}
}

func FuzzDecodeError(f *testing.F) {
	f.Add([]byte(`{"error":{"type":"X","message":"m","details":{"resource":"/api/a"}}}`))
	f.Add([]byte(`{"error":{"details":[[[[[[[["/api/a"]]]]]]]]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e := &secureaccess.Error{Status: http.StatusConflict}
		decodeError(e, nil, body)
		_ = e.Error()
		if !errors.Is(e, secureaccess.ErrConflict) {
			t.Error("the status is lost")
		}
	})
}

func FuzzWireTypes(f *testing.F) {
	for _, seed := range []string{
		`{"body":{"status":"open"},"meta":{"remaining_seconds":1}}`, `{"transaction":{"status":"closed"}}`, `{"snapshot":{"id":"x"}}`, `"x"`, `{"key":"_snapshot","body":{"id":"y"}}`,
		`{"items":[{"key":1,"body":{"start_time":"2018-11-20T11:10:19.000Z"}}],"meta":{"next":null,"limit":1}}`, `{"health_status":{"cpu":"x"}}`, `{"body":{"token":"t"}}`,
		`{"key":"1","meta":{"href":"/x"}}`, `{"@order":["a"],"a":{"b":1}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, into := range []any{
			new(transactionDocument), new(snapshotResponse), new(Object[AuditSession]), new(Object[ChannelPolicy]), new(healthDocument), new(User), new(Ref), new(Ordered[any]),
			new(loginMethods), new(TimePolicy), new(NIC), new(Page[Object[Channel]]),
		} {
			_ = secureaccess.Unmarshal(data, into) // must not panic
		}
	})
}

func TestDetails(t *testing.T) {
	e := &secureaccess.Error{Body: []byte(`{"error":{"type":"X","details":{"resource":"/api/a","value":"[redacted]"}}}`)}
	if got := string(Details(fmt.Errorf("wrapped: %w", e))); got != `{"resource":"/api/a","value":"[redacted]"}` {
		t.Errorf("got %s", got)
	}
	for _, err := range []error{nil, errors.New("x"), &secureaccess.Error{}, &secureaccess.Error{Body: []byte(`{"error":{"type":"X","details":null}}`)}} {
		if got := Details(err); got != nil {
			t.Errorf("%v has details %s", err, got)
		}
	}
}
