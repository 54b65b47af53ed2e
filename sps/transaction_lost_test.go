package sps_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

func TestTx_lost(t *testing.T) {
	losses := map[string]func(server *spstest.Server){
		"20 minutes without a request": func(server *spstest.Server) { server.Advance(20 * time.Minute) },
		"an administrator":             func(server *spstest.Server) { server.EndSessions() },
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
				lose(server)
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
			if _, ok := errors.AsType[*secureaccess.Error](err); !ok || !errors.Is(lost.Err, secureaccess.ErrUnauthorized) {
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

func TestTx_closedByOthers(t *testing.T) {
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

func TestTx_GetStatus(t *testing.T) {
	for _, legacy := range []bool{false, true} {
		server, client := start(t)
		server.SetLegacy(legacy)
		status, err := client.GetTransactionStatus(t.Context())
		if err != nil || status.State != sps.TransactionStateClosed || status.Open() {
			t.Fatalf("legacy %v: %+v, %v", legacy, status, err)
		}
		tx, err := client.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		changes, err := tx.ListChanges(t.Context())
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
		status, err = tx.GetStatus(t.Context())
		if err != nil || !status.Open() || status.Remaining != 20*time.Minute || !status.HasChanges {
			t.Errorf("legacy %v: %+v, %v", legacy, status, err)
		}
		if want := map[bool]sps.CommitMessageRule{false: sps.CommitMessageRuleOptional, true: ""}[legacy]; status.CommitMessage != want {
			t.Errorf("legacy %v: commit message %q", legacy, status.CommitMessage)
		}
		changes, err = tx.ListChanges(t.Context())
		if err != nil || len(changes) != 2 || changes[0].Type != sps.ChangeTypeCreate || changes[1].Type != sps.ChangeTypeReplace {
			t.Fatalf("%+v, %v", changes, err)
		}
		if c := changes[1]; c.Path != "/api/configuration/datetime/timezone" || string(c.OldValue) != `"Europe/Budapest"` || string(c.NewValue) != `"America/New_York"` {
			t.Errorf("%+v", c)
		}
	}
}

func TestClient_GetTransactionStatus_nonsense(t *testing.T) {
	for _, text := range []string{`{}`, `[]`, `{"body":{}}`, `{"transaction":null}`, `{"body":{"status":{}}}`} {
		server, client := start(t)
		server.Fail(spstest.Fault{Path: "/api/transaction", Status: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: text})
		if status, err := client.GetTransactionStatus(t.Context()); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s was read as %+v, %v", text, status, err)
		}
	}
}

// hookClock calls hook, once, when it is asked for the time.
type hookClock struct {
	secureaccess.Clock
	hook func()
}

func TestTx_sessionIsItsOwn(t *testing.T) {
	server := spstest.NewServer(t)
	server.SetAutoOpen(true)
	clock := &hookClock{Clock: server.Clock()}
	client := another(t, server, secureaccess.WithClock(clock))
	before := string(server.Dump())
	tx, err := client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The time is asked for when a request is being made: the client signs in again behind the back of the write.
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
		t.Fatalf("%d logins: nobody signed in meanwhile, so that nothing is shown", n)
	}
	if _, err := another(t, server).Begin(t.Context()); err != nil || string(server.Dump()) != before {
		t.Errorf("the write opened a transaction of its own: %v", err)
	}
}
