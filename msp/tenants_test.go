package msp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jarcoal/httpmock"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/msp"
)

func TestTenants_List(t *testing.T) {
	server, client := start(t)
	for i := range 45 {
		server.AddTenant(msp.Tenant{SubDomain: fmt.Sprintf("t%02d", i)})
	}
	server.SetTenantStatus("t03", msp.TenantStatusBlocked)
	server.SetActiveUsers("t00", msp.CategoryZTA, 7)
	server.SetActiveUsers("t44", msp.CategoryPCS, 3)

	page, err := client.Tenants.List(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 20 || page.Total != 45 || page.CapLimit != 100 ||
		page.Stats != (msp.TenantStats{Active: 44, Blocked: 1}) || page.Users != (msp.ActiveUsers{ZTA: 7, PCS: 3}) {
		t.Errorf("%d tenants of %d, %+v, %+v, cap %d", len(page.Items), page.Total, page.Stats, page.Users, page.CapLimit)
	}
	page, err = client.Tenants.List(t.Context(), &msp.PageOptions{Start: 40, Limit: 3})
	if err != nil || len(page.Items) != 3 || page.Items[0].SubDomain != "t40" {
		t.Errorf("%+v, %v", page, err)
	}
	for _, opts := range []*msp.PageOptions{{Start: -1}, {Limit: -1}} {
		if _, err := client.Tenants.List(t.Context(), opts); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%+v: %v", opts, err)
		}
	}
}

func TestTenants_All(t *testing.T) {
	log := record()
	server, client := start(t, secureaccess.WithTransport(log))
	for i := range 45 {
		server.AddTenant(msp.Tenant{SubDomain: fmt.Sprintf("t%02d", i)})
	}
	if _, err := client.DSID(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		opts               *msp.PageOptions
		want, pages, first int
	}{
		{nil, 45, 3, 0},
		{&msp.PageOptions{Limit: 100}, 45, 1, 0},
		{&msp.PageOptions{Start: 40}, 5, 1, 40},
		{&msp.PageOptions{Start: 5, Limit: 20}, 40, 3, 5},
		{&msp.PageOptions{Start: 60}, 0, 1, 0},
	} {
		log.sent = nil
		seen := map[string]bool{}
		for tenant, err := range client.Tenants.All(t.Context(), c.opts) {
			if err != nil {
				t.Fatal(err)
			}
			if len(seen) == 0 && tenant.SubDomain != fmt.Sprintf("t%02d", c.first) {
				t.Errorf("%+v begins with %s", c.opts, tenant.SubDomain)
			}
			seen[tenant.SubDomain] = true
		}
		if len(seen) != c.want || len(log.paths()) != c.pages {
			t.Errorf("%+v: %d tenants in %d pages", c.opts, len(seen), len(log.paths()))
		}
	}

	log.sent = nil
	for range client.Tenants.All(t.Context(), nil) {
		break
	}
	if len(log.paths()) != 1 {
		t.Errorf("a walk that was broken off asked for %d pages", len(log.paths()))
	}
}

// TestTenants_All_stubbornPortal has a server that ignores start.
func TestTenants_All_stubbornPortal(t *testing.T) {
	transport, client := mock(t)
	transport.RegisterResponder("GET", "https://portal.example/msp/api/msp/tenants",
		httpmock.NewStringResponder(200, `{"total":1000,"tenants":[{"sub_domain":"a"},{"sub_domain":"b"}]}`))
	count := 0
	var last error
	for _, err := range client.Tenants.All(t.Context(), nil) {
		if last = err; err == nil {
			count++
		}
	}
	if !errors.Is(last, secureaccess.ErrListIncomplete) {
		t.Errorf("it ends with %v", last)
	}
	if count != 2 || transport.GetTotalCallCount() != 2 {
		t.Errorf("%d tenants in %d calls", count, transport.GetTotalCallCount())
	}
}

func TestTenants_All_failsInTheMiddle(t *testing.T) {
	transport, client := mock(t)
	transport.RegisterResponder("GET", "https://portal.example/msp/api/msp/tenants",
		httpmock.NewStringResponder(200, `{"total":3,"tenants":[{"sub_domain":"a"}]}`).
			Then(httpmock.NewStringResponder(404, `{"error":"gone"}`)))
	count, last := 0, error(nil)
	for _, err := range client.Tenants.All(t.Context(), &msp.PageOptions{Limit: 1}) {
		if last = err; err == nil {
			count++
		}
	}
	if count != 1 || !errors.Is(last, secureaccess.ErrNotFound) {
		t.Errorf("%d tenants, %v", count, last)
	}
}

func TestTenants_Create_andWait(t *testing.T) {
	server, client := start(t)
	server.SetTenantCap(1)
	if err := client.Tenants.Create(t.Context(), msp.TenantCreate{Name: "Acme"}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("without a subdomain: %v", err)
	}
	if server.SignIns() != 0 {
		t.Error("something was sent for it")
	}
	err := client.Tenants.Create(t.Context(), msp.TenantCreate{
		SubDomain: "acme", Name: "Acme", User: msp.TenantAdmin{Username: "a", Email: "a@acme.example"},
		Subscriptions: []msp.Subscription{{ID: "s1", Category: msp.CategoryZTA, TotalUsers: 50}},
	})
	if err != nil {
		t.Fatal(err)
	}
	before := server.Clock().Now()
	var states []string
	tenant, err := client.Tenants.WaitActive(t.Context(), "ACME", &secureaccess.WaitOptions{Progress: func(state string) { states = append(states, state) }})
	if err != nil {
		t.Fatal(err)
	}
	if tenant.Status != msp.TenantStatusActive || tenant.Subscriptions[0].TotalUsers != 50 || tenant.User.Email != "a@acme.example" {
		t.Errorf("%+v", tenant)
	}
	if waited := server.Clock().Now().Sub(before); waited < time.Minute || waited > 2*time.Minute {
		t.Errorf("it waited for %v", waited)
	}

	if len(states) < 3 || states[0] != "initializing" || states[len(states)-1] != "active" {
		t.Errorf("it went through %q", states)
	}

	for subDomain, want := range map[string]error{"acme": secureaccess.ErrConflict, "globex": secureaccess.ErrBadRequest} {
		err := client.Tenants.Create(t.Context(), msp.TenantCreate{SubDomain: subDomain})
		failure, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || !errors.Is(err, want) || len(failure.Messages) != 1 {
			t.Errorf("%s: %v", subDomain, err)
		}
	}
	id, err := client.Tenants.RequestCapIncrease(t.Context())
	if err != nil || fmt.Sprint(server.CapRequests()) != fmt.Sprint([]string{id}) {
		t.Errorf("%q of %v, %v", id, server.CapRequests(), err)
	}
}

// Success is 202 and nothing else: what else comes with a status of success is a refusal.
func TestTenants_Create_status200(t *testing.T) {
	transport, client := mock(t)
	for body, want := range map[string]string{`{"message":"the limit is reached"}`: "the limit is reached", ``: "unusable response"} {
		transport.RegisterResponder("POST", "https://portal.example/msp/api/msp/tenants", httpmock.NewStringResponder(200, body))
		err := client.Tenants.Create(t.Context(), msp.TenantCreate{SubDomain: "a"})
		if err == nil || err.Error() != "msp: POST /api/msp/tenants at portal.example: 200 OK: "+want {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestTenants_WaitActive(t *testing.T) {
	server, client := start(t)
	server.AddTenant(msp.Tenant{SubDomain: "closed", Status: msp.TenantStatusBlocked})
	_, err := client.Tenants.WaitActive(t.Context(), "closed", nil)
	if blocked, ok := errors.AsType[*msp.TenantBlockedError](err); !ok || blocked.Tenant.SubDomain != "closed" || err.Error() != "msp: GET /api/msp/tenants: tenant closed is blocked" {
		t.Errorf("a blocked tenant: %v", err)
	}
	if _, err := client.Tenants.WaitActive(t.Context(), "", nil); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no tenant: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	client, err = server.Client(secureaccess.WithClock(&canceling{Clock: server.Clock(), after: 5, cancel: cancel}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Tenants.WaitActive(ctx, "unknown", nil); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "waiting for tenant unknown, last seen not listed") {
		t.Errorf("a tenant that never comes: %v", err)
	}
}

// canceling is a clock that ends a context at one of its sleeps.
type canceling struct {
	secureaccess.Clock
	after  int
	cancel context.CancelFunc
}

func (c *canceling) Sleep(ctx context.Context, d time.Duration) error {
	if c.after--; c.after == 0 {
		c.cancel()
	}
	return c.Clock.Sleep(ctx, d)
}

func TestTenants_Update(t *testing.T) {
	server, client := start(t)
	id := server.AddTenant(msp.Tenant{SubDomain: "acme", Name: "Acme", Subscriptions: []msp.Subscription{{ID: "s1", TotalUsers: 5}}})
	for tenant, err := range client.Tenants.All(t.Context(), nil) {
		if err != nil || tenant.ID() != "" {
			t.Errorf("the documented list has the id %q, %v", tenant.ID(), err)
		}
	}
	server.RevealTenantIDs()
	for tenant, err := range client.Tenants.All(t.Context(), nil) {
		if err != nil || tenant.ID() != id {
			t.Fatalf("the id is %q, not %q, %v", tenant.ID(), id, err)
		}
		tenant.Subscriptions[0].TotalUsers = 10
		got, err := client.Tenants.Update(t.Context(), tenant.ID(), msp.TenantUpdate{Subscriptions: tenant.Subscriptions})
		if err != nil || got.Name != "Acme" || got.Subscriptions[0].TotalUsers != 10 {
			t.Errorf("%+v, %v", got, err)
		}
	}
	got, err := client.Tenants.Update(t.Context(), id, msp.TenantUpdate{Name: "Acme Inc", Subscriptions: []msp.Subscription{}})
	if err != nil || got.Name != "Acme Inc" || len(server.Tenants()[0].Subscriptions) != 0 {
		t.Errorf("%+v, %+v, %v", got, server.Tenants(), err)
	}
	if _, err := client.Tenants.Update(t.Context(), "unknown", msp.TenantUpdate{}); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("an unknown tenant: %v", err)
	}
	if _, err := client.Tenants.Update(t.Context(), "..", msp.TenantUpdate{}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("a way up: %v", err)
	}
}

// TestTenants_List_errorsWithStatus200: the document promises a body with an error, not a status.
func TestTenants_List_errorsWithStatus200(t *testing.T) {
	transport, client := mock(t)
	answer := func(body string) error {
		transport.RegisterResponder("GET", "https://portal.example/msp/api/msp/tenants", httpmock.NewStringResponder(http.StatusOK, body))
		_, err := client.Tenants.List(t.Context(), nil)
		return err
	}
	for _, body := range []string{`{"error":"try later"}`, `{"errors":["try later"]}`, `{"error":{"message":"try later","code":7}}`, `{"error":7,"message":"try later"}`} {
		err := answer(body)
		failure, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || fmt.Sprint(failure.Messages) != "[try later]" || failure.Status != 200 {
			t.Errorf("%s: %v", body, err)
		}
	}
	for _, body := range []string{`{"tenants":[],"error":null}`, `{"tenants":[{"name":"\"error\""}],"errors":[]}`, `{"total":0,"tenants":[],"error":false}`} {
		if err := answer(body); err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
	for _, body := range []string{``, ` null `, `[]`, `{}`, `{"error":false}`, `{"tenants":7}`, `{"tenants":[`, `<html>maintenance</html>`} {
		if err := answer(body); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s: %v", body, err)
		}
	}
}
