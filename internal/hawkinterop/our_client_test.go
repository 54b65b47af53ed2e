package hawkinterop

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
)

// how is what a case asks of the reference server.
type how struct {
	Clock   int    `json:"clock,omitempty"`
	Payload bool   `json:"payload,omitempty"`
	Sign    bool   `json:"sign,omitempty"`
	Ext     string `json:"ext,omitempty"`
	Tamper  bool   `json:"tamper,omitempty"`
}

// found is what the reference server says it found: its artifacts, or its refusal.
type found struct {
	Method, Host, Resource, Nonce, Hash, Ext, App, Dlg, ID string
	Error                                                  string
}

// call sends a request to the reference server. The error is RoundTrip's or that of reading the body.
func call(t *testing.T, rt *hawk.Transport, method, address, contentType, body string, h how) (status int, f found, err error) {
	t.Helper()
	ours.Add(1)
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req, err := http.NewRequest(method, address, reader)
	if err != nil {
		t.Fatal(err)
	}
	control, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Interop", string(control))
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return 0, found{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return resp.StatusCode, found{}, err
	}
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatalf("%d %q: %v", resp.StatusCode, text, err)
	}
	return resp.StatusCode, f, nil
}

func as(c hawk.Credentials) func(context.Context) (hawk.Credentials, error) {
	return func(context.Context) (hawk.Credentials, error) { return c, nil }
}

func TestOurClient(t *testing.T) {
	server, ipv6 := startServer(t)

	t.Run("targets", func(t *testing.T) {
		addresses := []string{server}
		if ipv6 != "" {
			addresses = append(addresses, ipv6)
		}
		// What a person may write but no request line can carry is encoded on the way.
		unencoded := []string{"/u/日本?q=日本", "/joe user?q=joe user", "/\"?q=\"é\""}
		for _, c := range []hawk.Credentials{modern, old} {
			for _, address := range addresses {
				for _, target := range append(unencoded, targets...) {
					var signed string
					rt := &hawk.Transport{Credentials: as(c), OnSign: func(_ *http.Request, a hawk.Artifacts) { signed = a.Target }}
					status, f, err := call(t, rt, "GET", address+target, "", "", how{})
					if err != nil || status != 200 || f.Resource != signed || f.ID != c.ID {
						t.Errorf("%s at %s: %d %+v, %v", target, address, status, f, err)
					}
				}
			}
		}
	})

	t.Run("bodies", func(t *testing.T) {
		for _, c := range []hawk.Credentials{modern, old} {
			for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "GET"} {
				for _, contentType := range []string{"", "text/plain", "Application/JSON; charset=utf-8", " text/x ;a"} {
					for _, body := range []string{"", "Thank you for flying Hawk", "日本\r\n\x00\xff", strings.Repeat("long ", 40_000)} {
						rt := &hawk.Transport{Credentials: as(c), HashPayload: true}
						status, f, err := call(t, rt, method, server+"/", contentType, body, how{Payload: true})
						if err != nil || status != 200 || f.Method != method || f.Hash == "" {
							t.Errorf("%s of %d bytes of %q: %d %+v, %v", method, len(body), contentType, status, f, err)
						}
					}
				}
			}
		}
		status, f, err := call(t, &hawk.Transport{Credentials: as(modern)}, "POST", server+"/", "", "body", how{Payload: true})
		if err != nil || status != 401 || f.Error != "Missing required payload hash" {
			t.Errorf("without a hash: %d %+v, %v", status, f, err)
		}
		// A body changed after it was hashed.
		rt := &hawk.Transport{Credentials: as(modern), HashPayload: true, Base: roundTripper(func(r *http.Request) (*http.Response, error) {
			_ = r.Body.Close()
			r.Body = io.NopCloser(strings.NewReader("bode"))
			return http.DefaultTransport.RoundTrip(r)
		})}
		status, f, err = call(t, rt, "POST", server+"/", "", "body", how{Payload: true})
		if err != nil || status != 401 || f.Error != "Bad payload hash" {
			t.Errorf("tampered: %d %+v, %v", status, f, err)
		}
	})

	t.Run("attributes", func(t *testing.T) {
		for _, s := range []hawk.Signer{
			{Ext: "some-app-ext-data"}, {Ext: "a, b=c; ext=d"}, {Ext: " !#$%&'()*+,-./:;<=>?@[]^_`{|}~ "}, {Ext: strings.Repeat("e", 3500)},
			{App: "app"}, {App: "app", Dlg: "dlg"}, {Ext: "e", App: "a, b", Dlg: "d=e"},
		} {
			for _, c := range []hawk.Credentials{modern, old} {
				status, f, err := call(t, &hawk.Transport{Credentials: as(c), Signer: s}, "GET", server+"/", "", "", how{})
				if err != nil || status != 200 || f.Ext != s.Ext || f.App != s.App || f.Dlg != s.Dlg {
					t.Errorf("%+v: %d %+v, %v", s, status, f, err)
				}
			}
		}
	})

	t.Run("hosts and ports", func(t *testing.T) {
		for _, test := range []struct {
			host string
			port int
			ok   bool
		}{
			{"Public.Example", 80, true}, {"public.example", 443, false}, {"public.example:8443", 0, true}, {"public.example:8443", 8443, true}, {"public.example:8443", 80, false},
		} {
			rt := &hawk.Transport{Credentials: as(modern), Signer: hawk.Signer{Port: test.port}}
			ours.Add(1)
			req, err := http.NewRequest("GET", server+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = test.host
			resp, err := rt.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if (resp.StatusCode == 200) != test.ok {
				t.Errorf("%s with port %d: %d", test.host, test.port, resp.StatusCode)
			}
		}
	})

	t.Run("refusals", func(t *testing.T) {
		wrong := hawk.Credentials{ID: modern.ID, Key: secureaccess.NewSecret("wrong")}
		other := hawk.Credentials{ID: modern.ID, Key: modern.Key, Algorithm: hawk.AlgorithmSHA1}
		nobody := hawk.Credentials{ID: "nobody", Key: modern.Key}
		for _, test := range []struct {
			credentials hawk.Credentials
			want        string
		}{{wrong, "Bad mac"}, {other, "Bad mac"}, {nobody, "Unknown credentials"}} {
			status, f, err := call(t, &hawk.Transport{Credentials: as(test.credentials)}, "GET", server+"/", "", "", how{})
			if err != nil || status != 401 || f.Error != test.want {
				t.Errorf("%d %+v, %v; want %q", status, f, err, test.want)
			}
		}
		rt := &hawk.Transport{Credentials: as(modern), Signer: hawk.Signer{Nonce: func() string { return "same" }, Now: fixed(time.Now())}}
		for i, want := range []string{"", "Invalid nonce"} {
			if _, f, err := call(t, rt, "GET", server+"/", "", "", how{}); err != nil || f.Error != want {
				t.Errorf("the same nonce, time %d: %+v, %v", i+1, f, err)
			}
		}
	})

	t.Run("clock", func(t *testing.T) {
		for _, ahead := range []int{3600, -86400, 30, 30_000_000} {
			attempts := 0
			rt := &hawk.Transport{Credentials: as(modern), HashPayload: true, OnSign: func(*http.Request, hawk.Artifacts) { attempts++ }}
			for i, want := range []int{2, 1} {
				if ahead == 30 {
					want = 1 // within the window
				}
				attempts = 0
				status, f, err := call(t, rt, "POST", server+"/", "text/plain", "body", how{Clock: ahead, Payload: true})
				if err != nil || status != 200 || attempts != want {
					t.Errorf("%d s ahead, call %d: %d %+v, %v after %d attempts", ahead, i+1, status, f, err, attempts)
				}
			}
		}
		// More than a year is not believed, whatever the proof.
		for _, ahead := range []int{300_000_000, -300_000_000} {
			if status, f, err := call(t, &hawk.Transport{Credentials: as(modern)}, "GET", server+"/", "", "", how{Clock: ahead}); err != nil || status != 401 || f.Error != "Stale timestamp" {
				t.Errorf("%d s ahead: %d %+v, %v", ahead, status, f, err)
			}
		}
		// With the wrong key there is nothing to correct by.
		wrong := hawk.Credentials{ID: modern.ID, Key: secureaccess.NewSecret("wrong")}
		if status, f, err := call(t, &hawk.Transport{Credentials: as(wrong)}, "GET", server+"/", "", "", how{Clock: 3600}); err != nil || status != 401 || f.Error != "Bad mac" {
			t.Errorf("wrong key: %d %+v, %v", status, f, err)
		}
	})

	t.Run("responses", func(t *testing.T) {
		for _, c := range []hawk.Credentials{modern, old} {
			for _, ext := range []string{"", "response-specific", "a, b=c"} {
				for _, s := range []hawk.Signer{{}, {Ext: "e", App: "a", Dlg: "d"}} {
					for _, target := range []string{"/", "/joe%20user?a;b", "/?", "/%2F?q=%E6%97%A5"} {
						rt := &hawk.Transport{Credentials: as(c), Signer: s, HashPayload: true, Response: hawk.ResponseCheckBodyRequired}
						status, f, err := call(t, rt, "POST", server+target, "text/plain", "body", how{Sign: true, Ext: ext})
						if err != nil || status != 200 || f.ID != c.ID {
							t.Errorf("%s with ext %q: %d %+v, %v", target, ext, status, f, err)
						}
					}
				}
			}
			_, _, err := call(t, &hawk.Transport{Credentials: as(c), Response: hawk.ResponseCheckIfPresent}, "GET", server+"/", "", "", how{Sign: true, Tamper: true})
			if !errors.Is(err, hawk.ErrBadPayloadHash) {
				t.Errorf("tampered: %v", err)
			}
			_, _, err = call(t, &hawk.Transport{Credentials: as(c), Response: hawk.ResponseCheckRequired}, "GET", server+"/", "", "", how{})
			if !errors.Is(err, hawk.ErrMissingServerAuthorization) {
				t.Errorf("unsigned: %v", err)
			}
			if status, _, err := call(t, &hawk.Transport{Credentials: as(c), Response: hawk.ResponseCheckIfPresent}, "GET", server+"/", "", "", how{}); err != nil || status != 200 {
				t.Errorf("unsigned where that is allowed: %d, %v", status, err)
			}
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func fixed(now time.Time) func() time.Time { return func() time.Time { return now } }
