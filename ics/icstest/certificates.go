package icstest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// DeviceCertificate is a certificate that the appliance presents.
type DeviceCertificate struct {
	Subject     string                 // common name; "imported-1" and so on for what came as PKCS#12, which is not opened
	Certificate *x509.Certificate      // nil for what came as PKCS#12
	Container   []byte                 // what came as PKCS#12
	Binding     ics.CertificateBinding // of what came as PKCS#12
}

type csr struct {
	key     crypto.Signer
	request []byte // PEM
}

// AddDeviceCertificate adds a certificate by its subject's common name.
func (s *Server) AddDeviceCertificate(subject string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.certificates = append(s.certificates, DeviceCertificate{Subject: subject})
}

// DeviceCertificates returns the certificates there are.
func (s *Server) DeviceCertificates() []DeviceCertificate {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.certificates)
}

// CSR returns a certificate request that the appliance made, as PEM, and nil if there is none of that name. A person
// fetches it in the administrator's console.
func (s *Server) CSR(name string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.csrs[name]; c != nil {
		return bytes.Clone(c.request)
	}
	return nil
}

func (s *Server) importCertificate(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body struct {
		Container []byte              `json:"cert"`
		Password  secureaccess.Secret `json:"password"`
		Internal  struct {
			Ports []string `json:"internal-interface"`
		} `json:"internal-interfaces"`
		External struct {
			Ports []string `json:"external-interface"`
		} `json:"external-interfaces"`
		Management bool `json:"management-interface"`
	}
	if !decode(w, r, &body) {
		return
	}
	if len(body.Container) == 0 || body.Password.IsZero() {
		refuse(w, http.StatusUnprocessableEntity, "Certificate or password is missing")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.imported++
	s.certificates = append(s.certificates, DeviceCertificate{
		Subject:   fmt.Sprintf("imported-%d", s.imported),
		Container: body.Container,
		Binding:   ics.CertificateBinding{Internal: body.Internal.Ports, External: body.External.Ports, Management: body.Management},
	})
	inform(w, http.StatusCreated, completed)
}

func (s *Server) deleteCertificate(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.certificates)
	s.certificates = slices.DeleteFunc(s.certificates, func(c DeviceCertificate) bool { return c.Subject == p["subject_name"] })
	if len(s.certificates) == before {
		refuse(w, http.StatusNotFound, "Certificate does not exist")
		return
	}
	noContent(w)
}

func (s *Server) createCSR(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body ics.CSRCreate
	if !decode(w, r, &body) {
		return
	}
	key, err := newCertificateKey(body)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: body.CommonName}}, key)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name := fmt.Sprintf("CSR_%d", 164+s.requested)
	s.requested++
	s.csrs[name] = &csr{key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})}
	inform(w, http.StatusCreated,
		fmt.Sprintf("Created CSR '%s' successfully", name),
		fmt.Sprintf("Use POST /api/v1/system/certificates/device-certificate-csrs/%s/certificate to upload the signed certificate", name))
}

func newCertificateKey(c ics.CSRCreate) (crypto.Signer, error) {
	switch {
	case c.KeyType == ics.KeyTypeRSA && (c.KeyLength == 0 || c.KeyLength >= 2048 && c.KeyLength <= 8192):
		bits := int(c.KeyLength)
		if bits == 0 {
			bits = 2048
		}
		return rsa.GenerateKey(rand.Reader, bits)
	case c.KeyType == ics.KeyTypeECDSA && c.Curve == ics.CurveP256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case c.KeyType == ics.KeyTypeECDSA && c.Curve == ics.CurveP384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	return nil, errors.New("key type, length or curve is not supported")
}

func (s *Server) uploadSigned(w http.ResponseWriter, r *http.Request, p fake.Params) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	request := s.csrs[p["csr_name"]]
	if request == nil {
		refuse(w, http.StatusNotFound, "CSR does not exist")
		return
	}
	certificate, err := readCertificate(body)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, "Certificate cannot be read")
		return
	}
	public, ok := request.key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(certificate.PublicKey) {
		refuse(w, http.StatusUnprocessableEntity, "Certificate does not belong to this CSR")
		return
	}
	delete(s.csrs, p["csr_name"])
	subject := certificate.Subject.CommonName
	s.certificates = slices.DeleteFunc(s.certificates, func(c DeviceCertificate) bool { return c.Subject == subject })
	s.certificates = append(s.certificates, DeviceCertificate{Subject: subject, Certificate: certificate})
	inform(w, http.StatusOK, completed)
}

// readCertificate reads PEM, DER, or either as base64 in JSON.
func readCertificate(body []byte) (*x509.Certificate, error) {
	var wrapped struct {
		Cert string `json:"cert"`
	}
	if json.Unmarshal(body, &wrapped) == nil {
		body = []byte(wrapped.Cert)
		if der, err := base64.StdEncoding.DecodeString(wrapped.Cert); err == nil {
			body = der
		}
	}
	if block, _ := pem.Decode(body); block != nil {
		body = block.Bytes
	}
	return x509.ParseCertificate(body)
}
