package ics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// NamedUsersService keeps the users that count against a named-user licence. An appliance has one of two roles, and
// the operations of one do not work in the other: List, Remove and RemoveAll are for license clients and appliances on
// their own, the methods with Server in their names for license servers.
type NamedUsersService struct{ rest *rest.Client }

// ErrOtherRole says that the appliance has the other license role than the method is for.
var ErrOtherRole = errors.New("the appliance has the other license role")

// List returns the named users of a license client or an appliance on its own. A license server's answer is of another
// shape: it matches [ErrOtherRole].
//
// GET /api/v1/license/named-users
//
// Document: Get APIs to Delete Named Users.
func (s *NamedUsersService) List(ctx context.Context) ([]NamedUser, error) {
	answer, err := read[namedUsersAnswer](ctx, s.rest, rest.GET("/api/v1/license/named-users"))
	if err != nil {
		return nil, err
	}
	if answer.Users == nil {
		return nil, answer.otherRole("/api/v1/license/named-users")
	}
	var users []NamedUser
	if err := decode(answer.Users, &users); err != nil {
		return nil, badAnswer("GET", "/api/v1/license/named-users", "its list is not one of named users")
	}
	return users, nil
}

// ListServer returns the named users that a license server knows, by product. The answer of an appliance in the other
// role matches [ErrOtherRole].
//
// GET /api/v1/license/named-users
//
// Document: Get APIs to Delete Named Users.
func (s *NamedUsersService) ListServer(ctx context.Context) (*ServerNamedUsers, error) {
	answer, err := read[namedUsersAnswer](ctx, s.rest, rest.GET("/api/v1/license/named-users"))
	if err != nil {
		return nil, err
	}
	if answer.ICS == nil && answer.IPS == nil {
		return nil, answer.otherRole("/api/v1/license/named-users")
	}
	users := &ServerNamedUsers{}
	if answer.ICS != nil {
		users.ICS = *answer.ICS
	}
	if answer.IPS != nil {
		users.IPS = *answer.IPS
	}
	return users, nil
}

// ListServerProduct returns the named users of one product on a license server.
//
// GET /api/v1/license/named-users/{product}
//
// Document: Get APIs to Delete Named Users.
func (s *NamedUsersService) ListServerProduct(ctx context.Context, product LicensedProduct) (ServerNamedUserList, error) {
	const path = "/api/v1/license/named-users/{product}"
	answer, err := read[namedUsersAnswer](ctx, s.rest, rest.GET(path, string(product)))
	if err != nil {
		return nil, err
	}
	// The document prints no answer: the list can be there by itself or under the name of the product.
	switch {
	case product == ProductICS && answer.ICS != nil:
		return *answer.ICS, nil
	case product == ProductIPS && answer.IPS != nil:
		return *answer.IPS, nil
	case answer.Users == nil:
		return nil, badAnswer("GET", path, "no list of named users in it")
	}
	var users []ServerNamedUser
	if err := decode(answer.Users, &users); err != nil {
		return nil, badAnswer("GET", path, "its list is not one of named users")
	}
	return users, nil
}

// Remove removes named users from a license client or an appliance on its own, and with endSessions ends the sessions
// that they have.
//
// PUT /api/v1/license/named-users
//
// Document: PUT APIs to Delete single/ Multiple User.
func (s *NamedUsersService) Remove(ctx context.Context, users []string, endSessions bool) (*Result, error) {
	sessions := secureaccess.QuotedBool(endSessions)
	return write(ctx, s.rest, someone(rest.PUT("/api/v1/license/named-users"), users).
		JSON(namedUsersChange{Action: "remove", EndSessions: &sessions, Users: users}))
}

// RemoveAll removes ALL named users from a license client or an appliance on its own, and with endSessions ends the
// sessions that they have.
//
// PUT /api/v1/license/named-users
//
// Document: PUT APIs to remove all users.
func (s *NamedUsersService) RemoveAll(ctx context.Context, endSessions bool) (*Result, error) {
	sessions := secureaccess.QuotedBool(endSessions)
	return write(ctx, s.rest, rest.PUT("/api/v1/license/named-users").
		JSON(namedUsersChange{Action: "remove-all", EndSessions: &sessions}))
}

// RemoveServer removes named users of one product from a license server.
//
// PUT /api/v1/license/named-users/{product}
//
// Document: PUT APIs to Delete single/ Multiple User.
func (s *NamedUsersService) RemoveServer(ctx context.Context, product LicensedProduct, users []string) (*Result, error) {
	return write(ctx, s.rest, someone(rest.PUT("/api/v1/license/named-users/{product}", string(product)), users).
		JSON(namedUsersChange{Action: "remove", Users: users}))
}

// RemoveAllServer removes ALL named users of one product from a license server.
//
// PUT /api/v1/license/named-users/{product}
//
// Document: PUT APIs to remove all users.
func (s *NamedUsersService) RemoveAllServer(ctx context.Context, product LicensedProduct) (*Result, error) {
	return write(ctx, s.rest, rest.PUT("/api/v1/license/named-users/{product}", string(product)).
		JSON(namedUsersChange{Action: "remove-all"}))
}

func someone(op *rest.Op, users []string) *rest.Op {
	if len(users) == 0 {
		op.Refuse(&secureaccess.ArgumentError{Argument: "users", Reason: "is empty"})
	}
	return op
}

type namedUsersChange struct {
	Action      string                   `json:"action"`
	EndSessions *secureaccess.QuotedBool `json:"delete-active-sessions,omitzero"`
	Users       []string                 `json:"users,omitzero"`
}

// namedUsersAnswer takes in the answers of both roles.
type namedUsersAnswer struct {
	Users json.RawMessage      `json:"named-users"`
	ICS   *ServerNamedUserList `json:"pcs"`
	IPS   *ServerNamedUserList `json:"pps"`
}

// otherRole is the error of an answer that is not of the expected shape.
func (a *namedUsersAnswer) otherRole(path string) error {
	if a.Users == nil && a.ICS == nil && a.IPS == nil {
		return badAnswer("GET", path, "no list of named users in it")
	}
	return fmt.Errorf("%s: GET %s: %w", product, path, ErrOtherRole)
}

// LicensedProduct is a product whose users a license server counts.
type LicensedProduct string

const (
	ProductICS LicensedProduct = "pcs" // Connect Secure
	ProductIPS LicensedProduct = "pps" // Policy Secure
)

// NamedUser is a named user of a license client or an appliance on its own.
type NamedUser struct {
	User       string            `json:"User"`
	IP         string            `json:"IP"` // of the last sign-in
	Agent      string            `json:"Last Agent Type"`
	Roles      []string          `json:"Last Role"`
	LastSignIn secureaccess.Time `json:"Last Sign in"` // in the appliance's zone, which it does not name
}

// UnmarshalJSON takes the blanks off the address, which come with it.
func (u *NamedUser) UnmarshalJSON(data []byte) error {
	type plain NamedUser
	if err := decode(data, (*plain)(u)); err != nil {
		return err
	}
	u.IP = strings.TrimSpace(u.IP)
	return nil
}

// ServerNamedUsers are the named users that a license server knows.
type ServerNamedUsers struct {
	ICS ServerNamedUserList `json:"pcs"`
	IPS ServerNamedUserList `json:"pps"`
}

// ServerNamedUserList are the named users of one product.
type ServerNamedUserList []ServerNamedUser

// UnmarshalJSON reads the list with its wrapper.
func (l *ServerNamedUserList) UnmarshalJSON(data []byte) error {
	return unwrap(data, "named-users", (*[]ServerNamedUser)(l))
}

// MarshalJSON writes the list with its wrapper.
func (l ServerNamedUserList) MarshalJSON() ([]byte, error) { return wrap("named-users", l) }

// ServerNamedUser is a named user as a license server knows it.
type ServerNamedUser struct {
	User      string            `json:"User"`
	Appliance string            `json:"Appliance"`
	IP        string            `json:"Last Login IP"`
	LastLogin secureaccess.Time `json:"Last Login time"` // in the appliance's zone, which it does not name
	Realm     string            `json:"Login Realm"`
	Role      string            `json:"Role"`
	Agent     string            `json:"User Agent"`
}

// UnmarshalJSON takes the blanks off the address, which come with it.
func (u *ServerNamedUser) UnmarshalJSON(data []byte) error {
	type plain ServerNamedUser
	if err := decode(data, (*plain)(u)); err != nil {
		return err
	}
	u.IP = strings.TrimSpace(u.IP)
	return nil
}
