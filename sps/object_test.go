package sps_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

// What is listed and cannot be read is no object without members.
func TestAll_unreadable(t *testing.T) {
	var list, object string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.URL.Path == "/api/authentication":
			w.Header().Set("Set-Cookie", "session_id=0123456789abcdef")
		case strings.HasSuffix(r.URL.Path, "/1"):
			_, _ = w.Write([]byte(object))
		default:
			_, _ = w.Write([]byte(list))
		}
	}))
	t.Cleanup(server.Close)
	client, err := sps.New(server.URL, sps.Password("a", "b"), refuseRetries())
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{`"text"`, `[]`, `{}`, `{"status":"UP"}`, `{"name":"n","rules":{}}`} {
		list = `{"items":[{"key":"1","meta":{},"body":` + body + `}],"meta":{}}`
		listed, err := sps.List(t.Context(), client, sps.RDPChannelPolicies)
		if err != nil || listed.Items[0].Err() == nil || !listed.Items[0].Loaded() {
			t.Errorf("a list with %s: %+v, %v", body, listed, err)
		}
		// The object itself may be better.
		object = `{"key":"1","meta":{},"body":{"name":"n","rules":[]}}`
		for policy, err := range sps.All(t.Context(), client, sps.RDPChannelPolicies) {
			if err != nil || policy.Body.Name != "n" || policy.Err() != nil {
				t.Errorf("%s, and then a policy: %+v, %v", body, policy, err)
			}
		}
		object = `{"key":"1","meta":{},"body":` + body + `}`
		if err := first(sps.All(t.Context(), client, sps.RDPChannelPolicies)); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s twice: %v", body, err)
		}
	}
	// A value that is null is one where the type has it.
	object = `{"key":"1","meta":{},"body":null}`
	value, err := sps.GetSetting[*string](t.Context(), client, "network/dns/1")
	if err != nil || !value.Loaded() || value.Body != nil {
		t.Errorf("a setting that is null: %+v, %v", value, err)
	}
	if _, err := sps.GetSetting[string](t.Context(), client, "network/dns/1"); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("a text that is null: %v", err)
	}

	audit := client.AuditSessions
	for _, list = range []string{`{"items":[{"status":"UP"}]}`, `{"items":[{}]}`, `{"items":[{"body":null}]}`, `{"items":[{"key":"1","body":"text"}]}`} {
		if err := first(audit.All(t.Context(), nil)); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("sessions in %s: %v", list, err)
		}
		if err := first(audit.AllChannels(t.Context(), "2", nil)); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("channels in %s: %v", list, err)
		}
	}
	// Of a session in a list there is what was asked for.
	list = `{"items":[{"key":"1","body":{"a_new_member":1}}],"meta":{}}`
	if err := first(audit.All(t.Context(), &sps.AuditSessionListOptions{Fields: []string{"a_new_member"}})); err != nil {
		t.Errorf("a member that the model does not know: %v", err)
	}
	object = `{"key":"1","meta":{},"body":{"status":"UP"}}`
	if session, err := audit.Get(t.Context(), "1"); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("somebody else's session: %+v, %v", session, err)
	}
}
