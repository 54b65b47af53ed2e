package ics

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// movingList is a list of sessions that changes with every page that is read of it.
type movingList struct {
	ids       []int
	next      int
	change    func(l *movingList)
	zeroBased bool
	noLast    bool
	noTotal   bool
	more      int // sessions that the total counts and no page has
	most      int // sessions a page at most
	requests  []SessionListOptions
}

func newMovingList(n int) *movingList {
	l := &movingList{most: 1 << 30}
	for range n {
		l.insert(len(l.ids))
	}
	return l
}

func (l *movingList) insert(at int) {
	l.next++
	l.ids = slices.Insert(l.ids, at, l.next)
}

func (l *movingList) list(_ context.Context, opts *SessionListOptions) (*SessionPage, error) {
	l.requests = append(l.requests, *opts)
	from := opts.Start
	if !l.zeroBased {
		from = max(from-1, 0)
	}
	from = min(from, len(l.ids))
	to := min(from+min(opts.Number, l.most), len(l.ids))
	page := &SessionPage{Returned: to - from}
	for _, id := range l.ids[from:to] {
		page.Items = append(page.Items, Session{ID: strconv.Itoa(id)})
	}
	if !l.noTotal {
		page.Total = len(l.ids) + l.more
	}
	if !l.noLast {
		last := to == len(l.ids)
		page.Last = &last
	}
	if l.change != nil {
		l.change(l)
	}
	return page, nil
}

// walkOf returns a walk with pages and overlaps of that size; 0 is the default.
func walkOf(size, overlap int) *sessionWalk {
	w, err := newSessionWalk(&SessionListOptions{PageOptions{Number: size}})
	if err != nil {
		panic(err)
	}
	if overlap != 0 {
		w.overlap = overlap
	}
	return w
}

// walk reads a list and says what is wrong with what it got.
func (l *movingList) walk(size, overlap int) (got int, err error) {
	before := slices.Clone(l.ids)
	w := walkOf(size, overlap)
	seen := map[string]bool{}
	w.run(context.Background(), l.list, func(s Session, walkErr error) bool {
		if walkErr != nil {
			err = walkErr
			return false
		}
		if seen[s.ID] {
			err = fmt.Errorf("session %s came twice", s.ID)
		}
		seen[s.ID] = true
		return err == nil
	})
	if err != nil {
		return len(seen), err
	}
	for _, id := range before {
		if slices.Contains(l.ids, id) && !seen[strconv.Itoa(id)] {
			return len(seen), fmt.Errorf("session %d of %d was missed", id, len(before))
		}
	}
	return len(seen), nil
}

// TestSessionWalk_movingList reads thousands of lists that change at arbitrary places and by arbitrary amounts, up to
// nearly all of a list at once, between any two pages.
func TestSessionWalk_movingList(t *testing.T) {
	seeds, steppedBack := uint64(2000), 0
	if RaceDetector {
		seeds = 300
	}
	for seed := range seeds {
		random := rand.New(rand.NewPCG(seed, 7))
		l := newMovingList(random.IntN(400))
		l.zeroBased, l.noLast = random.IntN(4) == 0, random.IntN(2) == 0
		l.noTotal = l.noLast && random.IntN(2) == 0
		most := 1 + random.IntN(25)
		l.change = func(l *movingList) {
			if random.IntN(20) == 0 { // a node of a cluster goes down, an office goes home
				from := random.IntN(len(l.ids) + 1)
				l.ids = slices.Delete(l.ids, from, from+random.IntN(len(l.ids)-from+1))
			}
			for range random.IntN(most) {
				if len(l.ids) > 0 {
					at := random.IntN(len(l.ids))
					l.ids = slices.Delete(l.ids, at, at+1)
				}
			}
			for range random.IntN(most) {
				l.insert(random.IntN(len(l.ids) + 1))
			}
		}
		size := 6 + random.IntN(40)
		overlap := 2 + random.IntN(size/2-1)
		if _, err := l.walk(size, overlap); err != nil {
			t.Fatalf("seed %d, pages of %d with an overlap of %d, %d changes a page: %v", seed, size, overlap, most, err)
		}
		for i := 1; i < len(l.requests); i++ {
			if l.requests[i].Start < l.requests[i-1].Start {
				steppedBack++
			}
		}
	}
	if steppedBack < int(seeds)/4 {
		t.Errorf("the walks stepped back %d times: the lists did not move enough to prove anything", steppedBack)
	}
}

// TestSessionWalk_quietList checks that a list that stands still is read in full, whatever its length and the release,
// with no more requests than its pages and the overlaps need.
func TestSessionWalk_quietList(t *testing.T) {
	for _, zeroBased := range []bool{false, true} {
		for _, noLast := range []bool{false, true} {
			for n := range 90 {
				l := newMovingList(n)
				l.zeroBased, l.noLast = zeroBased, noLast
				got, err := l.walk(10, 2)
				if err != nil || got != n {
					t.Fatalf("%d of %d sessions (zero-based %t, no last %t), %v", got, n, zeroBased, noLast, err)
				}
				if most := n/8 + 2; len(l.requests) > most {
					t.Fatalf("%d requests for %d sessions, at most %d expected", len(l.requests), n, most)
				}
			}
		}
	}
}

func TestSessionWalk_requests(t *testing.T) {
	l := newMovingList(450)
	if _, err := l.walk(0, 0); err != nil {
		t.Fatal(err)
	}
	want := []SessionListOptions{{PageOptions{0, 200}}, {PageOptions{181, 200}}, {PageOptions{361, 200}}}
	if !slices.Equal(l.requests, want) {
		t.Errorf("the pages asked for are %v, not %v", l.requests, want)
	}
}

// An appliance can give shorter pages than it is asked for, and then a short page is not the last.
func TestSessionWalk_shortPages(t *testing.T) {
	for _, noLast := range []bool{false, true} {
		l := newMovingList(500)
		l.most, l.noLast = 30, noLast
		if got, err := l.walk(0, 0); err != nil || got != 500 {
			t.Errorf("%d of 500 sessions, %v", got, err)
		}
	}
}

// The list shrinks so far that the next page begins behind its end, where the appliance says that there is no more.
func TestSessionWalk_stepsBackFromBehindTheEnd(t *testing.T) {
	l := newMovingList(1000)
	l.change = func(l *movingList) {
		if len(l.requests) == 3 {
			l.ids = slices.Delete(l.ids, 0, 500)
		}
	}
	if _, err := l.walk(0, 0); err != nil {
		t.Error(err)
	}
}

// Releases that ignore where a page begins give as many sessions as they are asked for. Those that give no more than a
// page of an incomplete list are found out.
func TestSessionWalk_startIgnored(t *testing.T) {
	for _, c := range []struct {
		n, most, requests, got int
		fails                  error
	}{
		{n: 500, most: 1 << 30, requests: 3, got: 500},
		{n: 200, most: 1 << 30, requests: 6, got: 200},
		{n: 500, most: 200, requests: 7, got: 200, fails: secureaccess.ErrListIncomplete},
	} {
		l := newMovingList(c.n)
		l.noLast, l.most = true, c.most
		got, failed := 0, error(nil)
		walkOf(0, 0).run(t.Context(), l.fromTheBeginning, func(_ Session, err error) bool {
			if err != nil {
				failed = err
			} else {
				got++
			}
			return true
		})
		if got != c.got || len(l.requests) > c.requests || !errors.Is(failed, c.fails) {
			t.Errorf("%d of %d sessions with %d requests, then %v", got, c.n, len(l.requests), failed)
		}
	}
}

// fromTheBeginning lists as a release that ignores the start.
func (l *movingList) fromTheBeginning(ctx context.Context, opts *SessionListOptions) (*SessionPage, error) {
	return l.list(ctx, &SessionListOptions{PageOptions{Number: opts.Number}})
}

// An appliance that ignores where a page begins shows new sessions on its one page as users sign in. That must not keep
// the walk going, and nobody who stays signed in may be missed.
func TestSessionWalk_startIgnoredWhileListMoves(t *testing.T) {
	for _, perPage := range []int{1, 3, 10} {
		l := newMovingList(500)
		l.noLast = true
		l.change = func(l *movingList) {
			for range perPage {
				l.ids = l.ids[:len(l.ids)-1]
				l.insert(0)
			}
		}
		before := slices.Clone(l.ids)
		seen := map[string]bool{}
		walkOf(0, 0).run(t.Context(), func(ctx context.Context, opts *SessionListOptions) (*SessionPage, error) {
			if len(l.requests) == 1000 {
				t.Fatalf("%d changes a page keep the walk going", perPage)
			}
			return l.fromTheBeginning(ctx, opts)
		}, func(s Session, err error) bool {
			if err != nil || seen[s.ID] {
				t.Errorf("%d changes a page: session %q, %v", perPage, s.ID, err)
			}
			seen[s.ID] = true
			return true
		})
		for _, id := range before {
			if slices.Contains(l.ids, id) && !seen[strconv.Itoa(id)] {
				t.Errorf("%d changes a page: session %d was missed", perPage, id)
			}
		}
	}
}

// A server that never comes to an end is left in the end.
func TestSessionWalk_endless(t *testing.T) {
	requests := 0
	list := func(_ context.Context, opts *SessionListOptions) (*SessionPage, error) {
		requests++
		page := &SessionPage{Last: new(bool)}
		for i := range 10 {
			page.Items = append(page.Items, Session{ID: strconv.Itoa((opts.Start + i) % 50)})
		}
		return page, nil
	}
	w := walkOf(10, 2)
	var failed error
	w.run(t.Context(), list, func(_ Session, err error) bool {
		failed = err
		return true
	})
	if !errors.Is(failed, secureaccess.ErrBadResponse) || requests > 200 {
		t.Errorf("%d requests, then %v", requests, failed)
	}
}

// Sessions without an id are told apart by all that they are.
func TestSessionWalk_withoutIDs(t *testing.T) {
	list := func(_ context.Context, opts *SessionListOptions) (*SessionPage, error) {
		page := &SessionPage{}
		for i := max(opts.Start, 1); i <= 25 && len(page.Items) < opts.Number; i++ {
			page.Items = append(page.Items, Session{User: "user-" + strconv.Itoa(i)})
		}
		return page, nil
	}
	w := walkOf(10, 3)
	var users []string
	w.run(t.Context(), list, func(s Session, _ error) bool {
		users = append(users, s.User)
		return true
	})
	if len(users) != 25 || users[0] != "user-1" || users[24] != "user-25" {
		t.Errorf("the users are %v", users)
	}
}

func TestSessionWalk_options(t *testing.T) {
	for _, opts := range []PageOptions{{Number: -1}, {Number: 3}, {Start: -1}} {
		if _, err := newSessionWalk(&SessionListOptions{opts}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%+v is accepted, with the error %v", opts, err)
		}
	}
	if w := walkOf(10, 0); w.overlap != 5 {
		t.Errorf("small pages have no fitting overlap: %+v", w)
	}
}

// A walk that begins in the list shows what stands from there on.
func TestSessionWalk_start(t *testing.T) {
	l := newMovingList(450)
	w, err := newSessionWalk(&SessionListOptions{PageOptions{Start: 201}})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	w.run(t.Context(), l.list, func(s Session, err error) bool {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, s.ID)
		return true
	})
	if len(ids) != 250 || ids[0] != "201" || ids[249] != "450" {
		t.Errorf("%d sessions, from %v", len(ids), ids[:min(len(ids), 1)])
	}
}
