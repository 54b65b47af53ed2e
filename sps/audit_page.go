package sps

import (
	"context"
	"fmt"
	"hash/maphash"
	"iter"
	"math"
	"net/http"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// PageOptions select a page of a list below /api/audit. Zero values are not sent.
type PageOptions struct {
	Limit  int `url:"limit,omitempty"` // items in a page; 500 by default
	Offset int `url:"offset,omitempty"`
}

func (o *PageOptions) check(op *rest.Op) *rest.Op {
	rest.Between(op, "limit", o.Limit, 0, math.MaxInt)
	return rest.Between(op, "offset", o.Offset, 0, math.MaxInt)
}

// AuditDetailListOptions select a page of what belongs to a recorded session.
type AuditDetailListOptions struct {
	PageOptions
}

// AuditSessionListOptions select recorded sessions.
type AuditSessionListOptions struct {
	PageOptions

	// Start and End narrow the list down to the sessions that were under way between them. Either can be left out.
	Start time.Time `url:"start,omitempty"`
	End   time.Time `url:"end,omitempty"`

	// Fields asks for members of the sessions, so that the items of the list have bodies. Public sources show the
	// parameter, and no value for it.
	Fields []string `url:"fields,comma,omitempty"`

	// Sort is known of the lists of users in 8.0 only.
	Sort string `url:"sort,omitempty"`

	// Search narrows the list down, in Lucene's syntax as the search in a session's content. Documents show the
	// parameter for the statistics of searches, public clients for the list; see [Dialect].
	Search string `url:"-"`
}

// Page is a page of a list below /api/audit.
type Page[T any] struct {
	Items []T      `json:"items" alias:"channels"` // some releases of 6.0 call a list of channels "channels"
	Total int      `json:"-"`                      // matches over all pages; 0 where the release does not tell
	Meta  PageMeta `json:"meta"`
}

// PageMeta is what a page says about its list. Here, and only here, First, Previous, Next and Last lead to pages.
type PageMeta struct {
	Href             string   `json:"href,omitzero"`
	Parent           string   `json:"parent,omitzero"`
	First            string   `json:"first,omitzero"`
	Previous         string   `json:"previous,omitzero"`
	Next             string   `json:"next,omitzero"` // "" on the last page
	Last             string   `json:"last,omitzero"`
	Fields           []string `json:"fields,omitzero"`
	Limit            int      `json:"limit"`
	Offset           int      `json:"offset"`
	MatchCount       int      `json:"match_count"`
	RemainingSeconds int64    `json:"remaining_seconds,omitzero"` // until the session of the API ends, without a request
}

// page carries out an operation whose response is a page of a list.
func page[T any](ctx context.Context, c *rest.Client, op *rest.Op) (*Page[T], error) {
	return rest.Checked(ctx, c, op, func(p *Page[T], _ http.Header) error {
		if p.Items == nil {
			return errNoItems
		}
		for i := range p.Items {
			if o, ok := any(&p.Items[i]).(interface{ nothing() bool }); ok && o.nothing() {
				return errNoObject
			}
		}
		p.Total = p.Meta.MatchCount
		return nil
	})
}

// walk iterates over a list by the links to its next pages, which must lead to /api/audit.
type walk[T any] struct {
	client   *Client
	template string
	first    func() *rest.Op                 // of the first page
	offset   int                             // of the first page
	moves    bool                            // the list changes by nature
	key      func(**T) string                // nil: items cannot be told apart
	memory   func() *recent                  // tells apart what there is too much of to remember; nil for nothing
	limit    int                             // the appliance shows no more matches; 0 for no limit
	asked    func()                          // called after each response, nil for nothing
	before   func(ctx context.Context) error // called before each item, nil for nothing
	failed   func(err error) error           // makes the error of a page, nil for as it is
}

func (w walk[T]) all(ctx context.Context) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		next := ""
		var memory *recent
		if w.memory != nil {
			memory = w.memory()
		}
		list := rest.List[*T]{Key: w.key, Moves: w.moves, Fetch: func(ctx context.Context, came, nth int) (rest.Batch[*T], error) {
			op := w.first
			if nth > 0 {
				op = func() *rest.Op { return w.client.follow(rest.GET(w.template), next, "/api/audit/", refusedLink) }
			}
			batch, link, err := w.fetch(ctx, op(), came, memory)
			next = link
			return batch, err
		}}
		list.All(ctx)(func(item *T, err error) bool {
			if err == nil {
				if o, ok := any(item).(interface{ Err() error }); ok && o.Err() != nil {
					yield(nil, w.unreadable(o.Err()))
					return false
				}
			}
			if err == nil && w.before != nil {
				if err = w.before(ctx); err != nil {
					yield(nil, err)
					return false
				}
			}
			return yield(item, err)
		})
	}
}

// unreadable is the error of an item whose body is not what it should be.
func (w walk[T]) unreadable(err error) error {
	return &secureaccess.Error{
		Operation: secureaccess.Operation{Product: product, Method: http.MethodGet, Path: w.template}, Host: w.client.setup.Base.Host,
		Status: http.StatusOK, Attempts: 1, Err: fmt.Errorf("%w: an item: %w", secureaccess.ErrBadResponse, err),
	}
}

// fetch gets one page, and the link to the next one.
func (w walk[T]) fetch(ctx context.Context, op *rest.Op, came int, memory *recent) (rest.Batch[*T], string, error) {
	got, err := page[T](ctx, w.client.rest, op)
	if err != nil {
		if w.failed != nil {
			err = w.failed(err)
		}
		return rest.Batch[*T]{}, "", err
	}
	if w.asked != nil {
		w.asked()
	}
	items := make([]*T, len(got.Items))
	known := memory != nil && len(items) > 0
	for i := range got.Items {
		items[i] = &got.Items[i]
		if memory != nil && memory.add(memory.key(items[i])) {
			known = false
		}
	}
	if known {
		items = nil // a page with nothing new
	}
	left := got.Total - w.offset - came - len(items)
	last := got.Meta.Next == ""
	return rest.Batch[*T]{
		Items: items,
		Last:  last || known,
		Cut:   (last || known) && left > 0 && !w.moves || last && w.limit > 0 && w.offset+came+len(items) >= w.limit,
	}, got.Meta.Next, nil
}

// refusedLink is a link of the appliance's that is not followed.
func refusedLink(reason string) error {
	return fmt.Errorf("%w: a link in the response %s", secureaccess.ErrRedirectRefused, reason)
}

// allDetails iterates over what belongs to a session.
func allDetails[T any](ctx context.Context, c *Client, path string, opts *AuditDetailListOptions, first func() *rest.Op) iter.Seq2[*T, error] {
	w := walk[T]{client: c, template: auditSessions + "/{session_id}" + path, first: first}
	if opts != nil {
		w.offset = opts.Offset
	}
	return w.all(ctx)
}

// recent remembers which of the last items of a list were there, in constant memory.
type recent struct {
	key        func(item any) string
	seed       maphash.Seed
	young, old map[uint64]struct{}
}

// mostRecent is how many items recent remembers at least.
const mostRecent = 50_000

// add notes an item and reports whether it is new.
func (r *recent) add(key string) bool {
	if r.young == nil {
		r.seed, r.young = maphash.MakeSeed(), make(map[uint64]struct{})
	}
	hash := maphash.String(r.seed, key)
	_, young := r.young[hash]
	_, old := r.old[hash]
	if len(r.young) >= mostRecent {
		r.old, r.young = r.young, make(map[uint64]struct{})
	}
	r.young[hash] = struct{}{}
	return !young && !old
}
