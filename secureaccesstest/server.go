package secureaccesstest

import (
	"crypto/tls"
	"net/http"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// TB is what a server needs of a test: every *testing.T, *testing.B and *testing.F has it.
type TB interface {
	Helper()                           // as in package testing
	Cleanup(func())                    // as in package testing
	Fatalf(format string, args ...any) // as in package testing
}

// Server is what the servers of all products offer. Each has a Client method beside it, which returns the product's
// client, Auth with the credentials of that client, and methods for the product's state. All methods may be called
// while the server serves.
type Server interface {
	// Start serves HTTP on a TCP address, "127.0.0.1:0" for a free port, until Close. A server is started once.
	Start(address string) error

	// StartTLS is Start with TLS. Without a config, or with one that has no certificates, the server has a certificate
	// for localhost, the loopback addresses and the host of address, by a CA of its own that lasts as long as the
	// server does. The config is not changed; one that asks for client certificates makes the server ask.
	StartTLS(address string, config *tls.Config) error

	// Close breaks all connections and waits until the listener is closed. It can be repeated.
	Close()

	// URL is where the server listens: "https://127.0.0.1:41233". It is empty before the server is started.
	URL() string

	// CA returns the certificates to trust for the server's own, in PEM. It is empty without TLS.
	CA() []byte

	// HTTPClient returns a client that trusts the server's CA. It sends no credentials and keeps no cookies.
	HTTPClient() *http.Client

	// Options are what a client of the server needs: its clock and, with TLS, its CA. The product's Client method
	// applies them.
	Options() []secureaccess.Option

	// Credentials are what a person or another program signs in with, by name: "user", "password", "realm", "api_key".
	Credentials() map[string]string

	// Clock is the server's clock. A client that shares it waits without taking time.
	Clock() *Clock

	// Advance moves the server's clock: sessions and credentials expire, work that takes time gets done.
	Advance(d time.Duration)

	// Fail makes requests fail.
	Fail(f Fault)

	// ServeHTTP serves one request, for programs that serve the server's operations themselves. Faults happen here too.
	http.Handler
}
