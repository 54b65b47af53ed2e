package pulseone

import (
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
)

// AppConfig is the managed configuration of an app.
type AppConfig struct {
	Schema *AppConfigSchema           `json:"schema,omitzero"`
	Values map[string]json.RawMessage `json:"values,omitzero"` // by the key of the setting

	Extra secureaccess.Extra `json:",embed"`
}

// AppConfigSchema has the settings that an app takes. Those of an Android app are [AppRestriction], see
// [AppConfigSchema.Restrictions]; that of an iOS app is its XML file as an object: attributes have an @ before their
// name, elements that are repeated are a list, and every scalar is a string.
type AppConfigSchema struct {
	Version string            `json:"version"` // another one with each change of the schema
	Schema  []json.RawMessage `json:"schema,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// Restrictions reads the schema of an Android app.
func (s *AppConfigSchema) Restrictions() ([]AppRestriction, error) {
	restrictions := make([]AppRestriction, len(s.Schema))
	for i, setting := range s.Schema {
		if err := secureaccess.Unmarshal(setting, &restrictions[i]); err != nil {
			return nil, err
		}
	}
	return restrictions, nil
}

// AppRestriction is a setting that an Android app takes.
type AppRestriction struct {
	Key          string             `json:"key"`
	Title        string             `json:"title"`
	Type         AppRestrictionType `json:"restriction_type"`
	Description  string             `json:"description,omitzero"`
	Entries      []string           `json:"entry,omitzero"`       // choices for a person to read
	EntryValues  []string           `json:"entry_value,omitzero"` // what to set for each of them
	DefaultValue json.RawMessage    `json:"default_value,omitzero"`
	Nested       []AppRestriction   `json:"nestedRestriction,omitzero"`
}

// AppRestrictionType says how a setting is edited, and what values it takes.
type AppRestrictionType string

// Values of AppRestrictionType.
const (
	AppRestrictionTypeBool        AppRestrictionType = "bool"
	AppRestrictionTypeBundle      AppRestrictionType = "bundle"
	AppRestrictionTypeBundleArray AppRestrictionType = "bundleArray"
	AppRestrictionTypeChoice      AppRestrictionType = "choice"
	AppRestrictionTypeHidden      AppRestrictionType = "hidden"
	AppRestrictionTypeInteger     AppRestrictionType = "integer"
	AppRestrictionTypeMultiselect AppRestrictionType = "multiselect"
	AppRestrictionTypeString      AppRestrictionType = "string"
)

// AppPermissions are the permissions of an Android app.
type AppPermissions struct {
	Schema *AppPermissionsSchema         `json:"schema,omitzero"` // not in the policy of a workspace
	Values map[string]AppPermissionState `json:"values,omitzero"` // by the name of the permission

	Extra secureaccess.Extra `json:",embed"`
}

// AppPermissionsSchema has the permissions that an Android app asks for.
type AppPermissionsSchema struct {
	Version string          `json:"version"` // another one with each change of the schema
	Schema  []AppPermission `json:"schema,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// AppPermission is a permission that an Android app asks for.
type AppPermission struct {
	Name         string               `json:"name"` // set by Google
	Label        string               `json:"label"`
	Description  string               `json:"description,omitzero"`
	Choices      []AppPermissionState `json:"choices,omitzero"`
	PropertyType string               `json:"prop_type"` // "choice"

	Extra secureaccess.Extra `json:",embed"`
}

// AppPermissionState says whether an app has a permission.
type AppPermissionState string

// Values of AppPermissionState.
const (
	AppPermissionStateDenied  AppPermissionState = "denied"
	AppPermissionStateDefault AppPermissionState = "default"
	AppPermissionStateGranted AppPermissionState = "granted"
)
