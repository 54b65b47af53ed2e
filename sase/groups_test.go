package sase_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

func TestGroups_lifecycle(t *testing.T) {
	server := sasetest.NewServer(t)
	ada := server.AddUser(sase.User{Email: "ada@example.com"})
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	group, err := client.Groups.Create(ctx, sase.GroupCreate{Name: "staff", Description: "all of us"})
	if err != nil || group.Name != "staff" || group.ID == "" {
		t.Fatalf("created %+v, %v", group, err)
	}
	if _, err := client.Groups.Create(ctx, sase.GroupCreate{Name: "Staff"}); !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("a second group of that name: %v", err)
	}
	for range 2 { // twice is once
		changed, err := client.Groups.AddMember(ctx, group.ID, ada.ID)
		if err != nil || !slices.Equal(changed.Users, []string{ada.ID}) {
			t.Errorf("with a member: %+v, %v", changed, err)
		}
	}
	if _, err := client.Groups.AddMember(ctx, group.ID, "nobody"); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("a member that does not exist: %v", err)
	}
	changed, err := client.Groups.RemoveMember(ctx, group.ID, ada.ID)
	if err != nil || len(changed.Users) != 0 {
		t.Errorf("without the member: %+v, %v", changed, err)
	}
	gone, err := client.Groups.Delete(ctx, group.ID)
	if err != nil || gone.ID != group.ID || len(server.Groups()) != 0 {
		t.Errorf("deleted %+v, %v; left %v", gone, err, server.Groups())
	}
	if _, err := client.Groups.Delete(ctx, group.ID); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestGroups_All(t *testing.T) {
	server := sasetest.NewServer(t)
	for i := range 7 {
		server.AddGroup(sase.Group{Name: strconv.Itoa(i)})
	}
	client, seen := tapped(t, server)
	var names string
	for group, err := range client.Groups.All(t.Context(), &sase.GroupListOptions{PageOptions: sase.PageOptions{Limit: 3, Sort: []sase.Sort{sase.Desc("name")}}}) {
		if err != nil {
			t.Fatal(err)
		}
		names += group.Name
	}
	if calls := seen.calls(); names != "6543210" || len(calls) != 3 || calls[2] != "GET /v1/groups?limit=3&page=3&sort%5Bname%5D=desc" {
		t.Errorf("read %s with %q", names, calls)
	}
}
