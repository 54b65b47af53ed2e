package rest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

func checkDiscarded(t *testing.T, o *office, want ...int) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if !slices.Equal(o.discarded, want) {
		t.Errorf("discarded %v, want %v", o.discarded, want)
	}
}

func TestSession_Close(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		s := o.session()
		checkGet(t, s, 1)
		for range 2 {
			if err := s.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
		checkDiscarded(t, o, 1)
		if _, _, err := s.Get(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
			t.Error(err)
		}
		if _, err := s.SignIn(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
			t.Error(err)
		}
		checkTold(t, o, "first 0")
	})
	inBubble("nothing to end", t, func(t *testing.T, o *office) {
		unused, refused := o.session(), o.session()
		refused.Set(t.Context(), pass{Number: 1})
		refused.Refuse(1)
		if err := errors.Join(unused.Close(t.Context()), refused.Close(t.Context())); err != nil {
			t.Error(err)
		}
		checkDiscarded(t, o)
	})
	inBubble("repeated after a failure", t, func(t *testing.T, o *office) {
		s := o.session()
		checkGet(t, s, 1)
		o.discards = errors.New("no connection")
		if err := s.Close(t.Context()); !errors.Is(err, o.discards) {
			t.Error(err)
		}
		o.discards = nil
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		checkDiscarded(t, o, 1)
	})
	inBubble("after the end of the context", t, func(t *testing.T, o *office) {
		s := o.session()
		checkGet(t, s, 1)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		var alive error
		s.Discard = func(ctx context.Context, p pass) error {
			alive = ctx.Err()
			begun := time.Now()
			<-ctx.Done()
			if took := time.Since(begun); took != EndLimit {
				t.Errorf("it had %v", took)
			}
			return ctx.Err()
		}
		if err := s.Close(ctx); !errors.Is(err, context.Canceled) || alive != nil {
			t.Errorf("%v, at the beginning %v", err, alive)
		}
	})
	inBubble("during a sign-in", t, func(t *testing.T, o *office) {
		s := o.session()
		got := make(chan error)
		go func() { _, _, err := s.Get(t.Context()); got <- err }()
		synctest.Wait()
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if err := <-got; !errors.Is(err, secureaccess.ErrClosed) {
			t.Error(err) // and not that the caller's context was canceled, which it was not
		}
	})
	inBubble("a sign-in that cannot be stopped", t, func(t *testing.T, o *office) {
		s := o.session()
		s.Obtain = func(_ context.Context, last pass, refused bool) (pass, error) {
			return o.obtain(context.Background(), last, refused)
		}
		go func() { _, _, _ = s.Get(t.Context()) }()
		synctest.Wait()
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		checkDiscarded(t, o, 1)
	})
}

func TestSession_Close_keepsAStoredSession(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		store := newStore()
		s := o.process(store)
		checkGet(t, s, 1)
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		next := o.process(store)
		checkCall(t, next, o, 200)
		if err := next.Close(t.Context()); err != nil {
			t.Error(err)
		}
		checkDiscarded(t, o)
		checkTold(t, o, "first 0")
	})
	inBubble("ends what could not be stored", t, func(t *testing.T, o *office) {
		store := newStore()
		store.saveErr = errors.New("disk is full")
		s := o.process(store)
		checkGet(t, s, 1)
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		checkDiscarded(t, o, 1)
	})
}

func TestSession_SignOut(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		s := o.session()
		checkGet(t, s, 1)
		for range 2 {
			if err := s.SignOut(t.Context()); err != nil {
				t.Error(err)
			}
		}
		checkDiscarded(t, o, 1)
		checkGet(t, s, 2)
		checkTold(t, o, "first 0", "first 0")
	})
	inBubble("of another process", t, func(t *testing.T, o *office) {
		store := newStore()
		checkGet(t, o.process(store), 1)
		if err := o.process(store).SignOut(t.Context()); err != nil {
			t.Error(err)
		}
		checkDiscarded(t, o, 1)
		if store.has() {
			t.Error("it is stored")
		}
	})
	inBubble("repeated after failures", t, func(t *testing.T, o *office) {
		store := newStore()
		s := o.process(store)
		checkGet(t, s, 1)
		o.discards = errors.New("no connection")
		if err := s.SignOut(t.Context()); !errors.Is(err, o.discards) || !store.has() {
			t.Errorf("%v", err)
		}
		o.discards = nil
		store.deleteErr = errors.New("disk is full")
		if err := s.SignOut(t.Context()); !errors.Is(err, store.deleteErr) {
			t.Errorf("%v", err)
		}
		store.deleteErr = nil
		if err := s.SignOut(t.Context()); err != nil || store.has() {
			t.Errorf("%v", err)
		}
		checkDiscarded(t, o, 1)
		checkGet(t, s, 2)
	})
	inBubble("under calls", t, func(t *testing.T, o *office) {
		s := o.session()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				for range 20 {
					checkCall(t, s, o, 200)
					time.Sleep(700 * time.Millisecond)
				}
			})
		}
		for range 5 {
			time.Sleep(3 * time.Second)
			if err := s.SignOut(t.Context()); err != nil {
				t.Error(err)
			}
		}
		wg.Wait()
		if n := o.count(); n != 6 {
			t.Errorf("%d sign-ins, with 5 ends of the session", n)
		}
	})
	inBubble("after Close", t, func(t *testing.T, o *office) {
		store := newStore()
		s := o.process(store)
		checkGet(t, s, 1)
		if err := errors.Join(s.Close(t.Context()), s.SignOut(t.Context())); err != nil || store.has() {
			t.Errorf("%v", err)
		}
		checkDiscarded(t, o, 1)
	})
}
