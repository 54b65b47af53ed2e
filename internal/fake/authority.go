package fake

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// newCertificate returns a certificate for this machine, and for host unless that stands for every address, with the
// CA that issued it. The CA's key is gone when newCertificate returns.
func newCertificate(host string) (tls.Certificate, error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	// Serial numbers differ between runs: a browser refuses two certificates of one issuer and one number.
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return tls.Certificate{}, err
	}
	begin, end := time.Now().Add(-time.Hour), time.Now().Add(30*24*time.Hour)
	ca := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: fmt.Sprintf("secureaccess test CA %x", serial.Bytes()[:4])},
		NotBefore: begin, NotAfter: end,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	// As parsed it has a key identifier, which the leaf has to name for verifiers that follow RFC 5280 to the letter.
	if ca, err = x509.ParseCertificate(caDER); err != nil {
		return tls.Certificate{}, err
	}
	leaf := &x509.Certificate{
		SerialNumber: new(big.Int).Add(serial, big.NewInt(1)), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: begin, NotAfter: end,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	switch ip := net.ParseIP(host); {
	case ip != nil && !ip.IsUnspecified() && !ip.IsLoopback():
		leaf.IPAddresses = append(leaf.IPAddresses, ip)
	case ip == nil && host != "" && host != "localhost":
		leaf.DNSNames = append(leaf.DNSNames, host)
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, caKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{leafDER, caDER}, PrivateKey: key}, nil
}

// trust is what clients of a TLS server trust. The nil trust is the machine's.
type trust struct {
	roots *x509.CertPool
	text  []byte
}

// trusted trusts the end of each chain: the CA, or the certificate that stands alone. Without certificates it is nil.
func trusted(certificates []tls.Certificate) *trust {
	t := &trust{roots: x509.NewCertPool()}
	for _, c := range certificates {
		if len(c.Certificate) == 0 {
			continue
		}
		der := c.Certificate[len(c.Certificate)-1]
		if root, err := x509.ParseCertificate(der); err == nil {
			t.roots.AddCert(root)
			t.text = append(t.text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
		}
	}
	if len(t.text) == 0 {
		return nil
	}
	return t
}

func (t *trust) pool() *x509.CertPool {
	if t == nil {
		return nil
	}
	return t.roots
}

func (t *trust) pem() []byte {
	if t == nil {
		return nil
	}
	return append([]byte(nil), t.text...)
}
