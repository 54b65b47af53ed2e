package contract_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/secureaccess-go/secureaccess/sps"
)

func init() { covers("sps", spsSystem) }

// spsMissing is an appliance that does not know some paths.
type spsMissing struct {
	next  http.RoundTripper
	paths []string
}

func (m spsMissing) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := m.next.RoundTrip(req)
	if err == nil && slices.Contains(m.paths, req.URL.Path) {
		resp.StatusCode = http.StatusNotFound
	}
	return resp, err
}

func spsSystem(t *testing.T, r *recorder) []call {
	shared := spsClient(t, r)
	other := spsClientWith(t, r, sps.Password("admin", "secret"), spsMissing{spsCookies{r}, []string{"/api/health_status", "/api/user/info"}})
	const job = "4d1c73e8"
	return []call{
		{id: "sps.info", do: func(ctx context.Context) (any, error) { return shared.System.Info(ctx) }},
		{id: "sps.health_status", at: "/health_status", do: func(ctx context.Context) (any, error) { return other.System.Health(ctx) }},
		{id: "sps.health_status.underscore", at: "/health_status", do: func(ctx context.Context) (any, error) { return shared.System.Health(ctx) }},
		{id: "sps.user.info", do: func(ctx context.Context) (any, error) { return shared.System.User(ctx) }},
		{id: "sps.support_bundle.list", do: func(ctx context.Context) (any, error) { return shared.SupportBundles.List(ctx) }},
		{id: "sps.support_bundle.create", do: func(ctx context.Context) (any, error) { return shared.SupportBundles.Create(ctx) }},
		{id: "sps.support_bundle.get", do: func(ctx context.Context) (any, error) { return shared.SupportBundles.Get(ctx, job) }},
		{id: "sps.support_bundle.download", do: func(ctx context.Context) (any, error) {
			return spsClosed(shared.SupportBundles.Download(ctx, job))
		}},
		{id: "sps.support_bundle.delete", do: func(ctx context.Context) (any, error) { return nothing(shared.SupportBundles.Delete(ctx, job)) }},
	}
}
