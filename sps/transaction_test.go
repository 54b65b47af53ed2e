package sps_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// nights is a write that works.
func nights(ctx context.Context, tx *sps.Tx) error {
	_, err := sps.Create(ctx, tx, sps.TimePolicies, sps.TimePolicy{Name: "nights"})
	return err
}

func TestTransactCommits(t *testing.T) {
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
	if got := w.bodies[3]; got != `{"commit_message":"nights only","status":"commit"}` {
		t.Errorf("the commit said %s", got)
	}
	for i, r := range w.requests {
		if _, ok := r.Header["Expect"]; ok {
			t.Errorf("request %d has an Expect header", i)
		}
	}
}

func TestTheOpeningHasALength(t *testing.T) {
	// The appliance answers 411 otherwise, and so does the fake.
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

func TestAMessageWithAnotherName(t *testing.T) {
	var w wire
	_, client := start(t, w.option())
	client.Dialect.CommitMessage = "message"
	tx, err := client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The fake knows the default name only, and refuses others.
	if err := tx.Commit(t.Context(), "why"); !errors.Is(err, secureaccess.ErrBadRequest) {
		t.Errorf("got %v", err)
	}
	if got := w.bodies[len(w.bodies)-1]; got != `{"message":"why","status":"commit"}` {
		t.Errorf("the commit said %s", got)
	}
}

func TestATransactionThatFailsHalfwayLeavesNoTrace(t *testing.T) {
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

func TestAContextThatEndsInsideATransaction(t *testing.T) {
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

func TestAPanicInsideTransact(t *testing.T) {
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

func TestTwoClientsAtOnce(t *testing.T) {
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
	if _, err := sps.Get(t.Context(), first, sps.TimePolicies, written.Key); err != nil {
		t.Errorf("the first client does not read its own: %v", err)
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

func TestOneTransactionAtATimeFromManyGoroutines(t *testing.T) {
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

func TestATransactionThatIsOver(t *testing.T) {
	for name, end := range map[string]func(*sps.Tx) error{
		"commit":   func(tx *sps.Tx) error { return tx.Commit(t.Context(), "done") },
		"rollback": func(tx *sps.Tx) error { return tx.Rollback(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			server, client := start(t)
			tx, err := client.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := end(tx); err != nil {
				t.Fatal(err)
			}
			before := string(server.Dump())
			_, read := sps.Get(t.Context(), tx, sps.TimePolicies, "-100")
			_, status := tx.Status(t.Context())
			for i, err := range []error{nights(t.Context(), tx), tx.Commit(t.Context(), "x"), tx.Rollback(t.Context()), read, status} {
				if !errors.Is(err, sps.ErrTransactionDone) {
					t.Errorf("call %d: %v", i, err)
				}
			}
			if string(server.Dump()) != before {
				t.Error("something was written after the end")
			}
			if _, err := client.Begin(t.Context()); err != nil {
				t.Errorf("the next transaction: %v", err)
			}
		})
	}
}

func TestALostSessionIsALostTransaction(t *testing.T) {
	losses := map[string]func(t *testing.T, server *spstest.Server, client *sps.Client){
		"20 minutes without a request": func(_ *testing.T, server *spstest.Server, _ *sps.Client) { server.Advance(20 * time.Minute) },
		"an administrator":             func(_ *testing.T, server *spstest.Server, _ *sps.Client) { server.EndSessions() },
		"noticed by another call of the client": func(t *testing.T, server *spstest.Server, client *sps.Client) {
			server.EndSessions()
			if _, err := client.System.Info(t.Context()); err != nil {
				t.Errorf("the call outside the transaction: %v", err)
			}
		},
	}
	for name, lose := range losses {
		t.Run(name, func(t *testing.T) {
			var w wire
			server, client := start(t, w.option())
			server.SetAutoOpen(true) // a write under a new session would open a new transaction by itself
			before := string(server.Dump())
			err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
				if err := nights(ctx, tx); err != nil {
					return err
				}
				lose(t, server, client)
				err := nights(ctx, tx)
				if !errors.Is(err, sps.ErrTransactionLost) {
					t.Errorf("the next write: %v", err)
				}
				if again := nights(ctx, tx); !errors.Is(again, sps.ErrTransactionLost) {
					t.Errorf("the write after it: %v", again)
				}
				if commit := tx.Commit(ctx, "x"); !errors.Is(commit, sps.ErrTransactionLost) {
					t.Errorf("the commit: %v", commit)
				}
				return err
			})
			lost, ok := errors.AsType[*sps.TransactionLostError](err)
			if !ok || errors.Is(err, sps.ErrNoTransaction) {
				t.Fatalf("got %v", err)
			}
			if byUs := !strings.HasPrefix(name, "noticed"); byUs != errors.Is(lost.Err, secureaccess.ErrUnauthorized) {
				t.Errorf("the cause is %v", lost.Err)
			}
			if string(server.Dump()) != before {
				t.Error("the store is not byte for byte as it was")
			}
			if err := client.Transact(t.Context(), "", nights); err != nil {
				t.Errorf("the next transaction: %v", err)
			}
			writes := 0
			for _, line := range w.lines() {
				if line == "POST /api/configuration/policies/time_policies" {
					writes++
				}
			}
			if writes > 3 {
				t.Errorf("%d writes were sent", writes)
			}
		})
	}
}

func TestATransactionThatOthersClosed(t *testing.T) {
	server, client := start(t)
	tx, err := client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server.Fail(spstest.Fault{Method: "POST", Path: "/api/configuration", Status: http.StatusConflict, Body: `{"error":{"type":"Conflict","message":"no open transaction"}}`})
	// The appliance still has it: it is another conflict.
	if err := nights(t.Context(), tx); !errors.Is(err, secureaccess.ErrConflict) || errors.Is(err, sps.ErrTransactionLost) {
		t.Errorf("a conflict inside an open transaction: %v", err)
	}
	if err := nights(t.Context(), tx); err != nil {
		t.Errorf("the transaction goes on: %v", err)
	}
	server.Fail(spstest.Fault{Method: "POST", Path: "/api/configuration", Status: http.StatusConflict})
	server.Fail(spstest.Fault{Method: "GET", Path: "/api/transaction", Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: `{"body":{"status":"closed"},"meta":{}}`})
	err = nights(t.Context(), tx)
	if !errors.Is(err, sps.ErrTransactionLost) || !errors.Is(err, sps.ErrNoTransaction) || !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("a conflict without a transaction: %v", err)
	}
}

func TestASessionThatEndsBeforeTheTransactionIsRenewed(t *testing.T) {
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

func TestCommitMessageRequired(t *testing.T) {
	server, client := start(t)
	server.RequireCommitMessage(true)
	ran := false
	err := client.Transact(t.Context(), "", func(context.Context, *sps.Tx) error { ran = true; return nil })
	if !errors.Is(err, sps.ErrCommitMessageRequired) || ran {
		t.Errorf("ran: %v, %v", ran, err)
	}
	tx, err := client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context(), ""); !errors.Is(err, sps.ErrCommitMessageRequired) {
		t.Errorf("commit without a message: %v", err)
	}
	if err := tx.Commit(t.Context(), "because"); err != nil {
		t.Errorf("commit of the same transaction with one: %v", err)
	}
	// Releases that do not tell refuse by themselves.
	server.SetLegacy(true)
	before := string(server.Dump())
	if err := client.Transact(t.Context(), "", nights); !errors.Is(err, secureaccess.ErrBadRequest) {
		t.Errorf("an old release: %v", err)
	}
	if string(server.Dump()) != before {
		t.Error("the store is not byte for byte as it was")
	}
}

func TestStatusAndChanges(t *testing.T) {
	for _, legacy := range []bool{false, true} {
		server, client := start(t)
		server.SetLegacy(legacy)
		status, err := client.TransactionStatus(t.Context())
		if err != nil || status.State != sps.TransactionClosed || status.Open() {
			t.Fatalf("legacy %v: %+v, %v", legacy, status, err)
		}
		tx, err := client.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		changes, err := tx.Changes(t.Context())
		if err != nil || len(changes) != 0 {
			t.Errorf("changes at the beginning: %v, %v", changes, err)
		}
		if err := nights(t.Context(), tx); err != nil {
			t.Fatal(err)
		}
		zone, err := sps.Get[string](t.Context(), tx, "datetime", "timezone")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sps.Update(t.Context(), tx, zone, func(z *string) error { *z = "America/New_York"; return nil }); err != nil {
			t.Fatal(err)
		}
		status, err = tx.Status(t.Context())
		if err != nil || !status.Open() || status.Remaining != 20*time.Minute || !status.HasChanges {
			t.Errorf("legacy %v: %+v, %v", legacy, status, err)
		}
		if want := map[bool]sps.CommitMessageRule{false: sps.CommitMessageOptional, true: ""}[legacy]; status.CommitMessage != want {
			t.Errorf("legacy %v: commit message %q", legacy, status.CommitMessage)
		}
		changes, err = tx.Changes(t.Context())
		if err != nil || len(changes) != 2 || changes[0].Type != sps.ChangeCreate || changes[1].Type != sps.ChangeReplace {
			t.Fatalf("%+v, %v", changes, err)
		}
		if c := changes[1]; c.Path != "/api/configuration/datetime/timezone" || string(c.OldValue) != `"Europe/Budapest"` || string(c.NewValue) != `"America/New_York"` {
			t.Errorf("%+v", c)
		}
	}
}

func TestTransactionStatusRefusesNonsense(t *testing.T) {
	for _, text := range []string{`{}`, `[]`, `{"body":{}}`, `{"transaction":null}`, `{"body":{"status":1}}`} {
		var s sps.TransactionStatus
		if err := json.Unmarshal([]byte(text), &s); err == nil {
			t.Errorf("%s was read as %+v", text, s)
		}
	}
}

func TestACommitWithoutAnAnswer(t *testing.T) {
	t.Run("that was carried out", func(t *testing.T) {
		w := wire{after: func(req *http.Request, resp *http.Response) {
			if req.Method == http.MethodPut && req.URL.Path == "/api/transaction" {
				resp.StatusCode = http.StatusGatewayTimeout
			}
		}}
		server, client := start(t, w.option())
		if err := client.Transact(t.Context(), "once", nights); err != nil {
			t.Errorf("got %v", err)
		}
		if n := len(server.Commits()); n != 1 {
			t.Errorf("%d commits", n)
		}
		puts := 0
		for _, line := range w.lines() {
			if strings.HasPrefix(line, "PUT /api/transaction") {
				puts++
			}
		}
		if puts != 1 {
			t.Errorf("the commit was sent %d times", puts)
		}
	})
	t.Run("that was not", func(t *testing.T) {
		server, client := start(t)
		before := string(server.Dump())
		server.Fail(spstest.Fault{Method: "PUT", Path: "/api/transaction", Reset: true})
		err := client.Transact(t.Context(), "once", nights)
		if err == nil || errors.Is(err, sps.ErrCommitUncertain) {
			t.Errorf("got %v", err)
		}
		if string(server.Dump()) != before {
			t.Error("the store is not byte for byte as it was")
		}
	})
	t.Run("that failed and ended the transaction", func(t *testing.T) {
		w := wire{}
		server, client := start(t, w.option(), refuseRetries())
		w.after = func(req *http.Request, resp *http.Response) {
			if req.Method == http.MethodPut && req.URL.Path == "/api/transaction" {
				resp.StatusCode = http.StatusInternalServerError // an answer of the appliance, whatever it has done
			}
		}
		if err := client.Transact(t.Context(), "once", nights); !errors.Is(err, secureaccess.ErrServer) {
			t.Errorf("%d commits, %v", len(server.Commits()), err)
		}
	})
	t.Run("of which nothing can be learnt", func(t *testing.T) {
		server, client := start(t, refuseRetries())
		server.Fail(spstest.Fault{Method: "PUT", Path: "/api/transaction", Reset: true})
		server.Fail(spstest.Fault{Method: "GET", Path: "/api/transaction", Reset: true})
		if err := client.Transact(t.Context(), "once", nights); !errors.Is(err, sps.ErrCommitUncertain) {
			t.Errorf("got %v", err)
		}
	})
}

func TestARollbackThatFails(t *testing.T) {
	server, client := start(t, refuseRetries())
	server.SetAutoOpen(true)
	before := string(server.Dump())
	server.Fail(spstest.Fault{Method: "DELETE", Path: "/api/transaction", Status: http.StatusBadGateway})
	boom := errors.New("boom")
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error { return errors.Join(nights(ctx, tx), boom) })
	if !errors.Is(err, boom) || !errors.Is(err, secureaccess.ErrServer) {
		t.Errorf("both errors should show: %v", err)
	}
	// What is left over on the appliance must not be committed with what comes next.
	if err := client.Transact(t.Context(), "", nights); !errors.Is(err, sps.ErrLocked) {
		t.Errorf("while the appliance still has the old transaction: %v", err)
	}
	server.Advance(20 * time.Minute)
	if string(server.Dump()) != before {
		t.Error("the store is not byte for byte as it was")
	}
	if err := client.Transact(t.Context(), "", nights); err != nil {
		t.Errorf("after the old transaction ended: %v", err)
	}
	if n := len(server.Keys("policies/time_policies")); n != 2 {
		t.Errorf("%d time policies, want the built-in one and one more", n)
	}
}

func TestAnOpeningWithoutAnAnswer(t *testing.T) {
	w := wire{after: func(req *http.Request, resp *http.Response) {
		if req.Method == http.MethodPost && req.URL.Path == "/api/transaction" {
			resp.StatusCode = http.StatusBadGateway
		}
	}}
	server, client := start(t, w.option(), refuseRetries())
	if _, err := client.Begin(t.Context()); !errors.Is(err, secureaccess.ErrServer) {
		t.Fatalf("got %v", err)
	}
	// It was opened after all, and is taken back.
	if err := another(t, server).Transact(t.Context(), "", nights); err != nil {
		t.Errorf("somebody else, afterwards: %v", err)
	}
	server.Fail(spstest.Fault{Method: "DELETE", Path: "/api/transaction", Status: http.StatusBadGateway})
	if _, err := client.Begin(t.Context()); !errors.Is(err, secureaccess.ErrServer) {
		t.Fatalf("got %v", err)
	}
	w.after = nil
	// The old session holds the lock until it ends. Its transaction is not taken for the new one.
	if _, err := client.Begin(t.Context()); !errors.Is(err, sps.ErrLocked) {
		t.Errorf("got %v", err)
	}
	server.Advance(20 * time.Minute)
	if err := client.Transact(t.Context(), "", nights); err != nil {
		t.Error(err)
	}
}

// TestAWriteThatIsUnderWayWhenTheTransactionEnds has a write that is late on its way: without care it arrives after
// the end, and opens a transaction that nobody knows of.
func TestAWriteThatIsUnderWayWhenTheTransactionEnds(t *testing.T) {
	for name, end := range map[string]func(context.Context, *sps.Tx) error{
		"commit":   func(ctx context.Context, tx *sps.Tx) error { return tx.Commit(ctx, "done") },
		"rollback": func(ctx context.Context, tx *sps.Tx) error { return tx.Rollback(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			reached, release := make(chan struct{}), make(chan struct{})
			var landed atomic.Bool
			write := func(req *http.Request) bool {
				return req.Method == http.MethodPost && strings.HasPrefix(req.URL.Path, "/api/configuration/")
			}
			w := wire{before: func(req *http.Request) {
				switch {
				case write(req):
					close(reached)
					<-release
				case req.URL.Path == "/api/transaction" && (req.Method == http.MethodPut || req.Method == http.MethodDelete) && !landed.Load():
					t.Errorf("%s overtakes the write", req.Method)
				}
			}, after: func(req *http.Request, _ *http.Response) {
				if write(req) {
					landed.Store(true)
				}
			}}
			server, client := start(t, w.option(), refuseRetries())
			server.SetAutoOpen(true)
			tx, err := client.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			written := make(chan error)
			go func() { written <- nights(context.Background(), tx) }()
			<-reached

			// Who does not want to wait leaves the transaction as it was.
			over, cancel := context.WithCancel(t.Context())
			cancel()
			if err := end(over, tx); !errors.Is(err, context.Canceled) {
				t.Errorf("with a context that is over: %v", err)
			}
			if _, err := tx.Status(t.Context()); err != nil {
				t.Errorf("after an end that was given up: %v", err)
			}

			ended := make(chan error)
			go func() { ended <- end(context.Background(), tx) }()
			for { // until the end has begun
				if _, err := tx.Status(t.Context()); err != nil {
					if !errors.Is(err, sps.ErrTransactionDone) {
						t.Errorf("while it ends: %v", err)
					}
					break
				}
			}
			close(release)
			if err := errors.Join(<-written, <-ended); err != nil {
				t.Fatal(err)
			}
			want := 2 // with the built-in one
			if name == "rollback" {
				want = 1
			}
			if n := len(server.Keys("policies/time_policies")); n != want {
				t.Errorf("%d time policies, want %d", n, want)
			}
			if status, err := client.TransactionStatus(t.Context()); err != nil || status.Open() {
				t.Errorf("the write opened a transaction of its own: %+v, %v", status, err)
			}
		})
	}
}

func TestAFunctionThatEndsTheTransactionItself(t *testing.T) {
	server, client := start(t)
	before := string(server.Dump())
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		return errors.Join(nights(ctx, tx), tx.Rollback(ctx))
	})
	if err != nil || string(server.Dump()) != before {
		t.Errorf("a rollback inside: %v", err)
	}
	err = client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		return errors.Join(nights(ctx, tx), tx.Commit(ctx, "mine"))
	})
	if commits := server.Commits(); err != nil || len(commits) != 1 || commits[0].Message != "mine" {
		t.Errorf("a commit inside: %v, %+v", err, commits)
	}
}

// hookClock calls hook, once, when it is asked for the time.
type hookClock struct {
	secureaccess.Clock
	hook func()
}

func (c *hookClock) Now() time.Time {
	if hook := c.hook; hook != nil {
		c.hook = nil
		hook()
	}
	return c.Clock.Now()
}

func TestAWriteNeverGoesOutWithAnotherSession(t *testing.T) {
	server := spstest.NewServer(t)
	server.SetAutoOpen(true)
	clock := &hookClock{Clock: server.Clock()}
	client := another(t, server, secureaccess.WithClock(clock))
	before := string(server.Dump())
	tx, err := client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The time is asked for when a request is being made: the session is renewed behind the back of the write.
	clock.hook = func() {
		server.EndSessions()
		if _, err := client.System.Info(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := nights(t.Context(), tx); !errors.Is(err, sps.ErrTransactionLost) {
		t.Errorf("got %v", err)
	}
	if n := server.Logins(); n != 2 {
		t.Fatalf("%d logins: the session was not renewed, so that nothing is shown", n)
	}
	if _, err := another(t, server).Begin(t.Context()); err != nil || string(server.Dump()) != before {
		t.Errorf("the write opened a transaction of its own: %v", err)
	}
}

func TestASessionThatIsRenewedWhileATransactionOpens(t *testing.T) {
	server := spstest.NewServer(t)
	clock := &hookClock{Clock: server.Clock()}
	client := another(t, server, secureaccess.WithClock(clock))
	if _, err := client.System.Info(t.Context()); err != nil {
		t.Fatal(err)
	}
	clock.hook = func() {
		server.EndSessions()
		if _, err := client.System.Info(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if err := client.Transact(t.Context(), "", nights); err != nil {
		t.Errorf("nothing was lost yet: %v", err)
	}
}
