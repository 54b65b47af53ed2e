package hawk

import (
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// What one client sends must not shut out the others.
func TestVerifier_MaxNonces_perCredential(t *testing.T) {
	v := newVerifier()
	v.MaxNonces = 3
	v.Credentials = func(context.Context, string) (Credentials, error) { return Credentials{Key: steve.Key}, nil }
	verify := func(id string) error {
		r := httptest.NewRequest("GET", "http://example.com/", nil)
		signature, err := (&Signer{Now: v.Now}).Sign(r, Credentials{ID: id, Key: steve.Key}, "")
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", signature.Header)
		_, err = v.Verify(r)
		return err
	}
	for i := range 10 {
		if err := verify("greedy"); (err != nil) != (i >= 3) || err != nil && !errors.Is(err, ErrNonceWindowFull) {
			t.Fatalf("request %d: %v", i+1, err)
		}
	}
	for _, id := range []string{"a", "b", "c", "a"} {
		if err := verify(id); err != nil {
			t.Errorf("%s is shut out: %v", id, err)
		}
	}
}

func TestVerifier_Verify_replay(t *testing.T) {
	v := newVerifier()
	s := Signer{Nonce: func() string { return "same" }}
	if _, err := v.Verify(signedRequest(t, s, "GET", "/", "")); err != nil {
		t.Fatal(err)
	}
	_, err := v.Verify(signedRequest(t, s, "GET", "/", ""))
	refused(t, err, Error{Reason: ErrInvalidNonce, Status: 401, Message: "Invalid nonce", Challenge: `Hawk error="Invalid nonce"`})

	full := newVerifier()
	full.MaxNonces = 1
	if _, err := full.Verify(signedRequest(t, Signer{}, "GET", "/", "")); err != nil {
		t.Fatal(err)
	}
	_, err = full.Verify(signedRequest(t, Signer{}, "GET", "/", ""))
	refused(t, err, Error{Reason: ErrNonceWindowFull, Status: 503})
}

// Of many copies of a request that arrive together, one is let in.
func TestVerifier_Verify_replayAtOnce(t *testing.T) {
	v := newVerifier()
	var (
		wg       sync.WaitGroup
		mu       sync.Mutex
		accepted int
	)
	for range 50 {
		r := signedRequest(t, Signer{Nonce: func() string { return "same" }}, "GET", "/", "")
		wg.Go(func() {
			if _, err := v.Verify(r); err == nil {
				mu.Lock()
				accepted++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if accepted != 1 {
		t.Errorf("%d accepted", accepted)
	}
}

// A copy of a request must not get in by holding back its body until the nonce is forgotten.
func TestVerifier_Verify_replayHeldBack(t *testing.T) {
	clock := newClock(epoch)
	v := &Verifier{Credentials: lookUp, Now: clock.now, Payload: PayloadPolicyRequired}
	s := Signer{Nonce: func() string { return "same" }}
	if _, err := v.Verify(signedRequest(t, s, "POST", "/", "body")); err != nil {
		t.Fatal(err)
	}
	r := signedRequest(t, s, "POST", "/", "body")
	body := r.Body
	r.Body = io.NopCloser(readerFunc(func(p []byte) (int, error) {
		clock.add(time.Hour)
		other := signedRequest(t, Signer{Now: clock.now}, "POST", "/", "body")
		if _, err := v.Verify(other); err != nil {
			t.Error(err)
		}
		return body.Read(p)
	}))
	if _, err := v.Verify(r); !errors.Is(err, ErrStaleTimestamp) {
		t.Errorf("the copy: %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
