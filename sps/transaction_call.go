package sps

import (
	"context"
	"errors"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Reader is where objects are read from: a [*Client] for what is committed, a [*Tx] for what the transaction has made
// of it.
type Reader interface {
	// enter begins a call and tells with which client it is made. With an error it is not made. done ends it.
	enter() (c *rest.Client, done func(), err error)

	// leave finds out what an error of a call means for the reader.
	leave(ctx context.Context, err error) error
}

var errNilReader = &secureaccess.ArgumentError{Argument: "client or transaction", Reason: "is nil"}

// enter is Reader.enter for any reader. Without a client there is nothing to make the call with.
func enter(from Reader) (*rest.Client, func(), error) {
	switch r := from.(type) {
	case nil:
		return nil, nil, errNilReader
	case *Client:
		if r == nil || r.rest == nil {
			return nil, nil, errNilReader
		}
	case *Tx:
		if r == nil || r.client == nil {
			return nil, nil, errNilReader
		}
	}
	return from.enter()
}

// do carries out an operation for a reader.
func do[T any](ctx context.Context, from Reader, op *rest.Op) (*T, error) {
	return checked[T](ctx, from, op, nil)
}

// checked is do for a response that check looks at.
func checked[T any](ctx context.Context, from Reader, op *rest.Op, check func(*T) error) (*T, error) {
	c, done, err := enter(from)
	if c == nil {
		return nil, err
	}
	defer done()
	if err != nil {
		return nil, refused(ctx, c, op, err)
	}
	result, err := rest.Checked(ctx, c, op, withoutHeader(check))
	if err != nil {
		return nil, from.leave(ctx, err)
	}
	return result, nil
}

// withoutHeader is a check that does not look at the header of the response.
func withoutHeader[T any](check func(*T) error) func(*T, http.Header) error {
	if check == nil {
		return nil
	}
	return func(result *T, _ http.Header) error { return check(result) }
}

// refused is the error of a call that is not made.
func refused(ctx context.Context, c *rest.Client, op *rest.Op, cause error) error {
	err := rest.Send(context.WithoutCancel(ctx), c, op.Refuse(ErrTransactionDone))
	if e, ok := errors.AsType[*secureaccess.Error](err); ok && errors.Is(e.Err, ErrTransactionDone) {
		e.Err = cause
	}
	return err
}

func (c *Client) enter() (*rest.Client, func(), error)     { return c.rest, func() {}, nil }
func (c *Client) leave(_ context.Context, err error) error { return err }

// enter begins a call in the transaction, if that is still there as far as this side knows.
func (tx *Tx) enter() (*rest.Client, func(), error) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state == txOpen {
		tx.calls++
		return tx.rest, tx.exit, nil
	}
	return tx.client.opening, func() {}, tx.reason()
}

func (tx *Tx) exit() {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.calls--; tx.calls == 0 && tx.idle != nil {
		close(tx.idle)
		tx.idle = nil
	}
}

// reason says why the transaction takes no calls. The lock is held.
func (tx *Tx) reason() error {
	if tx.state == txLost {
		return tx.cause
	}
	return ErrTransactionDone
}

// leave finds out whether an error of a call means that the transaction is gone.
func (tx *Tx) leave(ctx context.Context, err error) error {
	switch statusOf(err) {
	case http.StatusUnauthorized:
		tx.client.writing.Refuse(tx.number)
		return tx.lose(err)
	case http.StatusConflict:
		// By the document it means that no transaction is open. To be sure, the appliance is asked.
		if status, asked := transactionStatus(ctx, tx.rest); asked == nil && status.Open() {
			return err
		} else if asked != nil && statusOf(asked) == http.StatusUnauthorized {
			tx.client.writing.Refuse(tx.number)
		}
		return tx.lose(err)
	}
	return err
}

// lose notes that the appliance has given up the transaction, and returns the call's error with that as its cause.
func (tx *Tx) lose(err error) error {
	lost := &TransactionLostError{Err: err}
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.state == txOpen || tx.state == txEnding || tx.state == txAbandoned {
		tx.state, tx.cause = txLost, lost
		tx.client.release(tx)
	}
	return because(lost, err)
}

func (tx *Tx) set(state txState) {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	tx.state = state
}

// done reports whether the transaction was committed or rolled back.
func (tx *Tx) done() bool { return tx.is(txDone) }

func (tx *Tx) abandoned() bool { return tx.is(txAbandoned) }

// over reports whether the appliance does not have the transaction any more.
func (tx *Tx) over() bool { return tx.is(txDone) || tx.is(txLost) }

func (tx *Tx) is(state txState) bool {
	tx.mu.Lock()
	defer tx.mu.Unlock()
	return tx.state == state
}
