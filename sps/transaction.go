package sps

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Tx is an open transaction: the only place to change the configuration from. Others see nothing of its changes before
// [Tx.Commit], the client included; what is read through it shows them. It holds a lock on the appliance's
// configuration, against the web interface too, and ends with its session, 20 minutes after its last request.
//
// It is safe for concurrent use, as far as the changes themselves are. Commit and Rollback wait for the calls that are
// under way, and calls that begin meanwhile are refused with [ErrTransactionDone].
type Tx struct {
	client *Client
	rest   *rest.Client // with the session of the transaction, and never another: some releases open one by themselves
	number uint64       // of that session

	mu        sync.Mutex
	state     txState
	before    txState       // what state was before the end began
	cause     error         // of a loss
	uncertain error         // of a commit whose outcome is not known
	calls     int           // under way
	idle      chan struct{} // closed when calls gets to 0; nil when nobody waits for that
}

type txState int

const (
	txOpening txState = iota
	txOpen
	txEnding // being committed or rolled back
	txDone
	txLost
	txAbandoned // it takes no calls, and the appliance may still have it
)

const transactionPath = "/api/transaction"

// Begin opens a transaction. End it with [Tx.Commit] or [Tx.Rollback]; [Client.Transact] does both by itself.
//
// POST /api/transaction
//
// GET /api/transaction
//
// DELETE /api/transaction
//
// It fails with [ErrTransactionOpen] while this client has one open, and with [ErrLocked] while somebody else has.
//
// When no response arrives that can be used it may have been opened: it is taken back then, for at most 5 seconds after the end of ctx,
// so that it does not hold its lock. The same is tried first for an earlier transaction whose rollback failed.
func (c *Client) Begin(ctx context.Context) (*Tx, error) {
	if c == nil || c.setup == nil {
		return nil, errNilReader
	}
	tx := &Tx{client: c}
	if err := c.reserve(ctx, tx); err != nil {
		return nil, err
	}
	err := rest.Send(ctx, c.opening, rest.POST(transactionPath))
	session, number, sessionErr := c.writing.Get(ctx)
	if sessionErr != nil {
		// Closed meanwhile, or ctx is over: what was opened is taken back with the session that it was opened with.
		if held, ok := c.writing.Peek(); ok {
			session, sessionErr = held, nil
		}
	}
	if err == nil {
		err = sessionErr
	}
	tx.number = number
	tx.rest = c.setup.Client(rest.Config{DecodeError: decodeError, RefusedIf: isRefusal, Auth: pinnedSession(c.setup, session).Transport})
	switch status := statusOf(err); {
	case err == nil:
	case status == http.StatusConflict, status == http.StatusLocked:
		c.release(tx)
		return nil, because(ErrLocked, err)
	case noResponse(err) && sessionErr == nil:
		tx.set(txAbandoned)
		_ = tx.abandon(ctx)
		return nil, err
	default:
		c.release(tx)
		return nil, err
	}
	tx.set(txOpen)
	if closed := c.errClosed(); closed != nil { // meanwhile
		_ = tx.abandon(ctx)
		return nil, refused(ctx, c.opening, rest.POST(transactionPath), closed)
	}
	return tx, nil
}

// reserve makes tx the client's transaction, if it has no other.
func (c *Client) reserve(ctx context.Context, tx *Tx) error {
	var reason error
	for first := true; ; first = false {
		c.mu.Lock()
		current := c.tx
		switch {
		case c.closed:
			reason = secureaccess.ErrClosed
		case current == nil:
			c.tx = tx
		default:
			reason = ErrTransactionOpen
		}
		c.mu.Unlock()
		switch {
		case reason == nil:
			return nil
		case current == nil || !first || !current.abandoned() || reason != ErrTransactionOpen:
			return refused(ctx, c.opening, rest.POST(transactionPath), reason)
		}
		if err := current.Rollback(ctx); err != nil && !current.over() {
			return because(ErrLocked, err)
		}
		reason = nil
	}
}

func (c *Client) release(tx *Tx) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tx == tx {
		c.tx = nil
	}
}

// Transact runs change in a transaction and commits it with message. If change fails or panics, or if the commit
// fails, everything is rolled back; a panic goes on its way then. The rollback is carried out also when ctx is over,
// for at most 5 seconds after its end.
//
// POST /api/transaction
//
// GET /api/transaction
//
// PUT /api/transaction
//
// DELETE /api/transaction
//
// An empty message stands for none. On an appliance that requires one Transact fails with [ErrCommitMessageRequired]
// before change is run. For other errors see [Client.Begin] and [Tx.Commit].
func (c *Client) Transact(ctx context.Context, message string, change func(ctx context.Context, tx *Tx) error) error {
	if change == nil {
		return &secureaccess.ArgumentError{Argument: "change", Reason: "is nil"}
	}
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
	if err == nil && !tx.done() {
		err = tx.Commit(ctx, message)
	}
	returned = true
	if err == nil || tx.done() {
		return err
	}
	rollback := tx.abandon(ctx)
	if !errors.Is(err, ErrCommitUncertain) {
		return rest.Join(err, rollback)
	}
	// The rollback knows what became of the commit.
	switch {
	case rollback == nil && tx.done():
		return tx.uncertain
	case errors.Is(rollback, errCommitted) && !saysFailed(tx.uncertain):
		return nil
	case errors.Is(rollback, errCommitted):
		return err
	}
	return rest.Join(err, rollback)
}

// Do carries out an operation that has no typed method, in the transaction; see [Client.Do]. After a conflict the
// appliance is asked whether it still has the transaction.
//
// GET /api/transaction
func (tx *Tx) Do(ctx context.Context, request secureaccess.Request, out any) error {
	c, done, err := enter(tx)
	if c == nil {
		return err
	}
	defer done()
	if err != nil {
		return &secureaccess.Error{Operation: secureaccess.Operation{Product: product, Method: request.Method, Path: request.Path}, Err: err}
	}
	if err := rest.Generic(ctx, c, request, out); err != nil {
		return tx.leave(ctx, err)
	}
	return nil
}
