package rest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

func TestStoreKey(t *testing.T) {
	key := StoreKey("ics", "https://a", "password", "joe", "Admins")
	if key != StoreKey("ics", "https://a", "password", "joe", "Admins") || !strings.HasPrefix(key, "ics:") || len(key) != 4+64 || strings.ToLower(key) != key {
		t.Errorf("%q", key)
	}
	if key == StoreKey("ics", "https://a", "password", "joeA", "dmins") || key == StoreKey("sps", "https://a", "password", "joe", "Admins") {
		t.Error("two sessions have one key")
	}
}

func TestSession_store_oneSignInForAllProcesses(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		o.lasts = time.Hour
		st := newStore()
		var wg sync.WaitGroup
		for range 20 {
			s := o.process(st)
			for range 10 {
				wg.Go(func() { checkCall(t, s, o, 200) })
			}
		}
		wg.Wait()
		checkTold(t, o, "first 0")
	})
	inBubble("started every minute", t, func(t *testing.T, o *office) {
		o.lasts = time.Hour
		st := newStore()
		for range 10 * 60 {
			s := o.process(st)
			checkCall(t, s, o, 200)
			if err := s.Close(t.Context()); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Minute)
		}
		if o.signIns > 11 {
			t.Errorf("%d sign-ins in 10 hours, with sessions of an hour", o.signIns)
		}
	})
	inBubble("long running", t, func(t *testing.T, o *office) {
		o.lasts = time.Hour
		st := newStore()
		var wg sync.WaitGroup
		for i := range 5 {
			wg.Go(func() {
				s := o.process(st)
				time.Sleep(time.Duration(i) * 100 * time.Millisecond)
				for range 10 * 60 {
					checkCall(t, s, o, 200)
					time.Sleep(time.Minute)
				}
			})
		}
		wg.Wait()
		if o.signIns > 11 {
			t.Errorf("%d sign-ins in 10 hours, with sessions of an hour", o.signIns)
		}
	})
}

func TestSession_store_renewsWhatIsStored(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		o.lasts = time.Hour
		st := newStore()
		checkGet(t, o.process(st), 1)
		time.Sleep(59*time.Minute + 30*time.Second)
		checkGet(t, o.process(st), 2)
		checkTold(t, o, "first 0", "renew 1")
		time.Sleep(59*time.Minute + 30*time.Second)
		o.fails = errors.New("no connection")
		checkGet(t, o.process(st), 2) // still serves
	})
}

func TestSession_store_newerSessionAfterARefusal(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		st := newStore()
		a, b := o.process(st), o.process(st)
		checkCall(t, a, o, 200)
		checkCall(t, b, o, 200)
		time.Sleep(time.Hour)
		o.revoke(1)
		checkCall(t, a, o, 200)
		checkCall(t, b, o, 200)
		checkTold(t, o, "first 0", "refused 1")
		// The newer one may have ended as well, and then a call takes three requests.
		checkCall(t, a, o, 200)
		o.revoke(2)
		checkCall(t, a, o, 200)
		o.revoke(3)
		time.Sleep(time.Hour)
		checkCall(t, b, o, 200)
		checkTold(t, o, "first 0", "refused 1", "refused 2", "refused 3")
	})
}

func TestSession_store_boundSession(t *testing.T) {
	// Each process has an address, and the server takes a session from the address that obtained it only.
	inBubble("", t, func(t *testing.T, o *office) {
		st := newStore()
		bound := map[int]string{}
		from := func(address string) *Session[pass] {
			s := o.process(st)
			obtain, send := s.Obtain, s.Send
			s.Obtain = func(ctx context.Context, last pass, refused bool) (pass, error) {
				p, err := obtain(ctx, last, refused)
				bound[p.Number] = address
				return p, err
			}
			s.Send = func(req *http.Request, p pass) (*http.Response, error) {
				if bound[p.Number] != address {
					p.Number = 0
				}
				return send(req, p)
			}
			return s
		}
		a, b := from("a"), from("b")
		for range 20 {
			checkCall(t, a, o, 200)
			checkCall(t, b, o, 200)
			time.Sleep(time.Second)
		}
		checkTold(t, o, "first 0", "refused 1")
		if st.saves != 1 {
			t.Errorf("saved %d times", st.saves)
		}
		if err := errors.Join(a.Close(t.Context()), b.Close(t.Context())); err != nil {
			t.Error(err)
		}
		checkDiscarded(t, o, 2) // the private one
	})
}

func TestSession_store_loserUsesTheWinnersSession(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		st := newStore()
		st.lockErr = errors.New("locks do not work")
		var wg sync.WaitGroup
		for range 5 {
			s := o.process(st)
			wg.Go(func() { checkCall(t, s, o, 200) })
		}
		wg.Wait()
		synctest.Wait()
		if len(o.discarded) != o.signIns-1 || st.saves != 1 {
			t.Errorf("%d sign-ins, discarded %v, saved %d times", o.signIns, o.discarded, st.saves)
		}
	})
	inBubble("an explicit sign-in insists", t, func(t *testing.T, o *office) {
		st := newStore()
		a, b := o.process(st), o.process(st)
		st.beforeSave = func() { checkGet(t, b, 2) }
		st.lockErr = errors.New("locks do not work")
		if p, err := a.SignIn(t.Context()); err != nil || p.Number != 1 {
			t.Errorf("%v, %v", p, err)
		}
		checkDiscarded(t, o)
	})
}

func TestSession_store_lockOfADeadProcess(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		st := newStore()
		st.lock <- struct{}{}
		begun := time.Now()
		checkCall(t, o.process(st), o, 200)
		if took := time.Since(begun); took != lockWait+o.takes {
			t.Errorf("took %v", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		waiting := o.process(newStore())
		waiting.Store.(*store).lock <- struct{}{}
		if _, _, err := waiting.Get(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestSession_store_failures(t *testing.T) {
	for name, spoil := range map[string]func(*store){
		"load":                func(s *store) { s.loadErr = errors.New("broken") },
		"save":                func(s *store) { s.saveErr = errors.New("broken") },
		"lock":                func(s *store) { s.lockErr = errors.New("broken") },
		"hangs":               func(s *store) { s.hangs = true },
		"does not decrypt":    func(s *store) { s.data, s.version, s.loadErr = []byte("x"), "v", errors.New("broken") },
		"no JSON":             func(s *store) { s.data, s.version = []byte("x"), "v" },
		"no session":          func(s *store) { s.data, s.version = []byte("{}"), "v" },
		"undecodable session": func(s *store) { s.data, s.version = []byte(`{"id":"a","data":"eA=="}`), "v" },
	} {
		inBubble(name, t, func(t *testing.T, o *office) {
			st := newStore()
			spoil(st)
			s := o.process(st)
			var reported []string
			s.Report = func(_ context.Context, action string, err error) { reported = append(reported, action) }
			for range 3 {
				checkCall(t, s, o, 200)
			}
			checkTold(t, o, "first 0")
			if len(reported) == 0 && name != "no session" {
				t.Error("nothing is reported")
			}
			if st.version == "v" {
				t.Error("the record was not replaced")
			}
		})
	}
}

func TestSession_store_refusals(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		st := newStore()
		o.password = "wrong"
		if _, err := call1(t, o.process(st), o); err != errPassword {
			t.Error(err)
		}
		if strings.Contains(string(st.data), `"wrong"`) {
			t.Errorf("the digest is stored: %s", st.data)
		}
		for range 5 {
			_, err := call1(t, o.process(st), o)
			if !errors.Is(err, secureaccess.ErrUnauthorized) || !strings.Contains(err.Error(), "wrong password") {
				t.Error(err)
			}
		}
		checkTold(t, o, "first 0")
		o.password = "right"
		checkCall(t, o.process(st), o, 200)
		checkCall(t, o.process(st), o, 200)
		checkTold(t, o, "first 0", "first 0")
	})
	inBubble("started every minute", t, func(t *testing.T, o *office) {
		st := newStore()
		o.password = "wrong"
		for range 60 {
			if _, err := call1(t, o.process(st), o); !errors.Is(err, secureaccess.ErrUnauthorized) {
				t.Error(err)
			}
			time.Sleep(time.Minute)
		}
		if n := o.count(); n > 15 { // one after 30 s, 1, 2, 4 minutes, then one in 5 minutes
			t.Errorf("%d sign-ins in an hour", n)
		}
	})
	inBubble("the session that is stored stays", t, func(t *testing.T, o *office) {
		st := newStore()
		checkCall(t, o.process(st), o, 200)
		o.password = "wrong"
		if _, err := o.process(st).SignIn(t.Context()); err != errPassword {
			t.Error(err)
		}
		checkCall(t, o.process(st), o, 200)
		checkTold(t, o, "first 0", "first 0")
	})
}

func TestSession_Set_stores(t *testing.T) {
	inBubble("", t, func(t *testing.T, o *office) {
		st := newStore()
		s := o.process(st)
		s.Set(t.Context(), pass{Number: 7})
		checkGet(t, s, 7)
		checkGet(t, o.process(st), 7)
		checkTold(t, o)
	})
}
