package sps

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// TimePolicy says when connections are allowed: the intervals of each day of the week. A day without intervals allows
// nothing; the built-in policy "-100" allows everything.
type TimePolicy struct {
	Name string `json:"name"` // unique, without blanks

	Mon []TimeInterval `json:"Mon"`
	Tue []TimeInterval `json:"Tue"`
	Wed []TimeInterval `json:"Wed"`
	Thu []TimeInterval `json:"Thu"`
	Fri []TimeInterval `json:"Fri"`
	Sat []TimeInterval `json:"Sat"`
	Sun []TimeInterval `json:"Sun"`

	Extra secureaccess.Extra `json:",embed"`
}

// TimeInterval is a part of a day, from the first to the second time: {"8:00", "16:30"}. A whole day ends at "23:59".
type TimeInterval [2]string

// WholeDay is the interval of a day without limits.
var WholeDay = TimeInterval{"0:00", "23:59"}

// ContentPolicy says what is watched for in the content of a session, and what happens then: it is logged, the
// connection ends, somebody is told. Public sources show that much; what it consists of, beside its name, is open.
type ContentPolicy struct {
	Name string `json:"name"`

	Extra secureaccess.Extra `json:",embed"`
}

// LocalUserDatabase is a database of users who authenticate at the gateway.
type LocalUserDatabase struct {
	Name  string       `json:"name"`
	Users []*LocalUser `json:"users"`

	Extra secureaccess.Extra `json:",embed"`
}

// LocalUser is a user in a [LocalUserDatabase].
type LocalUser struct {
	Certificates []string `json:"certificates"`
	Passwords    []Ref    `json:"passwords"` // see [CreatePassword]
	PublicKeys   []string `json:"public_keys"`
	Username     string   `json:"username"`

	Extra secureaccess.Extra `json:",embed"`
}

// CreatePassword stores a password on the appliance and returns the reference by which an object can use it, once. A
// password cannot be read, listed, changed or deleted: to change the one of a user, make a new one and refer to that.
//
// POST /api/configuration/passwords
func CreatePassword(ctx context.Context, tx *Tx, password secureaccess.Secret) (*Written, error) {
	op := rest.POST("/api/configuration/passwords")
	return createSecret(ctx, tx, op, "password", password)
}

// CreatePrivateKey stores a private key on the appliance, as [CreatePassword] does a password.
//
// POST /api/configuration/private_keys
//
// Public sources show the body of a password only, {"plain": "..."}; that of a private key is assumed to be the same.
// Where it is not, [Create] takes any body at "private_keys".
func CreatePrivateKey(ctx context.Context, tx *Tx, key secureaccess.Secret) (*Written, error) {
	op := rest.POST("/api/configuration/private_keys")
	return createSecret(ctx, tx, op, "key", key)
}

func createSecret(ctx context.Context, tx *Tx, op *rest.Op, argument string, secret secureaccess.Secret) (*Written, error) {
	op.Require(argument, secret.Reveal()).JSON(struct {
		Plain secureaccess.Secret `json:"plain"`
	}{secret})
	return created(ctx, tx, op)
}
