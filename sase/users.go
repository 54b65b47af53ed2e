package sase

import (
	"context"
	"iter"
	"regexp"
	"unicode/utf8"

	"github.com/secureaccess-go/secureaccess"
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
func (s *UsersService) List(ctx context.Context, opts *UserListOptions) (*UserList, error) {
	op := rest.GET("/v1/users")
	if opts != nil {
		op.Query(opts)
		rest.OneOf(op, "qType", opts.QType, SearchFull, SearchPartial)
		rest.OneOf(op, "qOperator", opts.QOperator, MatchAny, MatchAll)
		paged(op, opts.Page, opts.Limit, opts.Sort)
	}
	return rest.Do[UserList](ctx, s.rest, op)
}

// All iterates over users, from the page that opts name or the first, 100 at a time unless opts say less. It ends with
// a page that is empty or shorter than asked for, and shows nobody twice.
//
// GET /v1/users
func (s *UsersService) All(ctx context.Context, opts *UserListOptions) iter.Seq2[User, error] {
	var o UserListOptions
	if opts != nil {
		o = *opts
	}
	id := func(u *User) string { return u.ID }
	return all(ctx, o.Page, o.Limit, id, func(ctx context.Context, page, limit int) ([]User, error) {
		next := o
		next.Page, next.Limit = page, limit
		list, err := s.List(ctx, &next)
		if err != nil {
			return nil, err
		}
		return list.Items, nil
	})
}

// Create adds a user and sends the invitation. It uses up a member licence: [secureaccess.ErrPaymentRequired] says that
// there is none left, [secureaccess.ErrConflict] that the user exists.
//
// POST /v1/users
//
// First and last name consist of at most 30 of the letters A to Z, blanks, hyphens and apostrophes, as documented;
// a phone number of 11 to 15 digits, with or without a plus.
//
// Document: Users, UserProfileDto.
func (s *UsersService) Create(ctx context.Context, user UserCreate) (*User, error) {
	op := rest.POST("/v1/users").JSON(user).
		Require("email", user.Email).
		Require("inviteMessage", user.InviteMessage)
	rest.OneOf(op, "idpType", user.IDPType, IDPDatabase, IDPSAML, IDPGSuite, IDPOkta, IDPAzureAD, IDPADLDAP)
	checkName(op, "profileData.firstName", user.ProfileData.FirstName)
	checkName(op, "profileData.lastName", user.ProfileData.LastName)
	if phone := user.ProfileData.Phone; phone != "" && !phones.MatchString(phone) {
		op.Refuse(&secureaccess.ArgumentError{Argument: "profileData.phone", Reason: "is not 11 to 15 digits, with or without a plus"})
	}
	return rest.Do[User](ctx, s.rest, op)
}

// Delete removes a user and returns what was removed.
//
// DELETE /v1/users/{id}
//
// Document: Users.
func (s *UsersService) Delete(ctx context.Context, id string) (*User, error) {
	return rest.Do[User](ctx, s.rest, rest.DELETE("/v1/users/{id}", id))
}

var (
	// names is printed with lower-case letters only, which taken literally would refuse every name that is written as
	// one writes names.
	names  = regexp.MustCompile(`^[A-Za-z '-]+$`)
	phones = regexp.MustCompile(`^[+]{0,1}[0-9]{11,15}$`)
)

const longestName = 30

func checkName(op *rest.Op, argument, name string) {
	if name == "" {
		return
	}
	switch {
	case !names.MatchString(name):
		op.Refuse(&secureaccess.ArgumentError{Argument: argument, Reason: "has characters other than A to Z, blank, hyphen and apostrophe"})
	case utf8.RuneCountInString(name) > longestName:
		op.Refuse(&secureaccess.ArgumentError{Argument: argument, Reason: "is longer than 30 characters"})
	}
}

// UserListOptions choose users and the page of them. Zero values are not sent.
type UserListOptions struct {
	Page  int `url:"page,omitempty"`  // from 1
	Limit int `url:"limit,omitempty"` // at most 100

	// Q is a text to search for, or JSON as the service understands it; it is encoded here.
	Q string `url:"q,omitempty"`

	QType     SearchType    `url:"qType,omitempty"`     // SearchFull by default
	QOperator MatchOperator `url:"qOperator,omitempty"` // MatchAny by default; counts with SearchPartial only

	Sort []Sort `url:"-"` // the first counts most
}

// SearchType is a kind of search.
type SearchType string

// The kinds of search.
const (
	SearchFull    SearchType = "full"    // the whole text
	SearchPartial SearchType = "partial" // a part of it
)

// MatchOperator says how many of the values searched for have to match.
type MatchOperator string

// The operators.
const (
	MatchAny MatchOperator = "or"
	MatchAll MatchOperator = "and"
)

// UserList is one page of users.
type UserList struct {
	Items []User `json:"data"`
	PaginatedList
}

// User is a user.
type User struct {
	ID            string `json:"id"`
	Email         string `json:"email"`
	EmailVerified bool   `json:"emailVerified"`
	Username      string `json:"username"`
	FirstName     string `json:"firstName"`
	LastName      string `json:"lastName"`
	Initials      string `json:"initials"`
	RoleName      string `json:"roleName"`
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

// The identity providers.
const (
	IDPDatabase IDPType = "database" // accounts of the service itself
	IDPSAML     IDPType = "saml"
	IDPGSuite   IDPType = "gsuite"
	IDPOkta     IDPType = "okta"
	IDPAzureAD  IDPType = "azureAD"
	IDPADLDAP   IDPType = "adLdap"
)
