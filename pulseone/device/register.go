package device

import (
	"context"
	"errors"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// Register registers an appliance at the registration host that its administrator entered, such as
// "https://reg.pulseworkspace.net", and returns its credentials. Keep them before anything else is done: the code is
// spent.
//
// POST /api/v1/sa/register
//
// The call is not signed, and it is never retried: after a failure whose outcome is not known the administrator has to
// get a new code from the console. A code that is wrong, expired or of another domain is
// pulseone.CodeRegistrationCodeInvalid. What is returned is what came; [New] refuses an api_url that cannot be used.
//
// Document: Cloud API - Appliance Registration.
func Register(ctx context.Context, registrationURL string, body Registration, opts ...secureaccess.Option) (*Credentials, error) {
	open, err := unsigned(registrationURL, opts)
	if err != nil {
		return nil, err
	}
	defer open.CloseIdleConnections()
	op := rest.POST("/api/v1/sa/register").JSON(body).Once().BringsSecrets().
		Require("registration_code", body.RegistrationCode.Reveal()).
		Require("type", string(body.Type)).
		Require("model", body.Model).
		Require("serial_number", body.SerialNumber).
		Require("appliance_version", body.ApplianceVersion)
	registered, err := rest.Checked(ctx, open, op, func(r *registered, _ http.Header) error { return r.check() })
	if err != nil {
		return nil, err
	}
	return registered.credentials(), nil
}

// FetchInitialConfig fetches the XML configuration that a new virtual appliance starts with. Address, id and token are
// those of vaConfigURL in the text that the appliance was deployed with; the token stands in for credentials.
//
// GET /api/v1/sa/{appliance_id}/orchestration/initial-config
//
// A token that is not valid is [secureaccess.ErrForbidden]. Document: Orchestration API, Fetch Initial XML Appliance
// Config API.
func FetchInitialConfig(ctx context.Context, baseURL, applianceID string, token secureaccess.Secret, opts ...secureaccess.Option) ([]byte, error) {
	open, err := unsigned(baseURL, opts)
	if err != nil {
		return nil, err
	}
	defer open.CloseIdleConnections()
	op := rest.GET("/api/v1/sa/{appliance_id}/orchestration/initial-config", applianceID).
		Param("t", token.Reveal()).Require("token", token.Reveal()).Conceal(token).
		Accept("application/xml, */*").BringsSecrets()
	config, err := rest.Text(ctx, open, op)
	return config, err
}

// unsigned returns a client without credentials.
func unsigned(baseURL string, opts []secureaccess.Option) (*rest.Client, error) {
	setup, err := rest.Prepare(product, baseURL, true, opts)
	if err != nil {
		return nil, err
	}
	return setup.Client(config()), nil
}

// Registration is what an appliance says of itself when it registers.
type Registration struct {
	RegistrationCode secureaccess.Secret    `json:"registration_code"` // from the console, for one use
	Type             pulseone.ApplianceType `json:"type"`
	Model            string                 `json:"model"`             // "MAG4610"
	SerialNumber     string                 `json:"serial_number"`     // may be that of another appliance too
	ApplianceVersion string                 `json:"appliance_version"` // "8.1R4.1-32789"

	// Certificate requests in PEM, for gateways of Pulse Zero Trust. The keys stay with the caller. The document wants
	// the appliance's id as common name, which only the response tells.
	ClientCertificateCSR string `json:"client_certificate_csr,omitzero"`
	ServerCertificateCSR string `json:"server_certificate_csr,omitzero"`
}

// registered is the response to a registration: enveloped as the document's example has it, or flat as its text has it.
type registered struct {
	Result            *result         `json:"result"`
	Hawk              HawkCredentials `json:"credentials"`
	DeviceID          string          `json:"device_id"`
	APIURL            string          `json:"api_url"`
	NotificationsURL  string          `json:"notifications_url"`
	ClientCertificate string          `json:"client_certificate"`
	ServerCertificate string          `json:"server_certificate"`
}

// result is Credentials without methods of their own.
type result Credentials

func (r *registered) credentials() *Credentials {
	if r.Result != nil {
		return (*Credentials)(r.Result)
	}
	return &Credentials{
		Hawk: r.Hawk, DeviceID: r.DeviceID, APIURL: r.APIURL, NotificationsURL: r.NotificationsURL,
		ClientCertificate: r.ClientCertificate, ServerCertificate: r.ServerCertificate,
	}
}

// check refuses only what is of no use to anybody, since the code is spent.
func (r *registered) check() error {
	switch c := r.credentials(); {
	case c.Hawk.ID == "" || c.Hawk.Secret.IsZero():
		return errors.New("it brings no credentials")
	case c.DeviceID == "":
		return errors.New("it does not say which appliance was registered")
	}
	return nil
}
