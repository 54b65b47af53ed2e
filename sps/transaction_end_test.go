package sps_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

func TestTx_over(t *testing.T) {
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
			_, status := tx.GetStatus(t.Context())
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

func TestTx_Commit_messageRequired(t *testing.T) {
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

func TestTx_Commit_noResponse(t *testing.T) {
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
				resp.StatusCode = http.StatusInternalServerError // a response of the appliance, whatever it has done
			}
		}
		err := client.Transact(t.Context(), "once", nights)
		if !errors.Is(err, secureaccess.ErrServer) || !errors.Is(err, sps.ErrCommitUncertain) {
			t.Errorf("%d commits, %v", len(server.Commits()), err)
		}
	})
	t.Run("but a gateway's, of what was carried out", func(t *testing.T) {
		w := wire{after: func(req *http.Request, resp *http.Response) {
			if req.Method == http.MethodPut && req.URL.Path == "/api/transaction" {
				resp.StatusCode = http.StatusServiceUnavailable
			}
		}}
		server, client := start(t, w.option(), refuseRetries())
		if err := client.Transact(t.Context(), "once", nights); err != nil || len(server.Commits()) != 1 {
			t.Errorf("%d commits, %v", len(server.Commits()), err)
		}
	})
	t.Run("but 500 for all that is asked", func(t *testing.T) {
		server, client := start(t, refuseRetries())
		for _, status := range []int{http.StatusInternalServerError, http.StatusServiceUnavailable} {
			server.Fail(spstest.Fault{Method: "PUT", Path: "/api/transaction", Status: status})
			server.Fail(spstest.Fault{Method: "GET", Path: "/api/transaction", Status: status})
			tx, err := client.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := tx.Commit(t.Context(), "once"); !errors.Is(err, sps.ErrCommitUncertain) {
				t.Errorf("%d: got %v", status, err)
			}
			if err := tx.Rollback(t.Context()); err != nil {
				t.Errorf("%d: it is open still: %v", status, err)
			}
		}
	})
	t.Run("before the session ends", func(t *testing.T) {
		for name, end := range map[string]func(*sps.Client, *sps.Tx) error{
			"a second commit": func(_ *sps.Client, tx *sps.Tx) error { return tx.Commit(t.Context(), "once") },
			"Transact":        nil,
		} {
			w := wire{}
			server, client := start(t, w.option(), refuseRetries())
			server.Fail(spstest.Fault{Method: "PUT", Path: "/api/transaction", Reset: true})
			server.Fail(spstest.Fault{Method: "GET", Path: "/api/transaction", Reset: true})
			var err error
			if end == nil {
				w.before = func(req *http.Request) {
					if req.Method == http.MethodDelete {
						server.EndSessions()
					}
				}
				err = client.Transact(t.Context(), "once", nights)
			} else {
				tx, begun := client.Begin(t.Context())
				if begun != nil {
					t.Fatal(begun)
				}
				if err := tx.Commit(t.Context(), "once"); !errors.Is(err, sps.ErrCommitUncertain) {
					t.Errorf("%s: the commit: %v", name, err)
				}
				server.EndSessions()
				err = end(client, tx)
			}
			if !errors.Is(err, sps.ErrCommitUncertain) || len(server.Commits()) != 0 {
				t.Errorf("%s: %d commits, %v", name, len(server.Commits()), err)
			}
		}
	})
	t.Run("but 503, and the transaction is open", func(t *testing.T) {
		server, client := start(t, refuseRetries())
		server.Fail(spstest.Fault{Method: "PUT", Path: "/api/transaction", Status: http.StatusServiceUnavailable})
		if err := client.Transact(t.Context(), "once", nights); !errors.Is(err, secureaccess.ErrServer) || errors.Is(err, sps.ErrCommitUncertain) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("of which nothing can be learnt", func(t *testing.T) {
		server, client := start(t, refuseRetries())
		server.Fail(spstest.Fault{Method: "PUT", Path: "/api/transaction", Reset: true})
		server.Fail(spstest.Fault{Method: "GET", Path: "/api/transaction", Reset: true})
		server.Fail(spstest.Fault{Method: "DELETE", Path: "/api/transaction", Reset: true})
		if err := client.Transact(t.Context(), "once", nights); !errors.Is(err, sps.ErrCommitUncertain) {
			t.Errorf("got %v", err)
		}
	})
}

func TestTx_Rollback_fails(t *testing.T) {
	server, client := start(t, refuseRetries())
	server.SetAutoOpen(true)
	before := string(server.Dump())
	server.Fail(spstest.Fault{Method: "DELETE", Path: "/api/transaction", Status: http.StatusBadGateway})
	boom := errors.New("boom")
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error { return errors.Join(nights(ctx, tx), boom) })
	if !errors.Is(err, boom) || !errors.Is(err, secureaccess.ErrServer) {
		t.Errorf("both errors should show: %v", err)
	}
	// What is left over on the appliance is rolled back before anything else is written.
	server.Fail(spstest.Fault{Method: "DELETE", Path: "/api/transaction", Status: http.StatusBadGateway})
	if err := client.Transact(t.Context(), "", nights); !errors.Is(err, sps.ErrLocked) || !errors.Is(err, secureaccess.ErrServer) {
		t.Errorf("while the appliance still has the old transaction: %v", err)
	}
	if string(server.Dump()) != before {
		t.Error("the store is not byte for byte as it was")
	}
	if err := client.Transact(t.Context(), "", nights); err != nil {
		t.Errorf("after the old transaction was rolled back: %v", err)
	}
	if n := len(server.Keys("policies/time_policies")); n != 2 {
		t.Errorf("%d time policies, want the built-in one and one more", n)
	}
}

func TestClient_Begin_noResponse(t *testing.T) {
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
	// It is taken back by the next transaction, and not taken for that.
	if err := client.Transact(t.Context(), "", nights); err != nil {
		t.Error(err)
	}
	if n := len(server.Keys("policies/time_policies")); n != 3 {
		t.Errorf("%d time policies, want the built-in one and two more", n)
	}
}

// TestTx_Commit_waitsForWrites has a write that is late on its way: without care it arrives after
// the end, and opens a transaction that nobody knows of.
func TestTx_Commit_waitsForWrites(t *testing.T) {
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

			if name == "commit" { // Who does not want to wait leaves the transaction as it was.
				over, cancel := context.WithCancel(t.Context())
				cancel()
				if err := end(over, tx); !errors.Is(err, context.Canceled) {
					t.Errorf("with a context that is over: %v", err)
				}
				if _, err := tx.GetStatus(t.Context()); err != nil {
					t.Errorf("after an end that was given up: %v", err)
				}
			}

			ended := make(chan error)
			go func() { ended <- end(context.Background(), tx) }()
			for { // until the end has begun
				if _, err := tx.GetStatus(t.Context()); err != nil {
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
			if _, err := another(t, server).Begin(t.Context()); err != nil {
				t.Errorf("the write opened a transaction of its own: %v", err)
			}
		})
	}
}

func TestClient_Transact_endedInside(t *testing.T) {
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
