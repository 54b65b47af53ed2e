package workspace

import (
	"encoding/json"
	"errors"
	"log/slog"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// Credentials are what a workspace signs its calls with, and where it sends them. A registration gives them once, and
// nothing renews them: keep them. Unlike everything else in this module they encode to JSON with the secret in it;
// printing or logging them shows the workspace and the URL alone, unless they are logged as a member of something
// that a logger encodes to JSON.
type Credentials struct {
	WorkspaceID string          `json:"id"`
	APIURL      string          `json:"api_url"` // base of all later calls
	Hawk        HawkCredentials `json:"credentials"`
}

// LogValue keeps the Hawk credentials out of slog.
func (c Credentials) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", c.WorkspaceID), slog.String("api_url", c.APIURL))
}

// usable reports what keeps a workspace from doing anything with credentials. The URL is looked at where it is used: it
// can be mended, and a code that was spent cannot.
func (c Credentials) usable() error {
	switch {
	case c.WorkspaceID == "":
		return errors.New("it names no workspace")
	case c.Hawk.ID == "" || c.Hawk.Secret.IsZero():
		return errors.New("it has no credentials")
	}
	return nil
}

// HawkCredentials are the Hawk credentials of a workspace. They encode to JSON with the secret in it; see [Credentials].
type HawkCredentials struct {
	Algorithm string              `json:"algorithm"` // "HS256", HMAC with SHA-256; that is also what "" means
	Expires   secureaccess.Time   `json:"expires,omitzero"`
	ID        string              `json:"id"`
	Renew     secureaccess.Time   `json:"renew,omitzero"` // before Expires; no documented operation renews a workspace's
	Secret    secureaccess.Secret `json:"secret"`
	Type      string              `json:"type,omitzero"` // "hawk"
}

// MarshalJSON writes the credentials with the secret in them, so that they can be kept.
func (c HawkCredentials) MarshalJSON() ([]byte, error) {
	type plain HawkCredentials
	exposed := plain(c)
	exposed.Secret = c.Secret.Exposed()
	return json.Marshal(exposed)
}

// LogValue keeps the secret out of slog.
func (c HawkCredentials) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// signing returns what the signer takes.
func (c HawkCredentials) signing() (hawk.Credentials, error) {
	return api.SigningCredentials(c.ID, c.Secret, c.Algorithm)
}
