package rest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// list is a list on a server, of which pages can be asked for.
type served struct {
	items   []string
	size    int
	total   bool // the server says how many there are
	last    bool // the server says which page is the last
	ignores bool // the server ignores the offset
	fails   int  // the page that fails, from 1
	asked   []int
}

var errNoPage = errors.New("no such page")

func (l *served) fetch(_ context.Context, offset, page int) (Batch[string], error) {
	l.asked = append(l.asked, offset)
	if page != len(l.asked)-1 {
		return Batch[string]{}, fmt.Errorf("page %d is asked for as page %d", len(l.asked)-1, page)
	}
	if l.fails == len(l.asked) {
		return Batch[string]{}, errNoPage
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

func TestList_All(t *testing.T) {
	seven := []string{"a", "b", "c", "d", "e", "f", "g"}
	six := seven[:6]
	doubled := []string{"a", "b", "c", "c", "d", "d", "d", "e"}
	for name, test := range map[string]struct {
		list  served
		size  int // as the caller knows it
		key   func(*string) string
		want  []string
		asked []int // offsets
	}{
		"a short page ends it":          {served{items: seven, size: 3}, 3, itself, seven, []int{0, 3, 6}},
		"an empty page ends it":         {served{items: six, size: 3}, 3, itself, six, []int{0, 3, 6}},
		"size not known":                {served{items: seven, size: 3}, 0, itself, seven, []int{0, 3, 6, 7}},
		"a full page goes on":           {served{items: six, size: 3, total: true}, 3, itself, six, []int{0, 3, 6}},
		"the total ends it":             {served{items: six, size: 3, total: true}, 0, itself, six, []int{0, 3}},
		"a short page before the total": {served{items: seven, size: 2, total: true}, 3, itself, seven, []int{0, 2, 4, 6}},
		"the last page ends it":         {served{items: six, size: 3, last: true}, 3, itself, six, []int{0, 3}},
		"no keys":                       {served{items: seven, size: 3}, 3, nil, seven, []int{0, 3, 6}},
		"nothing":                       {served{size: 3}, 3, itself, nil, []int{0}},
		"nothing, said so":              {served{size: 3, total: true}, 3, nil, nil, []int{0}},
		"one page":                      {served{items: seven, size: 100}, 100, itself, seven, []int{0}},
		"shown twice":                   {served{items: doubled, size: 3}, 3, itself, []string{"a", "b", "c", "d", "e"}, []int{0, 3, 6}},
		"shown twice, no keys":          {served{items: doubled, size: 3}, 3, nil, doubled, []int{0, 3, 6}},

		"the offset is ignored":               {served{items: seven, size: 3, ignores: true}, 3, itself, seven[:3], []int{0, 3}},
		"the offset is ignored, total":        {served{items: seven, size: 3, ignores: true, total: true}, 3, itself, seven[:3], []int{0, 3}},
		"the offset is ignored, size unknown": {served{items: seven, size: 3, ignores: true}, 0, itself, seven[:3], []int{0, 3}},
		"the offset is ignored, no keys":      {served{items: seven, size: 3, ignores: true}, 3, nil, seven[:3], []int{0, 3}},
		"the offset is ignored, empty keys":   {served{items: seven, size: 3, ignores: true}, 3, func(*string) string { return "" }, seven[:3], []int{0, 3}},
		"the offset is ignored, all at once":  {served{items: seven, size: 100, ignores: true}, 0, itself, seven, []int{0, 7}},
		"the offset is ignored, some have keys": {served{items: seven, size: 3, ignores: true}, 3, func(s *string) string {
			if *s == "b" {
				return ""
			}
			return *s
		}, seven[:3], []int{0, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			l := test.list
			var got []string
			incomplete := false
			for item, err := range (List[string]{Size: test.size, Key: test.key, Fetch: l.fetch}).All(t.Context()) {
				if errors.Is(err, secureaccess.ErrListIncomplete) {
					incomplete = true
					continue
				}
				if err != nil || incomplete {
					t.Fatal(item, err)
				}
				if got = append(got, item); len(got) > 100 {
					t.Fatal("it does not end")
				}
			}
			if !slices.Equal(got, test.want) || !slices.Equal(l.asked, test.asked) {
				t.Errorf("%q at offsets %v, want %q at %v", got, l.asked, test.want, test.asked)
			}
			if want := l.total && l.ignores; incomplete != want {
				t.Errorf("incomplete: %v, want %v", incomplete, want)
			}
		})
	}
}

func TestList_All_lazy(t *testing.T) {
	l := served{items: []string{"a", "b", "c", "d", "e"}, size: 2}
	all := (List[string]{Size: 2, Key: itself, Fetch: l.fetch}).All(t.Context())
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

func TestList_All_error(t *testing.T) {
	l := served{items: []string{"a", "b", "c", "d", "e"}, size: 2, fails: 3}
	var got []string
	var failed []error
	for item, err := range (List[string]{Size: 2, Key: itself, Fetch: l.fetch}).All(t.Context()) {
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
	if !slices.Equal(got, []string{"a", "b", "c", "d"}) || len(failed) != 1 || failed[0] != errNoPage || len(l.asked) != 3 {
		t.Errorf("%q, %v, %v", got, failed, l.asked)
	}
}

func TestList_All_context(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pages := 0
	var last error
	for _, err := range (List[string]{Size: 1, Key: itself, Fetch: func(ctx context.Context, _, page int) (Batch[string], error) {
		pages++
		return Batch[string]{Items: []string{fmt.Sprint(page)}}, ctx.Err()
	}}).All(ctx) {
		last = err
		cancel()
	}
	if pages != 2 || !errors.Is(last, context.Canceled) {
		t.Errorf("%d pages, %v", pages, last)
	}
}

// Some totals count the page only: full pages go on whatever they say.
func TestList_All_totalOfThePage(t *testing.T) {
	n := 0
	for _, err := range (List[int]{Size: 10, Fetch: func(_ context.Context, offset, _ int) (Batch[int], error) {
		items := []int{}
		for i := offset; i < min(offset+10, 25); i++ {
			items = append(items, i)
		}
		return Batch[int]{Items: items, Total: len(items)}, nil
	}}).All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 25 {
		t.Errorf("%d items of 25", n)
	}
}

func TestList_All_cut(t *testing.T) {
	for name, test := range map[string]struct {
		list List[string]
		want bool
	}{
		"the server gives no more":  {List[string]{Size: 2, Fetch: (&served{items: []string{"a", "b"}, size: 2}).cut}, true},
		"announced more than given": {List[string]{Fetch: (&served{items: []string{"a", "b"}, size: 2}).announce}, true},
		"moves by nature":           {List[string]{Moves: true, Fetch: (&served{items: []string{"a", "b"}, size: 2}).announce}, false},
	} {
		var last error
		n := 0
		for _, err := range test.list.All(t.Context()) {
			if last = err; err == nil {
				n++
			}
		}
		if errors.Is(last, secureaccess.ErrListIncomplete) != test.want || n != 2 {
			t.Errorf("%s: %d items, %v", name, n, last)
		}
	}
}

func (l *served) cut(ctx context.Context, offset, page int) (Batch[string], error) {
	batch, err := l.fetch(ctx, offset, page)
	batch.Cut = true
	return batch, err
}

func (l *served) announce(ctx context.Context, offset, page int) (Batch[string], error) {
	batch, err := l.fetch(ctx, offset, page)
	batch.Total = 5
	return batch, err
}
