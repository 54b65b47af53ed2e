package contract_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func init() {
	covers("ics", icsSessions)
	covers("pulseone", icsSessionInfo)
}

func icsSessions(t *testing.T, r *recorder) []call {
	sessions := icsClient(t, r).Sessions
	const id = "sid6dc167193b66fef812ef3fdba62729e53f8499f0c25df3be"
	return []call{
		{id: "ics.active_users.list", at: "/active-users", do: func(ctx context.Context) (any, error) {
			return icsPage(sessions.List(ctx, &ics.SessionListOptions{PageOptions: ics.PageOptions{Number: 200}}))
		}},
		{id: "ics.active_users.find", at: "/active-users", do: func(ctx context.Context) (any, error) {
			return icsPage(sessions.Find(ctx, "user2"))
		}},
		{id: "ics.active_users.delete_session", do: func(ctx context.Context) (any, error) { return sessions.End(ctx, id) }},
		{id: "ics.active_users.delete_all", do: func(ctx context.Context) (any, error) { return sessions.EndAll(ctx) }},
	}
}

// icsActiveUsers is a page of sessions with the names that the document has for it; the SDK takes these envelopes off.
type icsActiveUsers struct {
	Records struct {
		Items []ics.Session `json:"active-user-record"`
	} `json:"active-user-records"`
	Total        int   `json:"total-matched-record-number"`
	Returned     int   `json:"total-returned-record-number"`
	LoginAllowed bool  `json:"user-login-permission"`
	Last         *bool `json:"is-last-record,omitempty"`
}

func icsPage(page *ics.SessionPage, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	users := icsActiveUsers{Total: page.Total, Returned: page.Returned, LoginAllowed: page.LoginAllowed, Last: page.Last}
	users.Records.Items = page.Items
	return users, nil
}

// icsSessionInfo is the one operation of an appliance that the document of another product describes.
func icsSessionInfo(t *testing.T, r *recorder) []call {
	sessions := icsClient(t, r).Sessions
	dsid := secureaccess.NewSecret("d2b32c2a1f3bdbb7e1b2f7a9a0c1d2e3")
	return []call{
		{id: "pulseone.pcs_sessions.get_info", responses: []int{0}, do: func(ctx context.Context) (any, error) { return sessions.Info(ctx, dsid) }},
		{id: "pulseone.pcs_sessions.get_info", responses: []int{1}, at: "/error", do: func(ctx context.Context) (any, error) {
			_, err := sessions.Info(ctx, dsid)
			failure, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || !errors.Is(err, secureaccess.ErrNotFound) || len(failure.Messages) != 1 {
				return nil, fmt.Errorf("the refusal is %v", err)
			}
			return failure.Messages[0], nil
		}},
	}
}
