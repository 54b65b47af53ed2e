// Package quote brings text that a server sent into a form that is safe where a program writes it: a spreadsheet, a
// terminal, a shell.
package quote

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CSVCell returns text so that a spreadsheet shows it and does not calculate with it: in front of what a formula can
// begin with, also in its full-width forms and after blanks, it puts an apostrophe. Negative numbers get one too. It is for one
// cell; quotes, commas and line ends are encoding/csv's part.
func CSVCell(text string) string {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\ufffd")
	if strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\r") || strings.HasPrefix(text, "\n") {
		return "'" + text
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || hidden(r)
	}))
	switch first {
	case '=', '+', '-', '@', '\uff1d', '\uff0b', '\uff0d', '\uff20', '\u2212':
		return "'" + text
	}
	return text
}

// Cell returns text for a table on a terminal: on one line, without control characters and without characters that
// turn the reading direction, each of which becomes a blank.
func Cell(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || hidden(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
}

// ShellWord returns text as one word for a POSIX shell, whatever it holds, and such that printing it does nothing to a
// terminal. NUL, which no argument can hold, is left out.
func ShellWord(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	if text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:,+-%@") == "" {
		return text // "~", "=" and all that a shell knows are not among them
	}
	var b strings.Builder
	b.WriteByte('\'')
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		part := text[:size]
		text = text[size:]
		switch {
		case r == '\'':
			b.WriteString(`'\''`)
		case r == '\n':
			b.WriteByte('\n') // a substitution would lose it
		case r == utf8.RuneError && size == 1, unicode.IsControl(r), hidden(r):
			b.WriteString(`'"$(printf '`)
			for _, c := range []byte(part) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
			b.WriteString(`')"'`)
		default:
			b.WriteString(part)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// hidden reports whether r turns the reading direction, ends a line or is invisible.
func hidden(r rune) bool {
	return r == 0x61c || r == 0x200b || r == 0x200e || r == 0x200f || 0x2028 <= r && r <= 0x202e ||
		0x2060 <= r && r <= 0x206f || r == 0xfeff || 0xfff9 <= r && r <= 0xfffb || 0xe0000 <= r && r <= 0xe007f
}
