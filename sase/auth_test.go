package sase_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// noonClock is a clock that nobody moves.
type noonClock struct{ secureaccess.Clock }

func (noonClock) Now() time.Time { return noon }

// keyed responds to authorize calls with a body, and to nothing else.
func keyed(t testing.TB, body string) *sase.Client {
	t.Helper()
	client, err := sase.New(sase.RegionUS, sase.APIKey("the-api-key"),
		secureaccess.WithRetry(secureaccess.RetryPolicy{}), secureaccess.WithClock(noonClock{}),
		secureaccess.WithTransport(roundTrip(func(req *http.Request) (*http.Response, error) {
			return respond(req, 200, "application/json", body), nil
		})))
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestToken_expiry(t *testing.T) {
	end := noon.Add(40 * time.Minute)
	hour := noon.Add(time.Hour)
	for name, test := range map[string]struct {
		wire string
		want time.Time
	}{
		"seconds":               {fmt.Sprint(end.Unix()), end},
		"seconds in quotes":     {fmt.Sprintf("%q", fmt.Sprint(end.Unix())), end},
		"milliseconds":          {fmt.Sprint(end.UnixMilli()), end},
		"milliseconds, quoted":  {fmt.Sprintf("%q", fmt.Sprint(end.UnixMilli())), end},
		"fractions of a second": {fmt.Sprintf("%d.5", end.Unix()), end.Add(500 * time.Millisecond)},
		"RFC 3339":              {`"2026-05-04T12:40:00Z"`, end},
		"with milliseconds":     {`"2026-05-04T12:40:00.000Z"`, end},
		"with a zone":           {`"2026-05-04T14:40:00+02:00"`, end},
		"nonsense":              {`"[TIMESTAMP]"`, hour},
		"empty":                 {`""`, hour},
		"null":                  {`null`, hour},
		"an object":             {`{"seconds":1}`, hour},
		"zero":                  {`0`, hour},
		"negative":              {`-5`, hour},
		"not a number":          {`"NaN"`, hour},
		"no bounds":             {`1e300`, hour},
		"past":                  {fmt.Sprint(noon.Add(-time.Minute).Unix()), hour},
		"now":                   {fmt.Sprint(noon.Unix()), hour},
	} {
		t.Run(name, func(t *testing.T) {
			client := keyed(t, `{"data":{"tokenType":"bearer","accessToken":"abc","accessTokenExpire":`+test.wire+`}}`)
			token, err := client.Token(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !token.Expires.Equal(test.want) {
				t.Errorf("the token ends at %v, want %v", token.Expires.UTC(), test.want)
			}
		})
	}
}

func TestToken_forms(t *testing.T) {
	for name, body := range map[string]string{
		"documented example":   `{"data":{"tokenType":"bearer","accessToken":"abc","accessTokenExpire":"x"}}`,
		"name of the table":    `{"data":{"token":"bearer","accessToken":"abc","accessTokenExpire":"x"}}`,
		"beside data":          `{"data":{},"token":"bearer","accessToken":"abc","accessTokenExpire":"x"}`,
		"without data":         `{"tokenType":"bearer","accessToken":"abc","accessTokenExpire":"x"}`,
		"more than documented": `{"data":{"tokenType":"bearer","accessToken":"abc","accessTokenExpire":"x","tenantId":"t","sessionId":1}}`,
	} {
		t.Run(name, func(t *testing.T) {
			token, err := keyed(t, body).Token(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if token.TokenType != "bearer" || token.AccessToken.Reveal() != "abc" || token.AccessTokenExpire != "x" {
				t.Errorf("read %q, %q, %q", token.TokenType, token.AccessToken.Reveal(), token.AccessTokenExpire)
			}
		})
	}
	for _, body := range []string{`{"data":{}}`, `{}`, `{"data":null}`, `[]`, `{"data":{"accessToken":7}}`, `{"data":{"accessToken":"abc","tokenType":1}}`} {
		_, err := keyed(t, body).Token(t.Context())
		e, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s: %v, want an unusable response", body, err)
		} else if strings.Contains(string(e.Body), "abc") {
			t.Errorf("%s: the error holds the token", body)
		}
	}
}

// FuzzToken: whatever the service writes as expiry, a token is usable for some time and written back as it came.
func FuzzToken(f *testing.F) {
	for _, seed := range []string{`1777896000`, `"1777896000000"`, `"2026-05-04T12:40:00Z"`, `null`, `{"a":[1]}`, `1e400`, `"Inf"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, wire string) {
		if !json.Valid([]byte(wire)) {
			t.Skip()
		}
		token, err := keyed(t, `{"data":{"accessToken":"abc","accessTokenExpire":`+wire+`}}`).Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !token.Expires.After(noon) {
			t.Errorf("%s ends at %v, which is past", wire, token.Expires)
		}
	})
}

// TestToken_diesAmidCalls: a token that expires in the middle of 1,000 calls from 50 goroutines costs one authorize
// call more and no failed call.
func TestToken_diesAmidCalls(t *testing.T) {
	const calls, goroutines = 1000, 50
	for name, test := range map[string]struct {
		die  func(*sasetest.Server)
		opts func() []secureaccess.Option
	}{
		"by the clock":                {die: func(s *sasetest.Server) { s.Advance(61 * time.Minute) }},
		"unknown to the client":       {die: (*sasetest.Server).KillTokens},
		"while client's clock stands": {die: func(s *sasetest.Server) { s.Advance(61 * time.Minute) }, opts: func() []secureaccess.Option { return []secureaccess.Option{secureaccess.WithClock(noonClock{})} }},
	} {
		t.Run(name, func(t *testing.T) {
			server := sasetest.NewServer(t)
			server.SetExpiryForm(sasetest.ExpiryFormMilliseconds)
			group := server.AddGroup(sase.Group{Name: "everyone"})
			user := server.AddUser(sase.User{Email: "ada@example.com"})
			var opts []secureaccess.Option
			if test.opts != nil {
				opts = test.opts()
			}
			client, err := server.Client(opts...)
			if err != nil {
				t.Fatal(err)
			}
			var begun, failed atomic.Int32
			var die sync.Once
			var wg sync.WaitGroup
			for range goroutines {
				wg.Go(func() {
					for {
						n := begun.Add(1)
						if n > calls {
							return
						}
						if n > calls/2 {
							die.Do(func() { test.die(server) })
						}
						// A write with a body every other time: it has to be sent again whole.
						var err error
						if n%2 == 0 {
							_, err = client.Groups.AddMember(t.Context(), group.ID, user.ID)
						} else {
							_, err = client.Groups.Create(t.Context(), sase.GroupCreate{Name: fmt.Sprint("group ", n)})
						}
						if err != nil {
							failed.Add(1)
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			if got := server.Authorizations(); got != 2 {
				t.Errorf("%d authorize calls, want the first and one more", got)
			}
			if got := len(server.Groups()); got != 1+calls/2 {
				t.Errorf("%d groups, want %d", got, 1+calls/2)
			}
			t.Logf("%d calls from %d goroutines: %d authorize calls, %d failed", calls, goroutines, server.Authorizations(), failed.Load())
		})
	}
}

func TestToken_renewedBeforeItEnds(t *testing.T) {
	server := sasetest.NewServer(t)
	client, seen := tapped(t, server)
	for _, step := range []struct {
		pass time.Duration
		want int // tokens bought so far
	}{{0, 1}, {58 * time.Minute, 1}, {90 * time.Second, 2}, {58 * time.Minute, 2}} {
		server.Advance(step.pass)
		if _, err := client.Addons.List(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := server.Authorizations(); got != step.want {
			t.Errorf("after another %v: %d tokens bought, want %d", step.pass, got, step.want)
		}
	}
	for _, status := range seen.statuses {
		if status != 200 {
			t.Errorf("a response was %d", status)
		}
	}
}

// A clock that is hours ahead of the service's, or a service that gives past times, must not buy a token a call.
func TestToken_pastExpiry(t *testing.T) {
	server := sasetest.NewServer(t)
	server.SetExpiryForm(sasetest.ExpiryFormSeconds)
	client, err := server.Client(secureaccess.WithClock(noonClock{})) // weeks ahead of the server's
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if _, err := client.Addons.List(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := server.Authorizations(); got != 1 {
		t.Errorf("%d tokens bought for 10 calls", got)
	}
}

// A 401 that a fresh token does not mend is the caller's, after one renewal.
func TestToken_refusedForGood(t *testing.T) {
	server := sasetest.NewServer(t)
	client, seen := tapped(t, server)
	server.Fail(sasetest.Fault{Path: "/api/rest/", Status: 401, Times: -1})
	_, err := client.Users.List(t.Context(), nil)
	if !errors.Is(err, secureaccess.ErrUnauthorized) {
		t.Fatalf("%v, want unauthorized", err)
	}
	if got := len(seen.calls()); got != 2 || server.Authorizations() != 2 {
		t.Errorf("%d attempts with %d tokens, want 2 with 2", got, server.Authorizations())
	}
}

func TestAPIKey_refused(t *testing.T) {
	for name, spoil := range map[string]func(*sasetest.Server){
		"unknown": func(*sasetest.Server) {},
		"expired": func(s *sasetest.Server) { s.AddKey("another-key", s.Clock().Now()) },
	} {
		t.Run(name, func(t *testing.T) {
			server := sasetest.NewServer(t)
			spoil(server)
			seen := &tap{next: http.DefaultTransport}
			client, err := sase.New(server.BaseURL(), sase.APIKey("another-key"), append(server.Options(), secureaccess.WithTransport(seen))...)
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Users.List(t.Context(), nil)
			if !errors.Is(err, secureaccess.ErrUnauthorized) || !strings.Contains(err.Error(), "POST /v1/auth/authorize") {
				t.Errorf("%v, want a refusal that names the authorize call", err)
			}
			if len(seen.requests) != 1 {
				t.Errorf("%d requests, want the one that was refused", len(seen.requests))
			}

			// The key is put right. The refusal is remembered for half a minute, without a request; then the same client
			// works.
			server.AddKey("another-key", time.Time{})
			if _, err := client.Users.List(t.Context(), nil); !errors.Is(err, secureaccess.ErrUnauthorized) || len(seen.requests) != 1 {
				t.Errorf("%v after %d requests", err, len(seen.requests))
			}
			server.Advance(31 * time.Second)
			if _, err := client.Users.List(t.Context(), nil); err != nil {
				t.Errorf("with a valid key: %v", err)
			}
		})
	}
}

// To authorize twice does no harm, so a failing service is asked again, unlike with other POSTs.
func TestToken_authorizeRepeated(t *testing.T) {
	server := sasetest.NewServer(t)
	server.Fail(sasetest.Fault{Path: "/api/v1/auth/authorize", Status: 500, Times: 2})
	client, err := server.Client()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Addons.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Fail(sasetest.Fault{Path: "/api/rest/v1/groups", Status: 500})
	if _, err := client.Groups.Create(t.Context(), sase.GroupCreate{Name: "a"}); !errors.Is(err, secureaccess.ErrServer) {
		t.Errorf("a group is created again: %v", err)
	}
}

// A service that repeats what it was sent must not make errors or logs tell it.
func TestClient_secretsInErrorsAndLogs(t *testing.T) {
	const key, token = "the-api-key-of-this-test", "the-access-token"
	repeat := func(req *http.Request) *http.Response {
		return respond(req, 400, "application/json",
			`{"id":"1","message":"invalid: `+key+` `+req.Header.Get("Authorization")+`"}`)
	}
	for name, test := range map[string]struct {
		wire   http.RoundTripper
		secret string
	}{
		"the key in the authorize call": {roundTrip(func(req *http.Request) (*http.Response, error) { return repeat(req), nil }), key},
		"the token in another call":     {serving(repeat), token},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			client, err := sase.New(sase.RegionUS, sase.APIKey(key), secureaccess.WithTransport(test.wire),
				secureaccess.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Users.List(t.Context(), &sase.UserListOptions{Q: "somebody"})
			if !errors.Is(err, secureaccess.ErrBadRequest) || !strings.Contains(err.Error(), "invalid: ") {
				t.Fatalf("%v, want the refusal with its message", err)
			}
			shown := []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err), log.String()}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if refusal, ok := e.(*secureaccess.Error); ok {
					shown = append(shown, string(refusal.Body))
				}
			}
			for _, text := range shown {
				if strings.Contains(text, test.secret) || strings.Contains(text, "somebody") {
					t.Errorf("a secret or a query shows: %s", text)
				}
			}
			if !strings.Contains(log.String(), "status=400") {
				t.Errorf("the attempt is not logged: %q", log.String())
			}
		})
	}
}
