package pulseone_test

import (
	"crypto/x509"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func TestPassword_signsInOnce(t *testing.T) {
	server, client := connect(t)
	if server.Logins() != 0 {
		t.Fatal("New has logged in")
	}
	for range 3 {
		must(client.Groups.List(t.Context()))(t)
	}
	if server.Logins() != 1 || server.Issued() != 1 {
		t.Errorf("%d logins, %d credentials; want one of each", server.Logins(), server.Issued())
	}
}

// The issue's own measure: 200 goroutines, one client, credentials that expire under them.
func TestPassword_manyGoroutinesRenewOnce(t *testing.T) {
	for _, way := range []struct {
		name   string
		expire func(*pulseonetest.Server)
	}{
		{"refused with 40101", func(s *pulseonetest.Server) { s.ExpireCredentials() }},
		{"refused with 40303", func(s *pulseonetest.Server) {
			s.ExpireCredentials()
			s.Fail(pulseonetest.Fault{Path: "/api/v1/", Status: http.StatusForbidden, Body: `{"code": 40303, "message": "expired"}`})
		}},
		{"about to expire", func(s *pulseonetest.Server) { s.Advance(19 * time.Minute) }},
		{"long expired", func(s *pulseonetest.Server) { s.Advance(time.Hour) }},
	} {
		t.Run(way.name, func(t *testing.T) {
			server, client := connect(t)
			must(client.Groups.List(t.Context()))(t)
			way.expire(server)
			issued := server.Issued()

			var failed atomic.Int32
			var start, done sync.WaitGroup
			start.Add(1)
			for range 200 {
				done.Go(func() {
					start.Wait()
					if _, err := client.Groups.List(t.Context()); err != nil {
						t.Error(err)
						failed.Add(1)
					}
				})
			}
			start.Done()
			done.Wait()
			if renewals := server.Issued() - issued; renewals != 1 || failed.Load() != 0 {
				t.Errorf("%d renewals, %d failed calls; want 1 and 0", renewals, failed.Load())
			}
		})
	}
}

func TestPassword_renewalTriesTheCookieFirst(t *testing.T) {
	server, client := connect(t)
	must(client.Groups.List(t.Context()))(t)
	server.ExpireCredentials()
	must(client.Groups.List(t.Context()))(t)
	if server.Logins() != 1 {
		t.Errorf("logged in %d times, though the session was there", server.Logins())
	}
	server.ExpireCredentials()
	server.EndSessions()
	must(client.Groups.List(t.Context()))(t)
	if server.Logins() != 2 {
		t.Errorf("%d logins, want a second one after the session was gone", server.Logins())
	}
}

// Within two minutes the console gives no new credentials: there has to be a new session then.
func TestPassword_refusedCredentialsOfAFreshSession(t *testing.T) {
	server, client := connect(t)
	must(client.Groups.List(t.Context()))(t)
	server.Fail(pulseonetest.Fault{Path: "/api/v1/", Status: http.StatusUnauthorized, Body: `{"code": 40101}`})
	must(client.Groups.List(t.Context()))(t)
	if server.Logins() != 2 || server.Issued() != 2 {
		t.Errorf("%d logins, %d credentials; want 2 and 2", server.Logins(), server.Issued())
	}
}

func TestPassword_reissuedCookie(t *testing.T) {
	server, client := connect(t)
	for range 10 { // 150 minutes in all, of a session that lives 20 without renewal
		must(client.Session(t.Context()))(t)
		server.Advance(15 * time.Minute)
	}
	if server.Logins() != 1 {
		t.Errorf("%d logins, want 1", server.Logins())
	}
}

// The console gives new credentials once. Reading the session must not lose them.
func TestClient_Session_handsOnCredentials(t *testing.T) {
	server, client := connect(t)
	must(client.Groups.List(t.Context()))(t)
	server.Advance(12 * time.Minute)
	session := must(client.Session(t.Context()))(t)
	if session.Credentials == nil {
		t.Fatal("the fake gave no new credentials")
	}
	server.Advance(8*time.Minute + time.Second) // the first ones are dead
	issued := server.Issued()
	must(client.Groups.List(t.Context()))(t)
	if server.Issued() != issued {
		t.Error("the credentials that came with the session were not used")
	}
}

func TestPassword_clockOfTheServer(t *testing.T) {
	// The client's clock is its own and an hour slow; the server proves the time with its key.
	server := pulseonetest.NewServer(t)
	behind := pulseonetest.NewStill()
	server.Advance(time.Hour)
	client := must(server.Client(secureaccess.WithClock(behind.Clock())))(t)
	for range 3 {
		must(client.Groups.List(t.Context()))(t)
	}
	if server.Logins() != 1 || server.Issued() != 1 {
		t.Errorf("%d logins, %d credentials; a wrong clock must not look like expired credentials", server.Logins(), server.Issued())
	}
}

// The document's own way to say it: 40302 and no word of the time but the Date header.
func TestPassword_dateOfTheServer(t *testing.T) {
	for _, way := range []struct {
		name    string
		trust   func(*x509.CertPool) secureaccess.Option
		follows bool
	}{
		{"verified", secureaccess.WithRootCAs, true},
		{"not verified", func(*x509.CertPool) secureaccess.Option { return secureaccess.WithInsecureSkipTLSVerify() }, false},
	} {
		t.Run(way.name, func(t *testing.T) {
			server := pulseonetest.NewServer(t)
			behind := pulseonetest.NewStill()
			server.Advance(time.Hour)
			var skewed atomic.Int32
			front := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				answer := httptest.NewRecorder()
				server.ServeHTTP(answer, r)
				maps.Copy(w.Header(), answer.Header())
				w.Header().Del("WWW-Authenticate")
				w.Header().Set("Date", server.Clock().Now().UTC().Format(http.TimeFormat))
				if strings.Contains(answer.Body.String(), "40302") {
					skewed.Add(1)
				}
				w.WriteHeader(answer.Code)
				_, _ = w.Write(answer.Body.Bytes())
			}))
			defer front.Close()
			server.SetAPIURL(front.URL)
			pool := front.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
			client := must(pulseone.New(front.URL, server.Auth(), secureaccess.WithClock(behind.Clock()), way.trust(pool)))(t)
			defer client.Close(t.Context())
			for range 3 {
				_, err := client.Groups.List(t.Context())
				if way.follows && err != nil || !way.follows && !errors.Is(err, pulseone.CodeRequestTimeTooSkewed) {
					t.Errorf("got %v", err)
				}
			}
			if want := map[bool]int32{true: 1, false: 3}[way.follows]; skewed.Load() != want {
				t.Errorf("the server refused %d requests for their time, want %d", skewed.Load(), want)
			}
		})
	}
}
