package sase_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

func TestUsers_List_query(t *testing.T) {
	server := sasetest.NewServer(t)
	client, seen := tapped(t, server)
	for _, test := range []struct {
		opts *sase.UserListOptions
		want string
	}{
		{nil, "GET /v1/users"},
		{&sase.UserListOptions{}, "GET /v1/users"},
		{&sase.UserListOptions{PageOptions: sase.PageOptions{Page: 2, Limit: 100}}, "GET /v1/users?limit=100&page=2"},
		{&sase.UserListOptions{PageOptions: sase.PageOptions{Page: 1}, QType: sase.SearchTypePartial}, "GET /v1/users?page=1&qType=partial"},
		{
			&sase.UserListOptions{Q: "a&b=c d", QType: sase.SearchTypePartial, QOperator: sase.MatchOperatorAll},
			"GET /v1/users?q=a%26b%3Dc+d&qOperator=and&qType=partial",
		},
		// The caller's order, and not that of the alphabet.
		{
			&sase.UserListOptions{PageOptions: sase.PageOptions{Sort: []sase.Sort{sase.Desc("lastName"), sase.Asc("email"), sase.Asc("firstName")}}},
			"GET /v1/users?sort%5BlastName%5D=desc&sort%5Bemail%5D=asc&sort%5BfirstName%5D=asc",
		},
		{&sase.UserListOptions{PageOptions: sase.PageOptions{Page: 3, Sort: []sase.Sort{sase.Asc("id")}}}, "GET /v1/users?page=3&sort%5Bid%5D=asc"},
	} {
		if _, err := client.Users.List(t.Context(), test.opts); err != nil {
			t.Fatal(err)
		}
		calls := seen.calls()
		if got := calls[len(calls)-1]; got != test.want {
			t.Errorf("sent %s\nwant %s", got, test.want)
		}
	}
}

func TestClient_refusedArguments(t *testing.T) {
	server := sasetest.NewServer(t)
	client, seen := tapped(t, server)
	ctx := t.Context()
	list := func(o sase.UserListOptions) error { _, err := client.Users.List(ctx, &o); return err }
	groups := func(o sase.GroupListOptions) error { _, err := client.Groups.List(ctx, &o); return err }
	create := func(change func(*sase.UserCreate)) error {
		user := sase.UserCreate{Email: "ada@example.com", InviteMessage: "Welcome"}
		change(&user)
		_, err := client.Users.Create(ctx, user)
		return err
	}
	buy := func(amount int) error { _, err := client.Addons.BuyMembers(ctx, amount); return err }
	gateways := func(amount int) error { _, err := client.Addons.BuyGateways(ctx, amount); return err }
	for _, test := range []struct {
		err      error
		argument string
	}{
		{list(sase.UserListOptions{PageOptions: sase.PageOptions{Page: -1}}), "page"},
		{list(sase.UserListOptions{PageOptions: sase.PageOptions{Limit: 101}}), "limit"},
		{list(sase.UserListOptions{PageOptions: sase.PageOptions{Limit: -1}}), "limit"},
		{list(sase.UserListOptions{PageOptions: sase.PageOptions{Sort: []sase.Sort{{Field: "", Order: "asc"}}}}), "sort"},
		{list(sase.UserListOptions{PageOptions: sase.PageOptions{Sort: []sase.Sort{sase.Asc("a][b")}}}), "sort"},
		{list(sase.UserListOptions{PageOptions: sase.PageOptions{Sort: []sase.Sort{sase.Asc("a"), sase.Desc("a")}}}), "sort"},
		{list(sase.UserListOptions{PageOptions: sase.PageOptions{Sort: []sase.Sort{{Field: "a"}}}}), "sort order"},
		{groups(sase.GroupListOptions{PageOptions: sase.PageOptions{Page: -1}}), "page"},
		{groups(sase.GroupListOptions{PageOptions: sase.PageOptions{Limit: 1000}}), "limit"},
		{groups(sase.GroupListOptions{PageOptions: sase.PageOptions{Sort: []sase.Sort{{}}}}), "sort"},
		{create(func(u *sase.UserCreate) { u.Email = "" }), "email"},
		{create(func(u *sase.UserCreate) { u.InviteMessage = "" }), "inviteMessage"},
		{buy(0), "amount"},
		{buy(-1), "amount"},
		{gateways(0), "amount"},
	} {
		argument, ok := errors.AsType[*secureaccess.ArgumentError](test.err)
		if !ok || argument.Argument != test.argument || argument.Operation.Product != "sase" {
			t.Errorf("%v, want a refusal of %s", test.err, test.argument)
		}
	}
	if len(seen.requests) != 0 {
		t.Errorf("%d requests were sent", len(seen.requests))
	}
}

func TestUsers_Create_limitsThemselves(t *testing.T) {
	server := sasetest.NewServer(t)
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	for i, profile := range []sase.Profile{
		{FirstName: "Mary-Jane", LastName: "O'Neill van der Berg"},
		{FirstName: strings.Repeat("a", 30), LastName: strings.Repeat("Z", 30)},
		{Phone: "12345678901"},
		{Phone: "+123456789012345"},
		{},
	} {
		_, err := client.Users.Create(t.Context(), sase.UserCreate{
			Email: fmt.Sprint(i, "@example.com"), InviteMessage: "Welcome", ProfileData: profile, IDPType: sase.IDPTypeADLDAP,
		})
		if err != nil {
			t.Errorf("%+v: %v", profile, err)
		}
	}
	if _, err := client.Users.List(t.Context(), &sase.UserListOptions{PageOptions: sase.PageOptions{Page: 1, Limit: 1}}); err != nil {
		t.Error(err)
	}
}

func TestUsers_lifecycle(t *testing.T) {
	server := sasetest.NewServer(t)
	group := server.AddGroup(sase.Group{Name: "staff"})
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	user, err := client.Users.Create(t.Context(), sase.UserCreate{
		Email: "ada@example.com", InviteMessage: "Welcome", EmailVerified: new(true), AccessGroups: []string{group.ID},
		ProfileData: sase.Profile{FirstName: "Ada", LastName: "Lovelace", RoleName: "Admin"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := sase.User{
		ID: user.ID, Email: "ada@example.com", EmailVerified: true, Username: "ada@example.com",
		FirstName: "Ada", LastName: "Lovelace", Initials: "AL", RoleName: "Admin",
	}
	if *user != want || user.ID == "" {
		t.Errorf("created %+v, want %+v", *user, want)
	}
	if got := server.Groups()[0].Users; !slices.Equal(got, []string{user.ID}) {
		t.Errorf("the group has %v", got)
	}
	gone, err := client.Users.Delete(t.Context(), user.ID)
	if err != nil || !gone.Terminated || gone.Email != user.Email {
		t.Errorf("deleted %+v, %v", gone, err)
	}
	if got := server.Groups()[0].Users; len(server.Users()) != 0 || len(got) != 0 {
		t.Errorf("left over: users %v, members %v", server.Users(), got)
	}
}

func TestUsers_Create_body(t *testing.T) {
	for _, test := range []struct {
		user sase.UserCreate
		want string
	}{
		{sase.UserCreate{Email: "a@b", InviteMessage: "<Hi> & welcome"}, `{"email":"a@b","inviteMessage":"<Hi> & welcome"}`},
		{
			sase.UserCreate{Email: "a", InviteMessage: "b", EmailVerified: new(false), AccessGroups: []string{}},
			`{"email":"a","inviteMessage":"b","accessGroups":[],"emailVerified":false}`,
		},
	} {
		var sent string
		client, err := sase.New(sase.RegionUS, sase.APIKey("k"), secureaccess.WithTransport(serving(func(req *http.Request) *http.Response {
			var body json.RawMessage
			if err := json.NewDecoder(req.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			sent = string(body)
			return respond(req, 201, "application/json", `{"id":"1"}`)
		})))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Users.Create(t.Context(), test.user); err != nil {
			t.Fatal(err)
		}
		if sent != test.want {
			t.Errorf("sent %s\nwant %s", sent, test.want)
		}
	}
}

// The document prints two names in two spellings, and a role that nobody has listed must not hurt.
func TestUsers_Create_spellings(t *testing.T) {
	client := odd(t, 200, "application/json", `{"id":"7","rolename":"Owner of all","firstname":"Ada","lastName":null,"new":{"x":1}}`)
	user, err := client.Users.Delete(t.Context(), "7")
	if err != nil {
		t.Fatal(err)
	}
	if want := (sase.User{ID: "7", RoleName: "Owner of all", FirstName: "Ada"}); *user != want {
		t.Errorf("read %+v, want %+v", *user, want)
	}
}

func TestUsers_List_search(t *testing.T) {
	server := sasetest.NewServer(t)
	server.AddUser(sase.User{Email: "ada@example.com", FirstName: "Ada", LastName: "Lovelace"})
	server.AddUser(sase.User{Email: "bob@example.com", FirstName: "Bob", LastName: "Love"})
	server.AddUser(sase.User{Email: "eve@example.org", FirstName: "Eve", LastName: "Ada"})
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		opts sase.UserListOptions
		want string
	}{
		{sase.UserListOptions{Q: "ADA"}, "ada eve"},
		{sase.UserListOptions{Q: "ada lovelace"}, "ada"},
		{sase.UserListOptions{Q: "love"}, "bob"},
		{sase.UserListOptions{Q: "love", QType: sase.SearchTypePartial}, "ada bob"},
		{sase.UserListOptions{Q: "love org", QType: sase.SearchTypePartial}, "ada bob eve"},
		{sase.UserListOptions{Q: "love ada", QType: sase.SearchTypePartial, QOperator: sase.MatchOperatorAll}, "ada"},
		{sase.UserListOptions{Q: `{"lastName":"Ada"}`}, "eve"},
		{sase.UserListOptions{Q: `{"lastName":"love","email":".com"}`, QType: sase.SearchTypePartial, QOperator: sase.MatchOperatorAll}, "ada bob"},
		{sase.UserListOptions{Q: "nobody", QType: sase.SearchTypePartial}, ""},
	} {
		list, err := client.Users.List(t.Context(), &test.opts)
		if err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, user := range list.Items {
			found = append(found, user.Email[:3])
		}
		if got := strings.Join(found, " "); got != test.want {
			t.Errorf("%+v finds %q, want %q", test.opts, got, test.want)
		}
		if list.Total != len(found) || list.Page != 1 {
			t.Errorf("%+v: page %d of %d items", test.opts, list.Page, list.Total)
		}
	}
}
