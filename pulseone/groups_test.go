package pulseone_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// rollOut prepares a group with a master and two members.
func rollOut(t *testing.T) (server *pulseonetest.Server, client *pulseone.Client, group, master, one, two string) {
	t.Helper()
	server, client = connect(t)
	master = server.AddAppliance(pulseone.Appliance{Name: "master"})
	one = server.AddAppliance(pulseone.Appliance{Name: "one"})
	two = server.AddAppliance(pulseone.Appliance{Name: "two"})
	return server, client, server.AddGroup("offices", master, one, two), master, one, two
}

func TestGroups_life(t *testing.T) {
	server, client := connect(t)
	ctx := t.Context()
	master := server.AddAppliance(pulseone.Appliance{Name: "master"})
	member := server.AddAppliance(pulseone.Appliance{Name: "member"})
	group := must(client.Groups.Create(ctx, pulseone.GroupCreate{Name: "offices", Description: "all of them"}))(t)
	if group.MasterApplianceID != "" || group.ConfigState != "" {
		t.Errorf("a new group has %+v", group)
	}
	if err := client.Groups.Publish(ctx, group.ID); !errors.Is(err, pulseone.CodeGroupMasterApplianceConflict) {
		t.Errorf("published without a master: %v", err)
	}
	updated := must(client.Groups.Update(ctx, group.ID, pulseone.GroupUpdate{Name: "branches"}))(t)
	if updated.Name != "branches" || updated.Description != "all of them" {
		t.Errorf("got %+v", updated)
	}
	updated = must(client.Groups.Update(ctx, group.ID, pulseone.GroupUpdate{Name: "branches", Description: new("")}))(t)
	if updated.Description != "" {
		t.Errorf("an emptied description is %q", updated.Description)
	}
	check(t, client.Groups.AddMember(ctx, group.ID, member))
	if members := must(client.Groups.ListMembers(ctx, group.ID))(t); len(members) != 1 || members[0].ApplianceID != member {
		t.Errorf("got %+v", members)
	}
	if got := must(client.Appliances.Get(ctx, member))(t); got.GroupID != group.ID {
		t.Errorf("the member is in group %q", got.GroupID)
	}
	check(t, client.Groups.UpdateConfig(ctx, group.ID, pulseone.GroupConfigUpdate{MasterApplianceID: master, BlockTypes: []string{"user-roles.user-role"}}))
	config := must(client.Groups.GetConfig(ctx, group.ID))(t)
	if config.MasterApplianceID != master || !slices.Equal(config.BlockTypes, []string{"user-roles.user-role"}) || config.ConfigState != pulseone.GroupStatePublishRequired {
		t.Errorf("got %+v", config)
	}
	check(t, client.Groups.RemoveMember(ctx, group.ID, member))
	if err := client.Groups.RemoveMember(ctx, group.ID, member); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	if groups := must(client.Groups.List(ctx))(t); len(groups) != 1 || groups[0].ID != group.ID {
		t.Errorf("got %+v", groups)
	}
	check(t, client.Groups.Delete(ctx, group.ID))
	if _, err := client.Groups.Get(ctx, group.ID); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

func TestGroups_UpdateConfig_unregisteredMaster(t *testing.T) {
	server, client := connect(t)
	group := server.AddGroup("offices", "")
	unregistered := server.AddAppliance(pulseone.Appliance{Name: "new", State: pulseone.ApplianceStateUnregistered})
	err := client.Groups.UpdateConfig(t.Context(), group, pulseone.GroupConfigUpdate{MasterApplianceID: unregistered, BlockTypes: []string{"user-roles.user-role"}})
	if !errors.Is(err, pulseone.CodeGroupMasterApplianceConflict) {
		t.Errorf("got %v", err)
	}
}

func TestGroups_AddMembers_allOrNone(t *testing.T) {
	server, client := connect(t)
	group := server.AddGroup("offices", "")
	one := server.AddAppliance(pulseone.Appliance{Name: "one"})
	clustered := server.AddAppliance(pulseone.Appliance{Name: "node", Cluster: &pulseone.ApplianceCluster{ID: "c"}})
	if err := client.Groups.AddMembers(t.Context(), group, one, clustered); !errors.Is(err, pulseone.CodeGroupTargetApplianceConflict) {
		t.Errorf("got %v", err)
	}
	if members := server.Groups()[0].Members; len(members) != 0 {
		t.Errorf("a refused call added %v", members)
	}
}

func TestGroups_WaitInSync(t *testing.T) {
	_, client, group, _, _, _ := rollOut(t)
	check(t, client.Groups.Publish(t.Context(), group))
	var states []string
	got := must(client.Groups.WaitInSync(t.Context(), group, &secureaccess.WaitOptions{
		Interval: time.Second, Progress: func(s string) { states = append(states, s) },
	}))(t)
	if got.ConfigState != pulseone.GroupStateInSync || len(got.Members) != 2 {
		t.Errorf("got %+v", got)
	}
	if states = slices.Compact(states); states[0] != string(pulseone.GroupStatePublishInProgress) || states[len(states)-1] != string(pulseone.GroupStateInSync) {
		t.Errorf("went through %v", states)
	}
	for _, m := range got.Members {
		if !m.ConfigState.Settled() {
			t.Errorf("%s is %s", m.ApplianceID, m.ConfigState)
		}
	}
}

func TestGroups_WaitInSync_namesMembers(t *testing.T) {
	for _, test := range []struct {
		name             string
		one, two         pulseonetest.Outcome
		state            pulseone.GroupState
		conflict, failed int
	}{
		{"conflict", pulseonetest.OutcomeConflicts, pulseonetest.OutcomeSucceeds, pulseone.GroupStatePublishConflict, 1, 0},
		{"failure", pulseonetest.OutcomeSucceeds, pulseonetest.OutcomeFails, pulseone.GroupStatePublishFailed, 0, 1},
		{"both", pulseonetest.OutcomeConflicts, pulseonetest.OutcomeFails, pulseone.GroupStatePublishFailed, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, client, group, _, one, two := rollOut(t)
			server.SetOutcome(one, test.one)
			server.SetOutcome(two, test.two)
			check(t, client.Groups.Publish(t.Context(), group))
			_, err := client.Groups.WaitInSync(t.Context(), group, nil)
			failure, ok := errors.AsType[*pulseone.SyncError](err)
			if !ok || !errors.Is(err, pulseone.ErrNotInSync) {
				t.Fatalf("got %v, want a SyncError", err)
			}
			if failure.State != test.state || len(failure.Conflict) != test.conflict || len(failure.Failed) != test.failed {
				t.Errorf("got %+v", failure)
			}
			if test.conflict == 1 && (failure.Conflict[0] != one || !strings.Contains(err.Error(), one)) {
				t.Errorf("%v does not name %s", err, one)
			}
			if test.failed == 1 && (failure.Failed[0] != two || !strings.Contains(err.Error(), two)) {
				t.Errorf("%v does not name %s", err, two)
			}
		})
	}
}

func TestGroups_WaitInSync_conflictThatIsKept(t *testing.T) {
	server, client, group, _, one, _ := rollOut(t)
	server.SetOutcome(one, pulseonetest.OutcomeConflicts)
	check(t, client.Groups.Publish(t.Context(), group))
	if _, err := client.Groups.WaitInSync(t.Context(), group, nil); err == nil {
		t.Fatal("in sync in spite of a conflict")
	}
	server.KeepLocal(group, one)
	must(client.Groups.WaitInSync(t.Context(), group, nil))(t)
}

// What the publish before came to is not what has just been asked for comes to.
func TestGroups_WaitInSync_stale(t *testing.T) {
	server, client := connect(t)
	for _, state := range []pulseone.GroupState{
		pulseone.GroupStatePublishRequired, pulseone.GroupStatePublishFailed, pulseone.GroupStatePublishConflict,
	} {
		for _, then := range []pulseone.GroupState{state, pulseone.GroupStatePublishInProgress, pulseone.GroupStateInSync} {
			respond(server, "/api/v1/sa/groups/g", `{"id":"g","name":"x","config_state":"`+string(state)+`"}`)
			respond(server, "/api/v1/sa/groups/g", `{"id":"g","name":"x","config_state":"`+string(then)+`"}`)
			want := pulseone.ErrNotInSync
			if then != state {
				respond(server, "/api/v1/sa/groups/g", `{"id":"g","name":"x","config_state":"in_sync"}`)
				want = nil
			}
			_, err := client.Groups.WaitInSync(t.Context(), "g", nil)
			if !errors.Is(err, want) {
				t.Errorf("%s, then %s: %v", state, then, err)
			}
			if then == pulseone.GroupStateInSync {
				must(client.Groups.Get(t.Context(), "g"))(t) // the third one
			}
		}
	}
}

func TestGroups_WaitInSync_publishRequired(t *testing.T) {
	server, client, group, master, _, _ := rollOut(t)
	check(t, client.Groups.Publish(t.Context(), group))
	must(client.Groups.WaitInSync(t.Context(), group, nil))(t)
	server.ChangeConfig(master) // the group renders, and then wants to be published again
	_, err := client.Groups.WaitInSync(t.Context(), group, nil)
	if failure, ok := errors.AsType[*pulseone.SyncError](err); !ok || failure.State != pulseone.GroupStatePublishRequired {
		t.Errorf("got %v, want publish_required", err)
	}
}

func TestGroups_PublishTo(t *testing.T) {
	_, client, group, _, one, two := rollOut(t)
	check(t, client.Groups.PublishTo(t.Context(), group, one))
	_, err := client.Groups.WaitInSync(t.Context(), group, nil)
	if failure, ok := errors.AsType[*pulseone.SyncError](err); !ok || failure.State != pulseone.GroupStatePublishRequired {
		t.Fatalf("got %v, want publish_required for the other member", err)
	}
	got := must(client.Groups.Get(t.Context(), group))(t)
	for _, m := range got.Members {
		want := pulseone.ConfigStateInSync
		if m.ApplianceID == two {
			want = pulseone.ConfigStatePublishRequired
		}
		if m.ConfigState != want {
			t.Errorf("%s is %s, want %s", m.ApplianceID, m.ConfigState, want)
		}
	}
	if err := client.Groups.PublishTo(t.Context(), group, "somebody-else"); !errors.Is(err, pulseone.CodeGroupTargetApplianceConflict) {
		t.Errorf("got %v", err)
	}
}

func TestGroups_WaitInSync_context(t *testing.T) {
	server, client := connect(t)
	master := server.AddAppliance(pulseone.Appliance{Name: "silent", State: pulseone.ApplianceStateUnregistered})
	group := server.AddGroup("offices", master) // its state stays unknown
	ctx, cancel := context.WithCancelCause(t.Context())
	polls := 0
	_, err := client.Groups.WaitInSync(ctx, group, &secureaccess.WaitOptions{Progress: func(string) {
		if polls++; polls == 3 {
			cancel(nil)
		}
	}})
	if !errors.Is(err, context.Canceled) || polls != 3 {
		t.Errorf("got %v after %d polls", err, polls)
	}
}
