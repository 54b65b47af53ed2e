package pulseone

import (
	"context"
	"errors"
	"iter"
	"math"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// PageOptions choose a part of a list. Zero values are not sent.
type PageOptions struct {
	Start int `url:"start,omitempty"` // offset of the first item
	Limit int `url:"limit,omitempty"` // items a page; the server's own size by default, 100 for All
}

// page gives the generic functions of this file the options of any list.
func (o *PageOptions) page() *PageOptions { return o }

// pager is a pointer to options that embed PageOptions.
type pager[O any] interface {
	*O
	page() *PageOptions
}

// pageSize is the size of the pages of All, and the most that the lists with an upper bound allow.
const pageSize = 100

// envelope is a list as the server sends it. The document has it under three names.
type envelope[T any] struct {
	Items []T                `json:"items" alias:"data,backups"`
	Total int                `json:"total"`
	Extra secureaccess.Extra `json:",embed"`
}

// readable refuses a list that is none, or that is missing although there are items: left out, it would pass for an
// empty one.
func readable[T any](e *envelope[T], _ http.Header) error {
	if e.Items != nil {
		return nil
	}
	for _, name := range []string{"items", "data", "backups"} {
		if _, odd := e.Extra[name]; odd {
			return errors.New("its list cannot be read")
		}
	}
	if e.Total > 0 {
		return errors.New("it has a total and no list")
	}
	return nil
}

// list carries out an operation whose result is a page, for options that may be nil. most is the documented upper bound
// of the page size, 0 where there is none.
func list[T any, O any, P pager[O]](ctx context.Context, c *rest.Client, op *rest.Op, opts *O, most int) (*secureaccess.Page[T], error) {
	if opts != nil {
		o := P(opts).page()
		op.Query(opts)
		rest.Between(op, "start", o.Start, 0, math.MaxInt32)
		if most == 0 {
			most = math.MaxInt32
		}
		rest.Between(op, "limit", o.Limit, 0, most)
	}
	return whole[T](ctx, c, op)
}

// whole carries out an operation whose result is a list that the server does not cut into pages.
func whole[T any](ctx context.Context, c *rest.Client, op *rest.Op) (*secureaccess.Page[T], error) {
	came, err := rest.Checked(ctx, c, op, readable[T])
	if err != nil {
		return nil, err
	}
	return &secureaccess.Page[T]{Items: came.Items, Total: came.Total}, nil
}

// items is whole for lists that have no total.
func items[T any](ctx context.Context, c *rest.Client, op *rest.Op) ([]T, error) {
	came, err := rest.Checked(ctx, c, op, readable[T])
	if err != nil {
		return nil, err
	}
	return came.Items, nil
}

// all walks through a list, from the offset that the options name. key tells items apart, nil where nothing does.
func all[T any, O any, P pager[O]](ctx context.Context, opts *O, key func(*T) string, fetch func(context.Context, *O) (*secureaccess.Page[T], error)) iter.Seq2[T, error] {
	return pages[T, O, P](opts, key, fetch).All(ctx)
}

// uncounted is all for a list whose total may count the page only: with pages that a server cuts shorter than it was asked
// for, neither says that the list has ended. An empty page does.
func uncounted[T any, O any, P pager[O]](ctx context.Context, opts *O, key func(*T) string, fetch func(context.Context, *O) (*secureaccess.Page[T], error)) iter.Seq2[T, error] {
	walk := pages[T, O, P](opts, key, fetch)
	walk.Size = 1
	return walk.All(ctx)
}

// pages is what all walks through. A list that changes by nature while it is read, such as one with the newest entries
// first, sets Moves in it.
func pages[T any, O any, P pager[O]](opts *O, key func(*T) string, fetch func(context.Context, *O) (*secureaccess.Page[T], error)) rest.List[T] {
	var own O
	if opts != nil {
		own = *opts
	}
	o := P(&own).page()
	if o.Limit == 0 {
		o.Limit = pageSize
	}
	first := o.Start
	return rest.List[T]{Size: o.Limit, Key: key, Fetch: func(ctx context.Context, offset, _ int) (rest.Batch[T], error) {
		next := own
		P(&next).page().Start = first + offset
		page, err := fetch(ctx, &next)
		if err != nil {
			return rest.Batch[T]{}, err
		}
		return rest.Batch[T]{Items: page.Items, Total: max(page.Total-first, 0)}, nil
	}}
}
