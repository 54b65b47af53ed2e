package redact

import (
	"html"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	deepest  = 16 // backslashes in front of an escape: four texts in one another
	encoded  = 3  // times that a percent sign or an ampersand is encoded again
	longName = 32 // of an HTML entity
)

// unit is an escaped character at some place of a text.
type unit struct {
	value rune
	bytes bool // value is a byte, not a character
	end   int
}

// units are what can be read at one place: more than one only for nested escapes.
type units struct {
	all [12]unit
	n   int
}

func (u *units) add(text string, value rune, bytes bool, end int) {
	if u.n == len(u.all) {
		return
	}
	u.all[u.n] = unit{value, bytes, end}
	u.n++
	if value == '%' || value == '&' || value == '\\' {
		u.nested(text, value, end)
	}
}

// read reads the escapes at text[i:]: those of JSON, Go, C and JavaScript, of URLs, and of HTML and XML.
func (u *units) read(text string, i int) {
	switch text[i] {
	case '\\':
		u.backslash(text, i)
	case '%':
		u.percent(text, i)
	case '&':
		u.entity(text, i)
	}
}

func (u *units) backslash(text string, i int) {
	n := 1
	for n <= deepest && i+n < len(text) && text[i+n] == '\\' {
		n++
	}
	// A backslash that is escaped, once or more than once.
	for k := 2; k <= min(n, deepest); k *= 2 {
		u.add(text, '\\', false, i+k)
	}
	if n > deepest || i+n >= len(text) {
		return
	}
	p := i + n
	c := text[p]
	switch c {
	case 'u', 'U', 'x':
		u.code(text, i, p)
	case 'a':
		u.add(text, '\a', false, p+1)
	case 'b':
		u.add(text, '\b', false, p+1)
	case 'e':
		u.add(text, '\x1b', false, p+1)
	case 'f':
		u.add(text, '\f', false, p+1)
	case 'n':
		u.add(text, '\n', false, p+1)
	case 'r':
		u.add(text, '\r', false, p+1)
	case 't':
		u.add(text, '\t', false, p+1)
	case 'v':
		u.add(text, '\v', false, p+1)
	case '0', '1', '2', '3':
		value, digits := rune(0), 0
		for ; digits < 3 && p+digits < len(text) && '0' <= text[p+digits] && text[p+digits] <= '7'; digits++ {
			value = value*8 + rune(text[p+digits]-'0')
		}
		if digits == 3 || value == 0 && digits == 1 {
			u.add(text, value, true, p+digits)
		}
	case '%', '&':
		// An escape in front of an escape of another kind, as the escaping of a URL for a shell makes.
		u.add(text, rune(c), false, p+1)
		u.read(text, p)
	default:
		if c < utf8.RuneSelf && !isAlnum(c) {
			u.add(text, rune(c), false, p+1)
		}
	}
}

// code reads \uXXXX, a surrogate pair of them, \u{X}, \UXXXXXXXX and \xXX, whose letter is at p, after the backslashes
// that begin at i.
func (u *units) code(text string, i, p int) {
	if text[p] == 'x' {
		if value, ok := digits(text, p+1, 2); ok {
			u.add(text, value, true, p+3)
		}
		return
	}
	if text[p] == 'U' {
		if value, ok := digits(text, p+1, 8); ok {
			u.add(text, value, false, p+9)
		}
		return
	}
	if p+1 < len(text) && text[p+1] == '{' {
		if n := strings.IndexByte(text[p:min(len(text), p+10)], '}'); n > 2 {
			if value, ok := digits(text, p+2, n-2); ok {
				u.add(text, value, false, p+n+1)
			}
		}
		return
	}
	value, ok := digits(text, p+1, 4)
	if !ok {
		return
	}
	end := p + 5
	slashes := text[i:p]
	if utf16.IsSurrogate(value) && strings.HasPrefix(text[end:], slashes) {
		q := end + len(slashes)
		if low, ok := digits(text, q+1, 4); ok && text[q] == 'u' {
			if r := utf16.DecodeRune(value, low); r != utf8.RuneError {
				u.add(text, r, false, q+5)
			}
		}
		return
	}
	u.add(text, value, false, end)
}

func (u *units) percent(text string, i int) {
	p := i + 1
	for range encoded {
		if value, ok := digits(text, p, 2); ok {
			u.add(text, value, true, p+2)
		}
		if p < len(text) && text[p] == 'u' {
			if value, ok := digits(text, p+1, 4); ok {
				u.add(text, value, false, p+5)
			}
		}
		if !strings.HasPrefix(text[p:], "25") {
			return
		}
		p += 2
	}
}

func (u *units) entity(text string, i int) {
	p := i + 1
	for range encoded {
		if value, end, ok := entityAt(text, p); ok {
			u.add(text, value, false, end)
		}
		switch {
		case strings.HasPrefix(text[p:], "amp;"):
			p += len("amp;")
		case strings.HasPrefix(text[p:], "#38;"):
			p += len("#38;")
		case strings.HasPrefix(text[p:], "#x26;"):
			p += len("#x26;")
		default:
			return
		}
	}
}

// nested reads the rest of an escape whose first character is escaped itself, in another way: "\u0026lt;" as JSON has
// HTML, "&#37;41".
func (u *units) nested(text string, first rune, p int) {
	if p >= len(text) || u.n == len(u.all) {
		return
	}
	found := unit{end: -1}
	switch c := text[p]; {
	case first == '%':
		if value, ok := digits(text, p, 2); ok {
			found = unit{value, true, p + 2}
		}
	case first == '&':
		if value, end, ok := entityAt(text, p); ok {
			found = unit{value, false, end}
		}
	case c == 'u':
		if value, ok := digits(text, p+1, 4); ok {
			found = unit{value, false, p + 5}
		}
	case !isAlnum(c) && c < utf8.RuneSelf:
		found = unit{rune(c), false, p + 1}
	}
	if found.end >= 0 {
		u.all[u.n] = found
		u.n++
	}
}

// entityAt reads what stands between the ampersand of an entity, which is in front of p, and its semicolon, which may
// be missing after a number and after the oldest names.
func entityAt(text string, p int) (value rune, end int, ok bool) {
	if p < len(text) && text[p] == '#' {
		return number(text, p+1)
	}
	n := p
	for n < len(text) && n-p < longName && isAlnum(text[n]) {
		n++
	}
	name := text[p:n]
	semicolon := 0
	if n < len(text) && text[n] == ';' {
		semicolon = 1
	}
	switch name {
	case "":
		return 0, 0, false
	case "amp":
		return '&', n + semicolon, true
	case "lt":
		return '<', n + semicolon, true
	case "gt":
		return '>', n + semicolon, true
	case "quot":
		return '"', n + semicolon, true
	case "apos":
		return '\'', n + semicolon, true
	}
	if semicolon == 0 {
		for i, old := range [...]string{"amp", "lt", "gt", "quot"} {
			if strings.HasPrefix(name, old) {
				return rune(`&<>"`[i]), p + len(old), true
			}
		}
		return 0, 0, false
	}
	plain := html.UnescapeString("&" + text[p:n+1])
	r, size := utf8.DecodeRuneInString(plain)
	return r, n + 1, size == len(plain)
}

func number(text string, p int) (value rune, end int, ok bool) {
	base := rune(10)
	if p < len(text) && (text[p] == 'x' || text[p] == 'X') {
		base = 16
		p++
	}
	n := p
	for ; n < len(text) && n-p < longName; n++ {
		d, is := digit(text[n])
		if !is || d >= base {
			break
		}
		if value = value*base + d; value > utf8.MaxRune {
			return 0, 0, false
		}
	}
	if n == p {
		return 0, 0, false
	}
	if n < len(text) && text[n] == ';' {
		n++
	}
	return value, n, true
}

// digits reads n hexadecimal digits.
func digits(text string, p, n int) (value rune, ok bool) {
	if n > 8 || p+n > len(text) {
		return 0, false
	}
	for _, c := range []byte(text[p : p+n]) {
		d, is := digit(c)
		if !is {
			return 0, false
		}
		value = value<<4 | d
	}
	return value, value >= 0
}

func digit(c byte) (rune, bool) {
	switch {
	case '0' <= c && c <= '9':
		return rune(c - '0'), true
	case 'a' <= c && c <= 'f':
		return rune(c-'a') + 10, true
	case 'A' <= c && c <= 'F':
		return rune(c-'A') + 10, true
	}
	return 0, false
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
