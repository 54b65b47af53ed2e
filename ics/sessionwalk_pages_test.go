package ics

import (
	"context"
	"errors"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// An appliance that counts more than it gives is not believed to have come to its end: what it gives in short pages is read
// to the last, and where it gives no more the list is incomplete.
func TestSessionWalk_shortPagesOfMore(t *testing.T) {
	for _, zeroBased := range []bool{false, true} {
		for _, n := range []int{0, 1, 5, 199, 200, 201, 350, 1000} {
			for _, most := range []int{70, 150, 199, 200} {
				l := newMovingList(n)
				l.zeroBased, l.noLast = zeroBased, true
				pages := 0
				l.change = func(l *movingList) { pages++; l.most = max(most-13*(pages%5), 1) } // each page of another length
				if got, err := l.walk(200, 0); err != nil || got != n {
					t.Errorf("zero-based %t, %d sessions, pages of up to %d: %d came, %v", zeroBased, n, most, got, err)
				}
			}
		}
	}
	for _, gives := range []int{0, 1, 150, 200, 250, 400} {
		l := newMovingList(gives)
		l.noLast, l.more = true, 100
		got, err := l.walk(200, 0)
		if got != gives || !errors.Is(err, secureaccess.ErrListIncomplete) || len(l.requests) > 12 {
			t.Errorf("of %d sessions %d came, with %d requests, %v", gives+100, got, len(l.requests), err)
		}
	}
	// Beyond the end there is nothing, and nothing is missing.
	l := newMovingList(30)
	l.noLast = true
	w, err := newSessionWalk(&SessionListOptions{PageOptions{Start: 50}})
	if err != nil {
		t.Fatal(err)
	}
	w.run(context.Background(), l.list, func(s Session, err error) bool {
		t.Errorf("%s, %v", s.ID, err)
		return false
	})
}
