// Ics-certificate renews the device certificate of a Connect Secure appliance through a signing request. The key is
// made on the appliance and never leaves it.
//
//	ICS_URL=https://vpn.example.com ICS_USER=... ICS_PASSWORD=... ics-certificate -name vpn.example.com
//	ICS_URL=... ICS_USER=... ICS_PASSWORD=... ics-certificate -csr CSR_164 -certificate signed.pem
//
// The first call has the appliance make a key and a request, and prints the request's name. No operation of the REST API
// hands the request out: it is fetched in the administrator's console and signed by an authority. The second call
// uploads the signed certificate; with -retire it then deletes a certificate that is not needed any more, by the name of
// its subject.
//
// ICS_REALM is the administrator realm, "Admin Users" if it is not set. ICS_CA_FILE names a PEM file with the authority
// that the appliance's certificate comes from, if this machine does not know it. Without ICS_URL the program goes the
// whole way with an appliance and an authority in its own memory.
//
// Exit status: 0 when the step was done, 1 when it failed or could not be told of, 2 for wrong usage. SIGINT and SIGTERM
// end it.
package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/examples/internal/icsenv"
	"github.com/secureaccess-go/secureaccess/examples/internal/printed"
	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// keys are the kinds of keys that can be asked for.
var keys = map[string]ics.CSRCreate{
	"ecdsa-p256": {KeyType: ics.KeyTypeECDSA, Curve: ics.CurveP256},
	"ecdsa-p384": {KeyType: ics.KeyTypeECDSA, Curve: ics.CurveP384},
	"rsa-2048":   {KeyType: ics.KeyTypeRSA, KeyLength: 2048},
	"rsa-3072":   {KeyType: ics.KeyTypeRSA, KeyLength: 3072},
	"rsa-4096":   {KeyType: ics.KeyTypeRSA, KeyLength: 4096},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) (status int) {
	out := printed.To(stdout)
	defer func() { status = out.Status("ics-certificate", status, stderr) }()
	stdout = out
	flags := flag.NewFlagSet("ics-certificate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(stderr, `usage: ics-certificate -name NAME [-key KIND]
       ics-certificate -csr REQUEST -certificate FILE [-retire NAME]
`+icsenv.Usage+`
Without ICS_URL, an appliance and an authority in memory are used.`)
		flags.PrintDefaults()
	}
	name := flags.String("name", "", "common `name` of the certificate to request")
	kind := flags.String("key", "ecdsa-p384", "`kind` of its key: ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072 or rsa-4096")
	request := flags.String("csr", "", "`name` of the request that the certificate was made from")
	file := flags.String("certificate", "", "`file` with the signed certificate")
	contentType := flags.String("type", "application/x-pem-file", "media `type` that the certificate is sent as")
	retire := flags.String("retire", "", "subject `name` of a certificate to delete once the new one is there")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage
	}
	fail := func(code int, err error) int {
		_, _ = fmt.Fprintln(stderr, "ics-certificate:", err)
		return code
	}

	inMemory := getenv("ICS_URL") == ""
	csr, known := keys[*kind]
	asking, uploading := *name != "", *request != "" && *file != ""
	if !known || flags.NArg() > 0 || (*request == "") != (*file == "") || asking == uploading && !inMemory || asking && *retire != "" {
		flags.Usage()
		return exitUsage
	}
	csr.CommonName = *name

	if inMemory {
		if csr.CommonName == "" {
			csr.CommonName = "vpn.example.com"
		}
		if err := inMemoryRenewal(ctx, csr, stdout); err != nil {
			return fail(exitFailed, err)
		}
		return exitDone
	}
	client, err := icsenv.Client(getenv, false)
	if err != nil {
		return fail(exitUsage, err)
	}
	defer func() { _ = client.Close(ctx) }()
	if asking {
		if _, err := ask(ctx, client, csr, stdout); err != nil {
			return fail(exitFailed, err)
		}
		return exitDone
	}
	certificate, err := os.Open(*file)
	if err != nil {
		return fail(exitUsage, err)
	}
	defer func() { _ = certificate.Close() }()
	if err := bring(ctx, client, *request, certificate, *contentType, *retire, stdout); err != nil {
		return fail(exitFailed, err)
	}
	return exitDone
}

// ask has the appliance make a request and says what comes next.
func ask(ctx context.Context, client *ics.Client, csr ics.CSRCreate, stdout io.Writer) (string, error) {
	created, err := client.Certificates.CreateCSR(ctx, csr)
	if err != nil {
		return "", err
	}
	if created.Name == "" {
		return "", fmt.Errorf("the appliance made a request and did not name it: %q", created.Result.Info)
	}
	if _, err := fmt.Fprintf(stdout, "The appliance made the request %s for %s.\n", quote.Cell(created.Name), quote.Cell(csr.CommonName)); err != nil {
		return "", fmt.Errorf("the appliance made the request %s", quote.Cell(created.Name)) // nothing else keeps its name
	}
	_, _ = fmt.Fprintf(stdout, "Fetch it in the administrator's console, have it signed, then call: ics-certificate -csr %s -certificate FILE\n", quote.ShellWord(created.Name))
	tell(stdout, &created.Result)
	return created.Name, nil
}

// bring uploads the signed certificate and retires another.
func bring(ctx context.Context, client *ics.Client, request string, certificate io.Reader, contentType, retire string, stdout io.Writer) error {
	result, err := client.Certificates.UploadSigned(ctx, request, secureaccess.Upload{Reader: certificate}, contentType)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stdout, "The certificate of %s is on the appliance.\n", quote.Cell(request))
	tell(stdout, result)
	if retire == "" {
		return nil
	}
	if result, err = client.Certificates.Delete(ctx, retire); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stdout, "The certificate of %s is deleted.\n", quote.Cell(retire))
	tell(stdout, result)
	return nil
}

// tell prints the warnings of the appliance.
func tell(stdout io.Writer, result *ics.Result) {
	for _, warning := range result.Warnings {
		_, _ = fmt.Fprintln(stdout, "warning:", quote.Cell(warning.Text))
	}
}

// inMemoryRenewal goes the whole way: what a person does in the console, and the authority, are played here.
func inMemoryRenewal(ctx context.Context, csr ics.CSRCreate, stdout io.Writer) error {
	server := icstest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		return err
	}
	defer server.Close()
	server.AddDeviceCertificate("old." + csr.CommonName)
	client, err := server.Client()
	if err != nil {
		return err
	}
	request, err := ask(ctx, client, csr, stdout)
	if err != nil {
		return err
	}
	certificate, err := sign(server.CSR(request))
	if err != nil {
		return err
	}
	if err := bring(ctx, client, request, bytes.NewReader(certificate), "application/x-pem-file", "old."+csr.CommonName, stdout); err != nil {
		return err
	}
	for _, c := range server.DeviceCertificates() {
		_, _ = fmt.Fprintf(stdout, "The appliance presents %s, valid until %s.\n", quote.Cell(c.Subject), c.Certificate.NotAfter.Format(time.DateOnly))
	}
	return nil
}

// sign is an authority that signs anything.
func sign(request []byte) ([]byte, error) {
	block, _ := pem.Decode(request)
	if block == nil {
		return nil, errors.New("the request is not PEM")
	}
	csr, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, err
	}
	if err := csr.CheckSignature(); err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	authority := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example Authority"}}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      csr.Subject,
		DNSNames:     []string{csr.Subject.CommonName},
		NotBefore:    now,
		NotAfter:     now.AddDate(1, 0, 0),
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, authority, csr.PublicKey, key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}
