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

// The directions.
const (
	Ascending  SortOrder = "asc"
	Descending SortOrder = "desc"
)

// Sort is a field to sort by, named as in JSON: "lastName".
type Sort struct {
	Field string
	Order SortOrder
}

// Asc sorts by field, ascending.
func Asc(field string) Sort { return Sort{field, Ascending} }

// Desc sorts by field, descending.
func Desc(field string) Sort { return Sort{field, Descending} }

// PaginatedList is what a page says of the whole list.
type PaginatedList struct {
	Page secureaccess.Int `json:"page"`

	// TotalPage is documented as the number of pages. In the vendor's own sample it is the number of items, so nothing
	// here relies on it.
	TotalPage secureaccess.Int `json:"totalPage"`

	ItemsTotal secureaccess.Int `json:"itemsTotal"`
}

// paged checks page and limit, which are sent where they are set, and adds the sorting in the caller's order.
func paged(op *rest.Op, page, limit int, sort []Sort) *rest.Op {
	if page < 0 {
		op.Refuse(&secureaccess.ArgumentError{Argument: "page", Reason: "is negative; pages begin with 1"})
	}
	if limit != 0 {
		rest.Between(op, "limit", limit, 1, maxLimit)
	}
	fields := map[string]bool{}
	for _, s := range sort {
		switch {
		case s.Field == "" || strings.ContainsAny(s.Field, "[]"):
			op.Refuse(&secureaccess.ArgumentError{Argument: "sort", Reason: "has a field whose name is empty or has brackets"})
		case fields[s.Field]:
			op.Refuse(&secureaccess.ArgumentError{Argument: "sort", Reason: "names " + s.Field + " twice"})
		}
		fields[s.Field] = true
		op.Require("sort order", string(s.Order))
		rest.OneOf(op, "sort order", s.Order, Ascending, Descending)
		op.Append("sort["+s.Field+"]", string(s.Order))
	}
	return op
}

// all walks through a list from the page and with the limit of its options. A page that is empty or shorter than asked
// for is the last one.
func all[T any](ctx context.Context, page, limit int, id func(*T) string, list func(ctx context.Context, page, limit int) ([]T, error)) iter.Seq2[T, error] {
	first := max(page, 1)
	if limit == 0 {
		limit = maxLimit
	}
	return rest.Pages(ctx, limit, id, func(ctx context.Context, _, nth int) (rest.Batch[T], error) {
		items, err := list(ctx, first+nth, limit)
		return rest.Batch[T]{Items: items}, err
	})
}
