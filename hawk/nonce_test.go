package hawk

import (
	"strconv"
	"testing"
	"time"
)

func TestNonceWindow(t *testing.T) {
	clock := newClock(epoch)
	v := &Verifier{Now: clock.now, MaxNonces: 2}
	w := &v.nonces
	ts := epoch.Unix()
	for _, step := range []struct {
		name, id, nonce string
		ts              int64
		want            error
	}{
		{"first", "a", "1", ts, nil},
		{"again", "a", "1", ts, ErrInvalidNonce},
		{"another id", "b", "1", ts, nil},
		{"the same letters, split elsewhere", "b1", "", ts, nil},
		{"another time", "a", "1", ts + 60, nil},
		{"no room", "a", "2", ts, ErrNonceWindowFull},
		{"known, though there is no room", "a", "1", ts, ErrInvalidNonce},
		{"another id's room", "b", "2", ts, nil},
		{"which is no larger", "b", "3", ts, ErrNonceWindowFull},
		{"too old", "a", "2", ts - 61, ErrStaleTimestamp},
		{"too new", "a", "2", ts + 61, ErrStaleTimestamp},
	} {
		if _, err := w.admit(v, step.id, step.nonce, step.ts); err != step.want {
			t.Errorf("%s: %v, want %v", step.name, err, step.want)
		}
	}
	clock.add(time.Minute)
	if _, err := w.admit(v, "a", "1", ts); err != ErrInvalidNonce {
		t.Errorf("a nonce is forgotten while its time is good to the second: %v", err)
	}
	clock.add(time.Second)
	if _, err := w.admit(v, "a", "1", ts+60); err != ErrInvalidNonce {
		t.Errorf("a nonce whose time is still good is forgotten: %v", err)
	}
	if _, err := w.admit(v, "a", "2", ts+60); err != nil {
		t.Errorf("old nonces still take up room: %v", err)
	}
}

// However long it runs and whatever it is sent, the window holds no more than what one window of time can bring.
func TestNonceWindow_forgets(t *testing.T) {
	clock := newClock(epoch)
	v := &Verifier{Now: clock.now, Skew: 10 * time.Second}
	for i := range 10_000 {
		// One id that stays and many that come once.
		for _, id := range []string{"a", strconv.Itoa(i)} {
			if _, err := v.nonces.admit(v, id, strconv.Itoa(i), clock.now().Unix()+int64(i%3)); err != nil {
				t.Fatal(err)
			}
		}
		clock.add(100 * time.Millisecond)
	}
	// 10 a second, for 10 seconds back, 2 ahead, and the one that is not over
	a := v.nonces.ids["a"]
	if a.count > 140 || len(a.seen) > 13 {
		t.Errorf("%d nonces of %d seconds are kept", a.count, len(a.seen))
	}
	// Ids that are not used any more go within two windows.
	if n := len(v.nonces.ids); n > 300 {
		t.Errorf("%d ids are kept", n)
	}
	for id, of := range v.nonces.ids {
		kept := 0
		for _, nonces := range of.seen {
			kept += len(nonces)
		}
		if kept != of.count {
			t.Errorf("%s: %d nonces are kept, %d counted", id, kept, of.count)
		}
	}
}
