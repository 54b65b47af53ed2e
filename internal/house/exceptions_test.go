package house

import (
	"strings"
	"testing"
)

func TestParseExceptions(t *testing.T) {
	got, err := ParseExceptions("# a comment\n\nword ics/x.go answer\nsize ics/x.go - # one table\n")
	if err != nil || len(got) != 2 || got[0] != (Exception{"word", "ics/x.go", "answer", ""}) || got[1].Reason != "one table" {
		t.Errorf("got %+v, %v", got, err)
	}
	if got[1].String() != "size ics/x.go - # one table" {
		t.Errorf("written as %q", got[1])
	}
	for text, want := range map[string]string{
		"word ics/x.go":                   "rule path name",
		"words ics/x.go answer":           "no rule",
		"size ics/x.go -":                 "needs a reason",
		"word a.go b\nword a.go b # why?": "listed twice",
	} {
		if _, err := ParseExceptions(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestExcuse(t *testing.T) {
	left, stale := Excuse(
		[]Violation{{Rule: "word", Path: "a.go", Name: "answer"}, {Rule: "word", Path: "b.go", Name: "answer"}},
		[]Exception{{Rule: "word", Path: "a.go", Name: "answer"}, {Rule: "test", Path: "a.go", Name: "answer"}})
	if len(left) != 1 || left[0].Path != "b.go" || len(stale) != 1 || stale[0].Rule != "test" {
		t.Errorf("left %v, stale %v", left, stale)
	}
}
