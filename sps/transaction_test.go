package sps_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

// nights is a write that works.
func nights(ctx context.Context, tx *sps.Tx) error {
	_, err := sps.Create(ctx, tx, sps.TimePolicies, sps.TimePolicy{Name: "nights"})
	return err
}

func TestClient_Transact_commits(t *testing.T) {
	var w wire
	server, client := start(t, w.option())
	err := client.Transact(t.Context(), "nights only", func(ctx context.Context, tx *sps.Tx) error {
		if err := nights(ctx, tx); err != nil {
			return err
		}
		if n := len(server.Keys("policies/time_policies")); n != 1 {
			t.Errorf("%d time policies are committed before the commit, want the built-in one", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(server.Keys("policies/time_policies")); n != 2 {
		t.Errorf("%d time policies after the commit, want 2", n)
	}
	commits := server.Commits()
	if len(commits) != 1 || commits[0].Message != "nights only" || commits[0].User != "admin" || len(commits[0].Changes) != 1 {
		t.Errorf("commits: %+v", commits)
	}
	want := []string{"GET /api/authentication", "POST /api/transaction", "POST /api/configuration/policies/time_policies", "PUT /api/transaction"}
	if got := w.lines(); !slices.Equal(got, want) {
		t.Errorf("requests: %q", got)
	}
	if got := w.bodies[3]; got != `{"commit_message":"nights only","message":"nights only","status":"commit"}` {
		t.Errorf("the commit said %s", got)
	}
	for i, r := range w.requests {
		if _, ok := r.Header["Expect"]; ok {
			t.Errorf("request %d has an Expect header", i)
		}
	}
}

func TestClient_Begin_length(t *testing.T) {
	// The appliance responses 411 otherwise, and so does the fake.
	length := ""
	appliance := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "session_id=0123456789abcdef")
		if r.Method == http.MethodPost {
			length = r.Header.Get("Content-Length")
		}
	}))
	t.Cleanup(appliance.Close)
	client, err := sps.New(appliance.URL, sps.Password("a", "b"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Begin(t.Context()); err != nil || length != "0" {
		t.Errorf("Content-Length %q, %v", length, err)
	}
}

func TestDialect_CommitMessage(t *testing.T) {
	var w wire
	_, client := start(t, w.option())
	client.Dialect.CommitMessage = []string{"reason"}
	tx, err := client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The fake knows the default name only, and refuses others.
	if err := tx.Commit(t.Context(), "why"); !errors.Is(err, secureaccess.ErrBadRequest) {
		t.Errorf("got %v", err)
	}
	if got := w.bodies[len(w.bodies)-1]; got != `{"reason":"why","status":"commit"}` {
		t.Errorf("the commit said %s", got)
	}
}

func TestClient_Transact_leavesNoTrace(t *testing.T) {
	boom := errors.New("boom")
	tests := map[string]struct {
		change func(ctx context.Context, tx *sps.Tx) error
		want   error
	}{
		"an error": {func(ctx context.Context, tx *sps.Tx) error { return errors.Join(nights(ctx, tx), boom) }, boom},
		"a refused write": {func(ctx context.Context, tx *sps.Tx) error {
			if err := nights(ctx, tx); err != nil {
				return err
			}
			_, err := sps.Delete(ctx, tx, sps.TimePolicies, "-100")
			return err
		}, secureaccess.ErrBadRequest},
		"a missing object": {func(ctx context.Context, tx *sps.Tx) error {
			if err := nights(ctx, tx); err != nil {
				return err
			}
			_, err := sps.Get(ctx, tx, sps.TimePolicies, "12345")
			return err
		}, sps.CodeNotFound},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server, client := start(t)
			before := string(server.Dump())
			if err := client.Transact(t.Context(), "", test.change); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if string(server.Dump()) != before {
				t.Error("the store is not byte for byte as it was")
			}
			if err := client.Transact(t.Context(), "", nights); err != nil {
				t.Errorf("the next transaction: %v", err)
			}
		})
	}
}

func TestClient_Transact_contextEnds(t *testing.T) {
	server, client := start(t)
	before := string(server.Dump())
	ctx, cancel := context.WithCancel(t.Context())
	err := client.Transact(ctx, "", func(ctx context.Context, tx *sps.Tx) error {
		if err := nights(ctx, tx); err != nil {
			return err
		}
		cancel()
		return nights(ctx, tx)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if string(server.Dump()) != before {
		t.Error("the store is not byte for byte as it was")
	}
	if _, err := another(t, server).Begin(t.Context()); err != nil {
		t.Errorf("the transaction was not rolled back: %v", err)
	}
}

func TestClient_Transact_panic(t *testing.T) {
	server, client := start(t)
	before := string(server.Dump())
	func() {
		defer func() {
			if got := recover(); got != "boom" {
				t.Errorf("recovered %v, want the panic itself", got)
			}
		}()
		_ = client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
			if err := nights(ctx, tx); err != nil {
				t.Error(err)
			}
			panic("boom")
		})
	}()
	if string(server.Dump()) != before {
		t.Error("the store is not byte for byte as it was")
	}
	// The same for a goroutine that ends, as with t.FailNow.
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
			runtime.Goexit()
			return nil
		})
	}()
	<-done
	if err := another(t, server).Transact(t.Context(), "", nights); err != nil {
		t.Errorf("the configuration is still held: %v", err)
	}
}

func TestClient_Begin_twoClients(t *testing.T) {
	server, first := start(t)
	second := another(t, server)
	tx, err := first.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Begin(t.Context()); !errors.Is(err, sps.ErrLocked) || !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("the second client: %v", err)
	}
	if _, err := first.Begin(t.Context()); !errors.Is(err, sps.ErrTransactionOpen) {
		t.Errorf("a second transaction of the first client: %v", err)
	}
	// What the first writes the second does not see.
	written, err := sps.Create(t.Context(), tx, sps.TimePolicies, sps.TimePolicy{Name: "nights"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sps.Get(t.Context(), second, sps.TimePolicies, written.Key); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("the second client reads what is not committed: %v", err)
	}
	if _, err := sps.Get(t.Context(), tx, sps.TimePolicies, written.Key); err != nil {
		t.Errorf("the transaction does not read its own: %v", err)
	}
	if _, err := sps.Get(t.Context(), first, sps.TimePolicies, written.Key); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("the first client reads what is not committed: %v", err)
	}
	if err := tx.Commit(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := sps.Get(t.Context(), second, sps.TimePolicies, written.Key); err != nil {
		t.Errorf("the second client after the commit: %v", err)
	}
	if err := second.Transact(t.Context(), "", nights); err != nil {
		t.Errorf("the second client's turn: %v", err)
	}
	server.Lock(true)
	if _, err := first.Begin(t.Context()); !errors.Is(err, sps.ErrLocked) {
		t.Errorf("while the web interface is in use: %v", err)
	}
}

func TestClient_Begin_manyGoroutines(t *testing.T) {
	_, client := start(t)
	var begun, refused int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, err := client.Begin(t.Context())
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				begun++
			case errors.Is(err, sps.ErrTransactionOpen):
				refused++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if begun != 1 || refused != 19 {
		t.Errorf("%d begun, %d refused", begun, refused)
	}
}

func TestClient_Begin_renewsSession(t *testing.T) {
	server, client := start(t)
	if _, err := client.System.Info(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.EndSessions()
	if err := client.Transact(t.Context(), "", nights); err != nil {
		t.Errorf("outside of a transaction the session is renewed: %v", err)
	}
	if n := server.Logins(); n != 2 {
		t.Errorf("%d logins", n)
	}
}

func (c *hookClock) Now() time.Time {
	if hook := c.hook; hook != nil {
		c.hook = nil
		hook()
	}
	return c.Clock.Now()
}

// A client that is closed while the appliance opens a transaction leaves none behind.
func TestClient_Close_whileBeginning(t *testing.T) {
	var w wire
	server, client := start(t, w.option())
	w.after = func(req *http.Request, _ *http.Response) {
		if req.Method == http.MethodPost && req.URL.Path == "/api/transaction" {
			if err := client.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
	if tx, err := client.Begin(t.Context()); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("%v, %v", tx, err)
	}
	if err := another(t, server).Transact(t.Context(), "", nights); err != nil {
		t.Errorf("the configuration is still held: %v", err)
	}
}
