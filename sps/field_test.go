package sps_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// text responds with a body.
func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }
}

// The guides of 6.0 name the member total_sessions; some releases have no wrapper, or the usual one.
func TestField_HealthOfOldRelease(t *testing.T) {
	body, err := os.ReadFile("testdata/field/health-6.0.json")
	if err != nil {
		t.Fatal(err)
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(string(body)), `{"health_status":`), "}")
	for name, body := range map[string]string{
		"as in the guide": string(body), "without a wrapper": inner, "in a body": `{"body":` + inner + `,"key":"health_status","meta":{}}`,
		"total in text": strings.Replace(string(body), `"total_sessions":7`, `"total_sessions":"7"`, 1),
	} {
		health, err := respond(t, text(body)).System.Health(t.Context())
		if err != nil || health.SessionsTotal != 7 || health.Sessions["rdp"] != 4 || health.Memory != 61.5 {
			t.Errorf("%s: %+v, %v", name, health, err)
		}
	}
	for _, body := range []string{`{}`, `{"error":"x"}`, `{"health_status":{}}`, `{"health_status":null}`, `[]`} {
		if health, err := respond(t, text(body)).System.Health(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s was read as %+v, %v", body, health, err)
		}
	}
}

// Every guide has the path with the underscore; the other one is asked only where that is not found.
func TestField_HealthPath(t *testing.T) {
	var w wire
	server, client := start(t, w.option())
	if _, err := client.System.Health(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.lines(); len(got) != 2 || got[1] != "GET /api/health_status" {
		t.Errorf("asked %q", got)
	}
	server.Fail(spstest.Fault{Path: "/api/health_status", Status: http.StatusNotFound})
	if health, err := client.System.Health(t.Context()); err != nil || health.SessionsTotal != 10 {
		t.Errorf("%+v, %v", health, err)
	}
}

// A public client takes a redirect with the cookie for a sign-in, too. One without a cookie is followed within the
// appliance, and one that leads elsewhere brings nothing, whatever cookie it has.
func TestField_LoginThatLeadsOn(t *testing.T) {
	const info = `{"key":"info","meta":{"href":"/api/info"},"body":{"hostname":"h","domainname":"d"}}`
	for name, test := range map[string]struct {
		location, cookie string
		status           int
		want             error
	}{
		"302":                        {"/api", "session_id=token; Path=/", http.StatusFound, nil},
		"303":                        {"/api", "session_id=token; Path=/", http.StatusSeeOther, nil},
		"to another path for it":     {"/api/authentication/done", "", http.StatusFound, nil},
		"in a circle":                {"/api/authentication", "", http.StatusFound, secureaccess.ErrRedirectRefused},
		"elsewhere, with the cookie": {"https://evil.example.com/api", "session_id=token; Path=/", http.StatusFound, secureaccess.ErrRedirectRefused},
		"nowhere":                    {"", "session_id=token; Path=/", http.StatusFound, secureaccess.ErrRedirectRefused},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/api/authentication":
					if test.cookie != "" {
						w.Header().Set("Set-Cookie", test.cookie)
					}
					if test.location != "" {
						w.Header().Set("Location", test.location)
					}
					w.WriteHeader(test.status)
				case "/api/authentication/done":
					if _, _, ok := r.BasicAuth(); !ok {
						t.Error("the credentials are missing after the redirect")
					}
					w.Header().Set("Set-Cookie", "session_id=token; Path=/")
				default:
					if cookie, err := r.Cookie("session_id"); err != nil || cookie.Value != "token" {
						t.Errorf("cookie %v, %v", cookie, err)
					}
					_, _ = io.WriteString(w, info)
				}
			}))
			t.Cleanup(server.Close)
			client, err := sps.New(server.URL, sps.Password("admin", "password"), refuseRetries())
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.System.Info(t.Context())
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if failure, ok := errors.AsType[*secureaccess.Error](err); test.want != nil && (!ok || failure.Method != "GET") {
				t.Errorf("got %#v", err)
			}
		})
	}
}

// The guide of 8.0 has ?start= and ?end= with the list of sessions.
func TestField_StartAndEnd(t *testing.T) {
	var w wire
	server, client := start(t, w.option())
	server.SetAuditSessions(72, nil) // one every 20 minutes, until now
	from := server.Clock().Now().Add(-10 * time.Hour)
	opts := &sps.AuditSessionListOptions{Start: from, End: from.Add(2 * time.Hour)}
	count := 0
	for _, err := range client.AuditSessions.All(t.Context(), opts) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	if count < 6 || count > 8 {
		t.Errorf("%d sessions in two hours", count)
	}
	line := w.lines()[1]
	if !strings.Contains(line, "start="+from.UTC().Format("2006-01-02T15")) || !strings.Contains(line, "end=") {
		t.Errorf("asked %s", line)
	}
}

// Releases 6.0.1 to 6.0.9 call a list of channels "channels".
func TestField_ChannelsOf60(t *testing.T) {
	client := respond(t, text(`{"channels":[{"body":{"type":"session exec","command":"ls","verdict":"accept","start_time":1451902141,"more":1},"key":"2",`+
		`"meta":{"href":"/api/audit/sessions/1/channels/2"}}],"meta":{"limit":500,"match_count":1,"next":null}}`))
	page, err := client.AuditSessions.ListChannels(t.Context(), "1", nil)
	if err != nil || len(page.Items) != 1 || page.Total != 1 || page.Items[0].Body.Command != "ls" || page.Items[0].Key != "2" {
		t.Errorf("%+v, %v", page, err)
	}
	for channel, err := range client.AuditSessions.AllChannels(t.Context(), "1", nil) {
		if err != nil || channel.Body.StartTime.Unix() != 1451902141 || string(channel.Body.Extra["more"]) != "1" {
			t.Errorf("%+v, %v", channel, err)
		}
	}
}

// The guides from 5.7 to 6.9 sign in by certificate without the name of a method.
func TestField_CertificateWithoutMethod(t *testing.T) {
	authority, serverCert, clientCert := certificates(t)
	server := spstest.New()
	err := server.StartTLS("127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{serverCert}, ClientAuth: tls.VerifyClientCertIfGiven, ClientCAs: authority})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	client, err := sps.New(server.URL(), sps.Certificate(""), secureaccess.WithRootCAs(authority), secureaccess.WithClientCertificate(clientCert))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.System.Info(t.Context()); err != nil {
		t.Error(err)
	}
}

// What the user may do is kept, also from the path of the guide.
func TestField_UserEndpoints(t *testing.T) {
	const body = `{"user":{"name":"admin"},"endpoints":[{"methods":["DELETE","GET"],"url":"/api"}],"meta":{"href":"/api/user_info"}}`
	client := respond(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/user/info" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, body)
	})
	user, err := client.System.User(t.Context())
	if err != nil || user.User.Name != "admin" || len(user.Endpoints) != 1 || user.Endpoints[0].URL != "/api" || len(user.Endpoints[0].Methods) != 2 {
		t.Errorf("%+v, %v", user, err)
	}
}

// A recording has seven members beyond the document's, one of which ends the session.
func TestField_RecordingMembers(t *testing.T) {
	client := respond(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			if got := r.URL.RequestURI(); got != "/api/active-sessions?id=svc%2Fabc%2Fdef%3A29" {
				t.Errorf("asked %s", got)
			}
			return
		}
		_, _ = io.WriteString(w, `{"key":"1","meta":{},"body":{"active":true,"recording":{"connection_policy_id":"15","content_reference_id":"30","has_accepted_channel":true,`+
			`"index_status":"INDEXED","server_local":{"ip":"192.0.2.30","port":55386},"session_id":"svc/abc/def:29","target":"192.0.2.31","new":[1]}}}`)
	})
	session, err := client.AuditSessions.Get(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	r := session.Body.Recording
	if r.ConnectionPolicyID != "15" || r.ContentReferenceID != 30 || !r.HasAcceptedChannel || r.IndexStatus != "INDEXED" || r.ServerLocal.Port != 55386 ||
		r.SessionID != "svc/abc/def:29" || r.Target.Name != "192.0.2.31" || string(r.Extra["new"]) != "[1]" {
		t.Errorf("%+v", r)
	}
	if err := client.AuditSessions.Terminate(t.Context(), r.SessionID); err != nil {
		t.Error(err)
	}
	if err := client.AuditSessions.Terminate(t.Context(), ""); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("without an id: %v", err)
	}
}

// References come as a key, as {key, meta} and as {key} alone; all are written as keys. One in another form spoils
// nothing, and goes back as it came.
func TestField_ReferencesOfAnyForm(t *testing.T) {
	for form, sent := range map[string]string{
		`"-100"`: `"-100"`, `-100`: `-100`, `{"key":"-100"}`: `"-100"`, `{"key":"-100","meta":{"href":"/x"}}`: `"-100"`,
		`{"key":"-100","meta":{"href":"/x"},"body":{"name":"7x24"}}`: `"-100"`, `null`: `null`, `[]`: `[]`, `{"odd":1}`: `{"odd":1}`,
	} {
		body := ""
		client := respond(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.Method {
			case http.MethodGet:
				_, _ = io.WriteString(w, `{"key":"1","meta":{},"body":{"name":"n","rules":[{"actions":{"audit":false},"allowed_for":{"time_policy":`+form+`},"channel":"x11"}]}}`)
			case http.MethodPut:
				if r.URL.Path != "/api/transaction" {
					data, _ := io.ReadAll(r.Body)
					body = string(data)
				}
			}
		})
		err := client.Transact(t.Context(), "m", func(ctx context.Context, tx *sps.Tx) error {
			policy, err := sps.Get(ctx, tx, sps.SSHChannelPolicies, "1")
			if err != nil {
				return err
			}
			_, err = sps.Update(ctx, tx, policy, func(p *sps.ChannelPolicy) error { p.Rules[0].Actions.Audit = true; return nil })
			return err
		})
		if want := `"audit":true},"allowed_for":{"time_policy":` + sent + `}`; err != nil || !strings.Contains(body, want) {
			t.Errorf("%s: sent %s, want %s, %v", form, body, want, err)
		}
	}
}

// A closed client asks for nothing, also where no session is needed.
func TestField_LoginMethodsAfterClose(t *testing.T) {
	var w wire
	_, client := start(t, w.option())
	if err := client.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.ListLoginMethods(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("ListLoginMethods: %v", err)
	}
	if _, err := client.Begin(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("Begin: %v", err)
	}
	if got := w.lines(); len(got) != 0 {
		t.Errorf("asked %q", got)
	}
}
