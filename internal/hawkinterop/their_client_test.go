package hawkinterop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/hawk"
)

// theirCase is a request for the reference client to send, and what has to come of it.
type theirCase struct {
	Base        string        `json:"base"`
	Target      string        `json:"target"`
	Method      string        `json:"method"`
	Credentials jsCredentials `json:"credentials"`
	Ext         string        `json:"ext,omitempty"`
	App         string        `json:"app,omitempty"`
	Dlg         string        `json:"dlg,omitempty"`
	Nonce       string        `json:"nonce,omitempty"`
	Payload     string        `json:"payload,omitempty"`
	Send        *string       `json:"send,omitempty"`
	ContentType string        `json:"contentType,omitempty"`
	Hash        bool          `json:"hash,omitempty"`
	Check       bool          `json:"check,omitempty"`
	Correct     bool          `json:"correct,omitempty"`

	status   int    // 0 means 200
	message  string // of our refusal, in the challenge
	refused  string // by the reference client, of our response
	attempts int    // 0 means 1
}

type outcome struct {
	Status                         int
	Body, Resource, Error, Refused string
	Attempts                       int
}

func known(_ context.Context, id string) (hawk.Credentials, error) {
	switch id {
	case modern.ID:
		return modern, nil
	case old.ID:
		return old, nil
	}
	return hawk.Credentials{}, hawk.ErrUnknownCredentials
}

// respond writes the artifacts that a hawk.Handler has found, or what the path asks for.
func respond(w http.ResponseWriter, r *http.Request) {
	artifacts, _ := hawk.ArtifactsFrom(r.Context())
	switch r.URL.Path {
	case "/flushed":
		w.(http.Flusher).Flush()
	case "/none":
		w.WriteHeader(http.StatusNoContent)
		return
	case "/missing":
		w.WriteHeader(http.StatusNotFound)
	}
	_ = json.NewEncoder(w).Encode(artifacts)
}

// verifying responds with its artifacts, signed; paths that begin with /unsigned or /tampered get what they ask for.
func verifying(t *testing.T, v *hawk.Verifier) http.Handler {
	v.Credentials = known
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		grant, err := v.Verify(r)
		if err != nil {
			if refusal, ok := errors.AsType[*hawk.Error](err); ok {
				refusal.Respond(w)
			}
			return
		}
		body, err := json.Marshal(grant.Artifacts)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		header, err := grant.ServerAuthorization(hawk.HashPayload(grant.Credentials.Algorithm, "application/json", body), grant.Artifacts.Ext)
		if err != nil {
			t.Error(err)
		}
		if !strings.HasPrefix(r.URL.Path, "/unsigned") {
			w.Header().Set("Server-Authorization", header)
		}
		if strings.HasPrefix(r.URL.Path, "/tampered") {
			body = []byte(`{}`)
		}
		_, _ = w.Write(body)
	})
}

func serve(t *testing.T, v *hawk.Verifier) string {
	t.Helper()
	s := httptest.NewServer(verifying(t, v))
	t.Cleanup(s.Close)
	return s.URL
}

func TestTheirClient(t *testing.T) {
	reference(t)
	server := serve(t, &hawk.Verifier{Payload: hawk.PayloadPolicyIfHashed})
	strict := serve(t, &hawk.Verifier{Payload: hawk.PayloadPolicyRequired})
	ahead := serve(t, &hawk.Verifier{Now: func() time.Time { return time.Now().Add(time.Hour) }})
	secure := httptest.NewTLSServer(verifying(t, new(hawk.Verifier)))
	t.Cleanup(secure.Close)
	proxied := serve(t, &hawk.Verifier{Origin: func(*http.Request) (string, string) { return "https", "localhost:8443" }})
	handler := httptest.NewServer(&hawk.Handler{Verifier: &hawk.Verifier{Credentials: known}, Next: http.HandlerFunc(respond)})
	t.Cleanup(handler.Close)

	bases := []string{server, secure.URL}
	if l, err := net.Listen("tcp6", "[::1]:0"); err == nil {
		s := httptest.NewUnstartedServer(verifying(t, new(hawk.Verifier)))
		_ = s.Listener.Close()
		s.Listener = l
		s.Start()
		t.Cleanup(s.Close)
		bases = append(bases, s.URL)
	}

	var cases []theirCase
	add := func(c theirCase) {
		if c.Method == "" {
			c.Method = "GET"
		}
		if c.Credentials == (jsCredentials{}) {
			c.Credentials = toJS(modern)
		}
		if c.Target == "" {
			c.Target = "/"
		}
		cases = append(cases, c)
	}
	for _, c := range []hawk.Credentials{modern, old} {
		for _, base := range bases {
			for _, target := range targets {
				add(theirCase{Base: base, Target: target, Credentials: toJS(c), Check: true})
			}
		}
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			for _, contentType := range []string{"", "text/plain", "Application/JSON; charset=utf-8"} {
				for _, payload := range []string{"", "Thank you for flying Hawk", "日本\r\n\x00", strings.Repeat("long ", 40_000)} {
					add(theirCase{Base: strict, Method: method, ContentType: contentType, Payload: payload, Credentials: toJS(c), Hash: true, Check: true})
				}
			}
		}
		for _, ext := range []string{"some-app-ext-data", "a, b=c; ext=d", " !#$%&'()*+,-./:;<=>?@[]^_`{|}~ ", strings.Repeat("e", 3500)} {
			add(theirCase{Base: server, Ext: ext, Credentials: toJS(c), Check: true})
		}
		for _, target := range targets {
			add(theirCase{Base: handler.URL, Target: target, Credentials: toJS(c), Check: true})
		}
		add(theirCase{Base: handler.URL, Target: "/flushed", Credentials: toJS(c), Check: true, refused: "Missing response hash attribute"})
		add(theirCase{Base: handler.URL, Target: "/none", Credentials: toJS(c), Check: true, status: 204})
		add(theirCase{Base: handler.URL, Target: "/missing", Credentials: toJS(c), Check: true, status: 404})
		add(theirCase{Base: server, App: "app", Credentials: toJS(c), Check: true})
		add(theirCase{Base: server, App: "a, b", Dlg: "d=e", Ext: "e", Credentials: toJS(c), Check: true})
		add(theirCase{Base: ahead, Credentials: toJS(c), status: 401, message: "Stale timestamp"})
		add(theirCase{Base: ahead, Credentials: toJS(c), Correct: true, attempts: 2})
		add(theirCase{Base: server, Target: "/unsigned", Credentials: toJS(c), Check: true, refused: "Missing Server-Authorization header"})
		add(theirCase{Base: server, Target: "/tampered", Credentials: toJS(c), Check: true, refused: "Bad response payload mac"})
		nonce := fmt.Sprintf("same%d", c.Algorithm)
		add(theirCase{Base: server, Nonce: nonce, Credentials: toJS(c)})
		add(theirCase{Base: server, Nonce: nonce, Credentials: toJS(c), status: 401, message: "Invalid nonce"})
		other := "another body"
		add(theirCase{Base: server, Method: "POST", Payload: "body", Send: &other, Hash: true, Credentials: toJS(c), status: 401, message: "Bad payload hash"})
		add(theirCase{Base: strict, Method: "POST", Payload: "body", Credentials: toJS(c), status: 401, message: "Missing required payload hash"})
		wrong := toJS(c)
		wrong.Key = "wrong"
		add(theirCase{Base: server, Credentials: wrong, status: 401, message: "Bad mac"})
		add(theirCase{Base: ahead, Credentials: wrong, status: 401, message: "Bad mac"})
	}
	add(theirCase{Base: server, Credentials: jsCredentials{"nobody", "k", "sha256"}, status: 401, message: "Unknown credentials"})
	add(theirCase{Base: server, Credentials: jsCredentials{modern.ID, modern.Key.Reveal(), "sha1"}, status: 401, message: "Bad mac"})
	add(theirCase{Base: server, Ext: strings.Repeat("e", 4096), status: 400})
	add(theirCase{Base: proxied, status: 401, message: "Bad mac"})

	theirs.Add(int32(len(cases)))
	var outcomes []outcome
	runClient(t, cases, &outcomes)
	if len(outcomes) != len(cases) {
		t.Fatalf("%d outcomes of %d cases", len(outcomes), len(cases))
	}
	for i, c := range cases {
		got := outcomes[i]
		if c.status == 0 {
			c.status = 200
		}
		c.attempts = max(c.attempts, 1)
		if got.Status != c.status || got.Error != c.message || got.Refused != c.refused || got.Attempts != c.attempts {
			t.Errorf("%s %s%s: %+v, want status %d, message %q, refusal %q, attempts %d", c.Method, c.Base, c.Target, got, c.status, c.message, c.refused, c.attempts)
		}
		if c.status == 200 && c.refused == "" {
			var artifacts hawk.Artifacts
			if err := json.Unmarshal([]byte(got.Body), &artifacts); err != nil || artifacts.Target != got.Resource || artifacts.Ext != c.Ext || artifacts.App != c.App || artifacts.Dlg != c.Dlg {
				t.Errorf("%s %s%s: we found %s, %v", c.Method, c.Base, c.Target, got.Body, err)
			}
		}
	}
}
