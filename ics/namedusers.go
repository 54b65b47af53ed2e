package ics

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// NamedUsersService manages the users that count against a named-user license. An appliance has one of two roles, and
// the operations of one do not work in the other: List, Remove and RemoveAll are for license clients and appliances on
// their own, the methods with Server in their names for license servers.
type NamedUsersService struct{ rest *rest.Client }

// ErrOtherRole says that the appliance has the other license role than the method is for: an error of a method of
// [NamedUsersService] or [LicensesService] matches it where the appliance responds in the form of the other role, and
// where it refuses because it is, or is not, a license server or a license client. The document does not print those
// refusals: one in words that this package does not know is a refusal without this name.
var ErrOtherRole = errors.New("the appliance has the other license role")

// List returns the named users of a license client or an appliance on its own. The response of a license server has
// another form: it matches [ErrOtherRole].
//
// GET /api/v1/license/named-users
//
// Document: Get APIs to Delete Named Users.
func (s *NamedUsersService) List(ctx context.Context) ([]NamedUser, error) {
	response, err := s.list(ctx, rest.GET("/api/v1/license/named-users"))
	if err != nil {
		return nil, err
	}
	if response.Users == nil {
		return nil, otherRole("/api/v1/license/named-users")
	}
	var users []NamedUser
	if err := decodeList(response.Users, &users); err != nil {
		return nil, badResponse("GET", "/api/v1/license/named-users", "its list is not one of named users")
	}
	for i := range users {
		users[i].IP = strings.TrimSpace(users[i].IP) // it comes with blanks
	}
	return users, nil
}

// ListServer returns the named users that a license server knows, by product. The response of an appliance in the other
// role matches [ErrOtherRole].
//
// GET /api/v1/license/named-users
//
// Document: Get APIs to Delete Named Users.
func (s *NamedUsersService) ListServer(ctx context.Context) (*ServerNamedUsers, error) {
	response, err := s.list(ctx, rest.GET("/api/v1/license/named-users"))
	if err != nil {
		return nil, err
	}
	switch {
	case response.ICS != nil || response.IPS != nil:
	case response.Users != nil:
		return nil, otherRole("/api/v1/license/named-users")
	default:
		return nil, badResponse("GET", "/api/v1/license/named-users", "no list of named users in it")
	}
	users := &ServerNamedUsers{}
	if response.ICS != nil {
		users.ICS = *response.ICS
	}
	if response.IPS != nil {
		users.IPS = *response.IPS
	}
	trim(users.ICS.Items)
	trim(users.IPS.Items)
	return users, nil
}

// ListServerProduct returns the named users of one product on a license server.
//
// GET /api/v1/license/named-users/{product}
//
// Document: Get APIs to Delete Named Users.
func (s *NamedUsersService) ListServerProduct(ctx context.Context, product LicensedProduct) ([]ServerNamedUser, error) {
	const path = "/api/v1/license/named-users/{product}"
	response, err := s.list(ctx, rest.GET(path, string(product)))
	if err != nil {
		return nil, err
	}
	var users []ServerNamedUser
	// The document prints no response: the list can be there by itself or under the name of the product.
	switch {
	case product == LicensedProductICS && response.ICS != nil:
		users = response.ICS.Items
	case product == LicensedProductIPS && response.IPS != nil:
		users = response.IPS.Items
	case response.Users == nil:
		return nil, badResponse("GET", path, "no list of named users in it")
	default:
		if err := decodeList(response.Users, &users); err != nil {
			return nil, badResponse("GET", path, "its list is not one of named users")
		}
	}
	trim(users)
	return users, nil
}

// list reads the response of either role.
func (s *NamedUsersService) list(ctx context.Context, op *rest.Op) (*namedUsersResponse, error) {
	response, err := rest.Do[namedUsersResponse](ctx, s.rest, op)
	return response, inOtherRole(err)
}

// change carries out a change, whose refusal can be for the role.
func (s *NamedUsersService) change(ctx context.Context, op *rest.Op, change namedUsersChange) (*Result, error) {
	result, err := write(ctx, s.rest, op.JSON(change))
	return result, inOtherRole(err)
}

// Remove removes named users from a license client or an appliance on its own, and with endSessions ends the sessions
// that they have.
//
// PUT /api/v1/license/named-users
//
// Document: PUT APIs to Delete single/ Multiple User.
func (s *NamedUsersService) Remove(ctx context.Context, users []string, endSessions bool) (*Result, error) {
	sessions := secureaccess.QuotedBool(endSessions)
	return s.change(ctx, rest.PUT("/api/v1/license/named-users").RequireEach("users", users),
		namedUsersChange{Action: "remove", EndSessions: &sessions, Users: users})
}

// RemoveAll removes ALL named users from a license client or an appliance on its own, and with endSessions ends the
// sessions that they have.
//
// PUT /api/v1/license/named-users
//
// Document: PUT APIs to remove all users.
func (s *NamedUsersService) RemoveAll(ctx context.Context, endSessions bool) (*Result, error) {
	sessions := secureaccess.QuotedBool(endSessions)
	return s.change(ctx, rest.PUT("/api/v1/license/named-users"), namedUsersChange{Action: "remove-all", EndSessions: &sessions})
}

// RemoveServer removes named users of one product from a license server.
//
// PUT /api/v1/license/named-users/{product}
//
// Document: PUT APIs to Delete single/ Multiple User.
func (s *NamedUsersService) RemoveServer(ctx context.Context, product LicensedProduct, users []string) (*Result, error) {
	return s.change(ctx, rest.PUT("/api/v1/license/named-users/{product}", string(product)).RequireEach("users", users),
		namedUsersChange{Action: "remove", Users: users})
}

// RemoveAllServer removes ALL named users of one product from a license server.
//
// PUT /api/v1/license/named-users/{product}
//
// Document: PUT APIs to remove all users.
func (s *NamedUsersService) RemoveAllServer(ctx context.Context, product LicensedProduct) (*Result, error) {
	return s.change(ctx, rest.PUT("/api/v1/license/named-users/{product}", string(product)), namedUsersChange{Action: "remove-all"})
}

type namedUsersChange struct {
	Action      string                   `json:"action"`
	EndSessions *secureaccess.QuotedBool `json:"delete-active-sessions,omitzero"`
	Users       []string                 `json:"users,omitzero"`
}

// namedUsersResponse takes in the responses of both roles.
type namedUsersResponse struct {
	Users json.RawMessage      `json:"named-users"`
	ICS   *ServerNamedUserList `json:"pcs"`
	IPS   *ServerNamedUserList `json:"pps"`
}

// otherRole is the error of a response in the form of the other role.
func otherRole(path string) error {
	return &secureaccess.Error{Operation: secureaccess.Operation{Product: product, Method: "GET", Path: path}, Err: ErrOtherRole}
}

// inOtherRole lets a refusal whose words are about the role of license server or client match ErrOtherRole.
func inOtherRole(err error) error {
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if !ok || failure.Status == 0 {
		return err
	}
	for _, message := range failure.Messages {
		if roleWords.MatchString(message) {
			return &roleError{err}
		}
	}
	return err
}

// roleWords are in the refusals about roles; the documents print none of them whole. A server or client that is only
// named, such as one that cannot be reached, is another matter.
var roleWords = regexp.MustCompile(`(?i)\b(` +
	`not (applicable |supported |allowed |permitted |valid )?((on|for|to|in|as) )?(configured as |running as |acting as )?(an? |the |this )?|` +
	`only (applicable |supported |allowed |permitted |valid |available )?(on|for|to|in|as) (an? |the |this )?|` +
	`(is|as) an? ` +
	`)licen[cs]\w*[ -](servers?|clients?)\b|\blicen[cs]\w*[ -](server|client)s? only\b`)

// roleError is a refusal that matches ErrOtherRole as well.
type roleError struct{ refusal error }

func (e *roleError) Error() string        { return e.refusal.Error() }
func (e *roleError) Unwrap() error        { return e.refusal }
func (e *roleError) Is(target error) bool { return target == ErrOtherRole }

// trim takes the blanks off the addresses, which come with them.
func trim(users []ServerNamedUser) {
	for i := range users {
		users[i].IP = strings.TrimSpace(users[i].IP)
	}
}

// LicensedProduct is a product whose users a license server counts.
type LicensedProduct string

// Values of LicensedProduct.
const (
	LicensedProductICS LicensedProduct = "pcs" // Connect Secure
	LicensedProductIPS LicensedProduct = "pps" // Policy Secure
)

// NamedUser is a named user of a license client or an appliance on its own.
type NamedUser struct {
	User       string            `json:"User"`
	IP         string            `json:"IP"` // of the last sign-in
	Agent      string            `json:"Last Agent Type"`
	Roles      []string          `json:"Last Role"`
	LastSignIn secureaccess.Time `json:"Last Sign in"` // in the appliance's zone, which it does not name
}

// ServerNamedUsers holds the named users that a license server knows.
type ServerNamedUsers struct {
	ICS ServerNamedUserList `json:"pcs"`
	IPS ServerNamedUserList `json:"pps"`
}

// ServerNamedUserList lists the named users of one product.
type ServerNamedUserList struct {
	Items []ServerNamedUser `json:"named-users"`
}

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
