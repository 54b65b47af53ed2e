package sase_test

import (
	"errors"
	"fmt"
	"net/http"
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

func TestUsers_All(t *testing.T) {
	for _, test := range []struct {
		users     int
		opts      *sase.UserListOptions
		want      int
		wantCalls int
	}{
		{0, nil, 0, 1},
		{99, nil, 99, 1},
		{100, nil, 100, 2}, // a full page may have a successor
		{148, &sase.UserListOptions{PageOptions: sase.PageOptions{Limit: 25}}, 148, 6},
		{150, &sase.UserListOptions{PageOptions: sase.PageOptions{Limit: 25}}, 150, 7},
		{148, &sase.UserListOptions{PageOptions: sase.PageOptions{Limit: 50, Page: 2}}, 98, 2},
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

func TestUsers_All_keepsItsOptions(t *testing.T) {
	server := sasetest.NewServer(t)
	fill(server, 5)
	client, seen := tapped(t, server)
	opts := &sase.UserListOptions{PageOptions: sase.PageOptions{Limit: 2, Sort: []sase.Sort{sase.Desc("email")}}, Q: "example", QType: sase.SearchTypePartial}
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

func TestUsers_All_end(t *testing.T) {
	t.Run("with break", func(t *testing.T) {
		server := sasetest.NewServer(t)
		fill(server, 30)
		client, seen := tapped(t, server)
		for _, err := range client.Users.All(t.Context(), &sase.UserListOptions{PageOptions: sase.PageOptions{Limit: 10}}) {
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
		client, err := sase.New(sase.RegionUS, sase.APIKey("k"), secureaccess.WithTransport(serving(func(req *http.Request) *http.Response {
			if requests++; requests > 5 {
				t.Fatal("the loop does not end")
			}
			return respond(req, 200, "application/json", `{"data":[{"id":"1"},{"id":"2"}],"page":"1","totalPage":148,"itemsTotal":148}`)
		})))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		var last error
		for _, err := range client.Users.All(t.Context(), &sase.UserListOptions{PageOptions: sase.PageOptions{Limit: 2}}) {
			if last = err; err == nil {
				n++
			}
		}
		if !errors.Is(last, secureaccess.ErrListIncomplete) {
			t.Errorf("2 users of 148, and %v", last)
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
		for _, err := range client.Users.All(t.Context(), &sase.UserListOptions{PageOptions: sase.PageOptions{Limit: 10}}) {
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
		for _, err := range client.Users.All(t.Context(), &sase.UserListOptions{PageOptions: sase.PageOptions{Limit: 101}}) {
			if !errors.Is(err, secureaccess.ErrInvalidArgument) {
				t.Errorf("%v, want an argument error", err)
			}
		}
	})
}
