package hawk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
)

// A client signs through a Transport, a server verifies and signs its response, and the client checks that.
func Example() {
	credentials := hawk.Credentials{ID: "dh37fgj492je", Key: secureaccess.NewSecret("werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")}

	server := httptest.NewServer(&hawk.Handler{
		Verifier: &hawk.Verifier{
			Credentials: func(_ context.Context, id string) (hawk.Credentials, error) {
				if id != credentials.ID {
					return hawk.Credentials{}, hawk.ErrUnknownCredentials
				}
				return credentials, nil
			},
			Payload: hawk.PayloadPolicyIfHashed,
		},
		Next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			artifacts, _ := hawk.ArtifactsFrom(r.Context())
			_, _ = fmt.Fprintf(w, "hello %s, you said: %s", artifacts.ID, artifacts.Ext)
		}),
	})
	defer server.Close()

	base, err := url.Parse(server.URL)
	if err != nil {
		log.Fatal(err)
	}
	client := &http.Client{Transport: &hawk.Transport{
		Credentials: func(context.Context) (hawk.Credentials, error) { return credentials, nil },
		Origin:      hawk.SameOrigin(base),
		Signer:      hawk.Signer{Ext: "good morning"},
		HashPayload: true,
		Response:    hawk.ResponseCheckBodyRequired,
	}}
	resp, err := client.Get(server.URL + "/caf%C3%A9?a;b")
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body) // an error here could be hawk.ErrBadPayloadHash
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.StatusCode, string(body))
	fmt.Println("logs show the credentials as", credentials)
	// Output:
	// 200 hello dh37fgj492je, you said: good morning
	// logs show the credentials as {dh37fgj492je [redacted] sha256}
}

// A Signer computes a header and leaves the sending to the program.
func ExampleSigner() {
	credentials := hawk.Credentials{ID: "dh37fgj492je", Key: secureaccess.NewSecret("werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")}
	signer := hawk.Signer{
		Ext:   "some-app-ext-data",
		Now:   func() time.Time { return time.Unix(1353832234, 0) }, // fixed, like the nonce,
		Nonce: func() string { return "j4h3g2" },                    // so that the output is
	}
	req, err := http.NewRequest("GET", "http://example.com:8000/resource/1?b=1&a=2", nil)
	if err != nil {
		log.Fatal(err)
	}
	signature, err := signer.Sign(req, credentials, "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(signature.Header)
	fmt.Print(signature.Artifacts.Normalized())
	// Output:
	// Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", ext="some-app-ext-data", mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE="
	// hawk.1.header
	// 1353832234
	// j4h3g2
	// GET
	// /resource/1?b=1&a=2
	// example.com
	// 8000
	//
	// some-app-ext-data
}

// One verifier for clients that come directly and for those that come through a proxy which terminates TLS.
func ExampleVerifier_Verify() {
	credentials := hawk.Credentials{ID: "dh37fgj492je", Key: secureaccess.NewSecret("werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")}
	verifier := &hawk.Verifier{
		Credentials: func(context.Context, string) (hawk.Credentials, error) { return credentials, nil },
		Origin: func(r *http.Request) (scheme, host string) { // the proxy sets both, and removes those of clients
			return r.Header.Get("X-Forwarded-Proto"), r.Header.Get("X-Forwarded-Host")
		},
	}
	signed, err := http.NewRequest("GET", "https://api.example.com/devices?limit=10", nil)
	if err != nil {
		log.Fatal(err)
	}
	signature, err := new(hawk.Signer).Sign(signed, credentials, "")
	if err != nil {
		log.Fatal(err)
	}
	for _, host := range []string{"api.example.com", "other.example.com"} {
		received := httptest.NewRequest("GET", "http://10.0.0.7:8080/devices?limit=10", nil)
		received.Header.Set("Authorization", signature.Header)
		received.Header.Set("X-Forwarded-Proto", "https")
		received.Header.Set("X-Forwarded-Host", host)
		_, err := verifier.Verify(received)
		if refusal, ok := errors.AsType[*hawk.Error](err); ok {
			fmt.Println(refusal.Status, refusal.Message+":", refusal.Artifacts.Host, "is not what", refusal.Artifacts.ID, "signed")
			continue
		}
		fmt.Println("verified")
	}
	// Output:
	// verified
	// 401 Bad mac: other.example.com is not what dh37fgj492je signed
}

// A session hands its credentials down with each request.
func ExampleTransport_RoundTripWith() {
	credentials := hawk.Credentials{ID: "dh37fgj492je", Key: secureaccess.NewSecret("werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")}
	server := httptest.NewServer(&hawk.Handler{
		Verifier: &hawk.Verifier{Credentials: func(context.Context, string) (hawk.Credentials, error) { return credentials, nil }},
		Next:     http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "welcome") }),
	})
	defer server.Close()

	transport := &hawk.Transport{Response: hawk.ResponseCheckBodyRequired}
	req, err := http.NewRequest("GET", server.URL, nil)
	if err != nil {
		log.Fatal(err)
	}
	resp, err := transport.RoundTripWith(req, credentials)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(body), err)
	// Output: 200 welcome <nil>
}

// A server that reports skewed clocks in its own way: 403 with a code in JSON.
func ExampleTransport_skewed() {
	transport := &hawk.Transport{
		Credentials: func(context.Context) (hawk.Credentials, error) {
			return hawk.Credentials{}, errors.New("not signed in")
		},
		Skewed: func(resp *http.Response, body []byte) bool {
			var refusal struct {
				Code int `json:"code"`
			}
			return resp.StatusCode == http.StatusForbidden && json.NewDecoder(bytes.NewReader(body)).Decode(&refusal) == nil && refusal.Code == 40302
		},
	}
	resp := &http.Response{StatusCode: http.StatusForbidden}
	fmt.Println(transport.Skewed(resp, []byte(`{"code": 40302, "message": "RequestTimeTooSkewed"}`)))
	fmt.Println(transport.Skewed(resp, []byte(`{"code": 40303}`)))
	// Output:
	// true
	// false
}
