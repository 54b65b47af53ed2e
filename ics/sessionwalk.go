package ics

import (
	"context"
	"crypto/sha256"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
)

const (
	walkPageSize = 200 // the documented page
	walkOverlap  = 20
)

// sessionWalk reads a list by position while others change it.
//
// A position is no firm ground: what ends in front of it moves the rest up, and the next page begins behind sessions
// that were not seen yet. What can be relied on is that the sessions that stay keep their order, and that a page is
// a piece of the list without gaps. So it holds that, whenever a page shows a session that was seen before, all that stand
// in front of that session were seen before too, and nothing lies between what was seen and this page: the page has footing.
// (It holds for the first page, which begins with the list, and each page with footing hands it on: in front of
// its first session stand only such as stand in front of the known one.) A page without footing shows that the list
// moved by more than the overlap. It is dropped unread, since what it shows would be taken for ground later, and
// the walk steps back, further each time, until it has footing again, or stands at the beginning, which always is.
//
// For the same reason the end counts only when the page that says so has footing.
type sessionWalk struct {
	begin         int // where it starts
	size, overlap int
	seen          map[sessionKey]struct{}
}

// sessionKey tells sessions apart at a fixed cost each.
type sessionKey [16]byte

func newSessionWalk(opts *SessionListOptions) (*sessionWalk, error) {
	w := &sessionWalk{size: walkPageSize, seen: map[sessionKey]struct{}{}}
	if opts != nil {
		if err := notNegative("start", opts.Start); err != nil {
			return nil, err
		}
		w.begin = opts.Start
		if opts.Number != 0 {
			w.size = opts.Number
		}
	}
	if w.size < 4 {
		return nil, &secureaccess.ArgumentError{Argument: "number", Reason: "is less than 4, which leaves no room for an overlap of pages"}
	}
	w.overlap = min(walkOverlap, w.size/2)
	return w, nil
}

type listSessions func(context.Context, *SessionListOptions) (*SessionPage, error)

func (w *sessionWalk) run(ctx context.Context, list listSessions, yield func(Session, error) bool) {
	var (
		start  = w.begin     // 0 first, as documented; from then on positions count from 1
		back   = w.size      // how far the next step back goes
		barren int           // pages since the last session that was new
		pages  int           // pages in all
		same   int           // pages alike in a row, although they began elsewhere
		last   [2]sessionKey // first and last session of the page before
		asked  bool          // for the whole list at once
	)
	for {
		page, err := list(ctx, &SessionListOptions{PageOptions{Start: start, Number: w.size}})
		if err != nil {
			yield(Session{}, err)
			return
		}
		keys, known := w.keys(page)
		if len(keys) == 0 && page.Total > start {
			yield(Session{}, secureaccess.ErrListIncomplete)
			return
		}
		if barren++; barren > 64+2*len(w.seen)/(w.size-w.overlap) {
			yield(Session{}, errSessionWalk("the list does not come to an end"))
			return
		}
		// A walk through a list that changes reads some of it again, but it comes on. One that does not is in a list that
		// shows its beginning over and over, and shows new sessions only as they sign in.
		if pages++; pages > 64+8*len(w.seen)/(w.size-w.overlap) {
			yield(Session{}, errSessionWalk("the appliance does not begin its pages where it is asked to"))
			return
		}
		if start > max(w.begin, 1) && known == 0 { // no footing
			if start -= back; start <= max(w.begin, 1) {
				start = w.begin
			}
			back *= 2
			continue
		}
		back = w.size
		fresh, ok := w.show(page, keys, yield)
		if !ok {
			return
		}
		if fresh > 0 {
			barren = 0
		}

		n := len(keys)
		if w.ends(page, start, n) {
			return
		}
		// Releases that ignore the start do not say which page is the last either, and give as many sessions as they are
		// asked for: once they show themselves, the list is asked for as a whole.
		if !asked && page.Last == nil && start > max(w.begin, 1) && 2*known > n && page.Total > len(w.seen) {
			asked = true
			if done := w.whole(ctx, list, page.Total, yield); done {
				return
			}
		}
		if ends := [2]sessionKey{keys[0], keys[n-1]}; barren > 0 && ends == last {
			same++
		} else {
			same, last = 0, ends
		}
		if same == 3 {
			switch {
			case page.Total > len(w.seen):
				yield(Session{}, secureaccess.ErrListIncomplete)
			case page.Total == 0:
				yield(Session{}, errSessionWalk("the appliance gives the same sessions wherever a page begins"))
			}
			return
		}
		start = max(start, 1) + max(n-max(min(w.overlap, n/2), 1), 1)
	}
}

// keys returns the keys of a page's sessions, and how many of them were seen before.
func (w *sessionWalk) keys(page *SessionPage) (keys []sessionKey, known int) {
	keys = make([]sessionKey, len(page.Items))
	for i := range page.Items {
		keys[i] = keyOf(&page.Items[i])
		if _, ok := w.seen[keys[i]]; ok {
			known++
		}
	}
	return keys, known
}

// show hands out the sessions of a page that are new, and reports whether the caller wants more.
func (w *sessionWalk) show(page *SessionPage, keys []sessionKey, yield func(Session, error) bool) (fresh int, ok bool) {
	for i := range page.Items {
		if _, twice := w.seen[keys[i]]; twice {
			continue
		}
		w.seen[keys[i]] = struct{}{}
		fresh++
		if !yield(page.Items[i], nil) {
			return fresh, false
		}
	}
	return fresh, true
}

// whole asks for a list in one piece, and reports whether that is the end of it. A page that begins with the list has
// footing, whatever its length.
func (w *sessionWalk) whole(ctx context.Context, list listSessions, total int, yield func(Session, error) bool) (done bool) {
	page, err := list(ctx, &SessionListOptions{PageOptions{Start: w.begin, Number: total + w.overlap}})
	if err != nil {
		yield(Session{}, err)
		return true
	}
	keys, _ := w.keys(page)
	if _, ok := w.show(page, keys, yield); !ok {
		return true
	}
	return len(page.Items) >= page.Total
}

// ends reports whether the list ends with a page of n sessions from start.
func (w *sessionWalk) ends(page *SessionPage, start, n int) bool {
	switch {
	case n == 0:
		return true
	case page.Last != nil:
		return *page.Last
	case n >= w.size:
		return false
	}
	// A short page is the last one, unless the appliance counts more: some give no longer ones. Where positions count from 0
	// the page ends one further on than it seems.
	end := max(start, 1) - 1 + n
	return page.Total <= end || page.Total == end+1 && page.Total <= max(w.begin, 1)-1+len(w.seen)
}

// keyOf returns what tells a session from others: its id, or all of it where it has none.
func keyOf(s *Session) sessionKey {
	text := []byte(s.ID)
	if s.ID == "" {
		text, _ = json.Marshal(s)
	}
	sum := sha256.Sum256(text)
	return sessionKey(sum[:16])
}

func errSessionWalk(reason string) error {
	return badResponse("GET", "/api/v1/system/active-users", reason)
}
