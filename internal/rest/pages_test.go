package rest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// list is a list on a server, of which pages can be asked for.
type list struct {
	items   []string
	size    int
	total   bool // the server says how many there are
	last    bool // the server says which page is the last
	ignores bool // the server ignores the offset
	fails   int  // the page that fails, from 1
	asked   []int
}

var errPage = errors.New("no such page")

func (l *list) fetch(_ context.Context, offset, page int) (Batch[string], error) {
	l.asked = append(l.asked, offset)
	if page != len(l.asked)-1 {
		return Batch[string]{}, fmt.Errorf("page %d is asked for as page %d", len(l.asked)-1, page)
	}
	if l.fails == len(l.asked) {
		return Batch[string]{}, errPage
	}
	if l.ignores {
		offset = 0
	}
	offset = min(offset, len(l.items))
	end := min(offset+l.size, len(l.items))
	batch := Batch[string]{Items: slices.Clone(l.items[offset:end])}
	if l.total {
		batch.Total = len(l.items)
	}
	batch.Last = l.last && end == len(l.items)
	return batch, nil
}

func itself(s *string) string { return *s }

func TestPages(t *testing.T) {
	seven := []string{"a", "b", "c", "d", "e", "f", "g"}
	six := seven[:6]
	doubled := []string{"a", "b", "c", "c", "d", "d", "d", "e"}
	for name, test := range map[string]struct {
		list  list
		size  int // as the caller knows it
		key   func(*string) string
		want  []string
		asked []int // offsets
	}{
		"a short page ends it":          {list{items: seven, size: 3}, 3, itself, seven, []int{0, 3, 6}},
		"an empty page ends it":         {list{items: six, size: 3}, 3, itself, six, []int{0, 3, 6}},
		"size not known":                {list{items: seven, size: 3}, 0, itself, seven, []int{0, 3, 6, 7}},
		"the total ends it":             {list{items: six, size: 3, total: true}, 3, itself, six, []int{0, 3}},
		"a short page before the total": {list{items: seven, size: 2, total: true}, 3, itself, seven, []int{0, 2, 4, 6}},
		"the last page ends it":         {list{items: six, size: 3, last: true}, 3, itself, six, []int{0, 3}},
		"no keys":                       {list{items: seven, size: 3}, 3, nil, seven, []int{0, 3, 6}},
		"nothing":                       {list{size: 3}, 3, itself, nil, []int{0}},
		"nothing, said so":              {list{size: 3, total: true}, 3, nil, nil, []int{0}},
		"one page":                      {list{items: seven, size: 100}, 100, itself, seven, []int{0}},
		"shown twice":                   {list{items: doubled, size: 3}, 3, itself, []string{"a", "b", "c", "d", "e"}, []int{0, 3, 6}},
		"shown twice, no keys":          {list{items: doubled, size: 3}, 3, nil, doubled, []int{0, 3, 6}},

		"the offset is ignored":               {list{items: seven, size: 3, ignores: true}, 3, itself, seven[:3], []int{0, 3}},
		"the offset is ignored, total":        {list{items: seven, size: 3, ignores: true, total: true}, 3, itself, seven[:3], []int{0, 3}},
		"the offset is ignored, size unknown": {list{items: seven, size: 3, ignores: true}, 0, itself, seven[:3], []int{0, 3}},
		"the offset is ignored, no keys":      {list{items: seven, size: 3, ignores: true}, 3, nil, seven[:3], []int{0, 3}},
		"the offset is ignored, empty keys":   {list{items: seven, size: 3, ignores: true}, 3, func(*string) string { return "" }, seven[:3], []int{0, 3}},
		"the offset is ignored, all at once":  {list{items: seven, size: 100, ignores: true}, 0, itself, seven, []int{0, 7}},
		"the offset is ignored, some have keys": {list{items: seven, size: 3, ignores: true}, 3, func(s *string) string {
			if *s == "b" {
				return ""
			}
			return *s
		}, seven[:3], []int{0, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			l := test.list
			var got []string
			for item, err := range Pages(t.Context(), test.size, test.key, l.fetch) {
				if err != nil {
					t.Fatal(err)
				}
				if got = append(got, item); len(got) > 100 {
					t.Fatal("it does not end")
				}
			}
			if !slices.Equal(got, test.want) || !slices.Equal(l.asked, test.asked) {
				t.Errorf("%q at offsets %v, want %q at %v", got, l.asked, test.want, test.asked)
			}
		})
	}
}

func TestPagesAreAskedForWhenNeeded(t *testing.T) {
	l := list{items: []string{"a", "b", "c", "d", "e"}, size: 2}
	all := Pages(t.Context(), 2, itself, l.fetch)
	if len(l.asked) != 0 {
		t.Fatalf("asked for %v before the loop", l.asked)
	}
	seen := 0
	for range all {
		if seen++; seen == 3 {
			break
		}
		if want := (seen + 1) / 2; len(l.asked) != want {
			t.Errorf("%d pages for item %d", len(l.asked), seen)
		}
	}
	if len(l.asked) != 2 {
		t.Errorf("asked for %v up to the break", l.asked)
	}
	// A second loop begins anew.
	l.asked = nil
	var again []string
	for item, err := range all {
		if err != nil {
			t.Fatal(err)
		}
		again = append(again, item)
	}
	if !slices.Equal(again, l.items) {
		t.Errorf("the second time: %q", again)
	}
}

func TestPagesYieldWhatCameBeforeAnError(t *testing.T) {
	l := list{items: []string{"a", "b", "c", "d", "e"}, size: 2, fails: 3}
	var got []string
	var failed []error
	for item, err := range Pages(t.Context(), 2, itself, l.fetch) {
		if err != nil {
			failed = append(failed, err)
			if item != "" {
				t.Errorf("%q with an error", item)
			}
			continue
		}
		if len(failed) > 0 {
			t.Errorf("%q after an error", item)
		}
		got = append(got, item)
	}
	if !slices.Equal(got, []string{"a", "b", "c", "d"}) || len(failed) != 1 || failed[0] != errPage || len(l.asked) != 3 {
		t.Errorf("%q, %v, %v", got, failed, l.asked)
	}
}

func TestPagesPassTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pages := 0
	var last error
	for _, err := range Pages(ctx, 1, itself, func(ctx context.Context, _, page int) (Batch[string], error) {
		pages++
		return Batch[string]{Items: []string{fmt.Sprint(page)}}, ctx.Err()
	}) {
		last = err
		cancel()
	}
	if pages != 2 || !errors.Is(last, context.Canceled) {
		t.Errorf("%d pages, %v", pages, last)
	}
}
