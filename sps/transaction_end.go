package sps

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

var (
	errRollback  = errors.New("the rollback failed; it is tried again by the next Begin or Close, and the appliance ends the transaction by itself")
	errCommitted = errors.New("the commit was carried out after all")
)

// Commit makes the changes of the transaction count, and ends it. The message goes into the appliance's record of
// configuration changes; an empty one stands for none, and is refused with [ErrCommitMessageRequired] where the
// appliance requires one.
//
// PUT /api/transaction
//
// GET /api/transaction
//
// A commit is not repeated blindly. When no response arrives, none that can be used, or one of 500 and above, the
// appliance is asked, within ctx, whether the transaction is still open: if not, it was committed; if it is, the error is
// that of the response and the transaction goes on; if even that remains without a response, or ctx is over, the error
// matches [ErrCommitUncertain]. A rollback, or a second commit, finds out then. So does the error match when the
// appliance itself says that it failed and has the transaction no more: nothing finds out then but a look at the objects.
//
// [Dialect] names the members that hold the message.
func (tx *Tx) Commit(ctx context.Context, message string) error {
	if tx == nil || tx.client == nil {
		return errNilReader
	}
	if message == "" {
		if err := tx.needsMessage(ctx); err != nil {
			return err
		}
	}
	body := map[string]string{"status": "commit"}
	if message != "" {
		for _, name := range tx.client.Dialect.CommitMessage {
			body[name] = message
		}
	}
	op := rest.PUT(transactionPath).JSON(body).Once()
	if err := tx.end(ctx, false); err != nil {
		return refused(ctx, tx.client.opening, op, err)
	}
	defer tx.resume()
	err := rest.Send(ctx, tx.rest, op)
	if noResponse(err) {
		if ctx.Err() != nil {
			return tx.doubt(err)
		}
		status, statusErr := transactionStatus(ctx, tx.rest)
		switch {
		case statusErr != nil:
			return tx.doubt(err)
		case status.Open():
			return err
		case saysFailed(err):
			tx.finish()
			return because(ErrCommitUncertain, err)
		}
		err = nil
	}
	if err != nil {
		lost := tx.leave(ctx, err)
		switch {
		case !errors.Is(lost, ErrTransactionLost) || !tx.doubted():
			return lost
		case !errors.Is(lost, ErrNoTransaction) || saysFailed(tx.uncertain):
			return because(ErrCommitUncertain, lost) // it may have ended otherwise
		}
	}
	tx.finish()
	return nil
}

// saysFailed reports whether the appliance itself says that it failed, and not something in between that lost its
// response. A transaction that is over then may have been committed, or dropped.
func saysFailed(err error) bool {
	e, ok := errors.AsType[*secureaccess.Error](err)
	return ok && (e.Status == http.StatusInternalServerError || e.Code != "")
}

// doubt notes that the outcome of a commit is not known.
func (tx *Tx) doubt(err error) error {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.uncertain = err
	return because(ErrCommitUncertain, err)
}

// doubted reports whether a commit may have ended the transaction.
func (tx *Tx) doubted() bool {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	return tx.uncertain != nil
}

// needsMessage fails where a commit needs a message. Releases that do not tell say no.
func (tx *Tx) needsMessage(ctx context.Context) error {
	status, err := tx.GetStatus(ctx)
	if err == nil && status.CommitMessage == CommitMessageRuleRequired {
		err = refused(ctx, tx.client.opening, rest.PUT(transactionPath), ErrCommitMessageRequired)
	}
	return err
}

// Rollback drops the changes of the transaction, and ends it. After a commit or another rollback it returns
// [ErrTransactionDone] and does nothing, so that it can be deferred.
//
// DELETE /api/transaction
//
// GET /api/transaction
//
// It is carried out also when ctx is over, for at most 5 seconds after its end, since what is left open locks the
// appliance's configuration for 20 minutes. When it fails it can be called again.
func (tx *Tx) Rollback(ctx context.Context) error {
	if tx == nil || tx.client == nil {
		return errNilReader
	}
	ctx, cancel := rest.Outlive(ctx, rest.EndLimit)
	defer cancel()
	op := rest.DELETE(transactionPath)
	if err := tx.end(ctx, true); err != nil {
		return refused(ctx, tx.client.opening, op, err)
	}
	defer tx.resume()
	if err := rest.Send(ctx, tx.rest, op); err != nil {
		err = tx.leave(ctx, err)
		if errors.Is(err, ErrNoTransaction) && tx.doubted() {
			tx.finish()
			return because(ErrTransactionDone, because(errCommitted, err))
		}
		return err
	}
	tx.finish()
	return nil
}

// abandon rolls back what is still open. If even that fails the transaction takes no more calls, so that nothing can be
// added to what is left over on the appliance, and its rollback is tried again later.
func (tx *Tx) abandon(ctx context.Context) error {
	err := tx.Rollback(ctx)
	if err == nil || errors.Is(err, errCommitted) {
		return err
	}
	if tx.over() {
		return nil
	}
	tx.set(txAbandoned)
	return because(errRollback, err)
}

// end keeps further calls out and waits for those under way: a write that arrived after the end would open a
// transaction of its own on releases that do so by themselves, and count with the next one. resume has to follow.
func (tx *Tx) end(ctx context.Context, rollback bool) error {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state != txOpen && (tx.state != txAbandoned || !rollback) {
		return tx.reason()
	}
	tx.before, tx.state = tx.state, txEnding
	if tx.calls == 0 {
		return nil
	}
	idle := make(chan struct{})
	tx.idle = idle
	tx.mu.Unlock()
	var err error
	select {
	case <-idle:
	case <-ctx.Done():
		err = fmt.Errorf("other calls of the transaction are under way: %w", ctx.Err())
	}
	tx.mu.Lock()
	tx.idle = nil
	switch {
	case tx.state == txLost:
		return tx.cause
	case err != nil:
		tx.state = tx.before
	}
	return err
}

// resume opens the transaction for calls again if it was not ended after all.
func (tx *Tx) resume() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state == txEnding {
		tx.state = tx.before
	}
}

func (tx *Tx) finish() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.state = txDone
	tx.client.release(tx)
}
