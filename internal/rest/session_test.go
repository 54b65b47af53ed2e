package rest

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestSession_Get_obtainsOnceForAll(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		s := o.session()
		if _, ok := s.Peek(); ok || o.count() != 0 {
			t.Error("obtained before the first use")
		}
		var wg sync.WaitGroup
		for range crowd {
			wg.Go(func() { checkGet(t, s, 1) })
		}
		wg.Wait()
		checkTold(t, o, "first 0")
		if p, ok := s.Peek(); !ok || p.Number != 1 {
			t.Errorf("%v, %t", p, ok)
		}
	})
}

func TestSession_Get_expiry(t *testing.T) {
	for _, c := range []struct {
		name  string
		lasts time.Duration
		steps []time.Duration // after the first Get
		want  []int
	}{
		{"margin", time.Hour, []time.Duration{58*time.Minute + 59*time.Second, 2 * time.Second, 0}, []int{1, 2, 2}},
		{"a fifth of a short life", 2 * time.Minute, []time.Duration{90 * time.Second, 10 * time.Second, 10 * time.Second}, []int{1, 2, 2}},
		{"never", 0, []time.Duration{1000 * time.Hour, 1000 * time.Hour}, []int{1, 1}},
		{"came with its end behind it", -time.Minute, []time.Duration{time.Minute, 100 * time.Hour}, []int{1, 1}},
		{"at most once in a quarter of the margin", time.Second, []time.Duration{2 * time.Second, 10 * time.Second, 4 * time.Second, 0}, []int{1, 1, 2, 2}},
	} {
		inBubble(c.name, t, func(t *testing.T, o *office) {
			o.lasts, o.takes = c.lasts, 0
			s := o.session()
			checkGet(t, s, 1)
			for i, step := range c.steps {
				time.Sleep(step)
				checkGet(t, s, c.want[i])
			}
		})
	}
}

func TestSession_Get_polledEveryFiveMinutes(t *testing.T) {
	// A margin larger than what the server gives costs no sign-in a call.
	inBubble("", t, func(t *testing.T, o *office) {
		o.lasts = 20 * time.Minute
		s := o.session()
		s.Margin = time.Hour
		for range 72 {
			if _, _, err := s.Get(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Minute)
		}
		if n := o.count(); n > 19 {
			t.Errorf("%d sign-ins in 6 hours", n)
		}
	})
}

func TestSession_Get_maxAge(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		o.lasts, o.takes = 20*time.Minute, 0
		s := o.session()
		s.MaxAge = 9 * time.Minute
		for i := range 12 { // polled every 5 minutes: renewed every 10, never after the end
			checkGet(t, s, 1+i/2)
			time.Sleep(5 * time.Minute)
		}
		for _, told := range o.told[1:] {
			if !strings.HasPrefix(told, "renew") {
				t.Errorf("told %q", o.told)
			}
		}
	})
}

func TestSession_Get_failingRenewal(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		o.lasts, o.takes = time.Hour, 0
		s := o.session()
		checkGet(t, s, 1)
		o.fails = errors.New("office is closed")
		time.Sleep(59*time.Minute + 10*time.Second)
		for range 5 {
			checkGet(t, s, 1)
		}
		if n := o.count(); n != 2 {
			t.Errorf("asked %d times at one moment", n)
		}
		time.Sleep(20 * time.Second)
		checkGet(t, s, 1)
		if n := o.count(); n != 3 {
			t.Errorf("asked %d times", n)
		}
		time.Sleep(time.Minute)
		if _, _, err := s.Get(t.Context()); !errors.Is(err, o.fails) {
			t.Error(err)
		}
		o.fails = nil
		checkGet(t, s, 2)
	})
}

func TestSession_Get_refusedDuringAFailingRenewal(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		o.lasts = time.Hour
		s := o.session()
		checkGet(t, s, 1)
		time.Sleep(59*time.Minute + 30*time.Second)
		o.fails = errors.New("no cheap renewal")
		done := make(chan struct{})
		go func() { defer close(done); checkGet(t, s, 2) }()
		time.Sleep(500 * time.Millisecond)
		s.Refuse(1)
		time.Sleep(600 * time.Millisecond) // the first has failed, and the second is under way
		o.mu.Lock()
		o.fails = nil
		o.mu.Unlock()
		<-done
		checkTold(t, o, "first 0", "renew 1", "refused 1")
	})
}

func TestSession_Get_cancelled(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		s := o.session()
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		others := make(chan struct{})
		first := make(chan error)
		go func() { _, _, err := s.Get(ctx); first <- err }()
		synctest.Wait()
		go func() { defer close(others); checkGet(t, s, 1) }()
		if err := <-first; !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		<-others // is not disturbed by the end of the one who began
		checkTold(t, o, "first 0")
	})
	inBubble("nobody waits", t, func(t *testing.T, o *office) {
		s := o.session()
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		if _, _, err := s.Get(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		if o.signIns != 0 {
			t.Error("the sign-in went on")
		}
		checkGet(t, s, 1)
	})
}

func TestSession_Get_callersContext(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		s := o.session()
		type key struct{}
		s.Obtain = func(ctx context.Context, _ pass, _ bool) (pass, error) {
			if _, has := ctx.Deadline(); has || ctx.Value(key{}) != "kept" {
				t.Errorf("deadline %t, value %v", has, ctx.Value(key{}))
			}
			return pass{Number: 1}, nil
		}
		ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "kept"), time.Hour)
		defer cancel()
		if _, _, err := s.Get(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestSession_Refuse_oldNumber(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		s := o.session()
		_, first, _ := s.Get(t.Context())
		s.Refuse(first)
		if _, ok := s.Peek(); ok {
			t.Error("refused credentials are in use")
		}
		checkGet(t, s, 2)
		s.Refuse(first)
		s.Refuse(first + 7)
		checkGet(t, s, 2)
		checkTold(t, o, "first 0", "refused 1")
	})
}

func TestSession_Set(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		s := o.session()
		s.Set(t.Context(), pass{Number: 7})
		_, number, _ := s.Get(t.Context())
		s.Refuse(number)
		s.Set(t.Context(), pass{Number: 8})
		s.Refuse(number)
		checkGet(t, s, 8)
		checkTold(t, o)
	})
}

func TestSession_SignIn(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		s := o.session()
		for want := 1; want <= 3; want++ {
			if p, err := s.SignIn(t.Context()); err != nil || p.Number != want {
				t.Errorf("%v, %v", p, err)
			}
		}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if p, err := s.SignIn(t.Context()); err != nil || p.Number != 4 {
					t.Errorf("%v, %v", p, err)
				}
			})
		}
		wg.Wait()
		o.fails = errors.New("office is closed")
		if _, err := s.SignIn(t.Context()); !errors.Is(err, o.fails) {
			t.Error(err)
		}
		checkGet(t, s, 4) // is as good as it was
		checkTold(t, o, "first 0", "refused 1", "refused 2", "refused 3", "refused 4")
	})
	inBubble("behind a renewal", t, func(t *testing.T, o *office) {
		s := o.session()
		go func() { checkGet(t, s, 1) }()
		synctest.Wait()
		if p, err := s.SignIn(t.Context()); err != nil || p.Number != 2 {
			t.Errorf("%v, %v", p, err)
		}
	})
}

func TestSession_allAtOnce(t *testing.T) {
	// For the race detector, and for what must hold in any order: nobody fails, and numbers only grow.
	inBubble("", t, func(t *testing.T, o *office) {
		o.lasts = time.Hour
		s := o.session()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				var last uint64
				for i := range 50 {
					_, number, err := s.Get(t.Context())
					if err != nil || number < last {
						t.Errorf("%d after %d, %v", number, last, err)
					}
					last = number
					switch i % 10 {
					case 3:
						s.Refuse(number)
					case 4:
						s.accept(number)
					case 5:
						time.Sleep(time.Duration(rand.Int64N(int64(20 * time.Minute))))
					case 7:
						s.Peek()
					case 8:
						checkCall(t, s, o, 200)
					}
				}
			})
		}
		wg.Wait()
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
