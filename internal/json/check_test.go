package json_test

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/json"
)

func TestUnmarshal_limits(t *testing.T) {
	items := func(n int, item string) string { return "[" + strings.Repeat(item+",", n-1) + item + "]" }
	type tree struct{ Children []tree }
	for name, test := range map[string]struct {
		data   string
		into   any
		limits json.Limits
		want   error
	}{
		"items":               {items(100_000, "1"), new([]int), json.Limits{}, nil},
		"too many items":      {items(100_001, "1"), new([]int), json.Limits{}, json.ErrTooManyItems},
		"no limit":            {items(100_001, "1"), new([]int), json.Limits{MaxItems: -1}, nil},
		"own limit":           {items(3, "1"), new([]int), json.Limits{MaxItems: 2}, json.ErrTooManyItems},
		"in several lists":    {`{"a":` + items(2, "1") + `,"b":` + items(2, "1") + `}`, new(any), json.Limits{MaxItems: 2}, nil},
		"commas in a text":    {`["` + strings.Repeat(",", 200_000) + `"]`, new([]string), json.Limits{}, nil},
		"unknown member":      {`{"name":"a","x":` + items(100_001, "1") + `}`, new(item), json.Limits{}, json.ErrTooManyItems},
		"members":             {`{` + strings.Repeat(`"a":1,`, 100_000) + `"a":1}`, new(map[string]int), json.Limits{}, json.ErrTooManyItems},
		"depth":               {strings.Repeat("[", 100) + strings.Repeat("]", 100), new(any), json.Limits{}, nil},
		"too deep":            {strings.Repeat("[", 101) + strings.Repeat("]", 101), new(any), json.Limits{}, json.ErrTooDeep},
		"too deep a tree":     {strings.Repeat(`{"Children":[`, 51) + strings.Repeat("]}", 51), new(tree), json.Limits{}, json.ErrTooDeep},
		"own depth":           {`[[1]]`, new(any), json.Limits{MaxDepth: 1}, json.ErrTooDeep},
		"many but flat":       {items(300, "[[]]"), new(any), json.Limits{}, nil},
		"empty elements":      {items(99_000, "{}"), new([]Appliance), json.Limits{}, json.ErrNoKnownMember},
		"null elements":       {items(99_000, "null"), new([]Appliance), json.Limits{}, json.ErrNull},
		"unknown elements":    {`{"appliances":` + items(99_000, `{"x":1}`) + `}`, new(Page), json.Limits{}, json.ErrNoKnownMember},
		"in a map":            {`{"a":` + items(99_000, `{}`) + `}`, new(map[string][]Appliance), json.Limits{}, json.ErrNoKnownMember},
		"scalars as elements": {items(99_000, `1`), new([]Appliance), json.Limits{}, json.ErrNoKnownMember},
		"broken off":          {items(99_000, `{"id":"a"}`)[:900_000], new([]Appliance), json.Limits{}, json.ErrTruncated},
	} {
		_, err := json.Unmarshal([]byte(test.data), test.into, test.limits)
		if !errors.Is(err, test.want) || test.want == nil && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		switch err := json.Check([]byte(test.data), test.limits); test.want {
		case nil, json.ErrTooManyItems, json.ErrTooDeep:
			if !errors.Is(err, test.want) {
				t.Errorf("%s: checked %v", name, err)
			}
		}
	}
}

// A response of 1 MiB must not become hundreds of megabytes.
func TestUnmarshal_memoryIsASmallMultiple(t *testing.T) {
	for name, data := range map[string]string{
		"empty":   "[" + strings.Repeat("{},", 1<<20/3) + "{}]",
		"null":    "[" + strings.Repeat("null,", 1<<20/5) + "null]",
		"unknown": "[" + strings.Repeat(`{"":0},`, 1<<20/7) + `{}]`,
		"parts":   `{"appliances":` + strings.Repeat(`[{},{},{},{},{},{},{},{},{},{}],"appliances":`, 20000) + `[]}`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var err error
		if name == "parts" {
			_, err = json.Unmarshal([]byte(data), new(Page), json.Limits{MaxItems: -1})
		} else {
			_, err = json.Unmarshal([]byte(data), new([]Appliance), json.Limits{MaxItems: -1})
		}
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; err == nil || grown > 8<<20 {
			t.Errorf("%s: %d MiB of %d KiB, %v", name, grown>>20, len(data)>>10, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(`[1,[2,3],{"a":{}}]`), 2, 2)
	f.Add([]byte(`["[[[,,,"]`), 1, 1)
	f.Fuzz(func(t *testing.T, data []byte, items, depth int) {
		if items < 1 || depth < 1 || !stdjson.Valid(data) {
			return
		}
		var most, deepest, level int
		var counts []int
		dec := stdjson.NewDecoder(bytes.NewReader(data))
		for {
			token, err := dec.Token()
			if err != nil {
				break
			}
			delim, isDelim := token.(stdjson.Delim)
			if closes := isDelim && (delim == ']' || delim == '}'); closes {
				if n := counts[level-1]; delim == ']' {
					most = max(most, n)
				} else {
					most = max(most, n/2)
				}
				level--
				counts = counts[:level]
				continue
			}
			if level > 0 {
				counts[level-1]++
			}
			if isDelim {
				level++
				deepest = max(deepest, level)
				counts = append(counts, 0)
			}
		}
		err := json.Check(data, json.Limits{MaxItems: items, MaxDepth: depth})
		if (err != nil) != (most > items || deepest > depth) {
			t.Fatalf("%s: %d items, depth %d, limits %d, %d: %v", data, most, deepest, items, depth, err)
		}
	})
}
