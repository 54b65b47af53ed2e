package workspace

import (
	"context"
	"errors"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// RefreshVPNCertificate has the server make a key pair and certificate for the VPN, unless version is the current one:
// that of the last certificate, "" where there was none.
//
// POST /api/v1/afw/spaces/{workspace_id}/vpn-certificate
//
// The server keeps no copy: the call is never retried, and after a lost response the next call makes another key pair.
// Call it when the policy wants a certificate that does not come by SCEP.
//
// Document: AFW - VPN Certificate API.
func (c *Android) RefreshVPNCertificate(ctx context.Context, version string) (*CertificateUpdate, error) {
	return c.refresh(ctx, version, rest.POST("/api/v1/afw/spaces/{workspace_id}/vpn-certificate", c.id))
}

// RefreshWiFiCertificate does for Wi-Fi what [Android.RefreshVPNCertificate] does for the VPN.
//
// POST /api/v1/afw/spaces/{workspace_id}/wifi-certificate
//
// Document: AFW - WIFI Certificate API.
func (c *Android) RefreshWiFiCertificate(ctx context.Context, version string) (*CertificateUpdate, error) {
	return c.refresh(ctx, version, rest.POST("/api/v1/afw/spaces/{workspace_id}/wifi-certificate", c.id))
}

// RefreshActiveSyncCertificate does for ActiveSync what [Android.RefreshVPNCertificate] does for the VPN.
//
// POST /api/v1/afw/spaces/{workspace_id}/activesync-certificate
//
// Document: AFW - ActiveSync Certificate API.
func (c *Android) RefreshActiveSyncCertificate(ctx context.Context, version string) (*CertificateUpdate, error) {
	return c.refresh(ctx, version, rest.POST("/api/v1/afw/spaces/{workspace_id}/activesync-certificate", c.id))
}

// RefreshVPNCertificate has the server make a key pair and certificate for the VPN, unless version is the current one:
// that of the last certificate, "" where there was none.
//
// POST /api/v1/ios/spaces/{workspace_id}/vpn-certificate
//
// The server keeps no copy: the call is never retried, and after a lost response the next call makes another key pair.
// Call it when the policy wants a certificate that does not come by SCEP.
//
// Document: iOS - VPN Certificate API.
func (c *IOS) RefreshVPNCertificate(ctx context.Context, version string) (*CertificateUpdate, error) {
	return c.refresh(ctx, version, rest.POST("/api/v1/ios/spaces/{workspace_id}/vpn-certificate", c.id))
}

// GetSCEPConfiguration returns what the workspace needs to request its VPN certificate from an external PKI by SCEP.
//
// GET /api/v1/afw/spaces/{workspace_id}/scep-configuration
//
// Call it when the policy says so ([PolicyProperties].VPNUseSCEPCertificate).
//
// Document: AFW - VPN Certificate SCEP configurations API.
func (c *Android) GetSCEPConfiguration(ctx context.Context) (*SCEPConfiguration, error) {
	op := rest.GET("/api/v1/afw/spaces/{workspace_id}/scep-configuration", c.id)
	return scepConfiguration(ctx, c.rest, op)
}

// GetSCEPConfiguration returns what a managed client needs to request its VPN certificate from an external PKI by SCEP.
//
// GET /api/v1/ios/spaces/{workspace_id}/scep-configuration
//
// Call it when the policy says so ([PolicyProperties].VPNUseSCEPCertificate).
//
// Document: iOS - Certificate SCEP configurations API.
func (c *IOS) GetSCEPConfiguration(ctx context.Context) (*SCEPConfiguration, error) {
	op := rest.GET("/api/v1/ios/spaces/{workspace_id}/scep-configuration", c.id)
	return scepConfiguration(ctx, c.rest, op)
}

// scepConfiguration takes no configuration without the address that it is for.
func scepConfiguration(ctx context.Context, c *rest.Client, op *rest.Op) (*SCEPConfiguration, error) {
	return rest.Checked(ctx, c, op.BringsSecrets(), func(s *SCEPConfiguration, _ http.Header) error { return there("scep_url", s.URL) })
}

// refresh sends the version also where it is empty: the document wants it always.
func (c *core) refresh(ctx context.Context, version string, op *rest.Op) (*CertificateUpdate, error) {
	body := struct {
		Version string `json:"version"`
	}{version}
	if version == "" {
		op.Only(http.StatusOK, http.StatusCreated) // there is nothing that could be up to date
	}
	fresh, _, err := rest.CheckedStatus(ctx, c.rest, op.JSON(body).Once().BringsSecrets(), (*Certificate).whole)
	if err != nil {
		return nil, err
	}
	if fresh == nil {
		return &CertificateUpdate{UpToDate: true}, nil
	}
	return &CertificateUpdate{Certificate: *fresh}, nil
}

// CertificateUpdate is either of two results: keep the certificate of the version that was sent, or take a new one.
type CertificateUpdate struct {
	UpToDate    bool        // keep what you have; Certificate is zero
	Certificate Certificate // a new key pair, of which the server has no copy
}

// Certificate is a key pair with its certificate.
type Certificate struct {
	Certificate secureaccess.Secret `json:"certificate"` // the container, in base64
	Alias       string              `json:"cert_alias"`  // to store it under: "pulsesecure.vpn.cert"
	Format      CertificateFormat   `json:"format"`
	Password    secureaccess.Secret `json:"password"` // of the container
	Version     string              `json:"version"`  // to be sent with the next refresh
}

// whole refuses what is no certificate: kept with its version, it would pass for the current one from then on.
func (c *Certificate) whole() error {
	if c.Certificate.IsZero() || c.Password.IsZero() || c.Version == "" {
		return errors.New("it has no certificate, or no password or version of one")
	}
	return nil
}

// CertificateFormat is the form of a container.
type CertificateFormat string

// CertificateFormatPKCS12 is the one documented form.
const CertificateFormatPKCS12 CertificateFormat = "pkcs12"

// SCEPConfiguration is what a request by SCEP is made with.
type SCEPConfiguration struct {
	CAName       string              `json:"ca_name"`
	Challenge    secureaccess.Secret `json:"challenge"`
	KeySize      int64               `json:"key_size"` // bits
	KeyType      string              `json:"key_type"` // "RSA", ...
	KeyUsage     int64               `json:"key_usage"`
	URL          string              `json:"scep_url"`
	CommonName   string              `json:"subject_cn"`
	Organization string              `json:"subject_o"`
	Email        string              `json:"subject_email"`
}
