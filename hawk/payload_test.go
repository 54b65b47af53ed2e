package hawk

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/quick"
	"time"

	hiyosi "github.com/hiyosi/hawk"
)

func TestHashPayload_published(t *testing.T) {
	for _, test := range []struct {
		algorithm                  Algorithm
		contentType, payload, want string
	}{
		{AlgorithmSHA256, "text/plain", "Thank you for flying Hawk", "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY="},
		{AlgorithmSHA256, " Text/Plain ; charset=utf-8", "some reply", "f9cDF/TDm7TkYRLnGwRMfeDzT6LixQVLvrIKhh0vgmM="},
		{AlgorithmSHA256, "text/plain", "something to write about", "2QfCt3GuY9HQnHWyWD3wX68ZOKbynqlfYmuO2ZBRqtY="},
		{AlgorithmSHA1, "", "something to write about", "bsvY3IfUllw6V5rvk4tStEvpBhE="},
	} {
		if got := HashPayload(test.algorithm, test.contentType, []byte(test.payload)); got != test.want {
			t.Errorf("%v of %q: %s, want %s", test.algorithm, test.payload, got, test.want)
		}
	}
}

func TestPayloadHasher_matchesTheLibrary(t *testing.T) {
	same := func(contentType string, pieces [][]byte) bool {
		h, whole := NewPayloadHasher(AlgorithmSHA256, contentType), ""
		for _, piece := range pieces {
			if n, err := h.Write(piece); n != len(piece) || err != nil {
				return false
			}
			whole += string(piece)
		}
		want := (&hiyosi.PayloadHash{ContentType: contentType, Payload: whole, Alg: hiyosi.SHA256}).String()
		first := h.Sum()
		return first == want && h.Sum() == first
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}

func TestVerifier_Verify_payload(t *testing.T) {
	unhashed := func(t *testing.T, body string) *http.Request {
		r := signedRequest(t, Signer{}, "POST", "/", "")
		r.Body = io.NopCloser(strings.NewReader(body))
		return r
	}
	tampered := func(t *testing.T, body string) *http.Request {
		r := signedRequest(t, Signer{}, "POST", "/", "the body that was signed")
		r.Body = io.NopCloser(strings.NewReader(body))
		return r
	}
	hashed := func(t *testing.T, body string) *http.Request { return signedRequest(t, Signer{}, "POST", "/", body) }

	for name, test := range map[string]struct {
		verifier *Verifier
		request  func(*testing.T, string) *http.Request
		reason   error
		status   int
	}{
		"right":                     {&Verifier{Payload: PayloadPolicyRequired}, hashed, nil, 0},
		"right, as long as allowed": {&Verifier{Payload: PayloadPolicyRequired, MaxPayload: 8}, hashed, nil, 0},
		"too long":                  {&Verifier{Payload: PayloadPolicyRequired, MaxPayload: 7}, hashed, ErrPayloadTooLarge, 413},
		"wrong":                     {&Verifier{Payload: PayloadPolicyRequired}, tampered, ErrBadPayloadHash, 401},
		"wrong, checked if there":   {&Verifier{Payload: PayloadPolicyIfHashed}, tampered, ErrBadPayloadHash, 401},
		"wrong, unchecked":          {&Verifier{Payload: PayloadPolicyUnchecked}, tampered, nil, 0},
		"no hash":                   {&Verifier{Payload: PayloadPolicyRequired}, unhashed, ErrMissingPayloadHash, 401},
		"no hash, checked if there": {&Verifier{Payload: PayloadPolicyIfHashed, MaxPayload: 1}, unhashed, nil, 0},
		"another content type": {&Verifier{Payload: PayloadPolicyRequired}, func(t *testing.T, body string) *http.Request {
			r := hashed(t, body)
			r.Header.Set("Content-Type", "application/json")
			return r
		}, ErrBadPayloadHash, 401},
		"parameters of the content type": {&Verifier{Payload: PayloadPolicyRequired}, func(t *testing.T, body string) *http.Request {
			r := hashed(t, body)
			r.Header.Set("Content-Type", "TEXT/plain; charset=utf-8")
			return r
		}, nil, 0},
		"body that breaks off": {&Verifier{Payload: PayloadPolicyRequired}, func(t *testing.T, body string) *http.Request {
			r := hashed(t, body)
			r.Body = io.NopCloser(io.MultiReader(r.Body, iotest.ErrReader(io.ErrUnexpectedEOF)))
			return r
		}, io.ErrUnexpectedEOF, 400},
		"right, but no body at all": {&Verifier{Payload: PayloadPolicyIfHashed}, func(t *testing.T, body string) *http.Request {
			r := hashed(t, body)
			r.Body = nil
			return r
		}, ErrBadPayloadHash, 401},
	} {
		t.Run(name, func(t *testing.T) {
			v := test.verifier
			v.Credentials, v.Now = lookUp, func() time.Time { return epoch }
			r := test.request(t, "12345678")
			_, err := v.Verify(r)
			if test.reason != nil {
				if e := new(Error); !errors.Is(err, test.reason) || !errors.As(err, &e) || e.Status != test.status {
					t.Fatalf("%v, want %v with status %d", err, test.reason, test.status)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(r.Body); err != nil || string(body) != "12345678" {
				t.Errorf("the handler gets %q, %v", body, err)
			}
		})
	}
}
