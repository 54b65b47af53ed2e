package pulseone_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func TestNewRefusesBadInput(t *testing.T) {
	good := pulseone.Password("admin", "secret word")
	tests := []struct {
		name, url string
		auth      pulseone.Auth
		argument  string
	}{
		{"empty URL", "", good, "base URL"},
		{"no URL", "://", good, "base URL"},
		{"no scheme", "customer.pulseone.net", good, "base URL"},
		{"other scheme", "ftp://customer.pulseone.net", good, "base URL"},
		{"no host", "https://", good, "base URL"},
		{"credentials", "https://admin:hunter2@customer.pulseone.net", good, "base URL"},
		{"query", "https://customer.pulseone.net/?token=hunter2", good, "base URL"},
		{"plain http", "http://customer.pulseone.net", good, "base URL"},
		{"no auth", "https://customer.pulseone.net", nil, "auth"},
		{"no user", "https://customer.pulseone.net", pulseone.Password("", "secret word"), "username"},
		{"no password", "https://customer.pulseone.net", pulseone.Password("admin", ""), "password"},
		{"no Hawk id", "https://api.pulseone.net", pulseone.Hawk(hawk.Credentials{Key: secureaccess.NewSecret("hunter2")}), "credentials"},
		{"no Hawk key", "https://api.pulseone.net", pulseone.Hawk(hawk.Credentials{ID: "id"}), "credentials"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := pulseone.New(test.url, test.auth)
			argument, ok := errors.AsType[*secureaccess.ArgumentError](err)
			if !ok || argument.Argument != test.argument || !errors.Is(err, secureaccess.ErrInvalidArgument) {
				t.Fatalf("got %v, want an ArgumentError about %q", err, test.argument)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error quotes a secret: %v", err)
			}
		})
	}
}

func TestPlainHTTPNeedsTheOption(t *testing.T) {
	if _, err := pulseone.New("http://customer.pulseone.net", pulseone.Password("a", "b"), secureaccess.WithInsecureHTTP()); err != nil {
		t.Error(err)
	}
}

func TestLoginHappensOnceAndBeforeTheFirstCall(t *testing.T) {
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
func TestManyGoroutinesRenewOnce(t *testing.T) {
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

func TestRenewalTriesTheCookieFirst(t *testing.T) {
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
func TestRefusedCredentialsThatTheSessionDoesNotReplace(t *testing.T) {
	server, client := connect(t)
	must(client.Groups.List(t.Context()))(t)
	server.Fail(pulseonetest.Fault{Path: "/api/v1/", Status: http.StatusUnauthorized, Body: `{"code": 40101}`})
	must(client.Groups.List(t.Context()))(t)
	if server.Logins() != 2 || server.Issued() != 2 {
		t.Errorf("%d logins, %d credentials; want 2 and 2", server.Logins(), server.Issued())
	}
}

func TestReissuedCookieKeepsTheSessionAlive(t *testing.T) {
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
func TestSessionHandsOnItsCredentials(t *testing.T) {
	server, client := connect(t)
	must(client.Groups.List(t.Context()))(t)
	server.Advance(5 * time.Minute)
	session := must(client.Session(t.Context()))(t)
	if session.Credentials == nil {
		t.Fatal("the fake gave no new credentials")
	}
	server.Advance(16 * time.Minute) // the first ones are dead
	issued := server.Issued()
	must(client.Groups.List(t.Context()))(t)
	if server.Issued() != issued {
		t.Error("the credentials that came with the session were not used")
	}
}

func TestClockOfTheServerIsFollowed(t *testing.T) {
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
func TestDateOfTheServerIsFollowedOverVerifiedTLSOnly(t *testing.T) {
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
			server.APIURL = front.URL
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

func TestRefusedLogin(t *testing.T) {
	server := pulseonetest.NewServer(t)
	logger, log := logbook()
	const wrong = "a wrong pass&word"
	client := must(pulseone.New(server.URL, pulseone.Password("admin", wrong), append(server.Options(), secureaccess.WithLogger(logger))...))(t)
	_, err := client.Groups.List(t.Context())
	if !errors.Is(err, secureaccess.ErrUnauthorized) {
		t.Fatalf("got %v, want ErrUnauthorized", err)
	}
	if _, err = client.LogIn(t.Context()); !errors.Is(err, secureaccess.ErrUnauthorized) {
		t.Fatalf("got %v, want ErrUnauthorized", err)
	}
	everything := log.String() + fmt.Sprintf("%v %+v %#v", err, err, err) + fmt.Sprintf("%+v", client)
	if strings.Contains(everything, wrong) {
		t.Error("the password shows")
	}
	if !strings.Contains(log.String(), "/api/login") {
		t.Error("the log does not name the operation")
	}
}

func TestLogInReturnsTheUser(t *testing.T) {
	_, client := connect(t)
	user := must(client.LogIn(t.Context()))(t)
	if user.Username != pulseonetest.Username || user.DomainID != 1 {
		t.Errorf("got %+v", user)
	}
}

func TestReadyMadeCredentials(t *testing.T) {
	server := pulseonetest.NewServer(t)
	client := must(pulseone.New(server.URL, pulseone.Hawk(server.IssueCredentials()), server.Options()...))(t)
	must(client.Groups.List(t.Context()))(t)
	if server.Logins() != 0 {
		t.Error("logged in without a password")
	}
	if _, err := client.Session(t.Context()); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("Session: got %v, want ErrInvalidArgument", err)
	}
	server.ExpireCredentials()
	if _, err := client.Groups.List(t.Context()); !errors.Is(err, pulseone.CodeCredentialRenewalRequired) {
		t.Errorf("got %v, want the server's refusal", err)
	}
}

func TestPayloadHashCanBeSigned(t *testing.T) {
	server := pulseonetest.NewServer(t)
	auth := pulseone.Password(pulseonetest.Username, pulseonetest.Password, func(t *hawk.Transport) { t.HashPayload = true })
	tap := &wiretap{}
	client := must(pulseone.New(server.URL, auth, append(server.Options(), secureaccess.WithTransport(tap))...))(t)
	must(client.Groups.Create(t.Context(), &pulseone.GroupCreate{Name: "hashed"}))(t)
	last := tap.requests[len(tap.requests)-1]
	if !strings.Contains(last.Header.Get("Authorization"), `hash="`) {
		t.Errorf("no payload hash in %q", last.Header.Get("Authorization"))
	}
}

func TestClose(t *testing.T) {
	server, client := connect(t)
	must(client.Groups.List(t.Context()))(t)
	check(t, client.Close(t.Context()))
	check(t, client.Close(t.Context()))
	if _, err := client.Groups.List(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
	if _, err := client.Session(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("Session: got %v, want ErrClosed", err)
	}
	if _, err := client.LogIn(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("LogIn: got %v, want ErrClosed", err)
	}
	if server.Logins() != 1 {
		t.Errorf("%d logins; a closed client has sent the password", server.Logins())
	}
}

// The server's clock and ours differ, and it alone knows what it takes for a ticket: cookies go back as they came.
func TestCookiesAreKeptAsTheyCame(t *testing.T) {
	const dead = "; Path=/; Secure; Expires=Thu, 01 Jan 1970 00:00:01 GMT"
	for _, value := range []string{"plain", `"quoted!userid_type:b64str"`, `in"side`, `back\slash`, "h\xc3\xa4", "a b,c", "x=y=="} {
		t.Run(value, func(t *testing.T) {
			var sent atomic.Value
			console := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/api/login" {
					w.Header().Set("Set-Cookie", "cs_console_tkt="+value+dead)
					w.Header().Add("Set-Cookie", "gone=; Max-Age=0")
				}
				sent.Store(r.Header.Get("Cookie"))
				fmt.Fprint(w, `{"api_url": "http://127.0.0.1:1"}`)
			}))
			defer console.Close()
			client := must(pulseone.New(console.URL, pulseone.Password("admin", "pw-pw-pw")))(t)
			defer client.Close(t.Context())
			must(client.Session(t.Context()))(t)
			if got := sent.Load(); got != "cs_console_tkt="+value {
				t.Errorf("sent %q", got)
			}
		})
	}
}

func TestQuotedCookieIsBlottedOut(t *testing.T) {
	console := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "cs_console_tkt", Value: "ticket-17", Quoted: true})
		if r.URL.Path == "/api/session" {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"message": "what is %s?"}`, strings.Trim(strings.TrimPrefix(r.Header.Get("Cookie"), "cs_console_tkt="), `"`))
			return
		}
		fmt.Fprint(w, `{}`)
	}))
	defer console.Close()
	client := must(pulseone.New(console.URL, pulseone.Password("admin", "pw-pw-pw")))(t)
	defer client.Close(t.Context())
	_, err := client.Session(t.Context())
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if !ok || !strings.Contains(err.Error(), "what is") {
		t.Fatalf("got %v", err)
	}
	if strings.Contains(err.Error()+string(failure.Body), "ticket-17") {
		t.Errorf("the cookie shows: %v, %s", err, failure.Body)
	}
}

// trap is a server that must not see a credential.
func trap(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 1<<10)
		n, _ := r.Body.Read(body)
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" || n > 0 || r.Header.Get("Referer") != "" {
			t.Errorf("%s %s carries %v and %d bytes to another origin", r.Method, r.URL, r.Header, n)
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"items": []}`)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestRedirectsCarryNoCredentials(t *testing.T) {
	for _, path := range []string{"/api/login", "/api/session", "/api/v1/"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			t.Run(fmt.Sprintf("%s %d", path, status), func(t *testing.T) {
				server, client := connect(t)
				// Another port of this very machine: the same host name, and another origin all the same.
				other := trap(t)
				server.Fail(pulseonetest.Fault{
					Path: path, Times: -1, Status: status, Header: http.Header{"Location": {other.URL + "/api/v1/sa/groups"}},
				})
				_, err := client.Groups.List(t.Context())
				if path == "/api/login" && !errors.Is(err, secureaccess.ErrRedirectRefused) {
					t.Errorf("got %v; a login is not redirected", err)
				}
				if _, err := client.Groups.Create(t.Context(), &pulseone.GroupCreate{Name: "x"}); err == nil {
					t.Error("a write was redirected")
				}
			})
		}
	}
}

// The API is on an origin of its own: signatures go there, password and cookie do not.
func TestAPIOnAnotherOrigin(t *testing.T) {
	server := pulseonetest.NewServer(t)
	var unsigned atomic.Int32
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "" || strings.Contains(r.URL.Path, "login") || strings.Contains(r.URL.Path, "session") {
			t.Errorf("the API got %s %s with %q", r.Method, r.URL, r.Header.Get("Cookie"))
		}
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Hawk ") {
			unsigned.Add(1)
		}
		server.ServeHTTP(w, r)
	}))
	defer api.Close()
	server.APIURL = api.URL
	tap := &wiretap{}
	client := must(server.Client(secureaccess.WithTransport(tap)))(t)
	must(client.Groups.List(t.Context()))(t)
	if unsigned.Load() != 0 {
		t.Error("a call to the API was not signed")
	}
	for _, req := range tap.requests {
		console := "http://"+req.URL.Host == server.URL
		if console && req.Header.Get("Authorization") != "" {
			t.Errorf("the console got a signature: %s", req.URL)
		}
	}
	if tap.count("POST", "/api/login") != 1 {
		t.Error("no login at the console")
	}
}

func TestAPIURLThatStepsDownIsRefused(t *testing.T) {
	for _, apiURL := range []string{"http://api.pulseone.net", "http://127.0.0.1:1", "ftp://api.pulseone.net", "api.pulseone.net", "", "https://user:pw@api.pulseone.net"} {
		t.Run(apiURL, func(t *testing.T) {
			var asked atomic.Int32
			console := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/api/v1") {
					asked.Add(1)
				}
				w.Header().Set("Content-Type", "application/json")
				http.SetCookie(w, &http.Cookie{Name: "cs_console_tkt", Value: "ticket"})
				fmt.Fprintf(w, `{"api_url": %q, "credentials": {"type": "hawk", "algorithm": "HS256", "id": "i", "secret": "s3cret-key", "expires": 4102444800}}`, apiURL)
			}))
			defer console.Close()
			pool := console.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
			client := must(pulseone.New(console.URL, pulseone.Password("admin", "pw-pw-pw"),
				secureaccess.WithRootCAs(pool), secureaccess.WithInsecureHTTP()))(t)
			defer client.Close(t.Context())
			_, err := client.Groups.List(t.Context())
			if !errors.Is(err, secureaccess.ErrBadResponse) || !strings.Contains(err.Error(), "api_url") {
				t.Errorf("got %v, want ErrBadResponse about api_url", err)
			}
			if asked.Load() != 0 {
				t.Error("the API was asked all the same")
			}
			_, err = client.Session(t.Context())
			if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || failure.Path != "/api/session" || failure.Status != 200 {
				t.Errorf("Session: got %v, want an Error that names the operation", err)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name  string
		fault pulseonetest.Fault
		is    []error
		says  string
	}{
		{"documented code", pulseonetest.Fault{Status: 400, Body: `{"code": 40001, "message": "Too Many Items", "id": "61ec6a95"}`},
			[]error{secureaccess.ErrBadRequest, pulseone.CodeTooManyItems}, "Too Many Items"},
		{"quoted code", pulseonetest.Fault{Status: 409, Body: `{"code": "40905"}`},
			[]error{secureaccess.ErrConflict, pulseone.CodeOrchestrationStateTransitionInvalid}, "40905"},
		{"code that is none", pulseonetest.Fault{Status: 400, Body: `{"code": "E17", "message": "Too Odd"}`}, []error{secureaccess.ErrBadRequest}, "Too Odd"},
		{"message that is none", pulseonetest.Fault{Status: 400, Body: `{"message": {"text": "odd"}, "code": 40001}`}, []error{pulseone.CodeTooManyItems}, "40001"},
		{"null", pulseonetest.Fault{Status: 200, Body: `null`}, []error{secureaccess.ErrBadResponse}, "null"},
		{"unknown code", pulseonetest.Fault{Status: 418, Body: `{"code": 41877}`}, []error{pulseone.Code(41877)}, "41877"},
		{"proxy page", pulseonetest.Fault{Status: 502, Times: -1, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>bad gateway</html>"},
			[]error{secureaccess.ErrServer}, "502"},
		{"proxy page with 200", pulseonetest.Fault{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html>sign in</html>"},
			[]error{secureaccess.ErrBadResponse}, "text/html"},
		{"truncated", pulseonetest.Fault{Truncate: 5}, []error{secureaccess.ErrBadResponse}, ""},
		{"wrong shape", pulseonetest.Fault{Status: 200, Body: `{"items": "none"}`}, []error{secureaccess.ErrBadResponse}, ""},
		{"empty", pulseonetest.Fault{Status: 200}, []error{secureaccess.ErrBadResponse}, "empty"},
		{"rate limit", pulseonetest.Fault{Status: 429, Times: -1, Header: http.Header{"Retry-After": {"3600"}}}, []error{secureaccess.ErrRateLimited}, "429"},
		{"reset", pulseonetest.Fault{Reset: true, Times: -1}, nil, "GET /api/v1/sa/groups"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, client := connect(t)
			test.fault.Path = "/api/v1/"
			server.Fail(test.fault)
			_, err := client.Groups.List(t.Context())
			failure, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || failure.Product != "pulseone" || failure.Path != "/api/v1/sa/groups" {
				t.Fatalf("got %#v, want an Error that names the operation", err)
			}
			for _, target := range test.is {
				if !errors.Is(err, target) {
					t.Errorf("%v is not %v", err, target)
				}
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("%q does not say %q", err, test.says)
			}
			if test.fault.Status == 200 && len(test.fault.Body) > 0 && !strings.Contains(string(failure.Body), test.fault.Body) {
				t.Errorf("the snippet is %q", failure.Body)
			}
		})
	}
}

func TestTransientFaultsAreRetried(t *testing.T) {
	server, client := connect(t)
	must(client.Groups.List(t.Context()))(t)
	server.Fail(pulseonetest.Fault{Path: "/api/v1/", Times: 2, Status: 503})
	var info secureaccess.Exchange
	must(client.Groups.List(secureaccess.Capture(t.Context(), &info)))(t)
	if info.Attempts != 3 || info.Status != 200 || info.Path != "/api/v1/sa/groups" {
		t.Errorf("got %+v, want 3 attempts and 200", info)
	}
}
