package ics_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

// setUp returns an appliance and a client of it.
func setUp(t *testing.T, opts ...secureaccess.Option) (*icstest.Server, *ics.Client) {
	t.Helper()
	server := icstest.NewServer(t)
	client, err := server.Client(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

// serve returns a client of a server that responds with handler. It accepts any key.
func serve(t *testing.T, handler http.HandlerFunc, opts ...secureaccess.Option) *ics.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return newClient(t, server.URL, ics.APIKey("a+key/=="), opts...)
}

func newClient(t *testing.T, url string, auth ics.Auth, opts ...secureaccess.Option) *ics.Client {
	t.Helper()
	client, err := ics.New(url, auth, append([]secureaccess.Option{secureaccess.WithRetry(secureaccess.RetryPolicy{})}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// respond writes JSON.
func respond(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// body reads the body of a request.
func body(r *http.Request) string {
	data, _ := io.ReadAll(r.Body)
	return string(data)
}
