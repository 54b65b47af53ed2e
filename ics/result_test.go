package ics_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

// TestResult_responses shows what becomes of the messages of a response, whatever its status.
func TestResult_responses(t *testing.T) {
	for name, c := range map[string]struct {
		status         int
		body           string
		info, warnings []string
		err            error
		messages       []string
	}{
		"information":          {status: 200, body: `{"result": {"info": [{"message": "a"}, {"message": "b"}]}}`, info: []string{"a", "b"}},
		"warning":              {status: 201, body: `{"result": {"warnings": [{"message": "implicitly changed"}]}}`, warnings: []string{"implicitly changed"}},
		"both":                 {status: 200, body: `{"result": {"info": [{"message": "a"}], "warnings": [{"message": "w"}]}}`, info: []string{"a"}, warnings: []string{"w"}},
		"no errors":            {status: 200, body: `{"result": {"info": [{"message": "a"}], "errors": []}}`, info: []string{"a"}},
		"nothing":              {status: 204},
		"empty object":         {status: 200, body: `{}`},
		"errors with 200":      {status: 200, body: `{"result": {"errors": [{"message": "e"}]}}`, err: ics.ErrRefused, messages: []string{"e"}},
		"errors with 201":      {status: 201, body: `{"result": {"errors": [{"message": "e"}, {"message": "f"}], "warnings": [{"message": "w"}]}}`, err: ics.ErrRefused, messages: []string{"e", "f", "warning: w"}},
		"errors with 422":      {status: 422, body: `{"result": {"errors": [{"message": "e"}]}}`, err: ics.ErrRefused, messages: []string{"e"}},
		"status of the errors": {status: 422, body: `{"result": {"errors": [{"message": "e"}]}}`, err: secureaccess.ErrUnprocessable, messages: []string{"e"}},
		"information with 403": {status: 403, body: `{"result": {"info": [{"message": "no permission"}]}}`, err: secureaccess.ErrForbidden, messages: []string{"no permission"}},
		"another form":         {status: 404, body: `{"error": "Invalid session"}`, err: secureaccess.ErrNotFound, messages: []string{"Invalid session"}},
		"a page":               {status: 500, body: `<html>the REST server does not respond</html>`, err: secureaccess.ErrServer},
		"no JSON":              {status: 200, body: `<html>`, err: secureaccess.ErrBadResponse},
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, c.status, c.body) })
		result, err := client.AdminRoles.ReplaceSessionOptions(t.Context(), "r", ics.SessionOptions{})
		if c.err == nil {
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if got := said(result.Info); !slices.Equal(got, c.info) {
				t.Errorf("%s: the information is %q", name, got)
			}
			if got := said(result.Warnings); !slices.Equal(got, c.warnings) {
				t.Errorf("%s: the warnings are %q", name, got)
			}
			continue
		}
		failure, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || !errors.Is(err, c.err) || !slices.Equal(failure.Messages, c.messages) || failure.Status != c.status || failure.Product != "ics" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func said(messages []ics.Message) []string {
	var list []string
	for _, m := range messages {
		list = append(list, m.Text)
	}
	return list
}

func TestResult_codes(t *testing.T) {
	for text, code := range map[string]secureaccess.Code{
		"Invalid import mode":                                           ics.CodeInvalidImportMode,
		"Error - Failed to extract configuration files":                 ics.CodeConfigurationExtractFailed,
		"Node not part of an Active-Passive cluster. Invalid operation": ics.CodeNotActivePassiveCluster,
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			respond(w, 200, `{"result": {"errors": [{"message": "`+text+`"}]}}`)
		})
		_, err := client.Licenses.PullLeaseState(t.Context())
		failure, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || !errors.Is(err, code) || !errors.Is(err, ics.ErrRefused) || failure.Code != code {
			t.Errorf("%q gives %v", text, err)
		}
		for _, other := range []secureaccess.Code{ics.CodeInvalidImportMode, ics.CodeConfigurationExtractFailed, ics.CodeNotActivePassiveCluster} {
			if other != code && errors.Is(err, other) {
				t.Errorf("%q gives %s too", text, other)
			}
		}
	}
}

// FuzzErrors throws any body with any status at a call: it may fail, never break, and a refusal is never a success.
func FuzzErrors(f *testing.F) {
	f.Add(200, `{"result": {"errors": [{"message": "e"}]}}`)
	f.Add(422, `{"result": {"errors": {"message": "e"}}}`)
	f.Add(500, `{"result": null, "error": {"code": 1}, "message": 7}`)
	f.Add(404, `{"error": "Invalid session"}`)
	f.Add(200, `{"result": {"info": [null, {"message": null}]}}`)
	var status int
	var body string
	client, err := ics.New("http://localhost", ics.APIKey("a2V5"), secureaccess.WithRetry(secureaccess.RetryPolicy{}),
		secureaccess.WithTransport(roundTripFunc(func(r *http.Request) (*http.Response, error) {
			w := recorder{header: http.Header{}}
			respond(&w, status, body)
			return w.response(), nil
		})))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s int, b string) {
		status, body = 200+(s%400+400)%400, b
		result, err := client.Licenses.PullLeaseState(t.Context())
		if (result == nil) == (err == nil) {
			t.Errorf("status %d: both or neither of a result and an error: %v, %v", status, result, err)
		}
		if err == nil && (status >= 300 || len(result.Errors) > 0) {
			t.Errorf("status %d is a success with the errors %v", status, result.Errors)
		}
		_, _ = client.Cluster.FailOverVIP(t.Context())
		_, _ = client.NamedUsers.List(t.Context())
		_, _ = client.Sessions.List(t.Context(), nil)
		_, _ = client.System.HealthFigures(t.Context())
		_, _ = client.ADGroups.List(t.Context(), "s")
	})
}

// recorder keeps a response in memory.
type recorder struct {
	header http.Header
	status int
	body   strings.Builder
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
func (r *recorder) response() *http.Response {
	return &http.Response{StatusCode: r.status, Header: r.header, Body: io.NopCloser(strings.NewReader(r.body.String())), ContentLength: -1}
}
