package pulseone_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func TestDomains_List(t *testing.T) {
	tap := &wiretap{}
	server, client := connect(t, secureaccess.WithTransport(tap))
	ctx := t.Context()
	var last int64
	for i := range 12 {
		last = server.AddDomain(pulseone.ManagedDomain{Name: fmt.Sprintf("customer%d", i), Provider: "pulseone.net"})
	}
	server.MarkDomainDeleted(last)
	if page := must(client.Domains.List(ctx, nil))(t); len(page.Items) != 10 || page.Items[0].Name != "customer0" {
		t.Errorf("got %+v", page)
	}
	deleted := &pulseone.DomainListOptions{Deleted: true}
	page := must(client.Domains.List(ctx, deleted))(t)
	request := tap.requests[len(tap.requests)-1]
	if request.URL.Path != "/domains" || request.URL.RawQuery != "deleted=True" || request.Header.Get("Cookie") == "" || request.Header.Get("Authorization") != "" {
		t.Errorf("sent %s with %v", request.URL, request.Header)
	}
	if len(page.Items) != 1 || page.Items[0].ID != last {
		t.Errorf("got %+v", page)
	}
	check(t, client.Domains.Recover(ctx, last))
	if page := must(client.Domains.List(ctx, deleted))(t); len(page.Items) > 0 {
		t.Errorf("got %+v", page)
	}
	if err := client.Domains.Recover(ctx, 99); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	named := &pulseone.DomainListOptions{PageOptions: pulseone.PageOptions{Limit: 500}, Name: "customer1"}
	if page := must(client.Domains.List(ctx, named))(t); len(page.Items) != 3 {
		t.Errorf("got %+v", page)
	}
	if query := tap.requests[len(tap.requests)-1].URL.RawQuery; query != "limit=500&q=customer1" {
		t.Errorf("sent ?%s", query)
	}
	before := len(tap.requests)
	_, tooMany := client.Domains.List(ctx, &pulseone.DomainListOptions{PageOptions: pulseone.PageOptions{Limit: 501}})
	for name, err := range map[string]error{"limit": tooMany, "no id": client.Domains.Recover(ctx, 0), "no id either": client.Domains.UnenrollAFW(ctx, 0)} {
		if !errors.Is(err, secureaccess.ErrInvalidArgument) || len(tap.requests) > before {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The server counts the page alone: the list goes on until a page is empty.
func TestDomains_All_totalOfThePage(t *testing.T) {
	server, client := connect(t)
	const count = 250
	for i := range count {
		server.AddDomain(pulseone.ManagedDomain{Name: fmt.Sprintf("customer%d", i)})
	}
	for _, limit := range []int{0, 50, 500} {
		n := 0
		for d, err := range client.Domains.All(t.Context(), &pulseone.DomainListOptions{PageOptions: pulseone.PageOptions{Limit: limit}}) {
			check(t, err)
			if n++; d.ID != int64(n) {
				t.Fatalf("%d came as number %d", d.ID, n)
			}
		}
		if n != count {
			t.Errorf("limit %d: %d domains", limit, n)
		}
	}
}

func TestDomains_List_wire(t *testing.T) {
	server, client := connect(t)
	server.Fail(pulseonetest.Fault{
		Path: "/domains", Status: http.StatusOK,
		Body: `{"data":[{"id":"7","name":"a","db_name":"a_f9","db_username":"a_12","provider_name":"pulseone.net"}],"total":"1"}`,
	})
	page := must(client.Domains.List(t.Context(), nil))(t)
	if want := (pulseone.ManagedDomain{ID: 7, Name: "a", DBName: "a_f9", DBUsername: "a_12", Provider: "pulseone.net"}); page.Items[0] != want || page.Total != 1 {
		t.Errorf("got %+v", page)
	}
}

func TestDomains_UnenrollAFW(t *testing.T) {
	server, client := connect(t)
	check(t, client.AFWDomains.Enroll(t.Context(), secureaccess.NewSecret("8843d7f9")))
	check(t, client.Domains.UnenrollAFW(t.Context(), 1))
	if server.GoogleEnrolled() {
		t.Error("the domain is enrolled still")
	}
}

// An enrollment is believed to have ended when the console says something that is no refusal.
func TestDomains_UnenrollAFW_said(t *testing.T) {
	server, client := connect(t)
	for body, want := range map[string]error{
		`{"msg":"Un-enrolled Google AFW domain."}`:                 nil,
		`{"msg":"the domain has no enrollment","success":"False"}`: secureaccess.ErrBadResponse,
		`{"message":"not found","code":40400}`:                     secureaccess.ErrBadResponse,
		`{"message":"not found"}`:                                  secureaccess.ErrBadResponse,
		`[]`:                                                       secureaccess.ErrBadResponse,
	} {
		respond(server, "/api/domains/1/afw/unenroll", body)
		if err := client.Domains.UnenrollAFW(t.Context(), 1); !errors.Is(err, want) {
			t.Errorf("%s: %v", body, err)
		}
	}
	fail(server, "/api/domains/1/afw/unenroll", http.StatusNoContent)
	check(t, client.Domains.UnenrollAFW(t.Context(), 1))
}

// Who asks knows no more than an email address: nothing signs in or is signed.
func TestDomains_Lookup(t *testing.T) {
	tap := &wiretap{}
	server, client := connect(t, secureaccess.WithTransport(tap))
	server.AddEmailDomain(1, "example.com")
	ready := must(pulseone.New(server.URL(), pulseone.Hawk(hawk.Credentials{ID: "id", Key: secureaccess.NewSecret("key")}), secureaccess.WithTransport(tap)))(t)
	for name, client := range map[string]*pulseone.Client{"password": client, "Hawk": ready} {
		if got := must(client.Domains.Lookup(t.Context(), "example.com"))(t); got.URL != server.URL() {
			t.Errorf("%s: got %+v", name, got)
		}
		if _, err := client.Domains.Lookup(t.Context(), "example.org"); !errors.Is(err, secureaccess.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := client.Domains.Lookup(t.Context(), ""); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if server.Logins() > 0 || len(tap.requests) != 4 {
		t.Errorf("%d sign-ins, %d requests", server.Logins(), len(tap.requests))
	}
	for _, req := range tap.requests {
		if req.Header.Get("Authorization") != "" || req.Header.Get("Cookie") != "" {
			t.Errorf("sent with %v", req.Header)
		}
	}
}

func TestEmailDomains_life(t *testing.T) {
	tap := &wiretap{}
	server, client := connect(t, secureaccess.WithTransport(tap))
	ctx := t.Context()
	user := must(client.User(ctx))(t)
	first, second := server.AddEmailDomain(user.DomainID, "example.com"), server.AddEmailDomain(user.DomainID, "example2.com")
	server.AddEmailDomain(7, "example.org")
	list := must(client.EmailDomains.List(ctx, user.DomainID))(t)
	if len(list) != 2 || list[1].ID != second || list[1].DomainID != user.DomainID {
		t.Errorf("got %+v", list)
	}
	if got := must(client.EmailDomains.Get(ctx, user.DomainID, first))(t); got.EmailDomain != "example.com" || got.Created.IsZero() {
		t.Errorf("got %+v", got)
	}
	check(t, client.EmailDomains.Delete(ctx, user.DomainID, first))
	if _, err := client.EmailDomains.Get(ctx, user.DomainID, first); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if last := tap.requests[len(tap.requests)-1]; last.Header.Get("Cookie") == "" || last.Header.Get("Authorization") != "" {
		t.Errorf("sent with %v", last.Header)
	}
	if _, err := client.EmailDomains.List(ctx, 0); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("got %v", err)
	}
}
