package device

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// LicensingURL is where the Pulse Cloud Licensing Service is.
const LicensingURL = "https://pcls.pulseone.net"

// ErrDisableLicense is matched by every error by which the licensing service obliges the license server to disable its
// license keys: a return code that is not 0, whatever the status. A service that is out of order does not oblige to
// anything.
var ErrDisableLicense = errors.New("the license keys must be disabled")

// Licensing is the Pulse Cloud Licensing Service (PCLS) for one virtual license server. It has a host of its own, and
// takes neither signatures nor cookies: each call carries its own credential. It is safe for concurrent use. Document:
// PCLS API.
type Licensing struct{ rest *rest.Client }

// NewLicensing returns a client of the licensing service at baseURL, [LicensingURL] by rule. Nothing is sent before the
// first call.
func NewLicensing(baseURL string, opts ...secureaccess.Option) (*Licensing, error) {
	setup, err := rest.Prepare(product, baseURL, true, opts)
	if err != nil {
		return nil, err
	}
	return &Licensing{setup.Client(rest.Config{
		DecodeError: decodeLicensing,
		RefusedIf:   func(body []byte) bool { return returned(body).code() != 0 },
		Permanent:   func(resp *http.Response) bool { return returned(rest.Peek(resp, 64<<10)).code() != 0 },
	})}, nil
}

// Close closes the connections that no call is using.
func (c *Licensing) Close() { c.rest.CloseIdleConnections() }

// Provision exchanges the authorization code of a purchase for license keys.
//
// POST /api/v1/pcls/prov
//
// A code that is not valid is [secureaccess.ErrForbidden].
func (c *Licensing) Provision(ctx context.Context, authorizationCode secureaccess.Secret, machine Machine) (*Licenses, error) {
	op := machine.checked(rest.POST("/api/v1/pcls/prov").JSON(machine)).BringsSecrets()
	op = authorized(op, "authorization code", authorizationCode.Reveal()).Conceal(authorizationCode)
	provided, err := rest.Checked(ctx, c.rest, op, func(p *provided, _ http.Header) error {
		if len(p.Keys) == 0 || slices.ContainsFunc(p.Keys, secureaccess.Secret.IsZero) {
			return errors.New("a license key is missing")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &Licenses{Keys: provided.Keys}, nil
}

// provided has license keys as they come.
type provided struct {
	Keys licenseKeys `json:"license_keys"`
}

// licenseKeys reads a list of keys, or, as the document's example has it, one that is in a list.
type licenseKeys []secureaccess.Secret

// UnmarshalJSONFrom adds the keys of a list and of those in it.
func (k *licenseKeys) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '[' {
		var key secureaccess.Secret
		if err := jsonv2.UnmarshalDecode(dec, &key); err != nil {
			return err
		}
		*k = append(*k, key)
		return nil
	}
	var lists []licenseKeys
	if err := jsonv2.UnmarshalDecode(dec, &lists); err != nil {
		return err
	}
	*k = slices.Concat(lists...)
	return nil
}

// Heartbeat says that the license server is there, with any one of its license keys, exactly as [Licensing.Provision]
// returned it: what is sent is its SHA-1.
//
// POST /api/v1/pcls/heartbeat
//
// An error that matches [ErrDisableLicense] obliges to disable the license keys, with the codes
// pulseone.CodePCLSUnknownLicenseKey and pulseone.CodePCLSLicenseKeyInUse among others; a *[LicenseError] in it holds the
// grace period. Other errors do not. Nothing is retried after a refusal.
func (c *Licensing) Heartbeat(ctx context.Context, licenseKey secureaccess.Secret, machine Machine) (*Heartbeat, error) {
	sum := sha1.Sum([]byte(licenseKey.Reveal()))
	op := machine.checked(rest.POST("/api/v1/pcls/heartbeat").JSON(machine)).Require("license key", licenseKey.Reveal())
	op = authorized(op, "license key", hex.EncodeToString(sum[:])).Conceal(licenseKey)
	heartbeat, err := rest.Checked(ctx, c.rest, op, func(r *pclsReturn, _ http.Header) error {
		if r.ReturnCode == nil {
			return errors.New("it has no return_code")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &Heartbeat{ReturnCode: *heartbeat.ReturnCode, ReturnMessage: heartbeat.ReturnMessage, GracePeriodHours: heartbeat.GracePeriodHours}, nil
}

// authorized puts the credential of a call on it.
func authorized(op *rest.Op, argument, credential string) *rest.Op {
	return op.Require(argument, credential).Header("X-PCLS-AUTH", credential).Conceal(secureaccess.NewSecret(credential))
}

// Machine is what a license server is known by. One of IPv4 and IPv6 is required.
type Machine struct {
	ID   string `json:"machineid"` // derived from the id of the virtual machine
	MAC  string `json:"mac"`       // of the internal interface, as the addresses are
	IPv4 string `json:"ipv4,omitzero"`
	IPv6 string `json:"ipv6,omitzero"`
}

func (m Machine) checked(op *rest.Op) *rest.Op {
	return op.Require("machineid", m.ID).Require("mac", m.MAC).Require("ipv4 or ipv6", m.IPv4+m.IPv6)
}

// Licenses are the license keys of a purchase.
type Licenses struct {
	Keys []secureaccess.Secret `json:"license_keys"` // phrases of words
}

// Heartbeat is the response to a heartbeat.
type Heartbeat struct {
	ReturnCode       int64  `json:"return_code"` // 0: any other is an error
	ReturnMessage    string `json:"return_message"`
	GracePeriodHours int64  `json:"grace_period"`
}

// GracePeriod returns how long the licenses last without a further heartbeat.
func (h *Heartbeat) GracePeriod() time.Duration { return hours(h.GracePeriodHours) }

// LicenseError is a return code of the licensing service that is not 0. It matches [ErrDisableLicense].
type LicenseError struct {
	Code        secureaccess.Code
	Message     string
	GracePeriod time.Duration // 0 where the service does not say
}

// Error says what has to be done, and why.
func (e *LicenseError) Error() string {
	return fmt.Sprintf("%s (return code %s)", ErrDisableLicense, e.Code)
}

// Is matches [ErrDisableLicense].
func (e *LicenseError) Is(target error) bool { return target == ErrDisableLicense }

// pclsReturn is how the licensing service ends a call, under any status.
type pclsReturn struct {
	ReturnCode       *int64 `json:"return_code"`
	ReturnMessage    string `json:"return_message"`
	GracePeriodHours int64  `json:"grace_period"`
}

func (r *pclsReturn) code() int64 {
	if r.ReturnCode == nil {
		return 0
	}
	return *r.ReturnCode
}

// returned reads a body; whatever is none of the service's has no return code.
func returned(body []byte) *pclsReturn {
	var raw struct {
		ReturnCode    json.RawMessage `json:"return_code"`
		ReturnMessage json.RawMessage `json:"return_message"`
		GracePeriod   json.RawMessage `json:"grace_period"`
	}
	r := &pclsReturn{}
	if json.Unmarshal(body, &raw) != nil || raw.ReturnCode == nil {
		return r
	}
	// The members are read by the rules for responses, a number in text among them.
	_ = secureaccess.Unmarshal(body, r)
	return r
}

// decodeLicensing reads a refusal of the licensing service.
func decodeLicensing(e *secureaccess.Error, header http.Header, body []byte) {
	r := returned(body)
	if r.code() == 0 {
		api.DecodeError(e, header, body)
		return
	}
	e.Code = secureaccess.Code(strconv.FormatInt(r.code(), 10))
	if r.ReturnMessage != "" {
		e.Messages = []string{r.ReturnMessage}
	}
	e.Err = &LicenseError{Code: e.Code, Message: r.ReturnMessage, GracePeriod: hours(r.GracePeriodHours)}
}

// hours is a number of hours within what a duration can hold.
func hours(n int64) time.Duration {
	const most = 100 * 365 * 24
	return time.Duration(min(max(n, 0), most)) * time.Hour
}
