package pulseone

import (
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

// Session is the console session.
type Session struct {
	Domain SessionDomain `json:"domain"`
	User   SessionUser   `json:"user"`
	APIURL string        `json:"api_url"` // where the API is; it can change

	// Credentials are there only when they are new since the session was last read.
	Credentials *SessionCredentials `json:"credentials,omitzero"`
}

// SessionDomain is the customer.
type SessionDomain struct {
	AllowSecurityAppliances bool     `json:"allow_security_appliances"` // false: no call about appliances is allowed
	Entitlements            []string `json:"entitlements"`              // "workspaces", "appliances", ...
}

// SessionUser is who is signed in.
type SessionUser struct {
	ID             string      `json:"id"`
	Username       string      `json:"username"`
	DisplayName    string      `json:"display_name"`
	FullName       string      `json:"full_name,omitzero"`
	GroupName      string      `json:"group_name,omitzero"` // deprecated by the vendor
	Roles          []Role      `json:"roles"`               // exactly one, for now
	SessionTimeout int64       `json:"session_timeout"`     // seconds without a call until the session ends
	Permissions    Permissions `json:"permissions"`         // of all roles together
}

// SessionCredentials are Hawk credentials for the API.
type SessionCredentials struct {
	Type      string              `json:"type"`      // "hawk"
	Algorithm string              `json:"algorithm"` // "HS256": HMAC with SHA-256
	ID        string              `json:"id"`        // around 100 characters
	Secret    secureaccess.Secret `json:"secret"`
	Expires   secureaccess.Time   `json:"expires"` // Unix seconds on the wire
}

// Role is a role of a user.
type Role struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// User is an administrator or a user of a workspace.
type User struct {
	ID             string            `json:"id"`
	Username       string            `json:"username"`
	FullName       string            `json:"full_name,omitzero"`
	DisplayName    string            `json:"display_name,omitzero"`
	Email          string            `json:"email,omitzero"`
	WorkspaceEmail string            `json:"workspace_email,omitzero"`
	DomainID       int64             `json:"domain_id,omitzero"`
	Locked         bool              `json:"locked,omitzero"`
	Roles          []Role            `json:"roles,omitzero"`
	SignInMethod   SignInMethod      `json:"sign_in_method,omitzero"`
	CreatedOn      secureaccess.Time `json:"created_on,omitzero"`
	ModifiedOn     secureaccess.Time `json:"modified_on,omitzero"`
}

// SignInMethod is how a user signs in at the console.
type SignInMethod string

// Values of SignInMethod.
const (
	SignInMethodLocalPassword SignInMethod = "local_password"
	SignInMethodSAML          SignInMethod = "saml"
)

// Permissions are what a user or a role may do.
type Permissions struct {
	// ActionMap says which actions an action stands for. It is not recursive.
	ActionMap map[string][]string `json:"action_map"`

	// Namespaces lists the actions granted on each namespace, such as "admin.appliances.appliance". A name that ends
	// in ".*" stands for all below it.
	Namespaces map[string][]string `json:"namespaces"`
}

// Allows reports whether an action ("READ", "CREATE", "UPDATE", "DELETE", ...) is granted on a namespace: each action
// granted there is looked up in the action map first, once, and replaced by what it stands for. A grant on "a.b.*"
// counts for "a.b.c" and all below; one on "a.b" counts for "a.b" alone.
func (p Permissions) Allows(action, namespace string) bool {
	for granted, actions := range p.Namespaces {
		if granted != namespace {
			above, wild := strings.CutSuffix(granted, ".*")
			if !wild || !strings.HasPrefix(namespace, above+".") {
				continue
			}
		}
		for _, name := range actions {
			expanded, ok := p.ActionMap[name]
			if !ok {
				expanded = []string{name}
			}
			if slices.Contains(expanded, action) {
				return true
			}
		}
	}
	return false
}

// Actions lists what is granted on a namespace, sorted and with the action map applied.
func (p Permissions) Actions(namespace string) []string {
	known := map[string]bool{}
	for _, actions := range p.Namespaces {
		for _, name := range actions {
			known[name] = true
		}
	}
	for _, actions := range p.ActionMap {
		for _, name := range actions {
			known[name] = true
		}
	}
	var granted []string
	for name := range known {
		if p.Allows(name, namespace) {
			granted = append(granted, name)
		}
	}
	slices.Sort(granted)
	return granted
}
