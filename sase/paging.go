package sase

import (
	"context"
	"iter"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

const maxLimit = 100

// SortOrder is a direction of sorting.
type SortOrder string

// Values of SortOrder.
const (
	SortOrderAsc  SortOrder = "asc"
	SortOrderDesc SortOrder = "desc"
)

// Sort is a field to sort by, named as in JSON: "lastName".
type Sort struct {
	Field string
	Order SortOrder
}

// Asc sorts by field, ascending.
func Asc(field string) Sort { return Sort{field, SortOrderAsc} }

// Desc sorts by field, descending.
func Desc(field string) Sort { return Sort{field, SortOrderDesc} }

// PageOptions choose the page of a list. Zero values are not sent.
type PageOptions struct {
	Page  int    `url:"page,omitempty"`  // from 1; All begins there
	Limit int    `url:"limit,omitempty"` // items a page, at most 100; the service's own page size by default, 100 for All
	Sort  []Sort `url:"-"`               // the first counts most
}

// page gives the generic functions of this file the options of any list.
func (o *PageOptions) page() *PageOptions { return o }

// Page is one page of a list.
type Page[T any] struct {
	Items []T `json:"data"`
	Total int `json:"itemsTotal"` // matches over all pages
	Page  int `json:"page"`       // the number of this page, from 1

	// TotalPage is documented as the number of pages. In the vendor's own sample it is the number of items, so nothing
	// here relies on it.
	TotalPage int `json:"totalPage"`
}

// paged checks the options of a page, which are sent where they are set, and adds the sorting in the caller's order.
func paged(op *rest.Op, o *PageOptions) *rest.Op {
	if o.Page < 0 {
		op.Refuse(&secureaccess.ArgumentError{Argument: "page", Reason: "is negative; pages begin with 1"})
	}
	if o.Limit != 0 {
		rest.Between(op, "limit", o.Limit, 1, maxLimit)
	}
	fields := map[string]bool{}
	for _, sort := range o.Sort {
		switch {
		case sort.Field == "" || strings.ContainsAny(sort.Field, "[]"):
			op.Refuse(&secureaccess.ArgumentError{Argument: "sort", Reason: "has a field whose name is empty or has brackets"})
		case fields[sort.Field]:
			op.Refuse(&secureaccess.ArgumentError{Argument: "sort", Reason: "names " + sort.Field + " twice"})
		}
		fields[sort.Field] = true
		op.Require("sort order", string(sort.Order))
		op.Append("sort["+sort.Field+"]", string(sort.Order))
	}
	return op
}

// list carries out an operation whose result is a page.
func list[T any, O any, P interface {
	*O
	page() *PageOptions
}](ctx context.Context, c *rest.Client, op *rest.Op, opts *O) (*Page[T], error) {
	if opts != nil {
		paged(op.Query(opts), P(opts).page())
	}
	return rest.Do[Page[T]](ctx, c, op)
}

// all walks through a list, from the page that the options name or the first. Pages can come shorter than asked for
// while itemsTotal says that there is more.
func all[T any, O any, P interface {
	*O
	page() *PageOptions
}](ctx context.Context, opts *O, key func(*T) string, list func(context.Context, *O) (*Page[T], error)) iter.Seq2[T, error] {
	var own O
	if opts != nil {
		own = *opts
	}
	o := P(&own).page()
	first := max(o.Page, 1)
	if o.Limit == 0 {
		o.Limit = maxLimit
	}
	skipped := (first - 1) * max(o.Limit, 0)
	return rest.List[T]{Size: o.Limit, Key: key, Fetch: func(ctx context.Context, _, nth int) (rest.Batch[T], error) {
		next := own
		P(&next).page().Page = first + nth
		page, err := list(ctx, &next)
		if err != nil {
			return rest.Batch[T]{}, err
		}
		return rest.Batch[T]{Items: page.Items, Total: max(page.Total-skipped, 0)}, nil
	}}.All(ctx)
}
