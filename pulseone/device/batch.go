package device

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// batchSize is the most that the server takes in one request.
const batchSize = 100

// BatchError says that not all items of a call arrived. The others did: submit Left again, not the whole. A batch whose
// request ended without a response may have arrived all the same; it is in Left.
type BatchError[T any] struct {
	Left []T // in the order of the call
	Err  error
}

// Error says how many items are left, and why.
func (e *BatchError[T]) Error() string {
	return fmt.Sprintf("%d items are left to submit: %s", len(e.Left), e.Err.Error())
}

// Unwrap returns why: the error of a batch, or those of several, joined.
func (e *BatchError[T]) Unwrap() error { return e.Err }

// submit sends items in batches. One that is refused for what is in it does not keep the following ones from being sent;
// any other failure would be theirs as well.
func submit[T any](ctx context.Context, items []T, send func(ctx context.Context, batch []T) error) error {
	var left []T
	var failures []error
	for begin := 0; begin < len(items); begin += batchSize {
		end := min(begin+batchSize, len(items))
		err := send(ctx, items[begin:end])
		if err == nil {
			continue
		}
		failures = append(failures, err)
		if !refusedItems(err) {
			left = append(left, items[begin:]...)
			break
		}
		left = append(left, items[begin:end]...)
	}
	switch len(failures) {
	case 0:
		return nil
	case 1:
		return &BatchError[T]{left, failures[0]}
	}
	return &BatchError[T]{left, rest.Join(failures...)}
}

// refusedItems reports whether a batch was refused for its items: by the server, or since they cannot be encoded.
func refusedItems(err error) bool {
	if argument, ok := errors.AsType[*secureaccess.ArgumentError](err); ok {
		return argument.Argument == "body"
	}
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if !ok {
		return false
	}
	switch failure.Status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// incomplete refuses an item that the server would drop without a word.
func incomplete(argument string, index int, member string) error {
	return &secureaccess.ArgumentError{Argument: fmt.Sprintf("%s[%d]", argument, index), Reason: "has no " + member}
}
