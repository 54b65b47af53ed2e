package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// pass is a credential of the tests: a number, and an end.
type pass struct {
	number int
	end    time.Time
}

func (p pass) String() string { return fmt.Sprintf("pass-%d", p.number) }

// office gives passes out.
type office struct {
	clock *manualClock
	lasts time.Duration // 0: for ever

	mu      sync.Mutex
	given   int
	asked   []bool // refused, as told, of every request
	fails   error
	gate    chan struct{} // if not nil: a pass is given after a receive, or the context's end
	entered int
}

func newOffice() *office { return &office{clock: newClock()} }

func (o *office) obtain(ctx context.Context, last pass, refused bool) (pass, error) {
	o.mu.Lock()
	o.entered++
	o.asked = append(o.asked, refused)
	gate := o.gate
	o.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return pass{}, ctx.Err()
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fails != nil {
		return pass{}, o.fails
	}
	o.given++
	p := pass{number: o.given}
	if o.lasts != 0 {
		p.end = o.clock.Now().Add(o.lasts)
	}
	return p, nil
}

func (o *office) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.asked)
}

// session is a session with the office, for the origin of base.
func (o *office) session(base string) *Session[pass] {
	home, err := url.Parse(base)
	if err != nil {
		panic(err)
	}
	return &Session[pass]{
		Obtain:  o.obtain,
		Expires: func(p pass) time.Time { return p.end },
		Leeway:  time.Minute,
		Belongs: func(_ pass, u *url.URL) bool { return SameOrigin(u, home) },
		Apply: func(req *http.Request, p pass) error {
			req.Header.Set("Authorization", "Bearer "+p.String())
			return nil
		},
		Refused: func(resp *http.Response) bool { return resp.StatusCode == 401 },
		Clock:   o.clock,
	}
}

// guarded answers those who hold a pass with at least the number.
func guarded(least *atomic.Int32, seen *sync.Map) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var number int32
		_, _ = fmt.Sscanf(r.Header.Get("Authorization"), "Bearer pass-%d", &number)
		if seen != nil {
			n, _ := seen.LoadOrStore(fmt.Sprintf("%d %s", number, body), new(atomic.Int32))
			n.(*atomic.Int32).Add(1)
		}
		if number < least.Load() {
			answers(401, `{"error":"renew"}`)(w, r)
			return
		}
		answers(200, fmt.Sprintf(`{"id":"%s"}`, body))(w, r)
	}
}

func waitersOf[C any](s *Session[C]) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight == nil {
		return 0
	}
	return s.flight.waiters
}

const crowd = 200

func TestFirstUseObtainsOnceForAll(t *testing.T) {
	o := newOffice()
	o.gate = make(chan struct{})
	s := serve(t, guarded(new(atomic.Int32), nil))
	session := o.session(s.URL)
	if _, ok := session.Peek(); ok || o.count() != 0 {
		t.Error("something is obtained before the first use")
	}
	c := connectWith(t, s.URL, func(c *Config) { c.Auth = session.Transport })
	var wg sync.WaitGroup
	for range crowd {
		wg.Go(func() {
			if _, err := Do[thing](t.Context(), c, POST("/v1")); err != nil {
				t.Error(err)
			}
		})
	}
	until(t, "all wait", func() bool { return waitersOf(session) == crowd })
	close(o.gate)
	wg.Wait()
	if o.count() != 1 || o.asked[0] {
		t.Errorf("obtained %d times: %v", o.count(), o.asked)
	}
	if p, ok := session.Peek(); !ok || p.number != 1 {
		t.Errorf("%v, %t", p, ok)
	}
}

func TestExpiryIsForeseenByTheLeeway(t *testing.T) {
	o := newOffice()
	o.lasts = time.Hour
	session := o.session("http://localhost")
	for _, step := range []struct {
		advance time.Duration
		want    int
	}{{0, 1}, {59*time.Minute - 1, 1}, {1, 2}, {0, 2}, {30 * time.Minute, 2}, {2 * time.Hour, 3}} {
		o.clock.advance(step.advance)
		p, generation, err := session.Get(t.Context())
		if err != nil || p.number != step.want || generation != uint64(step.want) {
			t.Errorf("%+v: %v, %d, %v", step, p, generation, err)
		}
	}
	for i, refused := range o.asked {
		if refused {
			t.Errorf("renewal %d is told of a refusal", i)
		}
	}
}

func TestCredentialsWithoutAnEndAreKept(t *testing.T) {
	for name, change := range map[string]func(*Session[pass]){
		"zero": func(*Session[pass]) {}, "never known": func(s *Session[pass]) { s.Expires = nil },
	} {
		o := newOffice()
		session := o.session("http://localhost")
		change(session)
		for range 3 {
			if p, _, err := session.Get(t.Context()); err != nil || p.number != 1 {
				t.Errorf("%s: %v, %v", name, p, err)
			}
			o.clock.advance(1000 * time.Hour)
		}
	}
}

func TestCredentialsThatComeExpiredAreUsedAndNotAskedForWithoutEnd(t *testing.T) {
	for _, lasts := range []time.Duration{-time.Hour, -1, 1, time.Second, 50 * time.Second} {
		o := newOffice()
		o.lasts = lasts // the server's clock, or its generosity, is another
		session := o.session("http://localhost")
		for range 10 {
			if _, _, err := session.Get(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := o.count(); n != 1 {
			t.Errorf("%v: obtained %d times for ten calls", lasts, n)
		}
		o.clock.advance(time.Minute)
		if p, _, err := session.Get(t.Context()); err != nil || p.number != 2 {
			t.Errorf("%v: later: %v, %v", lasts, p, err)
		}
	}
}

func TestCredentialsThatLastLessThanTheLeewayAreRenewedAtTheirEnd(t *testing.T) {
	o := newOffice()
	o.lasts = 10 * time.Second
	session := o.session("http://localhost")
	for _, want := range []int{1, 1, 2, 2, 3} {
		if p, _, err := session.Get(t.Context()); err != nil || p.number != want {
			t.Errorf("%v, %v, want %d", p, err, want)
		}
		o.clock.advance(5 * time.Second)
	}
}

func TestRefusedAnswerRenewsOnceForAllAndRepeatsEachCallOnce(t *testing.T) {
	o := newOffice()
	var least atomic.Int32
	var seen sync.Map
	var early atomic.Int32
	full := make(chan struct{}) // all have sent their call with the pass that is refused
	door := guarded(&least, &seen)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if least.Load() == 2 && r.Header.Get("Authorization") == "Bearer pass-1" {
			if early.Add(1) == crowd {
				close(full)
			}
			<-full
		}
		door(w, r)
	})
	session := o.session(s.URL)
	c := connectWith(t, s.URL, func(c *Config) { c.Auth = session.Transport })
	if err := Send(t.Context(), c, POST("/v1").JSON("first")); err != nil {
		t.Fatal(err)
	}
	least.Store(2) // the server forgets the first pass

	o.gate = make(chan struct{})
	var wg sync.WaitGroup
	for i := range crowd {
		wg.Go(func() {
			body := fmt.Sprintf("call-%d", i)
			var op *Op
			switch i % 3 {
			case 0:
				op = POST("/v1").Bytes("text/plain", []byte(body))
			case 1:
				op = POST("/v1").Upload("text/plain", secureaccess.Upload{Reader: strings.NewReader(body)})
			default:
				op = POST("/v1").Once().Bytes("text/plain", []byte(body))
			}
			var info secureaccess.Exchange
			got, err := Do[thing](secureaccess.Capture(t.Context(), &info), c, op)
			if err != nil || got.ID != body || info.Attempts != 2 {
				t.Errorf("%v, %v, %d attempts", got, err, info.Attempts)
			}
		})
	}
	until(t, "all wait for the renewal", func() bool { return waitersOf(session) == crowd })
	close(o.gate)
	wg.Wait()
	if o.count() != 2 || !o.asked[1] {
		t.Errorf("obtained %d times: %v", o.count(), o.asked)
	}
	for i := range crowd {
		for _, number := range []int{1, 2} {
			n, ok := seen.Load(fmt.Sprintf("%d call-%d", number, i))
			if !ok || n.(*atomic.Int32).Load() != 1 {
				t.Errorf("call %d under pass %d: %v", i, number, n)
			}
		}
	}
}

func TestRefusalsInDisorderRenewOnce(t *testing.T) {
	// Without a gate: the renewal is over while others still find out that they were refused.
	o := newOffice()
	var least atomic.Int32
	s := serve(t, guarded(&least, nil))
	c := connectWith(t, s.URL, func(c *Config) { c.Auth = o.session(s.URL).Transport })
	for round := int32(1); round <= 5; round++ {
		least.Store(round)
		var wg sync.WaitGroup
		for range crowd {
			wg.Go(func() {
				if err := Send(t.Context(), c, PUT("/v1").JSON("x")); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := o.count(); n != int(round) {
			t.Fatalf("round %d: obtained %d times", round, n)
		}
	}
}

func TestSecondRefusalIsReturned(t *testing.T) {
	o := newOffice()
	var least atomic.Int32
	least.Store(1000)
	s := serve(t, guarded(&least, nil))
	session := o.session(s.URL)
	c := connectWith(t, s.URL, func(c *Config) { c.Auth = session.Transport })
	for call := range 2 {
		requests, obtained := s.requests.Load(), o.count()
		err := Send(t.Context(), c, GET("/v1"))
		e := failureOf(t, err)
		if !errors.Is(err, secureaccess.ErrUnauthorized) || s.requests.Load()-requests != 2 || e.Attempts != 2 || string(e.Body) != `{"error":"renew"}` {
			t.Errorf("call %d: %v, %s after %d requests", call, err, e.Body, s.requests.Load()-requests)
		}
		if n := o.count() - obtained; n != 2-call {
			t.Errorf("call %d: obtained %d times", call, n)
		}
	}
	if n := s.connections.Load(); n > 1+slack {
		t.Errorf("%d connections", n)
	}
}

func TestFailingRenewalKeepsCredentialsThatStillServe(t *testing.T) {
	o := newOffice()
	o.lasts = time.Hour
	session := o.session("http://localhost")
	if _, _, err := session.Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.fails = errors.New("office is closed")
	o.clock.advance(59*time.Minute + 10*time.Second) // within the leeway
	for range 5 {
		if p, generation, err := session.Get(t.Context()); err != nil || p.number != 1 || generation != 1 {
			t.Errorf("%v, %d, %v", p, generation, err)
		}
	}
	if n := o.count(); n != 2 {
		t.Errorf("asked %d times at one moment", n)
	}
	o.clock.advance(20 * time.Second) // the next try
	if p, _, err := session.Get(t.Context()); err != nil || p.number != 1 || o.count() != 3 {
		t.Errorf("%v, %v, asked %d times", p, err, o.count())
	}
	o.clock.advance(time.Minute) // the end
	if _, _, err := session.Get(t.Context()); !errors.Is(err, o.fails) {
		t.Errorf("%v", err)
	}
	o.fails = nil
	if p, _, err := session.Get(t.Context()); err != nil || p.number != 2 {
		t.Errorf("%v, %v", p, err)
	}
}

func TestFailingRenewalAfterARefusalIsEverybodysError(t *testing.T) {
	o := newOffice()
	o.lasts = time.Hour
	o.gate = make(chan struct{})
	session := o.session("http://localhost")
	session.Set(pass{number: 1, end: o.clock.Now().Add(time.Hour)})
	session.Refuse(1)
	o.fails = errors.New("office is closed")
	failed := make(chan error)
	for range crowd {
		go func() {
			_, _, err := session.Get(t.Context())
			failed <- err
		}()
	}
	until(t, "all wait", func() bool { return waitersOf(session) == crowd })
	close(o.gate)
	for range crowd {
		if err := <-failed; !errors.Is(err, o.fails) {
			t.Errorf("%v", err)
		}
	}
	if o.count() != 1 || !o.asked[0] {
		t.Errorf("%v", o.asked)
	}
	if _, ok := session.Peek(); ok {
		t.Error("refused credentials are in use")
	}
}

func TestFailedLoginIsTheCallsErrorAndNotRepeated(t *testing.T) {
	login := serve(t, answers(403, `{"error":"no"}`))
	s := serve(t, answers(200, `{}`))
	door := connectWith(t, login.URL, func(c *Config) { c.Product = "door" })
	o := newOffice()
	session := o.session(s.URL)
	session.Obtain = func(ctx context.Context, _ pass, _ bool) (pass, error) {
		return pass{}, Send(ctx, door, POST("/login").JSON(secureaccess.NewSecret("S-password")))
	}
	c := connectWith(t, s.URL, func(c *Config) { c.Auth = session.Transport })
	err := Send(t.Context(), c, GET("/v1").Param("t", "S-query"))
	e := failureOf(t, err)
	if !errors.Is(err, secureaccess.ErrForbidden) || e.Path != "/v1" || e.Status != 0 || e.Attempts != 0 || login.requests.Load() != 1 || s.requests.Load() != 0 {
		t.Errorf("%v after %d logins", err, login.requests.Load())
	}
	checkClean(t, err)
}

func TestCredentialsRefusedDuringARenewalThatFailsAreRenewedAgain(t *testing.T) {
	o := newOffice()
	o.lasts = time.Hour
	session := o.session("http://localhost")
	if _, _, err := session.Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.clock.advance(59*time.Minute + 30*time.Second)
	o.gate = make(chan struct{})
	o.fails = errors.New("no cheap renewal")
	got := make(chan pass)
	go func() {
		p, _, err := session.Get(t.Context())
		if err != nil {
			t.Error(err)
		}
		got <- p
	}()
	until(t, "the renewal is under way", func() bool { return o.count() == 2 })
	session.Refuse(1)
	o.gate <- struct{}{} // the renewal of what was thought to be good fails
	until(t, "another is under way", func() bool { return o.count() == 3 })
	o.mu.Lock()
	o.fails = nil
	o.mu.Unlock()
	close(o.gate)
	if p := <-got; p.number != 2 || o.asked[1] || !o.asked[2] {
		t.Errorf("%v, told of a refusal: %v", p, o.asked)
	}
}

func TestCancelledWaiterDoesNotFailTheOthers(t *testing.T) {
	o := newOffice()
	o.gate = make(chan struct{})
	session := o.session("http://localhost")
	type result struct {
		pass
		err error
	}
	get := func(ctx context.Context) chan result {
		c := make(chan result, 1)
		go func() {
			p, _, err := session.Get(ctx)
			c <- result{p, err}
		}()
		return c
	}
	// The one that goes is the one that began the renewal.
	ctx, cancel := context.WithCancel(t.Context())
	first := get(ctx)
	until(t, "one waits", func() bool { return waitersOf(session) == 1 })
	second := get(t.Context())
	until(t, "two wait", func() bool { return waitersOf(session) == 2 })
	cancel()
	if r := <-first; !errors.Is(r.err, context.Canceled) {
		t.Errorf("the first: %v", r)
	}
	close(o.gate)
	if r := <-second; r.err != nil || r.number != 1 || o.count() != 1 {
		t.Errorf("the second: %v, obtained %d times", r, o.count())
	}
}

func TestLastWaiterCancelsTheRenewalAndALaterOneStartsAnother(t *testing.T) {
	noLeaks(t)
	o := newOffice()
	o.gate = make(chan struct{})
	session := o.session("http://localhost")
	ended := make(chan error, 1)
	session.Obtain = func(ctx context.Context, last pass, refused bool) (pass, error) {
		p, err := o.obtain(ctx, last, refused)
		ended <- err
		return p, err
	}
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan error)
	go func() {
		_, _, err := session.Get(ctx)
		got <- err
	}()
	until(t, "one waits", func() bool { return waitersOf(session) == 1 })
	cancel()
	if err := <-got; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the renewal ended with %v", err)
	}
	close(o.gate)
	if p, _, err := session.Get(t.Context()); err != nil || p.number != 1 || o.count() != 2 {
		t.Errorf("later: %v, %v, asked %d times", p, err, o.count())
	}
}

func TestRenewalIsNotUnderTheFirstCallersDeadline(t *testing.T) {
	o := newOffice()
	session := o.session("http://localhost")
	type key struct{}
	var value any
	session.Obtain = func(ctx context.Context, _ pass, _ bool) (pass, error) {
		if _, has := ctx.Deadline(); has {
			t.Error("it has a deadline")
		}
		value = ctx.Value(key{})
		return pass{number: 1}, nil
	}
	ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "kept"), time.Hour)
	defer cancel()
	if _, _, err := session.Get(ctx); err != nil || value != "kept" {
		t.Errorf("%v, value %v", err, value)
	}
}

func TestLateRefusalOfOldCredentialsDoesNotDropNewOnes(t *testing.T) {
	o := newOffice()
	session := o.session("http://localhost")
	_, first, err := session.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	session.Refuse(first)
	if _, ok := session.Peek(); ok {
		t.Error("refused credentials are in use")
	}
	_, second, err := session.Get(t.Context())
	if err != nil || second == first {
		t.Fatalf("%d, %v", second, err)
	}
	session.Refuse(first)
	if p, generation, err := session.Get(t.Context()); err != nil || generation != second || p.number != 2 || o.count() != 2 {
		t.Errorf("%v, %d, %v", p, generation, err)
	}
	session.Refuse(second + 7)
	if p, ok := session.Peek(); !ok || p.number != 2 {
		t.Errorf("%v, %t", p, ok)
	}
}

func TestSetReplacesTheCredentials(t *testing.T) {
	o := newOffice()
	session := o.session("http://localhost")
	session.Set(pass{number: 7})
	p, generation, err := session.Get(t.Context())
	if err != nil || p.number != 7 || o.count() != 0 {
		t.Errorf("%v, %v", p, err)
	}
	session.Refuse(generation)
	session.Set(pass{number: 8})
	session.Refuse(generation)
	if p, _, err := session.Get(t.Context()); err != nil || p.number != 8 || o.count() != 0 {
		t.Errorf("%v, %v", p, err)
	}
}

func TestClose(t *testing.T) {
	o := newOffice()
	s := serve(t, answers(200, `{}`))
	session := o.session(s.URL)
	c := connectWith(t, s.URL, func(c *Config) { c.Auth = session.Transport })
	if err := Send(t.Context(), c, GET("/v1")); err != nil {
		t.Fatal(err)
	}
	if p, ok := session.Close(); !ok || p.number != 1 {
		t.Errorf("%v, %t", p, ok)
	}
	if p, ok := session.Close(); ok {
		t.Errorf("closed again: %v", p)
	}
	err := Send(t.Context(), c, GET("/v1"))
	if !errors.Is(err, secureaccess.ErrClosed) || s.requests.Load() != 1 || o.count() != 1 {
		t.Errorf("%v", err)
	}
	unused := newOffice().session(s.URL)
	if p, ok := unused.Close(); ok {
		t.Errorf("never used: %v", p)
	}
	refused := newOffice().session(s.URL)
	refused.Set(pass{number: 1})
	refused.Refuse(1)
	if p, ok := refused.Close(); ok {
		t.Errorf("refused: %v", p)
	}
}

func TestCloseEndsARenewalUnderWay(t *testing.T) {
	noLeaks(t)
	o := newOffice()
	o.gate = make(chan struct{})
	session := o.session("http://localhost")
	got := make(chan error)
	go func() {
		_, _, err := session.Get(t.Context())
		got <- err
	}()
	until(t, "one waits", func() bool { return waitersOf(session) == 1 })
	if p, ok := session.Close(); ok {
		t.Errorf("%v", p)
	}
	if err := <-got; !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("%v", err) // and not that the caller's context was cancelled, which it was not
	}
}

func TestBodyThatCannotBeRewoundReturnsTheRefusal(t *testing.T) {
	o := newOffice()
	var least atomic.Int32
	var seen sync.Map
	s := serve(t, guarded(&least, &seen))
	session := o.session(s.URL)
	c := connectWith(t, s.URL, func(c *Config) { c.Auth = session.Transport })
	session.Set(pass{number: 1})
	least.Store(2)
	err := Send(t.Context(), c, PUT("/v1").Upload("text/plain", secureaccess.Upload{Reader: plain{strings.NewReader("abc")}}))
	e := failureOf(t, err)
	if !errors.Is(err, secureaccess.ErrUnauthorized) || s.requests.Load() != 1 || string(e.Body) != `{"error":"renew"}` || o.count() != 0 {
		t.Errorf("%v, %s", err, e.Body)
	}
	if n, ok := seen.Load("1 abc"); !ok || n.(*atomic.Int32).Load() != 1 {
		t.Errorf("the body arrived %v times", n)
	}
	// The next call knows that the pass is no good.
	o.given = 1
	if err := Send(t.Context(), c, PUT("/v1").JSON("x")); err != nil || s.requests.Load() != 2 {
		t.Errorf("%v after %d requests", err, s.requests.Load())
	}
}

func TestCredentialsGoWhereTheyBelong(t *testing.T) {
	var here, there visits
	other := serve(t, there.note(answers(200, `{}`)))
	s := serve(t, here.note(answers(200, `{}`)))
	o := newOffice()
	c := connectWith(t, s.URL, func(c *Config) { c.Auth = o.session(s.URL).Transport })
	if err := Send(t.Context(), c, GET("/v1")); err != nil {
		t.Fatal(err)
	}
	if err := Send(t.Context(), c, GET("/v1").FollowAnywhere(other.URL+"/x")); err != nil {
		t.Fatal(err)
	}
	if here.holding("pass-1") != 1 || there.holding("pass-") != 0 || len(there.list) != 1 {
		t.Errorf("here %v, there %v", here.list, there.list)
	}
}

func TestRenewedCredentialsOfAnotherOriginStayAway(t *testing.T) {
	var seen visits
	s := serve(t, seen.note(answers(401, `{}`)))
	o := newOffice()
	session := o.session(s.URL)
	session.Belongs = func(p pass, u *url.URL) bool { return p.number == 1 } // the second session names another API
	c := connectWith(t, s.URL, func(c *Config) { c.Auth = session.Transport })
	err := Send(t.Context(), c, GET("/v1"))
	if !errors.Is(err, secureaccess.ErrUnauthorized) || len(seen.list) != 2 || seen.holding("pass-1") != 1 || seen.holding("pass-2") != 0 {
		t.Errorf("%v, %v", err, seen.list)
	}
}

func TestCredentialsThatCannotBeApplied(t *testing.T) {
	s := serve(t, answers(200, `{}`))
	o := newOffice()
	session := o.session(s.URL)
	broken := errors.New("no such key")
	session.Apply = func(*http.Request, pass) error { return broken }
	c := connectWith(t, s.URL, func(c *Config) { c.Auth = session.Transport }, retries(0))
	err := Send(t.Context(), c, POST("/v1").JSON(1))
	if !errors.Is(err, broken) || s.requests.Load() != 0 {
		t.Errorf("%v", err)
	}
}

func TestRefusedMayPeek(t *testing.T) {
	o := newOffice()
	bodies := []string{`{"code":40303,"id":"expired"}`, `{"code":40301,"id":"forbidden"}`}
	n := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		answers(403, bodies[min(n, 1)])(w, r)
		n++
	})
	session := o.session(s.URL)
	session.Refused = func(resp *http.Response) bool {
		return resp.StatusCode == 403 && strings.Contains(string(Peek(resp, 100)), "40303")
	}
	c := connectWith(t, s.URL, func(c *Config) { c.Auth = session.Transport })
	err := Send(t.Context(), c, GET("/v1"))
	if e := failureOf(t, err); string(e.Body) != bodies[1] || o.count() != 2 || s.requests.Load() != 2 {
		t.Errorf("%v, %s, obtained %d times", err, e.Body, o.count())
	}
}

func TestCredentialsAreBlottedOutOfErrors(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		answers(400, fmt.Sprintf("bad %s; bad %s; bad %s; you are %s", r.Header.Get("Authorization"), r.Header.Get("Cookie"),
			r.Header.Get("X-Api-Key"), r.Header.Get("X-Own")))(w, r)
	})
	c := connectWith(t, s.URL, authenticated(t, s.URL))
	err := Send(t.Context(), c, GET("/v1").Header("X-Own", "joe-public"))
	e := failureOf(t, err)
	if strings.Contains(string(e.Body), token) || !strings.Contains(string(e.Body), "[redacted]") || !strings.Contains(string(e.Body), "joe-public") {
		t.Errorf("%s", e.Body)
	}
	checkClean(t, err)
}

func TestEveryRetryTakesFreshCredentials(t *testing.T) {
	var seen visits
	o := newOffice()
	o.lasts = 2 * time.Minute
	s := serve(t, seen.note(inTurn(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "250")
		answers(503, "")(w, r)
	}, answers(200, "{}"))))
	session := o.session(s.URL)
	c := connectWith(t, s.URL, func(c *Config) { c.Auth = session.Transport }, secureaccess.WithClock(o.clock))
	if err := Send(t.Context(), c, GET("/v1")); err != nil {
		t.Fatal(err)
	}
	if seen.holding("pass-1") != 1 || seen.holding("pass-2") != 1 || len(seen.list) != 2 {
		t.Errorf("%v", seen.list)
	}
}

func TestSessionUnderEveryKindOfUseAtOnce(t *testing.T) {
	// For the race detector, and for what must hold in any order: nobody fails, and numbers only grow.
	o := newOffice()
	o.lasts = time.Hour
	session := o.session("http://localhost")
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			var last uint64
			for i := range 50 {
				_, generation, err := session.Get(t.Context())
				if err != nil || generation < last {
					t.Errorf("%d after %d, %v", generation, last, err)
				}
				last = generation
				switch i % 10 {
				case 3:
					session.Refuse(generation)
				case 5:
					o.clock.advance(10 * time.Minute)
				case 7:
					session.Peek()
				}
			}
		})
	}
	wg.Wait()
	p, ok := session.Close()
	if again, still := session.Peek(); ok && (p != again || !still) {
		t.Errorf("%v, %v", p, again)
	}
}
