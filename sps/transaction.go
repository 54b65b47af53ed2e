package sps

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Tx is an open transaction: the only place to change the configuration from. Others see nothing of its changes before
// [Tx.Commit]; what is read through it shows them. It holds a lock on the appliance's configuration, against the web
// interface too, and ends with its session, 20 minutes after the last request.
//
// It is safe for concurrent use, as far as the changes themselves are. Commit and Rollback wait for the calls that are
// under way, and calls that begin meanwhile are refused with [ErrTransactionDone].
type Tx struct {
	client     *Client
	token      secureaccess.Secret // of the session that the transaction belongs to
	generation uint64

	mu    sync.Mutex
	state txState
	cause error         // of a loss
	calls int           // under way
	idle  chan struct{} // closed when calls gets to 0; nil when nobody waits for that
}

type txState int

const (
	txOpening txState = iota
	txOpen
	txEnding // being committed or rolled back
	txDone
	txLost
)

// Begin opens a transaction. End it with [Tx.Commit] or [Tx.Rollback]; [Client.Transact] does both by itself.
//
// POST /api/transaction
//
// It fails with [ErrTransactionOpen] while this client has one open, and with [ErrLocked] while somebody else has.
func (c *Client) Begin(ctx context.Context) (*Tx, error) {
	tx := &Tx{client: c}
	c.mu.Lock()
	busy := c.tx != nil
	if !busy {
		c.tx = tx
	}
	c.mu.Unlock()
	if busy {
		return nil, fmt.Errorf("sps: %w", ErrTransactionOpen)
	}
	if err := tx.open(ctx); err != nil {
		c.release(tx)
		return nil, err
	}
	return tx, nil
}

func (c *Client) release(tx *Tx) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tx == tx {
		c.tx = nil
	}
}

func (tx *Tx) open(ctx context.Context) error {
	s := tx.client.session
	for first := true; ; first = false {
		token, generation, err := s.Get(ctx)
		if err != nil {
			return fmt.Errorf("sps: no transaction: %w", err)
		}
		tx.token, tx.generation = token, generation
		err = rest.Send(tx.pin(ctx), tx.client.rest, rest.POST("/api/transaction"))
		switch status := statusOf(err); {
		case err == nil:
			tx.mu.Lock()
			defer tx.mu.Unlock()
			tx.state = txOpen
			return nil
		case first && (status == http.StatusUnauthorized || errors.Is(err, errSessionReplaced)):
			s.Refuse(generation)
		case status == http.StatusConflict, status == http.StatusLocked:
			return fmt.Errorf("%w: %w", ErrLocked, err)
		default:
			if noAnswer(err) {
				// It may have been opened: it must not hold its lock, and nothing must be written in it by mistake.
				closing, cancel := context.WithTimeout(context.WithoutCancel(tx.pin(ctx)), rollbackTime)
				defer cancel()
				_ = rest.Send(closing, tx.client.rest, rest.DELETE("/api/transaction").Once())
				s.Refuse(generation)
			}
			return err
		}
	}
}

// Transact runs change in a transaction and commits it with message. If change fails or panics, or if the commit
// fails, everything is rolled back; a panic goes on its way then. The rollback is carried out even when ctx is over.
//
// An empty message stands for none. On an appliance that requires one Transact fails with [ErrCommitMessageRequired]
// before change is run. For other errors see [Client.Begin] and [Tx.Commit].
func (c *Client) Transact(ctx context.Context, message string, change func(ctx context.Context, tx *Tx) error) error {
	tx, err := c.Begin(ctx)
	if err != nil {
		return err
	}
	returned := false
	defer func() {
		// A panic is not caught, so that it keeps its stack.
		if !returned {
			_ = tx.abandon(ctx)
		}
	}()
	if message == "" {
		err = tx.needsMessage(ctx)
	}
	if err == nil {
		err = change(ctx, tx)
	}
	if err == nil && !tx.over() {
		err = tx.Commit(ctx, message)
	}
	returned = true
	if err != nil {
		return errors.Join(err, tx.abandon(ctx))
	}
	return nil
}

// over reports whether the transaction was committed or rolled back.
func (tx *Tx) over() bool {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	return tx.state == txDone
}

// abandon rolls back what is still open. If even that fails the session is given up, so that nothing can be added to
// what is left over on the appliance.
func (tx *Tx) abandon(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
	defer cancel()
	err := tx.Rollback(ctx)
	if err == nil || errors.Is(err, ErrTransactionDone) || errors.Is(err, ErrTransactionLost) {
		return nil
	}
	tx.client.session.Refuse(tx.generation)
	_ = tx.lose(err)
	return fmt.Errorf("sps: the rollback failed; the appliance ends the transaction by itself: %w", err)
}

// Commit makes the changes of the transaction count, and ends it. The message goes into the appliance's record of
// configuration changes; an empty one stands for none, and is refused with [ErrCommitMessageRequired] where the
// appliance requires one.
//
// PUT /api/transaction
//
// A commit is not repeated blindly. When no answer of the appliance arrives it is asked whether the transaction is
// still open: if not, it was committed; if it is, the error is that of the missing answer and the transaction goes on;
// if even that remains unanswered the error matches [ErrCommitUncertain].
//
// Public sources show the body without a message only; [Dialect] names the member that holds it.
func (tx *Tx) Commit(ctx context.Context, message string) error {
	if message == "" {
		if err := tx.needsMessage(ctx); err != nil {
			return err
		}
	}
	body := map[string]string{"status": "commit"}
	if message != "" {
		body[tx.client.Dialect.CommitMessage] = message
	}
	pinnedCtx, err := tx.end(ctx)
	if err != nil {
		return err
	}
	defer tx.resume()
	err = rest.Send(pinnedCtx, tx.client.rest, rest.PUT("/api/transaction").JSON(body).Once())
	if status := statusOf(err); noAnswer(err) && (status == 0 || status == http.StatusBadGateway || status == http.StatusGatewayTimeout) {
		asking, cancel := context.WithTimeout(context.WithoutCancel(pinnedCtx), rollbackTime)
		defer cancel()
		status, statusErr := transactionStatus(asking, tx.client)
		switch {
		case statusErr != nil:
			return fmt.Errorf("%w: %w", ErrCommitUncertain, err)
		case status.Open():
			return err
		}
		err = nil
	}
	if err != nil {
		return tx.leave(pinnedCtx, err)
	}
	tx.finish()
	return nil
}

// needsMessage fails where a commit needs a message. Releases that do not tell say no.
func (tx *Tx) needsMessage(ctx context.Context) error {
	status, err := tx.Status(ctx)
	if err == nil && status.CommitMessage == CommitMessageRequired {
		err = fmt.Errorf("sps: %w", ErrCommitMessageRequired)
	}
	return err
}

// Rollback drops the changes of the transaction, and ends it. After a commit or another rollback it returns
// [ErrTransactionDone] and does nothing, so that it can be deferred.
//
// DELETE /api/transaction
func (tx *Tx) Rollback(ctx context.Context) error {
	ctx, err := tx.end(ctx)
	if err != nil {
		return err
	}
	defer tx.resume()
	if err := rest.Send(ctx, tx.client.rest, rest.DELETE("/api/transaction")); err != nil {
		return tx.leave(ctx, err)
	}
	tx.finish()
	return nil
}

// Status tells how the transaction stands and how long it has.
//
// GET /api/transaction
func (tx *Tx) Status(ctx context.Context) (*TransactionStatus, error) {
	return do[TransactionStatus](ctx, tx, rest.GET("/api/transaction"))
}

// TransactionStatus tells whether the client's session has a transaction, and whether a commit needs a message.
//
// GET /api/transaction
func (c *Client) TransactionStatus(ctx context.Context) (*TransactionStatus, error) {
	return transactionStatus(ctx, c)
}

func transactionStatus(ctx context.Context, c *Client) (*TransactionStatus, error) {
	return rest.Do[TransactionStatus](ctx, c.rest, rest.GET("/api/transaction"))
}

// Changes lists what was changed in the transaction so far.
//
// GET /api/transaction/changes
func (tx *Tx) Changes(ctx context.Context) ([]Change, error) {
	answer, err := do[struct {
		Changes []Change `json:"changes"`
	}](ctx, tx, rest.GET("/api/transaction/changes"))
	if err != nil {
		return nil, err
	}
	return answer.Changes, nil
}

// Reader is where objects are read from: a [*Client], or a [*Tx] to fail as soon as the transaction is lost. Both have
// the same session, so that a client, too, sees the changes of its own open transaction.
type Reader interface {
	enter(ctx context.Context) (inside context.Context, done func(), err error)
	leave(ctx context.Context, err error) error
	home() *Client
}

// do carries out an operation for a reader.
func do[T any](ctx context.Context, r Reader, op *rest.Op) (*T, error) {
	ctx, done, err := r.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	result, err := rest.Do[T](ctx, r.home().rest, op)
	if err != nil {
		return nil, r.leave(ctx, err)
	}
	return result, nil
}

func (c *Client) enter(ctx context.Context) (context.Context, func(), error) {
	return ctx, func() {}, nil
}
func (c *Client) leave(_ context.Context, err error) error { return err }
func (c *Client) home() *Client                            { return c }
func (tx *Tx) home() *Client                               { return tx.client }

// pin makes the requests under a context belong to the transaction.
func (tx *Tx) pin(ctx context.Context) context.Context { return context.WithValue(ctx, pinKey{}, tx) }

// owns reports whether a session is the one of the transaction.
func (tx *Tx) owns(token secureaccess.Secret) bool { return token.Reveal() == tx.token.Reveal() }

// enter begins a call in the transaction, if that is still there as far as this side knows.
func (tx *Tx) enter(ctx context.Context) (context.Context, func(), error) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if err := tx.usable(); err != nil {
		return nil, nil, err
	}
	tx.calls++
	return tx.pin(ctx), tx.exit, nil
}

func (tx *Tx) exit() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.calls--; tx.calls == 0 && tx.idle != nil {
		close(tx.idle)
		tx.idle = nil
	}
}

// usable says why the transaction takes no calls. The lock is held.
func (tx *Tx) usable() error {
	switch tx.state {
	case txOpen:
		return nil
	case txLost:
		return tx.cause
	}
	return fmt.Errorf("sps: %w", ErrTransactionDone)
}

// end keeps further calls out and waits for those under way: a write that arrived after the end would open a
// transaction of its own on releases that do so by themselves, and count with the next one. resume has to follow.
func (tx *Tx) end(ctx context.Context) (context.Context, error) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if err := tx.usable(); err != nil {
		return nil, err
	}
	tx.state = txEnding
	if tx.calls > 0 {
		idle := make(chan struct{})
		tx.idle = idle
		tx.mu.Unlock()
		var err error
		select {
		case <-idle:
		case <-ctx.Done():
			err = fmt.Errorf("sps: other calls of the transaction are under way: %w", ctx.Err())
		}
		tx.mu.Lock()
		tx.idle = nil
		switch {
		case tx.state == txLost:
			return nil, tx.cause
		case err != nil:
			tx.state = txOpen
			return nil, err
		}
	}
	return tx.pin(ctx), nil
}

// resume opens the transaction for calls again if it was not ended after all.
func (tx *Tx) resume() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state == txEnding {
		tx.state = txOpen
	}
}

// leave finds out whether an error of a call means that the transaction is gone.
func (tx *Tx) leave(ctx context.Context, err error) error {
	switch status := statusOf(err); {
	case errors.Is(err, errSessionReplaced):
		return tx.lose(nil)
	case status == http.StatusUnauthorized:
		tx.client.session.Refuse(tx.generation)
		return tx.lose(err)
	case status == http.StatusConflict:
		// By the document it means that no transaction is open. To be sure, the appliance is asked.
		if s, asked := transactionStatus(ctx, tx.client); asked == nil && s.Open() {
			return err
		} else if asked != nil {
			tx.client.session.Refuse(tx.generation)
		}
		return tx.lose(err)
	}
	return err
}

func (tx *Tx) lose(err error) error {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state == txOpen || tx.state == txEnding {
		tx.state, tx.cause = txLost, &TransactionLostError{Err: err}
		tx.client.release(tx)
	}
	if tx.state == txLost {
		return tx.cause
	}
	return &TransactionLostError{Err: err}
}

func (tx *Tx) finish() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.state = txDone
	tx.client.release(tx)
}

func statusOf(err error) int {
	if e, ok := errors.AsType[*secureaccess.Error](err); ok {
		return e.Status
	}
	return 0
}

// noAnswer reports whether an error leaves open what the appliance did with the request.
func noAnswer(err error) bool {
	if err == nil {
		return false
	}
	e, ok := errors.AsType[*secureaccess.Error](err)
	return ok && e.Attempts > 0 && (e.Status == 0 || e.Status >= 500) && !errors.Is(err, errSessionReplaced)
}

// TransactionState is the state of a transaction.
type TransactionState string

// States of a transaction.
const (
	TransactionOpen   TransactionState = "open"
	TransactionClosed TransactionState = "closed"
)

// CommitMessageRule says whether a commit needs a message.
type CommitMessageRule string

// Rules for commit messages. Releases before 8.0 do not tell.
const (
	CommitMessageRequired CommitMessageRule = "required"
	CommitMessageOptional CommitMessageRule = "optional"
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
func (s *TransactionStatus) Open() bool { return s.State == TransactionOpen }

type transactionBody struct {
	CommitMessage CommitMessageRule `json:"commit_message,omitzero"`
	Status        TransactionState  `json:"status"`
}

type transactionDocument struct {
	Body        *transactionBody `json:"body,omitzero"`
	Key         string           `json:"key,omitzero"`
	Meta        Meta             `json:"meta"`
	Transaction *transactionBody `json:"transaction,omitzero"` // releases before 8.0
}

// UnmarshalJSON reads both generations of the document.
func (s *TransactionStatus) UnmarshalJSON(data []byte) error {
	var d transactionDocument
	if err := json.Unmarshal(data, &d); err != nil {
		return err
	}
	*s = TransactionStatus{
		Remaining:  time.Duration(d.Meta.RemainingSeconds) * time.Second,
		HasChanges: len(d.Meta.Changes) > 0 && string(d.Meta.Changes) != "null",
		Meta:       d.Meta,
	}
	for _, body := range []*transactionBody{d.Transaction, d.Body} {
		if body != nil {
			s.State, s.CommitMessage = body.Status, body.CommitMessage
		}
	}
	if s.State == "" {
		return errors.New("transaction: no status")
	}
	return nil
}

// MarshalJSON writes the document of the current generation.
func (s TransactionStatus) MarshalJSON() ([]byte, error) {
	return json.Marshal(transactionDocument{
		Body: &transactionBody{CommitMessage: s.CommitMessage, Status: s.State},
		Key:  "transaction",
		Meta: s.Meta,
	})
}

// ChangeType is a kind of change.
type ChangeType string

// Kinds of changes.
const (
	ChangeCreate  ChangeType = "create"
	ChangeDelete  ChangeType = "delete"
	ChangeReorder ChangeType = "reorder"
	ChangeReplace ChangeType = "replace"
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
