package ics

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/url"
	"regexp"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// CertificatesService manages the device certificates of an appliance.
type CertificatesService struct{ rest *rest.Client }

// Import imports a device certificate with its private key, a PKCS#12 container and its password, and binds it to
// interfaces. The container is sent as it is, bytes and all; a certificate that was made from a request of the
// appliance goes through [CertificatesService.UploadSigned].
//
// POST /api/v1/system/certificates/device-certificates
//
// Document: Configuring Certificates based on CSR Workflow.
func (s *CertificatesService) Import(ctx context.Context, container []byte, password secureaccess.Secret, binding CertificateBinding) (*Result, error) {
	op := rest.POST("/api/v1/system/certificates/device-certificates")
	if len(container) == 0 {
		op.Refuse(&secureaccess.ArgumentError{Argument: "container", Reason: "is empty"})
	}
	body := certificateImport{
		Container:  secureaccess.NewSecret(base64.StdEncoding.EncodeToString(container)),
		Password:   password,
		Management: binding.Management,
	}
	if len(binding.Internal) > 0 {
		body.Internal = &internalInterfaces{binding.Internal}
	}
	if len(binding.External) > 0 {
		body.External = &externalInterfaces{binding.External}
	}
	return write(ctx, s.rest, op.JSON(body))
}

// CreateCSR has the appliance make a key and a request for a device certificate. The key stays there.
//
// POST /api/v1/system/certificates/device-certificate-csrs
//
// The appliance names the request in the text of its response only, and no documented operation hands the request out: it
// is fetched in the administrator's console. Document: Creating a CSR for a Device Certificate.
func (s *CertificatesService) CreateCSR(ctx context.Context, csr CSRCreate) (*CreatedCSR, error) {
	op := rest.POST("/api/v1/system/certificates/device-certificate-csrs").
		Require("common name", csr.CommonName).Require("key type", string(csr.KeyType))
	switch {
	case csr.KeyType == KeyTypeRSA && csr.Curve != "":
		op.Refuse(&secureaccess.ArgumentError{Argument: "curve", Reason: "does not go with an RSA key"})
	case csr.KeyType == KeyTypeECDSA && csr.Curve == "":
		op.Refuse(&secureaccess.ArgumentError{Argument: "curve", Reason: "is empty"})
	case csr.KeyType == KeyTypeECDSA && csr.KeyLength != 0:
		op.Refuse(&secureaccess.ArgumentError{Argument: "key length", Reason: "does not go with an ECDSA key"})
	}
	result, err := write(ctx, s.rest, send(op, csr))
	if err != nil {
		return nil, err
	}
	return &CreatedCSR{Name: csrName(result), Result: *result}, nil
}

// UploadSigned uploads the certificate that an authority made from the request called csr, as CreateCSR named it.
//
// POST /api/v1/system/certificates/device-certificate-csrs/{csr_name}/certificate
//
// The operation is known from the response to CreateCSR only: which forms of certificate it takes is not documented.
// contentType says which one content has. Document: Creating a CSR for a Device Certificate.
func (s *CertificatesService) UploadSigned(ctx context.Context, csr string, content secureaccess.Upload, contentType string) (*Result, error) {
	op := rest.POST("/api/v1/system/certificates/device-certificate-csrs/{csr_name}/certificate", csr)
	op.Require("content type", contentType).Upload(contentType, content)
	// The response is not documented either: any success is one, whatever it is written in. A page for people is none:
	// another program than the REST server gives it.
	body, err := rest.Text(ctx, s.rest, op)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return nil, badResponse("POST", "/api/v1/system/certificates/device-certificate-csrs/{csr_name}/certificate", "it is a page")
	}
	var envelope resultEnvelope
	_ = decode(body, &envelope)
	return &envelope.Result, nil
}

// Delete deletes a device certificate by the name of its subject.
//
// DELETE /api/v1/system/certificates/device-certificates/{subject_name}
//
// Document: Deleting Device Certificate by Its Subject Name.
func (s *CertificatesService) Delete(ctx context.Context, subject string) (*Result, error) {
	return write(ctx, s.rest, rest.DELETE("/api/v1/system/certificates/device-certificates/{subject_name}", subject))
}

// The ports that every appliance has. Other names are those of virtual ports.
const (
	InternalPort = "<Internal Port>"
	ExternalPort = "<External Port>"
)

// CertificateBinding lists the interfaces that present a device certificate.
type CertificateBinding struct {
	Internal   []string // ports of the internal interface: [InternalPort], "vport1"
	External   []string // ports of the external interface: [ExternalPort]
	Management bool     // the management interface
}

type certificateImport struct {
	Container  secureaccess.Secret `json:"cert"` // base64; it holds the private key
	Password   secureaccess.Secret `json:"password"`
	Internal   *internalInterfaces `json:"internal-interfaces,omitzero"`
	External   *externalInterfaces `json:"external-interfaces,omitzero"`
	Management bool                `json:"management-interface,omitzero"`
}

type internalInterfaces struct {
	Ports []string `json:"internal-interface"`
}

type externalInterfaces struct {
	Ports []string `json:"external-interface"`
}

// KeyType is the kind of a device certificate's key.
type KeyType string

// Values of KeyType.
const (
	KeyTypeECDSA KeyType = "ECDSA"
	KeyTypeRSA   KeyType = "RSA" // not in the document's example
)

// Curve is the curve of an ECDSA key.
type Curve string

// Values of Curve.
const (
	CurveP256 Curve = "P-256" // not in the document's example
	CurveP384 Curve = "P-384"
)

// CSRCreate describes the device certificate that is requested.
type CSRCreate struct {
	CommonName string  `json:"subject-common-name"`
	KeyType    KeyType `json:"key-type"`
	Curve      Curve   `json:"ecc-curve,omitzero"` // ECDSA only, and needed there

	// KeyLength is the length of an RSA key in bits; without it the appliance chooses. The document shows no RSA
	// request: the member's name follows those that it shows.
	KeyLength int64 `json:"key-length,string,omitzero"`

	// Extra holds further members, such as parts of the subject, as a release may take them.
	Extra secureaccess.Extra `json:",embed"`
}

// CreatedCSR is a request that the appliance made.
type CreatedCSR struct {
	Name   string // for [CertificatesService.UploadSigned]; "" where the response does not name it as documented
	Result Result
}

var (
	csrInPath   = regexp.MustCompile(`/device-certificate-csrs/([^/\s]+)/certificate`)
	csrInQuotes = regexp.MustCompile(`'([^']+)'`)
)

// csrName finds the name of a request in the texts about it. The path is the safer place, since it has one form.
func csrName(result *Result) string {
	for _, message := range result.Info {
		if m := csrInPath.FindStringSubmatch(message.Text); m != nil {
			if name, err := url.PathUnescape(m[1]); err == nil {
				return name
			}
		}
	}
	for _, message := range result.Info {
		if m := csrInQuotes.FindStringSubmatch(message.Text); m != nil {
			return m[1]
		}
	}
	return ""
}
