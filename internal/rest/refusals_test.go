package rest

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"
)

func TestSession_refusedSignIn(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		o.password = "wrong"
		s := o.session()
		var wg sync.WaitGroup
		for range crowd {
			wg.Go(func() {
				if _, err := call1(t, s, o); err != errPassword {
					t.Errorf("%v", err)
				}
			})
		}
		wg.Wait()
		for range 10 {
			if _, err := call1(t, s, o); err != errPassword {
				t.Errorf("%v", err)
			}
		}
		if n := o.count(); n != 1 {
			t.Errorf("%d sign-ins with one wrong password", n)
		}
		// Then after 30 s, doubling to 5 minutes.
		var at []time.Duration
		begun := time.Now()
		for time.Since(begun) < 20*time.Minute {
			before := o.count()
			if _, _, err := s.Get(t.Context()); err != errPassword {
				t.Fatal(err)
			}
			if o.count() > before {
				at = append(at, time.Since(begun).Round(10*time.Second))
			}
			time.Sleep(time.Second)
		}
		want := []time.Duration{30, 90, 210, 450, 750, 1050}
		for i := range want {
			if want[i] *= time.Second; i >= len(at) || (at[i]-want[i]).Abs() > 10*time.Second {
				t.Fatalf("tried again after %v, want %v", at, want)
			}
		}
	})
	inBubble("a rotated secret, and an explicit sign-in", t, func(t *testing.T, o *office) {
		o.password = "wrong"
		s := o.session()
		if _, err := call1(t, s, o); err != errPassword {
			t.Error(err)
		}
		if _, err := s.SignIn(t.Context()); err != errPassword || o.count() != 2 {
			t.Errorf("%v after %d", err, o.count())
		}
		o.password = "right"
		checkCall(t, s, o, 200)
		if n := o.count(); n != 3 {
			t.Errorf("%d sign-ins", n)
		}
		s.Refuse(1)
		o.password = "wrong" // is new again, since the other one was accepted
		if _, err := call1(t, s, o); err != errPassword || o.count() != 4 {
			t.Errorf("%v after %d", err, o.count())
		}
	})
	inBubble("other failures are not remembered", t, func(t *testing.T, o *office) {
		o.fails = errors.New("no connection")
		s := o.session()
		for range 3 {
			if _, err := call1(t, s, o); !errors.Is(err, o.fails) {
				t.Error(err)
			}
		}
		if n := o.count(); n != 3 {
			t.Errorf("%d sign-ins", n)
		}
	})
	inBubble("credentials that cannot change", t, func(t *testing.T, o *office) {
		o.password = "wrong"
		s := o.session()
		s.Identity = nil
		for range 3 {
			if _, err := call1(t, s, o); err != errPassword {
				t.Error(err)
			}
		}
		if n := o.count(); n != 1 {
			t.Errorf("%d sign-ins", n)
		}
	})
	inBubble("a source that fails", t, func(t *testing.T, o *office) {
		s := o.session()
		s.Identity = func(context.Context) (string, error) { return "", errors.New("vault is sealed") }
		o.fails = errors.New("vault is sealed, as the sign-in finds out")
		for range 2 {
			if _, err := call1(t, s, o); err != o.fails {
				t.Error(err)
			}
		}
	})
}

func TestSession_refusesEverything(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		o.closed = true
		s := o.session()
		for range 20 {
			checkCall(t, s, o, 401)
		}
		if n := o.count(); n != 2 || len(o.requests) != 21 {
			t.Errorf("%d sign-ins, %d requests for 20 calls", n, len(o.requests))
		}
		o.closed = false // the server recovers, and no sign-in is needed
		checkCall(t, s, o, 200)
		if n := o.count(); n != 2 {
			t.Errorf("%d sign-ins", n)
		}
		time.Sleep(time.Hour)
		o.revoke(2)
		checkCall(t, s, o, 200)
		if n := o.count(); n != 3 {
			t.Errorf("%d sign-ins", n)
		}
	})
	inBubble("after it worked", t, func(t *testing.T, o *office) {
		s := o.session()
		checkCall(t, s, o, 200)
		o.closed = true
		for range 100 { // for 100 minutes
			checkCall(t, s, o, 401)
			time.Sleep(time.Minute)
		}
		if n := o.count(); n > 25 {
			t.Errorf("%d sign-ins for 100 calls in 100 minutes", n)
		}
		before := o.count()
		for range 100 {
			checkCall(t, s, o, 401)
		}
		if n := o.count() - before; n > 1 {
			t.Errorf("%d sign-ins for 100 calls", n)
		}
	})
	inBubble("uploads that cannot be repeated", t, func(t *testing.T, o *office) {
		o.closed = true
		s := o.session()
		for range 20 {
			resp, _, err := send(t, s, o, "https://api/v1", "once", false)
			if err != nil || resp.StatusCode != 401 {
				t.Errorf("%v, %v", resp, err)
			}
		}
		if n := o.count(); n != 2 {
			t.Errorf("%d sign-ins for 20 calls", n)
		}
	})
	inBubble("one operation only", t, func(t *testing.T, o *office) {
		// A server that responds with 401 where it means "forbidden": other calls go on, and the forbidden one costs no sign-in a call.
		s := o.session()
		send := s.Send
		s.Send = func(req *http.Request, p pass) (*http.Response, error) {
			resp, err := send(req, p)
			if req.Method == http.MethodPost {
				resp.StatusCode = 401
			}
			return resp, err
		}
		var forbidden *http.Request
		for range 20 {
			checkCall(t, s, o, 200)
			forbidden, _ = http.NewRequestWithContext(t.Context(), http.MethodPost, "https://api/v1", nil)
			if resp, err := s.Transport(o).RoundTrip(forbidden); err != nil || resp.StatusCode != 401 {
				t.Errorf("%v, %v", resp, err)
			}
		}
		if n := o.count(); n != 2 {
			t.Errorf("%d sign-ins for 20 forbidden calls", n)
		}
	})
	inBubble("a rotated secret", t, func(t *testing.T, o *office) {
		o.closed = true
		s := o.session()
		for range 5 {
			checkCall(t, s, o, 401)
		}
		secret := "new"
		s.Identity = func(context.Context) (string, error) { return secret, nil }
		o.closed = false
		o.revoke(1)
		o.revoke(2)
		checkCall(t, s, o, 200)
		checkTold(t, o, "first 0", "refused 1", "refused 2")
	})
}
