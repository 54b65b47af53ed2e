package faults

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"sync"
	"time"
)

// Certificate is what is wrong with a server's certificate.
type Certificate int

// The certificates.
const (
	Good        Certificate = iota
	Expired                 // a year ago
	NotYet                  // valid a year from now
	WrongHost               // of another host
	WrongNames              // of other hosts, with names that move the cursor and end lines
	Stranger                // of an authority that nobody trusts
	StrangeName             // the same, with control characters in its names
	ClientOnly              // not meant for servers
)

// certificates are servers that cannot be trusted.
func certificates() []Fault {
	var list []Fault
	for name, c := range map[string]Certificate{
		"certificate expired": Expired, "certificate not valid yet": NotYet, "certificate of another host": WrongHost,
		"certificate with names of control characters": WrongNames, "certificate of a stranger": Stranger,
		"certificate of a stranger with control characters": StrangeName, "certificate for clients": ClientOnly,
	} {
		list = append(list, Fault{Name: name, Proto: HTTPS, Host: "localhost", Certificate: c, Handle: func(x *Exchange) { x.Send(x.Good) }})
	}
	return list
}

// authority signs what is good. It is made once a process: nothing of it is secret, and nothing outlives the process.
var authority = sync.OnceValues(func() (*issuer, error) { return newIssuer("Faults CA") })

type issuer struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newIssuer(name string) (*issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	return &issuer{certificate, key}, err
}

// Authorities returns the pool of the one authority that clients are to trust.
func Authorities() (*x509.CertPool, error) {
	a, err := authority()
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool, nil
}

// issued are the certificates of all kinds.
var issued = sync.OnceValues(func() (map[Certificate]tls.Certificate, error) {
	list := map[Certificate]tls.Certificate{}
	for c := Good; c <= ClientOnly; c++ {
		certificate, err := issue(c)
		if err != nil {
			return nil, err
		}
		list[c] = certificate
	}
	return list, nil
})

func tlsConfig(f Fault) (*tls.Config, error) {
	list, err := issued()
	if err != nil {
		return nil, err
	}
	certificate := list[f.Certificate]
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}}
	if f.Proto == H2 {
		config.NextProtos = []string{"h2"}
	}
	return config, nil
}

func issue(c Certificate) (tls.Certificate, error) {
	from, err := authority()
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(c) + 2), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	switch c {
	case Expired:
		template.NotBefore, template.NotAfter = now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0)
	case NotYet:
		template.NotBefore, template.NotAfter = now.AddDate(1, 0, 0), now.AddDate(2, 0, 0)
	case WrongHost:
		template.DNSNames, template.IPAddresses = []string{"example.com"}, nil
	case WrongNames:
		template.DNSNames, template.IPAddresses = []string{"a\x1b[2J\r\nb.example", "c\x1b]0;owned\x07.example"}, nil
	case Stranger:
		from, err = newIssuer("Somebody else")
	case StrangeName:
		from, err = newIssuer("Somebody\x1b[31m\r\nelse")
		template.Subject.CommonName = "a\x1b[2J\r\nb"
	case ClientOnly:
		template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, from.certificate, key.Public(), from.key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
