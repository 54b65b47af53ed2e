package spstest

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sps"
)

// transaction is the open transaction.
type transaction struct {
	owner   string // token of its session
	working *config
	changes []sps.Change
}

// Commit is a transaction that was committed.
type Commit struct {
	User    string
	Message string
	Changes []sps.Change
}

func (s *Server) messageRequired() bool {
	var accounting struct {
		Required bool `json:"require_commitlog"`
	}
	c := s.committed.collections["management"]
	if i := c.find("accounting"); i >= 0 {
		_ = json.Unmarshal(c.entries[i].body, &accounting)
	}
	return accounting.Required
}

// mine returns the transaction of a session, nil if it has none.
func (s *Server) mine(current *session) *transaction {
	if s.tx != nil && current != nil && s.tx.owner == current.token {
		return s.tx
	}
	return nil
}

func (s *Server) transactionStatus(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := s.mine(s.sessionOf(r))
	status := sps.TransactionStateClosed
	meta := map[string]any{"href": "/api/transaction", "parent": "/api", "remaining_seconds": s.remaining()}
	if tx != nil {
		status = sps.TransactionStateOpen
		if len(tx.changes) > 0 {
			meta["changes"] = "/api/transaction/changes"
		}
	}
	if s.legacy {
		fake.JSON(w, http.StatusOK, map[string]any{"key": "transaction", "meta": meta, "transaction": map[string]any{"status": status}})
		return
	}
	rule := sps.CommitMessageRuleOptional
	if s.messageRequired() {
		rule = sps.CommitMessageRuleRequired
	}
	fake.JSON(w, http.StatusOK, map[string]any{
		"key": "transaction", "meta": meta, "body": map[string]any{"commit_message": rule, "status": status},
	})
}

func (s *Server) transactionOpen(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	current := s.sessionOf(r)
	if s.mine(current) == nil && !s.open(w, r, current) {
		return
	}
	w.WriteHeader(http.StatusOK)
}

// open opens a transaction. It responds to the request when it cannot. The lock is held.
func (s *Server) open(w http.ResponseWriter, r *http.Request, current *session) bool {
	if s.tx != nil || s.locked {
		refuse(w, r, http.StatusConflict, "ConfigurationLocked", "somebody else is changing the configuration")
		return false
	}
	s.tx = &transaction{owner: current.token, working: s.committed.clone()}
	return true
}

func (s *Server) transactionCommit(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := body(w, r)
	if !ok {
		return
	}
	// Documents tell one name of the message with the transaction, and another with the firmware upgrade.
	var request struct {
		Message string `json:"commit_message"`
		Other   string `json:"message"`
	}
	_ = json.Unmarshal(data, &request)
	request.Message = cmp.Or(request.Message, request.Other)
	current := s.sessionOf(r)
	tx := s.mine(current)
	switch {
	case tx == nil:
		noTransaction(w, r)
		return
	case request.Message == "" && s.messageRequired():
		refuse(w, r, http.StatusBadRequest, "CommitMessageRequired", "a commit message is required")
		return
	}
	s.committed, s.tx = tx.working, nil
	s.commits = append(s.commits, Commit{User: current.user, Message: request.Message, Changes: tx.changes})
	w.WriteHeader(http.StatusOK)
}

func (s *Server) transactionRollback(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mine(s.sessionOf(r)) == nil {
		noTransaction(w, r)
		return
	}
	s.tx = nil
	w.WriteHeader(http.StatusOK)
}

func (s *Server) transactionChanges(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := s.mine(s.sessionOf(r))
	if tx == nil {
		noTransaction(w, r)
		return
	}
	changes := tx.changes
	if changes == nil {
		changes = []sps.Change{}
	}
	fake.JSON(w, http.StatusOK, map[string]any{"changes": changes, "meta": map[string]any{"href": "/api/transaction/changes", "parent": "/api/transaction"}})
}

func noTransaction(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, http.StatusConflict, "Conflict", "no open transaction is available")
}
