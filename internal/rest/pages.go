package rest

import (
	"context"
	"iter"
	"reflect"
)

// Batch is what one request of a list brought.
type Batch[T any] struct {
	Items []T
	Total int  // matches over all pages; 0 when the server does not say
	Last  bool // the server says that nothing follows
}

// Pages walks through a list that is asked for page by page. fetch gets the number of items seen so far, which is
// the offset of the next page, and the number of pages. Key tells items apart; nil, or "" for an item, where nothing
// does.
//
// It ends with an empty page, the last one, the total, or a page of nothing new: a list that moves while it is read
// shows items twice, which are dropped, and a server that ignores the offset shows all of them twice for ever. Items
// that nothing tells apart are new unless the whole page equals the one before. Where the server gives no total, a
// page of fewer than size items is the last one; size 0 means that the size is not known.
func Pages[T any](ctx context.Context, size int, key func(*T) string, fetch func(ctx context.Context, offset, page int) (Batch[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		var seen map[string]struct{}
		if key != nil {
			seen = map[string]struct{}{}
		}
		var before []T // the last page, if nothing told its items apart
		for offset, page := 0, 0; ; page++ {
			batch, err := fetch(ctx, offset, page)
			if err != nil {
				yield(none, err)
				return
			}
			if len(before) > 0 && reflect.DeepEqual(before, batch.Items) {
				return
			}
			before = nil
			fresh := 0
			for i := range batch.Items {
				k := ""
				if key != nil {
					k = key(&batch.Items[i])
				}
				if k == "" {
					before = batch.Items
				} else {
					if _, twice := seen[k]; twice {
						continue
					}
					seen[k] = struct{}{}
				}
				fresh++
				if !yield(batch.Items[i], nil) {
					return
				}
			}
			offset += len(batch.Items)
			switch {
			case batch.Last, fresh == 0:
				return
			case batch.Total > 0:
				if offset >= batch.Total {
					return
				}
			case size > 0 && len(batch.Items) < size:
				return
			}
		}
	}
}
