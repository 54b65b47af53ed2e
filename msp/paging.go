package msp

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// PageOptions choose the page of a list. Zero values are not sent.
type PageOptions struct {
	Start int `url:"start,omitempty"` // how many to skip
	Limit int `url:"limit,omitempty"` // how many to return; 0: 20, the portal's default. No maximum is documented
}

// defaultLimit is what the portal returns when it is not asked for a number.
const defaultLimit = 20

// on puts the options on an operation.
func (o *PageOptions) on(op *rest.Op) *rest.Op {
	if o == nil {
		return op
	}
	if o.Start < 0 {
		op.Refuse(&secureaccess.ArgumentError{Argument: "start", Reason: "is negative"})
	}
	if o.Limit < 0 {
		op.Refuse(&secureaccess.ArgumentError{Argument: "limit", Reason: "is negative"})
	}
	return op.Query(o)
}

// listed carries out an operation whose response has a list under that name. One without it, such as a total alone, would
// pass for an empty list; null is one.
func listed[T any](ctx context.Context, c *rest.Client, op *rest.Op, list string) (*T, error) {
	var body []byte
	return rest.Checked(ctx, c, op.Keep(&body), func(*T, http.Header) error {
		var members map[string]json.RawMessage
		if json.Unmarshal(body, &members) == nil {
			if _, ok := members[list]; ok {
				return nil
			}
		}
		return errors.New("it has no list " + list)
	})
}

// identified refuses a response whose id is empty.
func identified(id string) error {
	if id == "" {
		return errors.New("its id is empty")
	}
	return nil
}

// all walks through a list from opts.Start on, in pages of opts.Limit.
func all[T any](ctx context.Context, opts *PageOptions, key func(*T) string,
	list func(context.Context, *PageOptions) (*secureaccess.Page[T], error),
) iter.Seq2[T, error] {
	var from PageOptions
	if opts != nil {
		from = *opts
	}
	size := from.Limit
	if size <= 0 {
		size = defaultLimit
	}
	return rest.List[T]{Size: size, Key: key, Fetch: func(ctx context.Context, offset, _ int) (rest.Batch[T], error) {
		page, err := list(ctx, &PageOptions{Start: from.Start + offset, Limit: from.Limit})
		if err != nil {
			return rest.Batch[T]{}, err
		}
		return rest.Batch[T]{Items: page.Items, Total: max(page.Total-from.Start, 0)}, nil
	}}.All(ctx)
}
