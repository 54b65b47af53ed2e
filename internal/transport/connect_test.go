package transport

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/settings"
)

// evilCertificate returns a certificate whose names are an attack.
func evilCertificate(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	evil := "S-evil\nlevel=ERROR msg=\x1b[31mforged\u202e" + strings.Repeat("x", 5000)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: evil, Organization: []string{evil}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestNew_certificates(t *testing.T) {
	for name, test := range map[string]struct {
		change  func(*x509.Certificate)
		trusted bool
		class   Class
	}{
		"unknown authority": {func(*x509.Certificate) {}, false, UnknownAuthority},
		"expired":           {func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, true, CertificateExpired},
		"not yet valid":     {func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }, true, CertificateExpired},
		"another name": {func(c *x509.Certificate) {
			c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 2)}
			c.DNSNames = []string{"S-evil\n\x1b[31m.example"}
		}, true, CertificateName},
		"no names":    {func(c *x509.Certificate) { c.IPAddresses = nil }, true, CertificateName},
		"another use": {func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} }, true, CertificateInvalid},
		"unknown demand": {func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3, 4}, Critical: true}}
		}, true, CertificateInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			std, debug := standardLog(t), &captured{}
			cert := evilCertificate(t, test.change)
			l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
			if err != nil {
				t.Fatal(err)
			}
			serveOn(t, l, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
			pool := x509.NewCertPool()
			if leaf, err := x509.ParseCertificate(cert.Certificate[0]); err == nil && test.trusted {
				pool.AddCert(leaf)
			}
			rt := layers(t, func(s *settings.Settings) { s.Logger, s.RootCAs = debug.logger(), pool })
			req, _ := hostileRequest(t, "https://"+l.Addr().String())
			_, err = do(rt, req)
			t.Log(err)
			checkHostile(t, err, test.class, std, debug)
			if !Permanent(err) || !NeverArrived(err) {
				t.Errorf("permanent %t, never arrived %t", Permanent(err), NeverArrived(err))
			}
			if unknown := (x509.UnknownAuthorityError{}); errors.As(err, &unknown) {
				t.Error("the certificate can be had from the error")
			}
		})
	}
}

func TestNew_connections(t *testing.T) {
	// A port that was free a moment ago may be another test's by now; the first one is nobody's.
	const closed = "127.0.0.1:1"
	plain := listen(t, func(conn net.Conn) {
		_, _ = bufio.NewReader(conn).ReadByte()
		_, _ = io.WriteString(conn, "HTTP/1.0 400 Bad Request\r\n\r\nS-password")
	})
	noTLS := listen(t, func(conn net.Conn) {
		_, _ = bufio.NewReader(conn).ReadByte()
		_, _ = io.WriteString(conn, "220 S-password ESMTP ready, go ahead and say something\r\n")
	})
	alert := listen(t, func(conn net.Conn) {
		_, _ = bufio.NewReader(conn).ReadByte()
		_, _ = io.WriteString(conn, "\x15\x03\x03\x00\x02\x02\x28") // fatal, handshake failure
	})
	reset := listen(t, func(conn net.Conn) {
		_, _ = bufio.NewReader(conn).ReadByte()
		_ = conn.(*net.TCPConn).SetLinger(0)
	})
	for name, test := range map[string]struct {
		target                  string
		class                   Class
		permanent, neverArrived bool
		is                      error
		detail                  string
	}{
		"refused":      {"https://" + closed, Refused, false, true, syscall.ECONNREFUSED, closed},
		"HTTP":         {"https://" + plain, NoTLS, true, true, http.ErrSchemeMismatch, ""},
		"SMTP":         {"https://" + noTLS, NoTLS, true, true, nil, ""},
		"alert":        {"https://" + alert, HandshakeRefused, true, true, nil, "handshake failure"},
		"reset":        {"http://" + reset, Reset, false, false, syscall.ECONNRESET, ""},
		"scheme":       {"ftp://127.0.0.1", Scheme, true, true, nil, ""},
		"port":         {"http://127.0.0.1:99999", DialFailed, false, true, nil, ""},
		"no such host": {"http://no-such-host.invalid", NoSuchHost, true, true, nil, "no-such-host.invalid"},
		"no host":      {"http:///v1", InvalidRequest, true, true, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			std, debug := standardLog(t), &captured{}
			rt := layers(t, func(s *settings.Settings) { s.Logger = debug.logger() })
			req, call := hostileRequest(t, test.target)
			_, err := do(rt, req)
			if name == "no such host" && ClassOf(err) == NameResolution {
				t.Skip("no resolver: ", err)
			}
			checkHostile(t, err, test.class, std, debug)
			if Permanent(err) != test.permanent || NeverArrived(err) != test.neverArrived {
				t.Errorf("permanent %t, never arrived %t", Permanent(err), NeverArrived(err))
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("is not %v", test.is)
			}
			if !strings.Contains(err.Error(), test.detail) {
				t.Errorf("%v", err)
			}
			if op := (*net.OpError)(nil); errors.As(err, &op) {
				t.Error("the original can be had")
			}
			if call.attempts.Load() != 1 {
				t.Errorf("%d attempts", call.attempts.Load())
			}
			if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
				t.Error("is an error of a context")
			}
		})
	}
}
