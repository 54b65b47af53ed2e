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
		page.Sessions = append(page.Sessions, Session{ID: strconv.Itoa(id)})
	}
	if !l.noTotal {
		page.Total = len(l.ids)
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

// walk reads a list and says what is wrong with what it got.
func (l *movingList) walk(opts *SessionWalkOptions) (got int, err error) {
	before := slices.Clone(l.ids)
	w, err := newSessionWalk(opts)
	if err != nil {
		return 0, err
	}
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

// TestSessionWalkMovingList reads thousands of lists that change at arbitrary places and by arbitrary amounts, up to
// nearly all of a list at once, between any two pages.
func TestSessionWalkMovingList(t *testing.T) {
	steppedBack := 0
	for seed := range uint64(2000) {
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
		opts := &SessionWalkOptions{PageSize: 6 + random.IntN(40)}
		opts.Overlap = 2 + random.IntN(opts.PageSize/2-1)
		if _, err := l.walk(opts); err != nil {
			t.Fatalf("seed %d, pages of %d with an overlap of %d, %d changes a page: %v", seed, opts.PageSize, opts.Overlap, most, err)
		}
		for i := 1; i < len(l.requests); i++ {
			if l.requests[i].Start < l.requests[i-1].Start {
				steppedBack++
			}
		}
	}
	if steppedBack < 500 {
		t.Errorf("the walks stepped back %d times: the lists did not move enough to prove anything", steppedBack)
	}
}

// TestSessionWalkQuietList checks that a list that stands still is read in full, whatever its length and the release,
// with no more requests than its pages and the overlaps need.
func TestSessionWalkQuietList(t *testing.T) {
	for _, zeroBased := range []bool{false, true} {
		for _, noLast := range []bool{false, true} {
			for n := range 90 {
				l := newMovingList(n)
				l.zeroBased, l.noLast = zeroBased, noLast
				got, err := l.walk(&SessionWalkOptions{PageSize: 10, Overlap: 2})
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

func TestSessionWalkRequests(t *testing.T) {
	l := newMovingList(450)
	if _, err := l.walk(nil); err != nil {
		t.Fatal(err)
	}
	want := []SessionListOptions{{0, 200}, {181, 200}, {361, 200}}
	if !slices.Equal(l.requests, want) {
		t.Errorf("the pages asked for are %v, not %v", l.requests, want)
	}
}

// An appliance can give shorter pages than it is asked for, and then a short page is not the last.
func TestSessionWalkShortPages(t *testing.T) {
	for _, noLast := range []bool{false, true} {
		l := newMovingList(500)
		l.most, l.noLast = 30, noLast
		if got, err := l.walk(nil); err != nil || got != 500 {
			t.Errorf("%d of 500 sessions, %v", got, err)
		}
	}
}

// The list shrinks so far that the next page begins behind its end, where the appliance says that there is no more.
func TestSessionWalkStepsBackFromBehindTheEnd(t *testing.T) {
	l := newMovingList(1000)
	l.change = func(l *movingList) {
		if len(l.requests) == 3 {
			l.ids = slices.Delete(l.ids, 0, 500)
		}
	}
	if _, err := l.walk(nil); err != nil {
		t.Error(err)
	}
}

func TestSessionWalkStartIgnored(t *testing.T) {
	l := newMovingList(500)
	list := func(ctx context.Context, opts *SessionListOptions) (*SessionPage, error) {
		return l.list(ctx, &SessionListOptions{Number: opts.Number})
	}
	for _, n := range []int{500, 200} {
		l.ids, l.noLast, l.requests = l.ids[:n], true, nil
		w, _ := newSessionWalk(nil)
		got, failed := 0, error(nil)
		w.run(t.Context(), list, func(_ Session, err error) bool {
			if err != nil {
				failed = err
			} else {
				got++
			}
			return true
		})
		if got != 200 || len(l.requests) > 6 {
			t.Errorf("%d sessions with %d requests", got, len(l.requests))
		}
		if (n > 200) != errors.Is(failed, secureaccess.ErrBadResponse) {
			t.Errorf("of %d sessions, %d came with the error %v", n, got, failed)
		}
	}
}

// An appliance that ignores where a page begins shows new sessions on its one page as users sign in. That must not keep
// the walk going.
func TestSessionWalkStartIgnoredWhileListMoves(t *testing.T) {
	for _, perPage := range []int{1, 3, 10} {
		l := newMovingList(500)
		l.noLast = true
		l.change = func(l *movingList) {
			for range perPage {
				l.ids = l.ids[:len(l.ids)-1]
				l.insert(0)
			}
		}
		w, _ := newSessionWalk(nil)
		var failed error
		w.run(t.Context(), func(ctx context.Context, opts *SessionListOptions) (*SessionPage, error) {
			if len(l.requests) == 1000 {
				t.Fatalf("%d changes a page keep the walk going", perPage)
			}
			return l.list(ctx, &SessionListOptions{Number: opts.Number})
		}, func(_ Session, err error) bool {
			failed = err
			return true
		})
		if !errors.Is(failed, secureaccess.ErrBadResponse) {
			t.Errorf("%d changes a page: %d requests, then %v", perPage, len(l.requests), failed)
		}
	}
}

// A server that never comes to an end is left in the end.
func TestSessionWalkEndless(t *testing.T) {
	requests := 0
	list := func(_ context.Context, opts *SessionListOptions) (*SessionPage, error) {
		requests++
		page := &SessionPage{Last: new(bool)}
		for i := range 10 {
			page.Sessions = append(page.Sessions, Session{ID: strconv.Itoa((opts.Start + i) % 50)})
		}
		return page, nil
	}
	w, _ := newSessionWalk(&SessionWalkOptions{PageSize: 10, Overlap: 2})
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
func TestSessionWalkWithoutIDs(t *testing.T) {
	list := func(_ context.Context, opts *SessionListOptions) (*SessionPage, error) {
		page := &SessionPage{}
		for i := max(opts.Start, 1); i <= 25 && len(page.Sessions) < opts.Number; i++ {
			page.Sessions = append(page.Sessions, Session{User: "user-" + strconv.Itoa(i)})
		}
		return page, nil
	}
	w, _ := newSessionWalk(&SessionWalkOptions{PageSize: 10, Overlap: 3})
	var users []string
	w.run(t.Context(), list, func(s Session, _ error) bool {
		users = append(users, s.User)
		return true
	})
	if len(users) != 25 || users[0] != "user-1" || users[24] != "user-25" {
		t.Errorf("the users are %v", users)
	}
}

func TestSessionWalkOptions(t *testing.T) {
	for _, opts := range []SessionWalkOptions{{PageSize: -1}, {PageSize: 3}, {Overlap: 1}, {Overlap: 101}, {PageSize: 10, Overlap: 6}} {
		if _, err := newSessionWalk(&opts); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%+v is taken, with the error %v", opts, err)
		}
	}
	if w, err := newSessionWalk(&SessionWalkOptions{PageSize: 10}); err != nil || w.overlap != 5 {
		t.Errorf("small pages have no fitting overlap: %+v, %v", w, err)
	}
}
