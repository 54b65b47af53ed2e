package hawk

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

func BenchmarkSign(b *testing.B) {
	req := &http.Request{Method: "GET", URL: &url.URL{Scheme: "https", Host: "api.example.com", Path: "/api/v1/sa/groups", RawQuery: "offset=0&limit=100"}}
	signer := new(Signer)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := signer.Sign(req, steve, ""); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSign_otherKeys signs with a key that no state is set up for, as a process with a thousand clients may.
func BenchmarkSign_otherKeys(b *testing.B) {
	req := &http.Request{Method: "GET", URL: &url.URL{Scheme: "https", Host: "api.example.com", Path: "/api/v1/sa/groups", RawQuery: "offset=0&limit=100"}}
	signer := new(Signer)
	credentials := [2]Credentials{steve, {ID: "other", Key: secureaccess.NewSecret("another key")}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := signer.Sign(req, credentials[i%2], ""); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRoundTripWith is what a session's request costs over a connection that costs nothing.
func BenchmarkRoundTripWith(b *testing.B) {
	req := httptest.NewRequest("GET", "https://api.example.com/api/v1/sa/groups?offset=0&limit=100", nil)
	req.RequestURI = ""
	resp := &http.Response{StatusCode: 200, Header: make(http.Header), Body: http.NoBody}
	rt := &Transport{Base: roundTripper(func(*http.Request) (*http.Response, error) { return resp, nil })}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rt.RoundTripWith(req, steve); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRoundTrip is the same with a copy of the request.
func BenchmarkRoundTrip(b *testing.B) {
	req := httptest.NewRequest("GET", "https://api.example.com/api/v1/sa/groups?offset=0&limit=100", nil)
	req.RequestURI = ""
	resp := &http.Response{StatusCode: 200, Header: make(http.Header), Body: http.NoBody}
	rt := &Transport{Credentials: as(steve), Base: roundTripper(func(*http.Request) (*http.Response, error) { return resp, nil })}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rt.RoundTrip(req); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	r := httptest.NewRequest("GET", "https://api.example.com/api/v1/sa/groups?offset=0&limit=100", nil)
	signature, err := (&Signer{Now: func() time.Time { return epoch }}).Sign(r, steve, "")
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Authorization", signature.Header)
	v := newVerifier()
	b.ReportAllocs()
	for b.Loop() {
		v.nonces = nonceWindow{} // or it would be a replay
		if _, err := v.Verify(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHashPayload(b *testing.B) {
	payload := make([]byte, 1<<20)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		HashPayload(AlgorithmSHA256, "application/octet-stream", payload)
	}
}
