package contract_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

func init() { products["sps"] = spsCalls }

// spsCookies hands out the session that the recorder's examples do not hold.
type spsCookies struct{ next http.RoundTripper }

func (c spsCookies) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if err == nil && req.URL.Path == "/api/authentication" {
		resp.Header.Set("Set-Cookie", "session_id=a1f71d030e657634730b9e887cb59a5e56162860; Path=/; Secure")
	}
	return resp, err
}

func spsCalls(t *testing.T, r *recorder) []call {
	client := func(auth sps.Auth) *sps.Client {
		c, err := sps.New(r.URL, auth, append(r.options(), secureaccess.WithTransport(spsCookies{r}))...)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	shared := client(sps.Password("admin", "secret"))

	// in makes a call in a transaction of its own client.
	in := func(do func(ctx context.Context, tx *sps.Tx) (any, error)) func(context.Context) (any, error) {
		return func(ctx context.Context) (any, error) {
			tx, err := client(sps.Password("admin", "secret")).Begin(ctx)
			if err != nil {
				return nil, err
			}
			return do(ctx, tx)
		}
	}
	status := func(wrap func(*sps.TransactionStatus) any) func(context.Context) (any, error) {
		return func(ctx context.Context) (any, error) {
			s, err := shared.TransactionStatus(ctx)
			if err != nil {
				return nil, err
			}
			return wrap(s), nil
		}
	}
	login := func(auth sps.Auth) func(context.Context) (any, error) {
		return func(ctx context.Context) (any, error) {
			_, err := client(auth).System.Info(ctx)
			return nil, err
		}
	}

	policy := sps.RDPChannelPolicy{
		Name: "drawing-only",
		Rules: []*sps.RDPChannelPolicyRule{{
			Actions:    sps.ChannelPolicyActions{Audit: true},
			AllowedFor: sps.ChannelPolicyAllowedFor{TimePolicy: sps.Ref{Key: "-100"}},
			Channel:    sps.RDPChannelDrawing,
		}},
	}
	database := sps.LocalUserDatabase{
		Name:  "my-local-user-database",
		Users: []*sps.LocalUser{{Username: "myusername", Passwords: []sps.Ref{{Key: "<reference-to-password>"}}}},
	}
	const (
		object  = "8235074425707e306abf39"
		session = "c7e51cebad1a3e2ade480909f7687b16"
	)
	page := &sps.AuditListOptions{Limit: 10, Offset: 20}

	return []call{
		{id: "sps.objects.create", do: in(func(ctx context.Context, tx *sps.Tx) (any, error) {
			return sps.Create(ctx, tx, sps.LocalUserDatabases, database)
		})},
		{id: "sps.objects.update", do: in(func(ctx context.Context, tx *sps.Tx) (any, error) {
			o, err := sps.Get(ctx, tx, sps.LocalUserDatabases, object)
			if err != nil {
				return nil, err
			}
			return sps.Update(ctx, tx, o, func(d *sps.LocalUserDatabase) error {
				d.Name = "my-local-user-database"
				return nil
			})
		})},
		{id: "sps.objects.delete", do: in(func(ctx context.Context, tx *sps.Tx) (any, error) {
			return sps.Delete(ctx, tx, sps.LocalUserDatabases, object)
		})},
		{id: "sps.rdp_channel_policies.create", do: in(func(ctx context.Context, tx *sps.Tx) (any, error) {
			return sps.Create(ctx, tx, sps.RDPChannelPolicies, policy)
		})},
		{id: "sps.rdp_channel_policies.update", do: in(func(ctx context.Context, tx *sps.Tx) (any, error) {
			o, err := sps.Get(ctx, tx, sps.RDPChannelPolicies, "-20100")
			if err != nil {
				return nil, err
			}
			return sps.Update(ctx, tx, o, func(p *sps.RDPChannelPolicy) error {
				p.Name = "drawing-only"
				return nil
			})
		})},
		{id: "sps.rdp_channel_policies.delete", do: in(func(ctx context.Context, tx *sps.Tx) (any, error) {
			return sps.Delete(ctx, tx, sps.RDPChannelPolicies, "655555")
		})},

		{id: "sps.authentication.login", do: login(sps.PasswordWith("local", "admin", "secret"))},
		{id: "sps.authentication.login", do: login(sps.Certificate("x509"))},
		{id: "sps.authentication.login_methods", do: func(ctx context.Context) (any, error) {
			methods, err := shared.LoginMethods(ctx)
			return map[string]any{"login_methods": methods}, err
		}},
		{id: "sps.transaction.status", responses: []int{0}, do: status(func(s *sps.TransactionStatus) any { return s })},
		{id: "sps.transaction.status", responses: []int{1}, do: status(func(s *sps.TransactionStatus) any {
			return map[string]any{"key": "transaction", "meta": s.Meta, "transaction": map[string]any{"status": s.State}}
		})},
		{id: "sps.transaction.open", do: in(func(context.Context, *sps.Tx) (any, error) { return nil, nil })},
		{id: "sps.transaction.commit", do: in(func(ctx context.Context, tx *sps.Tx) (any, error) { return nil, tx.Commit(ctx, "") })},
		{id: "sps.transaction.commit", ownBody: true, do: in(func(ctx context.Context, tx *sps.Tx) (any, error) {
			return nil, tx.Commit(ctx, "audit every desktop")
		})},
		{id: "sps.transaction.rollback", do: in(func(ctx context.Context, tx *sps.Tx) (any, error) { return nil, tx.Rollback(ctx) })},
		{id: "sps.transaction.changes", do: in(func(ctx context.Context, tx *sps.Tx) (any, error) {
			changes, err := tx.Changes(ctx)
			return map[string]any{"changes": changes}, err
		})},
		{id: "sps.objects.get", responses: []int{0}, do: func(ctx context.Context) (any, error) {
			o, err := sps.Get[json.RawMessage](ctx, shared, "policies/user_databases", object)
			return o, err
		}},
		{id: "sps.objects.get", responses: []int{1}, do: func(ctx context.Context) (any, error) {
			return sps.Get[string](ctx, shared, "datetime", "timezone")
		}},
		{id: "sps.objects.list", do: func(ctx context.Context) (any, error) {
			return sps.List[json.RawMessage](ctx, shared, "datetime")
		}},
		{id: "sps.rdp_channel_policies.get", do: func(ctx context.Context) (any, error) {
			o, err := sps.Get(ctx, shared, sps.RDPChannelPolicies, "-20100")
			if err != nil {
				return nil, err
			}
			return spsEmbedded(o), nil
		}},
		{id: "sps.rdp_channel_policies.list", do: func(ctx context.Context) (any, error) {
			list, err := sps.List(ctx, shared, sps.RDPChannelPolicies)
			if err != nil {
				return nil, err
			}
			return map[string]any{"items": []any{spsEmbedded(list.Items[0])}, "meta": list.Meta}, nil
		}},
		{id: "sps.passwords.create", do: in(func(ctx context.Context, tx *sps.Tx) (any, error) {
			return spsCreated(sps.CreatePassword(ctx, tx, secureaccess.NewSecret("newpassword")))
		})},
		{id: "sps.private_keys.create", do: in(func(ctx context.Context, tx *sps.Tx) (any, error) {
			return spsCreated(sps.CreatePrivateKey(ctx, tx, secureaccess.NewSecret("<private-key>")))
		})},

		{id: "sps.audit_sessions.list", do: func(ctx context.Context) (any, error) {
			return shared.AuditSessions.List(ctx, &sps.AuditSessionListOptions{
				AuditListOptions: *page, Fields: []string{"protocol", "user"}, Sort: "start_time", Search: "protocol:SSH"})
		}},
		{id: "sps.audit_sessions.list", do: func(ctx context.Context) (any, error) {
			snapshot, err := shared.AuditSessions.Snapshot(ctx)
			if err != nil {
				return nil, err
			}
			return snapshot.List(ctx, nil)
		}},
		{id: "sps.audit_sessions.snapshot", do: func(ctx context.Context) (any, error) {
			snapshot, err := shared.AuditSessions.Snapshot(ctx)
			if err != nil {
				return nil, err
			}
			return map[string]any{"snapshot": snapshot.ID}, nil
		}},
		{id: "sps.audit_sessions.get", do: func(ctx context.Context) (any, error) {
			return shared.AuditSessions.Get(ctx, "rUhhQZ3jYsY1NDWYp9DEpq")
		}},
		{id: "sps.audit_sessions.alerts", do: func(ctx context.Context) (any, error) {
			return shared.AuditSessions.Alerts(ctx, session, page)
		}},
		{id: "sps.audit_sessions.channels", do: func(ctx context.Context) (any, error) {
			return shared.AuditSessions.Channels(ctx, session, page)
		}},
		{id: "sps.audit_sessions.events", do: func(ctx context.Context) (any, error) {
			return shared.AuditSessions.Events(ctx, session, page)
		}},
		{id: "sps.audit_sessions.content", do: func(ctx context.Context) (any, error) {
			return shared.AuditSessions.Content(ctx, session, "man iptables", page)
		}},
		{id: "sps.audit_sessions.trail_downloads", do: func(ctx context.Context) (any, error) {
			return shared.AuditSessions.TrailDownloads(ctx, session, page)
		}},
		{id: "sps.audit_sessions.audit_trail", do: func(ctx context.Context) (any, error) {
			o, err := shared.AuditSessions.Get(ctx, "rUhhQZ3jYsY1NDWYp9DEpq")
			if err != nil {
				return nil, err
			}
			return nil, spsClosed(shared.AuditSessions.DownloadTrail(ctx, o))
		}},
		{id: "sps.info", do: func(ctx context.Context) (any, error) {
			info, err := shared.System.Info(ctx)
			return map[string]any{"body": info, "key": "about_info", "meta": map[string]any{"href": "/api/info", "parent": "/api", "remaining_seconds": 9889}}, err
		}},
		{id: "sps.health_status", do: func(ctx context.Context) (any, error) {
			health, err := shared.System.Health(ctx)
			if err != nil {
				return nil, err
			}
			return map[string]any{"health_status": health.Members}, nil
		}},
		{id: "sps.health_status.underscore", do: func(ctx context.Context) (any, error) {
			c, err := sps.New(r.URL, sps.Password("admin", "secret"), append(r.options(), secureaccess.WithTransport(spsOldHealth{spsCookies{r}}))...)
			if err != nil {
				return nil, err
			}
			health, err := c.System.Health(ctx)
			if err != nil {
				return nil, err
			}
			return map[string]any{"health_status": health.Members}, nil
		}},
		{id: "sps.user.info", do: func(ctx context.Context) (any, error) {
			user, err := shared.System.User(ctx)
			if err != nil {
				return nil, err
			}
			return map[string]any{"body": map[string]any{"token": user.Token}}, nil
		}},
		{id: "sps.support_bundle.create", do: func(ctx context.Context) (any, error) {
			job, err := shared.SupportBundles.Create(ctx)
			return map[string]any{"key": job, "meta": map[string]any{"href": "/api/troubleshooting/support-bundle/" + job}}, err
		}},
		{id: "sps.support_bundle.get", do: func(ctx context.Context) (any, error) { return shared.SupportBundles.Get(ctx, "4d1c73e8") }},
		{id: "sps.support_bundle.download", do: func(ctx context.Context) (any, error) {
			return nil, spsClosed(shared.SupportBundles.Download(ctx, "4d1c73e8"))
		}},
		{id: "sps.support_bundle.delete", do: func(ctx context.Context) (any, error) {
			return nil, shared.SupportBundles.Delete(ctx, "4d1c73e8")
		}},
	}
}

// spsOldHealth is an appliance that knows the path with the underscore only.
type spsOldHealth struct{ next http.RoundTripper }

func (o spsOldHealth) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := o.next.RoundTrip(req)
	if err == nil && req.URL.Path == "/api/health-status" {
		resp.StatusCode = http.StatusNotFound
	}
	return resp, err
}

// spsEmbedded puts the references of a channel policy, which are written as keys, back into the form of answers.
func spsEmbedded(o *sps.Object[sps.RDPChannelPolicy]) any {
	data, _ := json.Marshal(o)
	var answer map[string]any
	_ = json.Unmarshal(data, &answer)
	for i, rule := range o.Body.Rules {
		time := rule.AllowedFor.TimePolicy
		wire := answer["body"].(map[string]any)["rules"].([]any)[i].(map[string]any)["allowed_for"].(map[string]any)
		wire["time_policy"] = map[string]any{"key": time.Key, "meta": map[string]any{"href": time.Href}}
	}
	return answer
}

func spsCreated(ref sps.Ref, err error) (any, error) {
	return map[string]any{"key": ref.Key, "meta": map[string]any{
		"href": ref.Href, "parent": ref.Href[:len(ref.Href)-len(ref.Key)-1], "transaction": "/api/transaction"}}, err
}

func spsClosed(d *secureaccess.Download, err error) error {
	if err != nil {
		return err
	}
	return d.Close()
}
