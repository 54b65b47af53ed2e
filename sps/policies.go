package sps

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/sps/internal/jsontree"
)

// The endpoints whose objects this package models.
const (
	// RDPChannelPolicies has operations of its own in the document: List and Create, Get, Update and Delete send
	//
	// GET /api/configuration/rdp/channel_policies
	//
	// POST /api/configuration/rdp/channel_policies
	//
	// GET /api/configuration/rdp/channel_policies/{object_id}
	//
	// PUT /api/configuration/rdp/channel_policies/{object_id}
	//
	// DELETE /api/configuration/rdp/channel_policies/{object_id}
	RDPChannelPolicies Endpoint[RDPChannelPolicy] = "rdp/channel_policies"

	TimePolicies       Endpoint[TimePolicy]        = "policies/time_policies"
	ContentPolicies    Endpoint[ContentPolicy]     = "policies/content_policies"
	LocalUserDatabases Endpoint[LocalUserDatabase] = "policies/user_databases"
)

// RDPChannelPolicy says which channels of RDP connections may be opened, by whom and when.
type RDPChannelPolicy struct {
	Name  string                  `json:"name"`
	Rules []*RDPChannelPolicyRule `json:"rules"`
}

// RDPChannelPolicyRule is a rule of a channel policy.
type RDPChannelPolicyRule struct {
	Actions    ChannelPolicyActions    `json:"actions"`
	AllowedFor ChannelPolicyAllowedFor `json:"allowed_for"`
	Channel    RDPChannel              `json:"channel"`
}

// RDPChannel is a kind of channel.
type RDPChannel string

// RDPChannelDrawing is the desktop itself. The document shows no other kind; there are more.
const RDPChannelDrawing RDPChannel = "#drawing"

// ChannelPolicyActions is what happens when a rule of a channel policy matches.
type ChannelPolicyActions struct {
	Audit         bool `json:"audit"`          // record the session
	ContentPolicy Ref  `json:"content_policy"` // zero for none
	FourEyes      bool `json:"four_eyes"`      // ask a second person
	IDS           bool `json:"ids"`            // hand on to an intrusion detection system
}

// ChannelPolicyAllowedFor says whom a rule of a channel policy is for. Empty lists stand for everyone; they are sent.
type ChannelPolicyAllowedFor struct {
	Clients       []string `json:"clients"`
	GatewayGroups []string `json:"gateway_groups"`
	RemoteGroups  []string `json:"remote_groups"`
	Servers       []string `json:"servers"`
	TimePolicy    Ref      `json:"time_policy"` // "-100" is built in
}

// LocalUserDatabase is a database of users who authenticate at the gateway.
type LocalUserDatabase struct {
	Name  string       `json:"name"`
	Users []*LocalUser `json:"users"`
}

// LocalUser is a user in a [LocalUserDatabase].
type LocalUser struct {
	Certificates []string `json:"certificates"`
	Passwords    []Ref    `json:"passwords"` // see [CreatePassword]
	PublicKeys   []string `json:"public_keys"`
	Username     string   `json:"username"`
}

// TimePolicy says when connections are allowed. No public source shows more of it than that it exists: what it consists
// of, beside its name, is open.
type TimePolicy struct {
	Name string

	// Members holds all other members by their names on the wire, as JSON.
	Members map[string]json.RawMessage
}

// UnmarshalJSON reads the name and keeps the rest.
func (p *TimePolicy) UnmarshalJSON(data []byte) error { return readNamed(data, &p.Name, &p.Members) }

// MarshalJSON writes the name and the rest.
func (p TimePolicy) MarshalJSON() ([]byte, error) { return writeNamed(p.Name, p.Members) }

// ContentPolicy says what is watched for in the content of a session, and what happens then: it is logged, the
// connection ends, somebody is told. Public sources show that much; what it consists of, beside its name, is open.
type ContentPolicy struct {
	Name string

	// Members holds all other members by their names on the wire, as JSON.
	Members map[string]json.RawMessage
}

// UnmarshalJSON reads the name and keeps the rest.
func (p *ContentPolicy) UnmarshalJSON(data []byte) error { return readNamed(data, &p.Name, &p.Members) }

// MarshalJSON writes the name and the rest.
func (p ContentPolicy) MarshalJSON() ([]byte, error) { return writeNamed(p.Name, p.Members) }

func readNamed(data []byte, name *string, members *map[string]json.RawMessage) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	*name = ""
	if text, ok := all["name"]; ok {
		if err := json.Unmarshal(text, name); err != nil {
			return fmt.Errorf("name: %w", err)
		}
		delete(all, "name")
	}
	*members = all
	return nil
}

func writeNamed(name string, members map[string]json.RawMessage) ([]byte, error) {
	all := make(map[string]json.RawMessage, len(members)+1)
	for member, value := range members {
		all[member] = value
	}
	all["name"] = jsontree.Text(name).Bytes()
	return json.Marshal(all)
}

// CreatePassword stores a password on the appliance and returns the reference by which an object can use it, once. A
// password cannot be read, listed, changed or deleted: to change the one of a user, make a new one and refer to that.
//
// POST /api/configuration/passwords
func CreatePassword(ctx context.Context, tx *Tx, password secureaccess.Secret) (Ref, error) {
	op := rest.POST("/api/configuration/passwords")
	return createSecret(ctx, tx, op, "password", password)
}

// CreatePrivateKey stores a private key on the appliance, as [CreatePassword] does a password.
//
// POST /api/configuration/private_keys
//
// Public sources show the body of a password only, {"plain": "..."}; that of a private key is assumed to be the same.
// Where it is not, [Create] takes any body at "private_keys".
func CreatePrivateKey(ctx context.Context, tx *Tx, key secureaccess.Secret) (Ref, error) {
	op := rest.POST("/api/configuration/private_keys")
	return createSecret(ctx, tx, op, "key", key)
}

func createSecret(ctx context.Context, tx *Tx, op *rest.Op, argument string, secret secureaccess.Secret) (Ref, error) {
	op.Require(argument, secret.Reveal()).JSON(struct {
		Plain secureaccess.Secret `json:"plain"`
	}{secret})
	written, err := created(ctx, tx, op)
	if err != nil {
		return Ref{}, err
	}
	return written.Ref(), nil
}
