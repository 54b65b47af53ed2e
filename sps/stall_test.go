package sps_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

// stalling is an appliance in a bubble of synctest that does not respond to some requests.
type stalling struct {
	mu       sync.Mutex
	stalls   func(r *http.Request) bool
	requests []string
}

func (s *stalling) RoundTrip(r *http.Request) (*http.Response, error) {
	line := r.Method + " " + r.URL.Path
	s.mu.Lock()
	s.requests = append(s.requests, line)
	stalls := s.stalls(r)
	s.mu.Unlock()
	if stalls {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	body := `{"body":{"status":"open"},"meta":{}}`
	resp := &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: r}
	if r.URL.Path == "/api/authentication" {
		resp.Header.Set("Set-Cookie", "session_id=0123456789abcdef")
		body = `{"meta":{}}`
	}
	resp.Body = io.NopCloser(strings.NewReader(body))
	return resp, nil
}

func (s *stalling) set(stalls func(r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stalls = stalls
}

func (s *stalling) count(line string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, request := range s.requests {
		if request == line {
			n++
		}
	}
	return n
}

const (
	callTime = 300 * time.Millisecond // of the callers in these tests
	limit    = 5 * time.Second        // of a rollback that nobody waits for
)

func all(*http.Request) bool { return true }

func none(*http.Request) bool { return false }

func only(method, path string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.Method == method && r.URL.Path == path }
}

// bubble returns a client of a stalling appliance.
func bubble(t *testing.T, stalls func(*http.Request) bool) (*stalling, *sps.Client) {
	t.Helper()
	wire := &stalling{stalls: stalls}
	client, err := sps.New("https://sps.example.com", sps.Password("admin", "password"), secureaccess.WithTransport(wire), refuseRetries())
	if err != nil {
		t.Fatal(err)
	}
	return wire, client
}

// Only a rollback may outlive the context, by five seconds.
func TestTx_stalls(t *testing.T) {
	write := func(ctx context.Context, tx *sps.Tx) error { return nights(ctx, tx) }
	for name, test := range map[string]struct {
		stalls func(*http.Request) bool
		call   func(ctx context.Context, c *sps.Client, tx *sps.Tx) error
		begun  bool          // with a transaction
		most   time.Duration // beyond the context
	}{
		"Begin, sign-in":  {all, func(ctx context.Context, c *sps.Client, _ *sps.Tx) error { _, err := c.Begin(ctx); return err }, false, 0},
		"Begin":           {only("POST", "/api/transaction"), func(ctx context.Context, c *sps.Client, _ *sps.Tx) error { _, err := c.Begin(ctx); return err }, false, 0},
		"Commit":          {all, func(ctx context.Context, _ *sps.Client, tx *sps.Tx) error { return tx.Commit(ctx, "m") }, true, 0},
		"Commit, status":  {only("GET", "/api/transaction"), func(ctx context.Context, _ *sps.Client, tx *sps.Tx) error { return tx.Commit(ctx, "") }, true, 0},
		"a write":         {all, func(ctx context.Context, _ *sps.Client, tx *sps.Tx) error { return nights(ctx, tx) }, true, 0},
		"Rollback":        {all, func(ctx context.Context, _ *sps.Client, tx *sps.Tx) error { return tx.Rollback(ctx) }, true, limit},
		"Close":           {all, func(ctx context.Context, c *sps.Client, _ *sps.Tx) error { return c.Close(ctx) }, true, limit},
		"Transact, write": {only("POST", "/api/configuration/policies/time_policies"), func(ctx context.Context, c *sps.Client, _ *sps.Tx) error { return c.Transact(ctx, "m", write) }, false, 0},
		"Transact, rollback": {func(r *http.Request) bool {
			return r.Method == "POST" && strings.HasPrefix(r.URL.Path, "/api/conf") || r.Method == "DELETE"
		}, func(ctx context.Context, c *sps.Client, _ *sps.Tx) error { return c.Transact(ctx, "m", write) }, false, limit},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wire, client := bubble(t, none)
				var tx *sps.Tx
				if test.begun {
					var err error
					if tx, err = client.Begin(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				wire.set(test.stalls)
				ctx, cancel := context.WithTimeout(t.Context(), callTime)
				defer cancel()
				begin := time.Now()
				err := test.call(ctx, client, tx)
				if took := time.Since(begin); took != callTime+test.most {
					t.Errorf("it took %v", took)
				}
				if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || failure.Method == "" {
					t.Errorf("got %#v", err)
				}
			})
		})
	}
}

// A rollback and a Close are carried out when the context is over, and can be repeated when they failed.
func TestTx_Rollback_contextOver(t *testing.T) {
	for name, end := range map[string]func(context.Context, *sps.Client, *sps.Tx) error{
		"Rollback": func(ctx context.Context, _ *sps.Client, tx *sps.Tx) error { return tx.Rollback(ctx) },
		"Close":    func(ctx context.Context, c *sps.Client, _ *sps.Tx) error { return c.Close(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wire, client := bubble(t, none)
				tx, err := client.Begin(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				over, cancel := context.WithCancel(t.Context())
				cancel()
				wire.set(all)
				if err := end(over, client, tx); err == nil {
					t.Error("it succeeded without a response")
				}
				wire.set(none)
				if err := end(over, client, tx); err != nil {
					t.Errorf("again: %v", err)
				}
				if err := end(over, client, tx); err != nil && !errors.Is(err, sps.ErrTransactionDone) {
					t.Errorf("once more: %v", err)
				}
				if n := wire.count("DELETE /api/transaction"); n != 2 {
					t.Errorf("%d rollbacks", n)
				}
			})
		})
	}
}

// A commit without a response is neither repeated nor believed: the rollback finds out what became of it.
func TestClient_Transact_commitStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire, client := bubble(t, only("PUT", "/api/transaction"))
		ctx, cancel := context.WithTimeout(t.Context(), callTime)
		defer cancel()
		err := client.Transact(ctx, "m", func(context.Context, *sps.Tx) error { return nil })
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, sps.ErrCommitUncertain) {
			t.Errorf("rolled back: %v", err)
		}
		if commits, rollbacks := wire.count("PUT /api/transaction"), wire.count("DELETE /api/transaction"); commits != 1 || rollbacks != 1 {
			t.Errorf("%d commits, %d rollbacks", commits, rollbacks)
		}
	})
}

func TestTx_nil(t *testing.T) {
	_, client := start(t)
	ctx := t.Context()
	var nobody *sps.Client
	for name, call := range map[string]func(tx *sps.Tx) error{
		"Create":        func(tx *sps.Tx) error { return nights(ctx, tx) },
		"Get":           func(tx *sps.Tx) error { _, err := sps.Get(ctx, tx, sps.TimePolicies, "1"); return err },
		"List":          func(tx *sps.Tx) error { _, err := sps.List(ctx, tx, sps.TimePolicies); return err },
		"All":           func(tx *sps.Tx) error { return first(sps.All(ctx, tx, sps.TimePolicies)) },
		"GetSetting":    func(tx *sps.Tx) error { _, err := sps.GetSetting(ctx, tx, sps.DNSSetting); return err },
		"Delete":        func(tx *sps.Tx) error { _, err := sps.Delete(ctx, tx, sps.TimePolicies, "1"); return err },
		"Commit":        func(tx *sps.Tx) error { return tx.Commit(ctx, "m") },
		"Rollback":      func(tx *sps.Tx) error { return tx.Rollback(ctx) },
		"GetStatus":     func(tx *sps.Tx) error { _, err := tx.GetStatus(ctx); return err },
		"ListChanges":   func(tx *sps.Tx) error { _, err := tx.ListChanges(ctx); return err },
		"Do":            func(tx *sps.Tx) error { return tx.Do(ctx, secureaccess.Request{Path: "/api"}, nil) },
		"UploadPlugin":  func(tx *sps.Tx) error { _, err := sps.UploadPlugin(ctx, tx, secureaccess.Upload{}); return err },
		"Promote":       func(tx *sps.Tx) error { return client.Cluster.Promote(ctx, tx) },
		"no reader":     func(*sps.Tx) error { _, err := sps.Get(ctx, nil, sps.TimePolicies, "1"); return err },
		"no client":     func(*sps.Tx) error { _, err := sps.Get(ctx, nobody, sps.TimePolicies, "1"); return err },
		"no function":   func(*sps.Tx) error { return client.Transact(ctx, "", nil) },
		"no change":     func(*sps.Tx) error { return unchanged(ctx, client) },
		"nil reader up": func(*sps.Tx) error { _, err := client.Firmware.Upload(ctx, secureaccess.Upload{}); return err },
	} {
		for _, tx := range []*sps.Tx{nil, {}} {
			if err := call(tx); !errors.Is(err, secureaccess.ErrInvalidArgument) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// unchanged updates an object with a function that is nil.
func unchanged(ctx context.Context, client *sps.Client) error {
	object, err := sps.Get(ctx, client, sps.TimePolicies, "-100")
	if err != nil {
		return err
	}
	_, err = sps.Update(ctx, nil, object, nil)
	return err
}
