package redact

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		"as it is":                  "as it is",
		"exactly 20 bytes é.":       "exactly 20 bytes é.",
		"one byte too many, é.":     "one byte too many...",
		"twenty and morr é é é":     "twenty and morr ...",
		"twenty and mor é é é":      "twenty and mor é...",
		"a\r\nb\x1b[31mc\x00":       "a  b [31mc ",
		"a\u2028b\u2029c":           "a b c",
		"abc\u202egpj.exe":          "abc gpj.exe",
		"\u200e\u200f\u2066\u2069x": "    x",
		"\ufeffx\u061c":             " x ",
		"bad \xff\xfe utf":          "bad \ufffd\ufffd utf",
		"\u0085\u009b31m":           "  31m",
		"👩\u200d💻":                  "👩\u200d💻",
	} {
		if got := Line(text, 20); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for most := -1; most < 12; most++ {
		got := Line("a long text that is cut", most)
		if len(got) > max(most, 0) {
			t.Errorf("at most %d: %q", most, got)
		}
	}
}

func TestSecrets_Line(t *testing.T) {
	var s Secrets
	s.Add("pass word", "long-secret")
	for text, want := range map[string]string{
		"pass\nword":                     "[redacted]", // the line would spell it
		"pass\u202eword":                 "[redacted]",
		"my long-secret":                 "my [redacted]",
		"0123456789 long-secret":         "0123456789 [redac...",
		"012345678901234 long-secret":    "012345678901234 [...",
		strings.Repeat("long-secret", 9): "[redacted][redact...",
	} {
		if got := s.Line(text, 20); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	huge := strings.Repeat("x", 1<<20) + "long-secret"
	if got := s.Line(huge, 100); len(got) != 100 || !strings.HasSuffix(got, "...") {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}

func TestFileName(t *testing.T) {
	for header, want := range map[string]string{
		"":                                  "",
		"attachment":                        "",
		`attachment; filename="backup.zip"`: "backup.zip",
		`attachment; filename=backup.zip`:   "backup.zip",
		`attachment; filename*=UTF-8''na%C3%AFve.txt`:     "naïve.txt",
		`attachment; filename="../../etc/passwd"`:         "passwd",
		`attachment; filename="C:\\Windows\\a.dll"`:       "a.dll",
		`attachment; filename="a.txt:stream"`:             "a.txt_stream",
		`attachment; filename="."`:                        "",
		`attachment; filename=".."`:                       "",
		`attachment; filename="a/.."`:                     "",
		`attachment; filename="a/"`:                       "",
		`attachment; filename=". . "`:                     "",
		`attachment; filename="a.exe. "`:                  "a.exe",
		`attachment; filename="nul.txt"`:                  "_nul.txt",
		`attachment; filename="COM1"`:                     "_COM1",
		`attachment; filename="community.txt"`:            "community.txt",
		`attachment; filename*=UTF-8''a%E2%80%AEgpj.exe`:  "a_gpj.exe",
		`attachment; filename*=UTF-8''a%0D%0Ab%1B%5B.txt`: "a__b_[.txt",
		`attachment; filename*=UTF-8''a%FF.txt`:           "a_.txt",
		`attachment; filename*=UTF-8''..%2F..%2Fb`:        "b",
		`attachment; filename="a<b>|c?*.txt"`:             "a_b__c__.txt",
		"attachment; filename=\"é; x=":                    "",
	} {
		if got := FileName(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	long := FileName(`attachment; filename*=UTF-8''` + strings.Repeat("%C3%A9", 400) + ".tar.gz")
	if len(long) > 255 || len(long) < 250 || !strings.HasSuffix(long, "é.gz") || !utf8.ValidString(long) {
		t.Errorf("%d bytes: %q", len(long), long)
	}
	if got := FileName(`attachment; filename="` + strings.Repeat("a.b", 300) + strings.Repeat("c", 300) + `"`); len(got) != 255 {
		t.Errorf("%d bytes", len(got))
	}
}

func FuzzFileName(f *testing.F) {
	f.Add(`attachment; filename*=UTF-8''%2e%2e%2f`)
	f.Fuzz(func(t *testing.T, header string) {
		name := FileName(header)
		if len(name) > longestName || !utf8.ValidString(name) || name == "." || name == ".." ||
			strings.ContainsAny(name, `/\:`) || strings.ContainsFunc(name, blanked) {
			t.Errorf("%q: %q", header, name)
		}
	})
}
