package device

import (
	"log/slog"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// Credentials are what a registration gives an appliance, and all that [New] needs. They come for a code that can be
// used once and nothing renews them: keep them.
//
// They are made to be stored: encoding/json and [secureaccess.Marshal] write them with the key, in the form in which
// the registration sent them. Printed or logged they show no key, unless they are logged as a member of something that a
// logger encodes to JSON.
type Credentials struct {
	Hawk             HawkCredentials `json:"credentials"`
	DeviceID         string          `json:"device_id"` // the appliance's id at Pulse One
	APIURL           string          `json:"api_url"`
	NotificationsURL string          `json:"notifications_url,omitzero"`

	// PEM certificates for the requests of the registration; "" for none.
	ClientCertificate string `json:"client_certificate,omitzero"`
	ServerCertificate string `json:"server_certificate,omitzero"`
}

// HawkCredentials sign the requests of an appliance.
type HawkCredentials struct {
	Type      string              `json:"type,omitzero"`      // "hawk"
	Algorithm string              `json:"algorithm,omitzero"` // "HS256"; that is also what "" means
	ID        string              `json:"id"`
	Secret    secureaccess.Secret `json:"secret"`

	// Expires and Renew are kept as they came. That they have passed is no reason not to use the credentials: the server
	// has a grace period, and says itself when it is over.
	Expires secureaccess.Time `json:"expires,omitzero"`
	Renew   secureaccess.Time `json:"renew,omitzero"`
}

// MarshalJSON writes the credentials with their key.
func (c Credentials) MarshalJSON() ([]byte, error) {
	type plain Credentials // without this method
	exposed := plain(c)
	exposed.Hawk.Secret = c.Hawk.Secret.Exposed()
	return secureaccess.Marshal(exposed)
}

// LogValue keeps the key out of logs, which would write it as MarshalJSON does.
func (c Credentials) LogValue() slog.Value {
	return slog.GroupValue(slog.String("device_id", c.DeviceID), slog.String("api_url", c.APIURL))
}

// signing returns the credentials in the form that signs.
func (h HawkCredentials) signing() (hawk.Credentials, error) {
	return api.SigningCredentials(h.ID, h.Secret, h.Algorithm)
}
