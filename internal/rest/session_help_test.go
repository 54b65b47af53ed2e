package rest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// pass is a credential of the tests.
type pass struct {
	Number int
	Office string    // who gave it
	End    time.Time // zero: none
	API    string    // where it is for, if it moves
}

// office signs in: it gives passes out, and knows which are in force. Its methods may be replaced before use.
type office struct {
	t        *testing.T
	name     string
	lasts    time.Duration // 0: for ever
	takes    time.Duration // a sign-in
	password string

	mu        sync.Mutex
	signIns   int
	told      []string // what Obtain was told: "first", "renew" or "refused", with the number of the last pass
	revoked   map[int]bool
	closed    bool // to all passes
	fails     error
	discarded []int
	discards  error
	requests  []string // "METHOD url pass body"
}

func newOffice(t *testing.T) *office {
	return &office{t: t, name: "main", takes: time.Second, password: "right", revoked: map[int]bool{}}
}

var errPassword = fmt.Errorf("wrong password: %w", secureaccess.ErrUnauthorized)

func (o *office) obtain(ctx context.Context, last pass, refused bool) (pass, error) {
	o.mu.Lock()
	what := "renew"
	switch {
	case last.Number == 0:
		what = "first"
	case refused:
		what = "refused"
	}
	o.told = append(o.told, fmt.Sprintf("%s %d", what, last.Number))
	o.mu.Unlock()
	if err := secureaccess.SystemClock().Sleep(ctx, o.takes); err != nil {
		return pass{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fails != nil {
		return pass{}, o.fails
	}
	if o.password != "right" {
		return pass{}, errPassword
	}
	o.signIns++
	p := pass{Number: o.signIns, Office: o.name}
	if o.lasts != 0 {
		p.End = time.Now().Add(o.lasts)
	}
	return p, nil
}

// RoundTrip is the server behind the session.
func (o *office) RoundTrip(req *http.Request) (*http.Response, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
		_ = req.Body.Close()
	}
	var number int
	_, _ = fmt.Sscanf(req.Header.Get("Authorization"), "Bearer %d", &number)
	o.requests = append(o.requests, strings.TrimSpace(fmt.Sprintf("%s %s %d %s", req.Method, req.URL, number, body)))
	status := 200
	if number == 0 || number > o.signIns || o.revoked[number] || o.closed {
		status = 401
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{}, Request: req,
		Body: io.NopCloser(strings.NewReader(fmt.Sprintf("pass %d: %d", number, status))),
	}, nil
}

func (o *office) revoke(number int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.revoked[number] = true
}

func (o *office) discard(_ context.Context, p pass) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.discards != nil {
		return o.discards
	}
	o.revoked[p.Number] = true
	o.discarded = append(o.discarded, p.Number)
	return nil
}

func (o *office) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.told)
}

// session is a client's session with the office.
func (o *office) session() *Session[pass] {
	return &Session[pass]{
		Obtain:  o.obtain,
		Expires: func(p pass) time.Time { return p.End },
		Margin:  time.Minute,
		Belongs: func(p pass, u *url.URL) bool { return u.Host == "api" },
		Send: func(req *http.Request, p pass) (*http.Response, error) {
			req.Header.Set("Authorization", fmt.Sprint("Bearer ", p.Number))
			return o.RoundTrip(req)
		},
		Refused:  func(resp *http.Response) bool { return resp.StatusCode == 401 },
		Identity: func(context.Context) (string, error) { o.mu.Lock(); defer o.mu.Unlock(); return o.password, nil },
		Discard:  o.discard,
		Clock:    secureaccess.SystemClock(),
	}
}

// checkGet asks for credentials and compares their number.
func checkGet(t *testing.T, s *Session[pass], want int) {
	t.Helper()
	if p, _, err := s.Get(t.Context()); err != nil || p.Number != want {
		t.Errorf("pass %d, %v; want %d", p.Number, err, want)
	}
}

// call sends a GET through the session and returns the status.
func call1(t *testing.T, s *Session[pass], o *office) (int, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api/v1", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Transport(o).RoundTrip(req)
	if err != nil {
		return 0, err
	}
	_ = resp.Body.Close()
	return resp.StatusCode, nil
}

func checkCall(t *testing.T, s *Session[pass], o *office, want int) {
	t.Helper()
	if status, err := call1(t, s, o); err != nil || status != want {
		t.Errorf("%d, %v; want %d", status, err, want)
	}
}

func checkTold(t *testing.T, o *office, want ...string) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if strings.Join(o.told, ", ") != strings.Join(want, ", ") {
		t.Errorf("told %q, want %q", o.told, want)
	}
}

const crowd = 200

func inBubble(name string, t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	run := func(t *testing.T) { synctest.Test(t, func(t *testing.T) { test(t, newOffice(t)) }) }
	if name == "" {
		run(t)
		return
	}
	t.Run(name, run)
}
