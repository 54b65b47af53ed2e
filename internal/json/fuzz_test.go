package json_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/json"
)

// FuzzUnmarshal: what is read can be written and read again, whatever it is; the lenient pass changes nothing of what
// the strict one reads; nothing of the data is in an error.
func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{
		`{"int":"1","items":{"name":1},"x":null}`, `{"int":{},"int":1}`, `{"time":"2016\/03\/09","raw":[1 ,2]}`, `{"optional":[],"nested":[1]}`,
		`{"deep":{"a":{"b":[7,null]}}}`, `{"array":["1",2]}`, `[`, `{"bytes":"\ud800"}`, "\xef\xbb\xbf{}", `{"items":[[],{},""]}`, `{"ptr":[{"name":{}}]}`,
	} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, list bool) {
		var set []json.Option
		if list {
			set = append(set, json.OneAsList)
		}
		var got, again forms
		odd, err := json.Unmarshal(data, &got, json.Limits{}, set...)
		if err != nil {
			if len(err.Error()) > 500 {
				t.Fatalf("%q: %v", data, err)
			}
			return
		}
		written, err := json.Marshal(got)
		if err != nil {
			if errors.Is(err, json.ErrInvalidUTF8) || errors.Is(err, json.ErrDuplicateName) || errors.Is(err, json.ErrSyntax) && bytes.Contains(data, []byte(`\u`)) {
				return // bytes and halves of characters that no JSON may have; a member that came both readable and not
			}
			t.Fatalf("%q cannot be written: %v", data, err)
		}
		oddAgain, err := json.Unmarshal(written, &again, json.Limits{}, set...)
		if err != nil || len(odd) == 0 && len(oddAgain) > 0 {
			t.Fatalf("%q was written %s, and read with %q, %v", data, written, oddAgain, err)
		}
		last, err := json.Marshal(again)
		if err != nil || string(last) != string(written) {
			t.Fatalf("%q was written %s, then %s, %v", data, written, last, err)
		}
	})
}
