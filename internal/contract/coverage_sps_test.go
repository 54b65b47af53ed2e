package contract_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

func init() { covers("sps", spsTransactions) }

// spsCookies hands out the session that the recorder's examples do not hold.
type spsCookies struct{ next http.RoundTripper }

func (c spsCookies) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if err == nil && req.URL.Path == "/api/authentication" {
		resp.Header.Set("Set-Cookie", "session_id=a1f71d030e657634730b9e887cb59a5e56162860; Path=/; Secure")
	}
	return resp, err
}

func spsClient(t *testing.T, r *recorder) *sps.Client {
	t.Helper()
	return spsClientWith(t, r, sps.Password("admin", "secret"), spsCookies{r})
}

func spsClientWith(t *testing.T, r *recorder, auth sps.Auth, transport http.RoundTripper) *sps.Client {
	t.Helper()
	c, err := sps.New(r.URL, auth, append(r.options(), secureaccess.WithTransport(transport))...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// spsIn makes a call in a transaction of its own client.
func spsIn(t *testing.T, r *recorder, do func(ctx context.Context, tx *sps.Tx) (any, error)) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) {
		tx, err := spsClient(t, r).Begin(ctx)
		if err != nil {
			return nil, err
		}
		return do(ctx, tx)
	}
}

func spsTransactions(t *testing.T, r *recorder) []call {
	shared := spsClient(t, r)
	login := func(auth sps.Auth) func(context.Context) (any, error) {
		return func(ctx context.Context) (any, error) {
			_, err := spsClientWith(t, r, auth, spsCookies{r}).System.Info(ctx)
			return nil, err
		}
	}
	return []call{
		{id: "sps.authentication.login", do: login(sps.PasswordWith("local", "admin", "secret"))},
		{id: "sps.authentication.login", do: login(sps.Certificate("x509"))},
		{id: "sps.authentication.login_methods", at: "/login_methods", do: func(ctx context.Context) (any, error) { return shared.ListLoginMethods(ctx) }},
		{id: "sps.transaction.status", responses: []int{0},
			without: map[string]string{"/key": "it names the resource that was asked for"},
			do: func(ctx context.Context) (any, error) {
				s, err := shared.GetTransactionStatus(ctx)
				if err != nil {
					return nil, err
				}
				return map[string]any{"meta": s.Meta, "body": map[string]any{"status": s.State, "commit_message": s.CommitMessage}}, nil
			}},
		{id: "sps.transaction.status", responses: []int{1},
			without: map[string]string{"/key": "it names the resource that was asked for"},
			do: func(ctx context.Context) (any, error) {
				s, err := shared.GetTransactionStatus(ctx)
				if err != nil {
					return nil, err
				}
				return map[string]any{"meta": s.Meta, "transaction": map[string]any{"status": s.State}}, nil
			}},
		{id: "sps.transaction.open", do: spsIn(t, r, func(context.Context, *sps.Tx) (any, error) { return nil, nil })},
		{id: "sps.transaction.commit", do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) { return nothing(tx.Commit(ctx, "")) })},
		{id: "sps.transaction.commit", ownBody: true, do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) {
			return nothing(tx.Commit(ctx, "audit every desktop"))
		})},
		{id: "sps.transaction.rollback", do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) { return nothing(tx.Rollback(ctx)) })},
		{id: "sps.transaction.changes", at: "/changes", do: spsIn(t, r, func(ctx context.Context, tx *sps.Tx) (any, error) { return tx.ListChanges(ctx) })},
	}
}
