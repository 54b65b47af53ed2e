package contract_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func init() { covers("ics", icsCertificates) }

func icsCertificates(t *testing.T, r *recorder) []call {
	certificates := icsClient(t, r).Certificates
	var container []byte
	if err := json.Unmarshal(example[map[string]json.RawMessage](t, "ics.certificates.import_device_certificate")["cert"], &container); err != nil {
		t.Fatal(err)
	}
	binding := ics.CertificateBinding{Internal: []string{ics.InternalPort, "vport1"}, External: []string{ics.ExternalPort}, Management: true}
	csr := ics.CSRCreate{CommonName: "QA.pcs.company.com", KeyType: ics.KeyTypeECDSA, Curve: ics.CurveP384}
	return []call{
		{id: "ics.certificates.import_device_certificate", at: "/result", do: func(ctx context.Context) (any, error) {
			return certificates.Import(ctx, container, secureaccess.NewSecret("<certificate_password>"), binding)
		}},
		{id: "ics.certificates.create_csr", at: "/result", do: func(ctx context.Context) (any, error) {
			created, err := certificates.CreateCSR(ctx, csr)
			if err != nil {
				return nil, err
			}
			if created.Name != "CSR_164" {
				return nil, fmt.Errorf("the request is called %q", created.Name)
			}
			return &created.Result, nil
		}},
		{id: "ics.certificates.upload_signed_certificate", at: "/result", do: func(ctx context.Context) (any, error) {
			return certificates.UploadSigned(ctx, "CSR_164", secureaccess.Upload{Reader: bytes.NewReader([]byte("PEM"))}, "application/x-pem-file")
		}},
		{id: "ics.certificates.delete_device_certificate", do: func(ctx context.Context) (any, error) {
			return certificates.Delete(ctx, "srikrsa.test.saqacertserv.com")
		}},
	}
}
