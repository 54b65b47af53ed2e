package quote

import (
	"os/exec"
	"strings"
	"testing"
	"unicode"
)

func TestCSVCell(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"plain":                "plain",
		"a=b":                  "a=b",
		"5":                    "5",
		`=HYPERLINK("http:a")`: `'=HYPERLINK("http:a")`,
		"+1":                   "'+1",
		"-1":                   "'-1",
		"@SUM(A1)":             "'@SUM(A1)",
		"\t=1":                 "'\t=1",
		"\r=1":                 "'\r=1",
		"\n=1":                 "'\n=1",
		"\tx":                  "'\tx",
		"  =1":                 "'  =1",
		"\u00a0\ufeff=1":       "'\u00a0\ufeff=1",
		"\x00=1":               "'=1",
		"＝1":                   "'＝1",
		"＋1":                   "'＋1",
		"－1":                   "'－1",
		"＠A":                   "'＠A",
		"\xff=1":               "\ufffd=1",
	} {
		if got := CSVCell(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCell(t *testing.T) {
	if got := Cell("a\x1b[31m\r\nb\u202e\u2028\xff é"); got != "a [31m  b  \ufffd é" {
		t.Errorf("%q", got)
	}
}

func TestShellWord(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	for _, text := range []string{
		"", "plain", "/a/b-c.d:8443", "two words", "it's", "$(id)", "`id`", "a;id", "a\nb\n", "~", "a=b", "*", "!!", `\`, `"`, "-n",
		"\x1b[31m", "\r", "\t", "\xff\xfe", "é\u202egpj", "'; touch /tmp/x; '", "%s%n", "\\033", "#", "a\x00b",
	} {
		word := ShellWord(text)
		if strings.ContainsFunc(word, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || hidden(r)) }) {
			t.Errorf("%q does something to a terminal: %q", text, word)
		}
		out, err := exec.CommandContext(t.Context(), sh, "-c", "printf %s. "+word).Output()
		if want := strings.ReplaceAll(text, "\x00", "") + "."; err != nil || string(out) != want {
			t.Errorf("%q as %s: %q, %v", text, word, out, err)
		}
	}
}
