package sps_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

// first returns the error that an iteration begins with.
func first[T any](seq iter.Seq2[T, error]) error {
	for _, err := range seq {
		return err
	}
	return nil
}

// TestClient_otherResponses responds to every operation that has a result with what is none, under a good status.
// Taken for an empty one it would hide what is there.
func TestClient_otherResponses(t *testing.T) {
	var answer string
	opening := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/api/authentication":
			w.Header().Set("Set-Cookie", "session_id=0123456789abcdef")
			_, _ = w.Write([]byte(`{}`))
		case opening && r.URL.Path == "/api/transaction":
		case strings.HasSuffix(r.URL.Path, "/1") && answer == "":
			_, _ = w.Write([]byte(`{"body":{"name":"n"},"key":"1"}`))
		default:
			_, _ = w.Write([]byte(answer))
		}
	}))
	defer server.Close()
	client, err := sps.New(server.URL, sps.Password("a", "b"), refuseRetries())
	if err != nil {
		t.Fatal(err)
	}
	tx, err := client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	opening = false
	object, err := sps.Get(t.Context(), client, sps.TimePolicies, "1")
	if err != nil {
		t.Fatal(err)
	}
	audit := client.AuditSessions

	// Of some operations a response that says nothing is good enough.
	type call struct {
		do   func(context.Context) error
		null bool
	}
	calls := map[string]call{
		"Get":    {do: func(ctx context.Context) error { _, err := sps.Get(ctx, client, sps.TimePolicies, "1"); return err }},
		"List":   {do: func(ctx context.Context) error { _, err := sps.List(ctx, client, sps.TimePolicies); return err }},
		"All":    {do: func(ctx context.Context) error { return first(sps.All(ctx, tx, sps.TimePolicies)) }},
		"Create": {do: func(ctx context.Context) error { return nights(ctx, tx) }},
		"CreatePassword": {do: func(ctx context.Context) error {
			_, err := sps.CreatePassword(ctx, tx, secureaccess.NewSecret("p"))
			return err
		}},
		"Update": {null: true, do: func(ctx context.Context) error {
			_, err := sps.Update(ctx, tx, object, func(*sps.TimePolicy) error { return nil })
			return err
		}},
		"Delete":        {null: true, do: func(ctx context.Context) error { _, err := sps.Delete(ctx, tx, sps.TimePolicies, "1"); return err }},
		"Tx.Status":     {do: func(ctx context.Context) error { _, err := tx.GetStatus(ctx); return err }},
		"Tx.Changes":    {null: true, do: func(ctx context.Context) error { _, err := tx.ListChanges(ctx); return err }},
		"LoginMethods":  {null: true, do: func(ctx context.Context) error { _, err := client.ListLoginMethods(ctx); return err }},
		"Info":          {do: func(ctx context.Context) error { _, err := client.System.Info(ctx); return err }},
		"Health":        {do: func(ctx context.Context) error { _, err := client.System.Health(ctx); return err }},
		"User":          {do: func(ctx context.Context) error { _, err := client.System.User(ctx); return err }},
		"Bundle.Get":    {do: func(ctx context.Context) error { _, err := client.SupportBundles.Get(ctx, "1"); return err }},
		"Bundle.Create": {do: func(ctx context.Context) error { _, err := client.SupportBundles.Create(ctx); return err }},
		"Audit.List":    {do: func(ctx context.Context) error { _, err := audit.List(ctx, nil); return err }},
		"Audit.All":     {do: func(ctx context.Context) error { return first(audit.All(ctx, nil)) }},
		"Audit.Get":     {do: func(ctx context.Context) error { _, err := audit.Get(ctx, "1"); return err }},
		"Alerts":        {do: func(ctx context.Context) error { return first(audit.AllAlerts(ctx, "1", nil)) }},
		"Channels":      {do: func(ctx context.Context) error { return first(audit.AllChannels(ctx, "1", nil)) }},
		"Events":        {do: func(ctx context.Context) error { return first(audit.AllEvents(ctx, "1", nil)) }},
		"Downloads":     {do: func(ctx context.Context) error { _, err := audit.ListTrailDownloads(ctx, "1", nil); return err }},
		"Content":       {do: func(ctx context.Context) error { _, err := audit.ListContent(ctx, "1", "q", nil); return err }},
		"Snapshot":      {do: func(ctx context.Context) error { _, err := audit.TakeSnapshot(ctx); return err }},
	}
	for _, answer = range []string{`null`, `7`, `true`, `[]`, `[null]`, `<html>Please log in</html>`} {
		for name, call := range calls {
			if err := call.do(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) && (err != nil || answer != `null` || !call.null) {
				t.Errorf("%s, responded to with %s: %v", name, answer, err)
			}
		}
	}
	for _, answer = range []string{`{}`, `{"items":null}`, `{"items":{}}`} {
		for _, name := range []string{"Get", "List", "All", "Create", "Info", "Bundle.Get", "Audit.List", "Audit.All", "Audit.Get", "Alerts", "Content", "Snapshot"} {
			if err := calls[name].do(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) {
				t.Errorf("%s, responded to with %s: %v", name, answer, err)
			}
		}
	}

	// Members that are null are as good as none.
	answer = `{"items":[{"key":null,"meta":null,"body":{"active":null,"client":null,"duration":null,"start_time":null,"analytics":null,` +
		`"recording":{"audit_trail":null,"archived":null},"user":null}}],"meta":{"next":null,"fields":null,"limit":null}}`
	page, err := audit.List(t.Context(), nil)
	if err != nil || len(page.Items) != 1 || !page.Items[0].Loaded() {
		t.Errorf("members that are null: %+v, %v", page, err)
	}

	// So are texts where an object could stand, and numbers in quotes.
	answer = `{"items":[{"key":"1","meta":{"remaining_seconds":"17"},"body":{"server":"db-1","client":"10.0.0.1","user":"ada"}}],"meta":{"remaining_seconds":"17"}}`
	page, err = audit.List(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if body := page.Items[0].Body; body.Server.Name != "db-1" || body.Client.Name != "10.0.0.1" || body.User.Name != "ada" || page.Meta.RemainingSeconds != 17 {
		t.Errorf("texts for objects: %+v", page.Items[0])
	}
	answer = `{"key":null,"meta":null,"body":{"name":null,"rules":[null,{"actions":null,"allowed_for":{"clients":null,"time_policy":null},"channel":null}]}}`
	policy, err := sps.Get(t.Context(), client, sps.RDPChannelPolicies, "1")
	if err != nil || len(policy.Body.Rules) != 2 {
		t.Fatalf("members that are null: %+v, %v", policy, err)
	}
	if _, err := secureaccess.Marshal(policy); err != nil {
		t.Error(err)
	}
	if _, err := sps.Update(t.Context(), tx, policy, func(p *sps.ChannelPolicy) error { p.Name = "n"; return nil }); err != nil {
		t.Error(err)
	}
}
