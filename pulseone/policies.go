package pulseone

import (
	"context"
	"errors"
	"strconv"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// PoliciesService manages the policies of workspaces and their properties. Its operations are the console's, and need a
// client made with [Password] or [PasswordFrom]. Document: Policies, Properties.
type PoliciesService struct{ rest *rest.Client }

// Get returns one policy.
//
// GET /api/policies/{policy_id}
//
// Document: Console API - Policies, Fetch.
func (s *PoliciesService) Get(ctx context.Context, id int64) (*Policy, error) {
	return rest.Do[Policy](ctx, s.rest, rest.GET("/api/policies/{policy_id}", numericID(id)))
}

// Create creates a policy. It comes into the state [PolicyStateEdited]; nothing documented publishes it.
//
// POST /api/policies
//
// Document: Console API - Policies, Creation.
func (s *PoliciesService) Create(ctx context.Context, body PolicyCreate) (*Policy, error) {
	return rest.Do[Policy](ctx, s.rest, rest.POST("/api/policies").JSON(body).Require("name", body.Name))
}

// Update changes a policy. Whether the server keeps what the body leaves out is not documented: send all of it.
//
// PUT /api/policies/{policy_id}
//
// Document: Console API - Policies, Update.
func (s *PoliciesService) Update(ctx context.Context, id int64, body PolicyUpdate) (*Policy, error) {
	return rest.Do[Policy](ctx, s.rest, rest.PUT("/api/policies/{policy_id}", numericID(id)).JSON(body).Require("name", body.Name))
}

// Delete deletes a policy. A server may show it for a while, in the state [PolicyStateDeleted] or
// [PolicyStateDeleting].
//
// DELETE /api/policies/{policy_id}
//
// A console can refuse under the status 200: that is an *[secureaccess.Error] with [ErrNotDeleted] and what it says.
// Where other policies are in the way, an [InUseError] names them. Document: Console API - Policies, Delete.
func (s *PoliciesService) Delete(ctx context.Context, id int64) error {
	notDeleted := false
	op := rest.DELETE("/api/policies/{policy_id}", numericID(id)).RefusedIf(func(body []byte) bool {
		notDeleted = refused(body)
		return notDeleted
	})
	_, _, err := rest.CheckedStatus(ctx, s.rest, op, (*deletion).said)
	if failure, ok := errors.AsType[*secureaccess.Error](err); ok && notDeleted {
		failure.Err = ErrNotDeleted
	}
	return err
}

// ErrNotDeleted says that the console did not delete a policy.
var ErrNotDeleted = errors.New("the policy is not deleted")

// deletion is the result of a Delete. Without this member it is none.
type deletion struct {
	Success *secureaccess.QuotedBool `json:"success"` // as a truth value or as text
}

// said refuses a result that leaves open whether the policy is deleted.
func (d *deletion) said() error {
	if d.Success == nil {
		return errors.New("its success is null")
	}
	return nil
}

// numericID is an id that is a number, as a path has it; "", which is refused, for none.
func numericID(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// Policy is a policy of workspaces.
type Policy struct {
	ID         int64             `json:"id"`
	Type       PolicyType        `json:"type,omitzero"`
	Name       string            `json:"name,omitzero"`
	Seq        int64             `json:"seq,omitzero"`   // its place in the order of policies
	State      PolicyState       `json:"state,omitzero"` // Edited as a word
	Edited     int64             `json:"edited"`         // 0 published, 1 edited, 2 publishing, 3 deleted, 4 deleting
	Query      string            `json:"query,omitzero"` // finds the workspaces that the policy applies to
	CreatedOn  secureaccess.Time `json:"created_on,omitzero"`
	ModifiedOn secureaccess.Time `json:"modified_on,omitzero"`
	LDAPGroups []LDAPGroup       `json:"ldap_groups,omitzero"` // whose members it applies to

	// DeviceOwnerMode says whose devices the policy applies to; nil where the server does not say.
	DeviceOwnerMode *DeviceOwnerMode `json:"device_owner_mode,omitzero"`

	// InstallInsideGeofencingArea says that the policy is installed only on devices in one of the areas, of which the
	// response to Create has the ids alone.
	InstallInsideGeofencingArea bool             `json:"install_inside_geofencing_area"`
	GeofencingArea              []GeofencingArea `json:"geofencing_area,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// PolicyType is what a policy is about.
type PolicyType string

// Values of PolicyType.
const (
	PolicyTypeApps        PolicyType = "apps"
	PolicyTypeRules       PolicyType = "rules"
	PolicyTypeConnections PolicyType = "connections"
	PolicyTypeFlattened   PolicyType = "flattened" // all in one; deprecated
)

// PolicyState is how far the publishing of a policy, or its removal, has come.
type PolicyState string

// Values of PolicyState.
const (
	PolicyStatePublished  PolicyState = "published"  // all workspaces have it
	PolicyStateEdited     PolicyState = "edited"     // changed and not yet published
	PolicyStatePublishing PolicyState = "publishing" // on its way
	PolicyStateDeleted    PolicyState = "deleted"    // marked for removal
	PolicyStateDeleting   PolicyState = "deleting"   // its removal is running
)

// DeviceOwnerMode says whose devices a policy applies to.
type DeviceOwnerMode int64

// Values of DeviceOwnerMode.
const (
	DeviceOwnerModeUser    DeviceOwnerMode = 0  // those of the users
	DeviceOwnerModeCompany DeviceOwnerMode = 1  // those of the company
	DeviceOwnerModeAll     DeviceOwnerMode = 99 // both; the server's default
)

// LDAPGroup is a group of users in a directory.
type LDAPGroup struct {
	ID                string            `json:"id"`
	DistinguishedName string            `json:"distinguished_name,omitzero"`
	Label             string            `json:"label,omitzero"`
	State             int64             `json:"state,omitzero"` // its meaning is not documented
	VerifiedTime      secureaccess.Time `json:"verified_time,omitzero"`
}

// LDAPGroupID names a group of users in a directory.
type LDAPGroupID struct {
	ID string `json:"id"`
}

// GeofencingArea is a place. In the body of a write its id is enough.
type GeofencingArea struct {
	ID        string  `json:"id"`
	Name      string  `json:"name,omitzero"`
	Address   string  `json:"address,omitzero"`
	Radius    float64 `json:"radius,omitzero"`    // its unit is not documented
	Latitude  string  `json:"latitude,omitzero"`  // degrees with their sign: "+37.3908785"
	Longitude string  `json:"longitude,omitzero"` // the same

	Extra secureaccess.Extra `json:",embed"`
}

// PolicyCreate describes a new policy. What is unset is not sent.
type PolicyCreate struct {
	Name       string        `json:"name"`                 // no other policy of the type has it, unless that is flattened
	Type       PolicyType    `json:"type,omitzero"`        // PolicyTypeFlattened is deprecated, and needs LDAPGroups and a Query of its own
	Query      string        `json:"query,omitzero"`       // finds the workspaces that the policy applies to
	LDAPGroups []LDAPGroupID `json:"ldap_groups,omitzero"` // whose members it applies to

	DeviceOwnerMode             secureaccess.Optional[DeviceOwnerMode] `json:"device_owner_mode,omitzero"` // DeviceOwnerModeAll unless set
	InstallInsideGeofencingArea secureaccess.Optional[bool]            `json:"install_inside_geofencing_area,omitzero"`
	GeofencingArea              []GeofencingArea                       `json:"geofencing_area,omitzero"` // where it is installed
}

// PolicyUpdate is what a policy becomes. What is unset is not sent; an empty list is.
type PolicyUpdate struct {
	Name       string                        `json:"name"`          // always sent
	Type       PolicyType                    `json:"type,omitzero"` // the document's example leaves it out
	Query      secureaccess.Optional[string] `json:"query,omitzero"`
	LDAPGroups []LDAPGroupID                 `json:"ldap_groups,omitzero"`

	// DeviceOwnerMode has to be set to keep a policy to the devices of users or of the company: unset, it is
	// DeviceOwnerModeAll to the server.
	DeviceOwnerMode             secureaccess.Optional[DeviceOwnerMode] `json:"device_owner_mode,omitzero"`
	InstallInsideGeofencingArea secureaccess.Optional[bool]            `json:"install_inside_geofencing_area,omitzero"`
	GeofencingArea              []GeofencingArea                       `json:"geofencing_area,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}
