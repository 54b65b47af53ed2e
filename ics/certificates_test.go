package ics_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

// sign makes a certificate of a request, as PEM.
func sign(t *testing.T, request []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(request)
	if block == nil {
		t.Fatalf("the request is %q", request)
	}
	csr, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority"}}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: csr.Subject}
	der, err := x509.CreateCertificate(rand.Reader, template, authority, csr.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestCertificates_throughCSR(t *testing.T) {
	server, client := setUp(t)
	server.AddDeviceCertificate("old.example.com")
	for _, csr := range []ics.CSRCreate{
		{CommonName: "vpn.example.com", KeyType: ics.KeyTypeECDSA, Curve: ics.CurveP384},
		{CommonName: "vpn.example.com", KeyType: ics.KeyTypeECDSA, Curve: ics.CurveP256},
		{CommonName: "vpn.example.com", KeyType: ics.KeyTypeRSA, KeyLength: 3072},
		{CommonName: "vpn.example.com", KeyType: ics.KeyTypeRSA},
	} {
		created, err := client.Certificates.CreateCSR(t.Context(), csr)
		if err != nil || created.Name == "" || len(created.Result.Info) != 2 {
			t.Fatalf("%+v: %v, %v", csr, created, err)
		}
		certificate := sign(t, server.CSR(created.Name))
		if _, err := client.Certificates.UploadSigned(t.Context(), created.Name, secureaccess.Upload{Reader: bytes.NewReader(certificate)}, "application/x-pem-file"); err != nil {
			t.Fatal(err)
		}
		got := server.DeviceCertificates()
		if len(got) != 2 || got[1].Subject != "vpn.example.com" || got[1].Certificate == nil {
			t.Fatalf("the certificates are %v", got)
		}
		if key, ok := got[1].Certificate.PublicKey.(*rsa.PublicKey); ok != (csr.KeyType == ics.KeyTypeRSA) || ok && csr.KeyLength != 0 && key.N.BitLen() != int(csr.KeyLength) {
			t.Errorf("%+v got a key of another kind", csr)
		}
		_, err = client.Certificates.UploadSigned(t.Context(), created.Name, secureaccess.Upload{Reader: bytes.NewReader(certificate)}, "application/x-pem-file")
		if !errors.Is(err, secureaccess.ErrNotFound) {
			t.Errorf("the same request again gives %v", err)
		}
	}

	created, err := client.Certificates.CreateCSR(t.Context(), ics.CSRCreate{CommonName: "a", KeyType: ics.KeyTypeECDSA, Curve: ics.CurveP256})
	if err != nil {
		t.Fatal(err)
	}
	other, err := client.Certificates.CreateCSR(t.Context(), ics.CSRCreate{CommonName: "b", KeyType: ics.KeyTypeECDSA, Curve: ics.CurveP256})
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range [][]byte{sign(t, server.CSR(other.Name)), []byte("no certificate")} {
		_, err = client.Certificates.UploadSigned(t.Context(), created.Name, secureaccess.Upload{Reader: bytes.NewReader(content)}, "application/x-pem-file")
		if !errors.Is(err, ics.ErrRefused) {
			t.Errorf("a certificate that does not fit gives %v", err)
		}
	}

	if _, err := client.Certificates.Delete(t.Context(), "old.example.com"); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Certificates.Delete(t.Context(), "old.example.com"); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("a certificate that is gone gives %v", err)
	}
}

func TestCertificates_CreateCSR_arguments(t *testing.T) {
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		t.Error("something was sent")
		w.WriteHeader(http.StatusNoContent)
	})
	for _, csr := range []ics.CSRCreate{
		{},
		{CommonName: "a"},
		{KeyType: ics.KeyTypeRSA},
		{CommonName: "a", KeyType: ics.KeyTypeECDSA},
		{CommonName: "a", KeyType: ics.KeyTypeECDSA, Curve: ics.CurveP256, KeyLength: 2048},
		{CommonName: "a", KeyType: ics.KeyTypeRSA, Curve: ics.CurveP256},
	} {
		if _, err := client.Certificates.CreateCSR(t.Context(), csr); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%+v gives %v", csr, err)
		}
	}
	upload := secureaccess.Upload{Reader: strings.NewReader("x")}
	for _, err := range []error{
		second(client.Certificates.UploadSigned(t.Context(), "", upload, "text/plain")),
		second(client.Certificates.UploadSigned(t.Context(), "CSR_1", upload, "")),
		second(client.Certificates.UploadSigned(t.Context(), "CSR_1", secureaccess.Upload{}, "text/plain")),
		second(client.Certificates.Import(t.Context(), nil, secureaccess.NewSecret("x"), ics.CertificateBinding{})),
		second(client.Certificates.Delete(t.Context(), "")),
	} {
		if !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%v", err)
		}
	}
}

// The name of a request stands in a text only, and the path in it is the safer place.
func TestCreatedCSR_name(t *testing.T) {
	for want, body := range map[string]string{
		"CSR_164": `[{"message": "Created CSR 'CSR_164' successfully"}]`,
		"CSR 9/1": `[{"message": "Created 'it'"}, {"message": "Use POST /api/v1/system/certificates/device-certificate-csrs/CSR%209%2F1/certificate to upload"}]`,
		"":        `[{"message": "Done"}]`,
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 201, `{"result": {"info": `+body+`}}`) })
		created, err := client.Certificates.CreateCSR(t.Context(), ics.CSRCreate{CommonName: "a", KeyType: ics.KeyTypeRSA})
		if err != nil || created.Name != want {
			t.Errorf("%s: %q, %v", body, created.Name, err)
		}
	}
}

// What the appliance responds to a certificate is not documented: any success is one that is no page for people.
func TestCertificates_UploadSigned_responses(t *testing.T) {
	for _, body := range []string{``, `OK`, `{"result": {"warnings": [{"message": "chain is missing"}]}}`} {
		client := serve(t, func(w http.ResponseWriter, r *http.Request) {
			content, _ := io.ReadAll(r.Body)
			if string(content) != "PEM" || r.Header.Get("Content-Type") != "application/x-pem-file" {
				t.Errorf("%q came as %q", content, r.Header.Get("Content-Type"))
			}
			w.WriteHeader(200)
			_, _ = io.WriteString(w, body)
		})
		result, err := client.Certificates.UploadSigned(t.Context(), "CSR_1", secureaccess.Upload{Reader: strings.NewReader("PEM")}, "application/x-pem-file")
		if err != nil || (len(result.Warnings) > 0) != strings.Contains(body, "warnings") {
			t.Errorf("%q: %v, %v", body, result, err)
		}
	}
}

// What is not a success must not look like one: the certificate that was to be replaced is deleted next.
func TestCertificates_UploadSigned_refusedWith200(t *testing.T) {
	for body, want := range map[string]error{
		`{"result": {"errors": [{"message": "no such request"}]}}`: ics.ErrRefused,
		`{"result": {"errors": {"message": "no such request"}}}`:   ics.ErrRefused,
		`{"result": {"errors": "no such request"}}`:                ics.ErrRefused,
		"\n<html>Welcome</html>":                                   secureaccess.ErrBadResponse,
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { respond(w, 200, body) })
		_, err := client.Certificates.UploadSigned(t.Context(), "CSR_1", secureaccess.Upload{Reader: strings.NewReader("PEM")}, "text/plain")
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestCertificates_Import(t *testing.T) {
	server, client := setUp(t)
	binding := ics.CertificateBinding{Internal: []string{ics.InternalPort, "vport1"}, Management: true}
	if _, err := client.Certificates.Import(t.Context(), []byte("\x30\x82PKCS"), secureaccess.NewSecret("p"), binding); err != nil {
		t.Fatal(err)
	}
	got := server.DeviceCertificates()
	if len(got) != 1 || string(got[0].Container) != "\x30\x82PKCS" || !slices.Equal(got[0].Binding.Internal, binding.Internal) || got[0].Binding.External != nil || !got[0].Binding.Management {
		t.Errorf("%+v", got)
	}
}

func FuzzCSRName(f *testing.F) {
	f.Add("Created CSR 'CSR_164' successfully", "Use POST /api/v1/system/certificates/device-certificate-csrs/CSR_164/certificate to upload")
	f.Add("'", "/device-certificate-csrs/%zz/certificate")
	var body []byte
	client, err := ics.New("http://localhost", ics.APIKey("a2V5"), secureaccess.WithTransport(roundTripFunc(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 201, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body))}, nil
	})))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		result := ics.Result{Info: []ics.Message{{Text: first}, {Text: second}}}
		body, err = json.Marshal(map[string]ics.Result{"result": result})
		if err != nil {
			t.Skip()
		}
		created, err := client.Certificates.CreateCSR(t.Context(), ics.CSRCreate{CommonName: "a", KeyType: ics.KeyTypeRSA})
		if err != nil {
			t.Fatal(err)
		}
		if created.Name == "" && strings.Count(first, "'") > 1 && !strings.Contains(first, "''") {
			t.Errorf("no name in %q", first)
		}
	})
}
