package sase

import (
	"context"
	"iter"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// UsersService manages users, also known as members.
type UsersService struct{ rest *rest.Client }

// List returns one page of users.
//
// GET /v1/users
//
// The service's own page size applies where Limit is 0.
//
// Document: Users.
func (s *UsersService) List(ctx context.Context, opts *UserListOptions) (*Page[User], error) {
	return list[User](ctx, s.rest, rest.GET("/v1/users"), opts)
}

// All iterates over users, from the page that opts name or the first, 100 at a time unless opts say less, and shows
// nobody twice.
//
// GET /v1/users
//
// It ends with [secureaccess.ErrListIncomplete] when the service announced more users than it gave.
func (s *UsersService) All(ctx context.Context, opts *UserListOptions) iter.Seq2[User, error] {
	return all(ctx, opts, func(u *User) string { return u.ID }, s.List)
}

// Create adds a user and sends the invitation. It uses up a member license: [secureaccess.ErrPaymentRequired] says that
// there is none left, [secureaccess.ErrConflict] that the user exists.
//
// POST /v1/users
//
// The document limits names to 30 of the letters a to z, blanks, hyphens and apostrophes, and phone numbers to 11 to 15
// digits with or without a plus. Whether the service does too is for the service to say: "José" is sent.
//
// Document: Users, UserProfileDto.
func (s *UsersService) Create(ctx context.Context, body UserCreate) (*User, error) {
	op := rest.POST("/v1/users").JSON(body).
		Require("email", body.Email).
		Require("inviteMessage", body.InviteMessage)
	return rest.Do[User](ctx, s.rest, op)
}

// Delete removes a user and returns what was removed, an empty User when the server says no more than that it is done.
//
// DELETE /v1/users/{id}
//
// Document: Users.
func (s *UsersService) Delete(ctx context.Context, id string) (*User, error) {
	return rest.Do[User](ctx, s.rest, rest.DELETE("/v1/users/{id}", id))
}

// UserListOptions choose users and the page of them. Zero values are not sent.
type UserListOptions struct {
	PageOptions

	// Q is a text to search for, or JSON as the service understands it; it is encoded here.
	Q string `url:"q,omitempty"`

	QType     SearchType    `url:"qType,omitempty"`     // SearchTypeFull by default
	QOperator MatchOperator `url:"qOperator,omitempty"` // MatchOperatorAny by default; counts with SearchTypePartial only
}

// SearchType is a kind of search.
type SearchType string

// Values of SearchType.
const (
	SearchTypeFull    SearchType = "full"    // the whole text
	SearchTypePartial SearchType = "partial" // a part of it
)

// MatchOperator says how many of the values searched for have to match.
type MatchOperator string

// Values of MatchOperator.
const (
	MatchOperatorAny MatchOperator = "or"
	MatchOperatorAll MatchOperator = "and"
)

// User is a user.
type User struct {
	ID            string `json:"id"`
	Email         string `json:"email"`
	EmailVerified bool   `json:"emailVerified"`
	Username      string `json:"username"`
	FirstName     string `json:"firstName,case:ignore"`
	LastName      string `json:"lastName,case:ignore"`
	Initials      string `json:"initials"`
	RoleName      string `json:"roleName,case:ignore"`
	Terminated    bool   `json:"terminated"` // deleted
}

// UserCreate is a user to add.
type UserCreate struct {
	Email         string   `json:"email"`
	InviteMessage string   `json:"inviteMessage"` // text of the invitation
	IDPType       IDPType  `json:"idpType,omitzero"`
	AccessGroups  []string `json:"accessGroups,omitzero"`
	EmailVerified *bool    `json:"emailVerified,omitzero"`
	ProfileData   Profile  `json:"profileData,omitzero"`
	Origin        string   `json:"origin,omitzero"`
}

// Profile is what is known of a person.
type Profile struct {
	FirstName string `json:"firstName,omitzero"`
	LastName  string `json:"lastName,omitzero"`
	RoleName  string `json:"roleName,omitzero"`
	Phone     string `json:"phone,omitzero"`
	Icon      string `json:"icon,omitzero"`
}

// IDPType is a kind of identity provider.
type IDPType string

// Values of IDPType.
const (
	IDPTypeDatabase IDPType = "database" // accounts of the service itself
	IDPTypeSAML     IDPType = "saml"
	IDPTypeGSuite   IDPType = "gsuite"
	IDPTypeOkta     IDPType = "okta"
	IDPTypeAzureAD  IDPType = "azureAD"
	IDPTypeADLDAP   IDPType = "adLdap"
)
