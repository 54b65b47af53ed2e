package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
)

// account is what there is: ids by email, and groups by name. Carrying out a plan adds what is created.
type account struct {
	users   map[string]string
	groups  map[string]string
	members map[string][]string // ids of users by that of the group
}

func readAccount(ctx context.Context, client *sase.Client) (*account, error) {
	a := &account{users: map[string]string{}, groups: map[string]string{}, members: map[string][]string{}}
	for user, err := range client.Users.All(ctx, nil) {
		if err != nil {
			return nil, err
		}
		if user.Terminated {
			continue // deleted before: nobody to delete again, and somebody to create who comes back
		}
		a.users[folded(user.Email)] = user.ID
	}
	for group, err := range client.Groups.All(ctx, nil) {
		if err != nil {
			return nil, err
		}
		a.groups[folded(group.Name)] = group.ID
		a.members[group.ID] = group.Users
	}
	return a, nil
}

// change is a step of a plan.
type change struct {
	text    string
	deletes bool
	do      func(context.Context, *sase.Client) error
}

func leavers(plan []change) int {
	n := 0
	for _, c := range plan {
		if c.deletes {
			n++
		}
	}
	return n
}

// plan returns the steps from the account to what the CSV says: leavers first, whose licenses joiners can take.
func (a *account) plan(people []person, invite string) []change {
	var leave, found, join []change
	founded := map[string]bool{}
	for _, p := range people {
		id := a.users[folded(p.email)]
		if p.leaves {
			if id != "" {
				leave = append(leave, change{"- delete " + p.email, true, a.deleteUser(id)})
			}
			continue
		}
		if id == "" {
			text := strings.TrimSpace(fmt.Sprintf("+ create %s %s %s", p.email, p.firstName, p.lastName))
			join = append(join, change{text, false, a.createUser(p, invite)})
		}
		for _, name := range p.groups {
			group, exists := a.groups[folded(name)]
			if !exists && !founded[folded(name)] {
				founded[folded(name)] = true
				found = append(found, change{"+ create group " + name, false, a.createGroup(name)})
			}
			if id == "" || !slices.Contains(a.members[group], id) {
				join = append(join, change{"+ put " + p.email + " into " + name, false, a.addMember(p.email, name)})
			}
		}
	}
	return slices.Concat(leave, found, join)
}

// deleteUser is content when somebody else was faster.
func (a *account) deleteUser(id string) func(context.Context, *sase.Client) error {
	return func(ctx context.Context, client *sase.Client) error {
		_, err := client.Users.Delete(ctx, id)
		if errors.Is(err, secureaccess.ErrNotFound) {
			return nil
		}
		return err
	}
}

func (a *account) createUser(p person, invite string) func(context.Context, *sase.Client) error {
	return func(ctx context.Context, client *sase.Client) error {
		user, err := client.Users.Create(ctx, sase.UserCreate{
			Email:         p.email,
			InviteMessage: invite,
			ProfileData:   sase.Profile{FirstName: p.firstName, LastName: p.lastName},
		})
		switch {
		case errors.Is(err, secureaccess.ErrPaymentRequired):
			return fmt.Errorf("no member license is left: %w", err)
		case err != nil:
			return err
		}
		a.users[folded(p.email)] = user.ID
		return nil
	}
}

func (a *account) createGroup(name string) func(context.Context, *sase.Client) error {
	return func(ctx context.Context, client *sase.Client) error {
		group, err := client.Groups.Create(ctx, sase.GroupCreate{Name: name})
		if err != nil {
			return err
		}
		a.groups[folded(name)] = group.ID
		return nil
	}
}

// addMember looks its ids up when it is carried out, since the steps before create some of them.
func (a *account) addMember(email, name string) func(context.Context, *sase.Client) error {
	return func(ctx context.Context, client *sase.Client) error {
		user, group := a.users[folded(email)], a.groups[folded(name)]
		if user == "" || group == "" {
			return errors.New("there is no such user or group, since creating it failed")
		}
		_, err := client.Groups.AddMember(ctx, group, user)
		return err
	}
}
