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

// A client signs through a Transport, a server verifies and signs its answer, and the client checks that.
func Example() {
	credentials := hawk.Credentials{ID: "dh37fgj492je", Key: secureaccess.NewSecret("werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")}

	verifier := &hawk.Verifier{
		Credentials: func(_ context.Context, id string) (hawk.Credentials, error) {
			if id != credentials.ID {
				return hawk.Credentials{}, hawk.ErrUnknownCredentials
			}
			return credentials, nil
		},
		Payload: hawk.PayloadIfHashed,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		grant, err := verifier.Verify(r)
		if err != nil {
			if refusal, ok := errors.AsType[*hawk.Error](err); ok {
				refusal.Respond(w)
			}
			return
		}
		body := fmt.Appendf(nil, "hello %s, you said: %s", grant.Credentials.ID, grant.Artifacts.Ext)
		w.Header().Set("Content-Type", "text/plain")
		signature, err := grant.ServerAuthorization(hawk.HashPayload(grant.Credentials.Algorithm, "text/plain", body), "")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Server-Authorization", signature)
		_, _ = w.Write(body)
	}))
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
		Response:    hawk.ResponseBodyRequired,
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
		Now:   func() time.Time { return time.Unix(1353832234, 0) }, // these two are for
		Nonce: func() string { return "j4h3g2" },                    // the example's sake
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

// A server that speaks of skewed clocks in words of its own: 403 with a code in JSON.
func ExampleTransport_skewed() {
	transport := &hawk.Transport{
		Credentials: func(context.Context) (hawk.Credentials, error) {
			return hawk.Credentials{}, errors.New("not logged in")
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
