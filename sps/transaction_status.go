package sps

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// GetStatus tells how the transaction stands and how long it has.
//
// GET /api/transaction
func (tx *Tx) GetStatus(ctx context.Context) (*TransactionStatus, error) {
	document, err := checked(ctx, tx, rest.GET(transactionPath), (*transactionDocument).check)
	if err != nil {
		return nil, err
	}
	return document.status(), nil
}

// GetTransactionStatus tells whether a commit needs a message. The client's own transactions are not its session's:
// their status is at [Tx.GetStatus].
//
// GET /api/transaction
func (c *Client) GetTransactionStatus(ctx context.Context) (*TransactionStatus, error) {
	return transactionStatus(ctx, c.rest)
}

func transactionStatus(ctx context.Context, c *rest.Client) (*TransactionStatus, error) {
	document, err := rest.Checked(ctx, c, rest.GET(transactionPath), withoutHeader((*transactionDocument).check))
	if err != nil {
		return nil, err
	}
	return document.status(), nil
}

// ListChanges lists what was changed in the transaction so far.
//
// GET /api/transaction/changes
func (tx *Tx) ListChanges(ctx context.Context) ([]Change, error) {
	response, err := do[transactionChanges](ctx, tx, rest.GET("/api/transaction/changes"))
	if err != nil {
		return nil, err
	}
	return response.Changes, nil
}

type transactionChanges struct {
	Changes []Change `json:"changes"`
}

// TransactionState is the state of a transaction.
type TransactionState string

// Values of TransactionState.
const (
	TransactionStateOpen   TransactionState = "open"
	TransactionStateClosed TransactionState = "closed"
)

// CommitMessageRule says whether a commit needs a message.
type CommitMessageRule string

// Values of CommitMessageRule. Releases before 8.0 do not tell.
const (
	CommitMessageRuleRequired CommitMessageRule = "required"
	CommitMessageRuleOptional CommitMessageRule = "optional"
)

// TransactionStatus is how a transaction stands.
type TransactionStatus struct {
	State         TransactionState
	CommitMessage CommitMessageRule // "" where the release does not tell
	Remaining     time.Duration     // until transaction and session end without a request; 0 where the release does not tell
	HasChanges    bool              // there is something at /api/transaction/changes; false where the release does not tell
	Meta          Meta
}

// Open reports whether there is a transaction.
func (s *TransactionStatus) Open() bool { return s.State == TransactionStateOpen }

type transactionBody struct {
	CommitMessage CommitMessageRule `json:"commit_message"`
	Status        TransactionState  `json:"status"`
}

// transactionDocument is a status in both generations: releases before 8.0 have the body under "transaction".
type transactionDocument struct {
	Body *transactionBody `json:"body" alias:"transaction"`
	Meta Meta             `json:"meta"`
}

func (d *transactionDocument) check() error {
	if d.Body == nil || d.Body.Status == "" {
		return errors.New("it has no status")
	}
	return nil
}

func (d *transactionDocument) status() *TransactionStatus {
	changes := string(d.Meta.Changes)
	return &TransactionStatus{
		State:         d.Body.Status,
		CommitMessage: d.Body.CommitMessage,
		Remaining:     time.Duration(d.Meta.RemainingSeconds) * time.Second,
		HasChanges:    changes != "" && changes != "null",
		Meta:          d.Meta,
	}
}

// ChangeType is a kind of change.
type ChangeType string

// Values of ChangeType.
const (
	ChangeTypeCreate  ChangeType = "create"
	ChangeTypeDelete  ChangeType = "delete"
	ChangeTypeReorder ChangeType = "reorder"
	ChangeTypeReplace ChangeType = "replace"
)

// Change is one change of a transaction. Which values it has depends on its type.
type Change struct {
	Type     ChangeType      `json:"type"`
	Path     string          `json:"path"`
	OldValue json.RawMessage `json:"old_value,omitzero"`
	NewValue json.RawMessage `json:"new_value,omitzero"`
	OldOrder json.RawMessage `json:"old_order,omitzero"` // of a reordered list
	NewOrder json.RawMessage `json:"new_order,omitzero"`
}
