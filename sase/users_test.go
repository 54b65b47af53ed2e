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

func fill(server *sasetest.Server, users int) {
	for i := range users {
		server.AddUser(sase.User{Email: fmt.Sprintf("user%03d@example.com", i)})
	}
}

func TestUsersListQuery(t *testing.T) {
	server := sasetest.NewServer(t)
	client, seen := tapped(t, server)
	for _, test := range []struct {
		opts *sase.UserListOptions
		want string
	}{
		{nil, "GET /v1/users"},
		{&sase.UserListOptions{}, "GET /v1/users"},
		{&sase.UserListOptions{Page: 2, Limit: 100}, "GET /v1/users?limit=100&page=2"},
		{&sase.UserListOptions{QType: sase.SearchPartial, Page: 1}, "GET /v1/users?page=1&qType=partial"},
		{
			&sase.UserListOptions{Q: "a&b=c d", QType: sase.SearchPartial, QOperator: sase.MatchAll},
			"GET /v1/users?q=a%26b%3Dc+d&qOperator=and&qType=partial",
		},
		// The caller's order, and not that of the alphabet.
		{
			&sase.UserListOptions{Sort: []sase.Sort{sase.Desc("lastName"), sase.Asc("email"), sase.Asc("firstName")}},
			"GET /v1/users?sort%5BlastName%5D=desc&sort%5Bemail%5D=asc&sort%5BfirstName%5D=asc",
		},
		{&sase.UserListOptions{Page: 3, Sort: []sase.Sort{sase.Asc("a")}}, "GET /v1/users?page=3&sort%5Ba%5D=asc"},
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

func TestArgumentsAreCheckedBeforeSending(t *testing.T) {
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
		{list(sase.UserListOptions{Page: -1}), "page"},
		{list(sase.UserListOptions{Limit: 101}), "limit"},
		{list(sase.UserListOptions{Limit: -1}), "limit"},
		{list(sase.UserListOptions{QType: "fuzzy"}), "qType"},
		{list(sase.UserListOptions{QOperator: "xor"}), "qOperator"},
		{list(sase.UserListOptions{Sort: []sase.Sort{{Field: "", Order: "asc"}}}), "sort"},
		{list(sase.UserListOptions{Sort: []sase.Sort{sase.Asc("a][b")}}), "sort"},
		{list(sase.UserListOptions{Sort: []sase.Sort{sase.Asc("a"), sase.Desc("a")}}), "sort"},
		{list(sase.UserListOptions{Sort: []sase.Sort{{Field: "a"}}}), "sort order"},
		{list(sase.UserListOptions{Sort: []sase.Sort{{Field: "a", Order: "up"}}}), "sort order"},
		{groups(sase.GroupListOptions{Page: -1}), "page"},
		{groups(sase.GroupListOptions{Limit: 1000}), "limit"},
		{groups(sase.GroupListOptions{Sort: []sase.Sort{{}}}), "sort"},
		{create(func(u *sase.UserCreate) { u.Email = "" }), "email"},
		{create(func(u *sase.UserCreate) { u.InviteMessage = "" }), "inviteMessage"},
		{create(func(u *sase.UserCreate) { u.IDPType = "OKTA" }), "idpType"},
		{create(func(u *sase.UserCreate) { u.ProfileData.FirstName = "Ada1" }), "profileData.firstName"},
		{create(func(u *sase.UserCreate) { u.ProfileData.FirstName = "Ada\n" }), "profileData.firstName"},
		{create(func(u *sase.UserCreate) { u.ProfileData.LastName = "Müller" }), "profileData.lastName"},
		{create(func(u *sase.UserCreate) { u.ProfileData.LastName = "\u212aelvin" }), "profileData.lastName"},
		{create(func(u *sase.UserCreate) { u.ProfileData.LastName = strings.Repeat("a", 31) }), "profileData.lastName"},
		{create(func(u *sase.UserCreate) { u.ProfileData.Phone = "+123456789" }), "profileData.phone"},
		{create(func(u *sase.UserCreate) { u.ProfileData.Phone = "1234567890123456" }), "profileData.phone"},
		{create(func(u *sase.UserCreate) { u.ProfileData.Phone = "+49 170 1234567" }), "profileData.phone"},
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

func TestLimitsThemselvesAreAllowed(t *testing.T) {
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
			Email: fmt.Sprint(i, "@example.com"), InviteMessage: "Welcome", ProfileData: profile, IDPType: sase.IDPADLDAP,
		})
		if err != nil {
			t.Errorf("%+v: %v", profile, err)
		}
	}
	if _, err := client.Users.List(t.Context(), &sase.UserListOptions{Page: 1, Limit: 1}); err != nil {
		t.Error(err)
	}
}

func TestUsersAll(t *testing.T) {
	for _, test := range []struct {
		users     int
		opts      *sase.UserListOptions
		want      int
		wantCalls int
	}{
		{0, nil, 0, 1},
		{99, nil, 99, 1},
		{100, nil, 100, 2}, // a full page may have a successor
		{148, &sase.UserListOptions{Limit: 25}, 148, 6},
		{150, &sase.UserListOptions{Limit: 25}, 150, 7},
		{148, &sase.UserListOptions{Limit: 50, Page: 2}, 98, 2},
	} {
		t.Run(fmt.Sprintf("%d users, %+v", test.users, test.opts), func(t *testing.T) {
			server := sasetest.NewServer(t)
			fill(server, test.users)
			client, seen := tapped(t, server)
			got := map[string]bool{}
			for user, err := range client.Users.All(t.Context(), test.opts) {
				if err != nil {
					t.Fatal(err)
				}
				got[user.ID] = true
			}
			if len(got) != test.want || len(seen.calls()) != test.wantCalls {
				t.Errorf("%d users in %d requests, want %d in %d", len(got), len(seen.calls()), test.want, test.wantCalls)
			}
		})
	}
}

func TestUsersAllKeepsItsOptions(t *testing.T) {
	server := sasetest.NewServer(t)
	fill(server, 5)
	client, seen := tapped(t, server)
	opts := &sase.UserListOptions{Limit: 2, Q: "example", QType: sase.SearchPartial, Sort: []sase.Sort{sase.Desc("email")}}
	var emails []string
	for user, err := range client.Users.All(t.Context(), opts) {
		if err != nil {
			t.Fatal(err)
		}
		emails = append(emails, user.Email[:7])
	}
	if got := strings.Join(emails, " "); got != "user004 user003 user002 user001 user000" {
		t.Errorf("read %s", got)
	}
	for _, call := range seen.calls() {
		if !strings.HasSuffix(call, "&q=example&qType=partial&sort%5Bemail%5D=desc") {
			t.Errorf("sent %s", call)
		}
	}
	if opts.Page != 0 || opts.Limit != 2 {
		t.Errorf("the caller's options became %+v", opts)
	}
}

func TestUsersAllEnds(t *testing.T) {
	t.Run("with break", func(t *testing.T) {
		server := sasetest.NewServer(t)
		fill(server, 30)
		client, seen := tapped(t, server)
		for _, err := range client.Users.All(t.Context(), &sase.UserListOptions{Limit: 10}) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
		if got := seen.calls(); len(got) != 1 {
			t.Errorf("sent %v after the loop was left", got)
		}
	})
	t.Run("on a server that ignores the page", func(t *testing.T) {
		requests := 0
		client, err := sase.New(sase.RegionUS, sase.APIKey("k"), secureaccess.WithTransport(answering(func(req *http.Request) *http.Response {
			if requests++; requests > 5 {
				t.Fatal("the loop does not end")
			}
			return respond(req, 200, "application/json", `{"data":[{"id":"1"},{"id":"2"}],"page":"1","totalPage":148,"itemsTotal":148}`)
		})))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err := range client.Users.All(t.Context(), &sase.UserListOptions{Limit: 2}) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != 2 || requests != 2 {
			t.Errorf("%d users in %d requests, want 2 in 2", n, requests)
		}
	})
	t.Run("with an error in the middle", func(t *testing.T) {
		server := sasetest.NewServer(t)
		fill(server, 30)
		client, err := server.Client()
		if err != nil {
			t.Fatal(err)
		}
		server.Fail(sasetest.Fault{Path: "/api/rest/v1/users", After: 1, Status: 403})
		n, failures := 0, 0
		for _, err := range client.Users.All(t.Context(), &sase.UserListOptions{Limit: 10}) {
			if err != nil {
				if !errors.Is(err, secureaccess.ErrForbidden) {
					t.Error(err)
				}
				failures++
				continue
			}
			n++
		}
		if n != 10 || failures != 1 {
			t.Errorf("%d users and %d errors, want 10 and 1", n, failures)
		}
	})
	t.Run("with a refused option", func(t *testing.T) {
		client, err := sasetest.NewServer(t).Client()
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range client.Users.All(t.Context(), &sase.UserListOptions{Limit: 101}) {
			if !errors.Is(err, secureaccess.ErrInvalidArgument) {
				t.Errorf("%v, want an argument error", err)
			}
		}
	})
}

func TestUserLifecycle(t *testing.T) {
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

func TestUserCreateBody(t *testing.T) {
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
		client, err := sase.New(sase.RegionUS, sase.APIKey("k"), secureaccess.WithTransport(answering(func(req *http.Request) *http.Response {
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
func TestUserSpellings(t *testing.T) {
	client := odd(t, 200, "application/json", `{"id":"7","rolename":"Owner of all","firstname":"Ada","lastName":null,"new":{"x":1}}`)
	user, err := client.Users.Delete(t.Context(), "7")
	if err != nil {
		t.Fatal(err)
	}
	if want := (sase.User{ID: "7", RoleName: "Owner of all", FirstName: "Ada"}); *user != want {
		t.Errorf("read %+v, want %+v", *user, want)
	}
}

func TestUsersSearch(t *testing.T) {
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
		{sase.UserListOptions{Q: "love", QType: sase.SearchPartial}, "ada bob"},
		{sase.UserListOptions{Q: "love org", QType: sase.SearchPartial}, "ada bob eve"},
		{sase.UserListOptions{Q: "love ada", QType: sase.SearchPartial, QOperator: sase.MatchAll}, "ada"},
		{sase.UserListOptions{Q: `{"lastName":"Ada"}`}, "eve"},
		{sase.UserListOptions{Q: `{"lastName":"love","email":".com"}`, QType: sase.SearchPartial, QOperator: sase.MatchAll}, "ada bob"},
		{sase.UserListOptions{Q: "nobody", QType: sase.SearchPartial}, ""},
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
		if int(list.ItemsTotal) != len(found) || list.Page != 1 {
			t.Errorf("%+v: page %d of %d items", test.opts, list.Page, list.ItemsTotal)
		}
	}
}
