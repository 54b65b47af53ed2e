package hawk

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"Bad mac":                        "Bad mac",
		" a \r\n\t b\x00c ":              "a b c",
		"\x1b[31mred\u202egnirts\u2028x": "[31mred gnirts x",
		"\xff\xfea\x80b":                 "a b",
		"日本 ü":                           "日本 ü",
	} {
		if got := line(text, 50); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\nb\x1b", 10)
	f.Add(strings.Repeat("日", 100), 50)
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = 10 + most&0xff
		got := line(text, most)
		if len(got) > most || !utf8.ValidString(got) || strings.ContainsAny(got, "\r\n\x1b\u202e\u2028") || strings.TrimSpace(got) != got {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}
