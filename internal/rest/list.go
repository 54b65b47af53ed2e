package rest

import (
	"context"
	"iter"
	"reflect"

	"github.com/secureaccess-go/secureaccess"
)

// Batch is what one request of a list brought.
type Batch[T any] struct {
	Items []T
	Total int  // matches over all pages; 0 when the server does not say
	Last  bool // the server says that nothing follows
	Cut   bool // the server gives no more although there are: its limit for paging is reached
}

// List describes a list that is asked for page by page.
type List[T any] struct {
	// Fetch gets the number of items that came so far, which is the offset of the next page, and the number of pages.
	Fetch func(ctx context.Context, offset, page int) (Batch[T], error)

	// Size is how many items a full page has; 0 when that is not known.
	Size int

	// Key tells items apart; nil, or "" for an item, where nothing does.
	Key func(*T) string

	// Moves says that the list changes by nature while it is read, such as a log with the newest entries first. It is
	// never [secureaccess.ErrListIncomplete].
	Moves bool
}

// All walks through the list. It goes on while pages are full, whatever their total says, since some totals count the
// page only, and after a short page while the total says that there is more. It ends with an empty page, with one that
// is said to be the last, and with one that brings nothing new: a list that changes during iteration shows items twice,
// which are dropped, and a server that ignores the offset shows all of them for ever. Items that nothing tells apart
// are new unless the whole page equals the one before.
//
// Where the total of the last page exceeds the items that came, repeats included, or the server's paging limit cut the
// list, [secureaccess.ErrListIncomplete] follows the last item.
func (l List[T]) All(ctx context.Context) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		w := walk[T]{key: l.Key}
		for offset, page := 0, 0; ; page++ {
			batch, err := l.Fetch(ctx, offset, page)
			if err != nil {
				yield(none, err)
				return
			}
			fresh := 0
			for i := range batch.Items {
				if !w.isNew(batch.Items, i) {
					continue
				}
				fresh++
				if !yield(batch.Items[i], nil) {
					return
				}
			}
			w.turn(batch.Items)
			offset += len(batch.Items)
			more := offset < batch.Total
			if batch.Cut || fresh == 0 || batch.Last || !l.full(len(batch.Items), batch.Total) && !more {
				if batch.Cut || more && !l.Moves && !batch.Last {
					yield(none, secureaccess.ErrListIncomplete)
				}
				return
			}
		}
	}
}

// full reports whether a page of so many items may be followed by another.
func (l List[T]) full(items, total int) bool {
	if l.Size > 0 {
		return items >= l.Size
	}
	return total == 0
}

// walk remembers what a list has shown.
type walk[T any] struct {
	key    func(*T) string
	seen   map[string]struct{}
	before []T // the last page, if nothing told its items apart
	blind  bool
	same   bool // this page equals the one before
}

// isNew reports whether item i of a page was not there before.
func (w *walk[T]) isNew(items []T, i int) bool {
	if i == 0 {
		w.blind = false
		w.same = len(w.before) > 0 && reflect.DeepEqual(w.before, items)
	}
	if w.same {
		return false
	}
	k := ""
	if w.key != nil {
		k = w.key(&items[i])
	}
	if k == "" {
		w.blind = true
		return true
	}
	if _, twice := w.seen[k]; twice {
		return false
	}
	if w.seen == nil {
		w.seen = make(map[string]struct{}, 2*len(items))
	}
	w.seen[k] = struct{}{}
	return true
}

// turn ends a page.
func (w *walk[T]) turn(items []T) {
	w.before = nil
	if w.blind {
		w.before = items
	}
}
