package redact

import (
	"encoding/base64"
	"encoding/hex"
	"unicode/utf8"
)

// Secrets are not looked for in a list of spellings, since encodings mix: one library escapes "/" and another does not,
// a server puts HTML into JSON, a proxy percent-encodes a part. A pattern is compared rune by rune instead, and each
// rune may stand in the text in any form that units knows.

// kind says what counts as equal when a pattern is compared.
type kind uint8

const (
	plain   kind = iota
	base64s      // both alphabets count as one; padding that follows belongs to it
	hexes        // upper and lower case count as one
)

type pattern struct {
	text  string
	first rune // of text
	kind  kind
}

type patterns struct {
	all   []pattern
	first [256]bool // bytes with which any spelling can begin
}

// span is a part of a text.
type span struct{ from, to int }

func compile(values []string) *patterns {
	p := &patterns{}
	for _, value := range values {
		p.add(value, plain)
		p.add(hex.EncodeToString([]byte(value)), hexes)
		p.add(base64.RawStdEncoding.EncodeToString([]byte(value)), base64s)
		// Inside something longer, such as a pair or a whole body, the same bytes have three other spellings. Of a
		// short value they would be too short to be told from words.
		if len(value) < 8 {
			continue
		}
		for before := range 3 {
			whole := append(make([]byte, before), value...)
			whole = whole[:len(whole)/3*3]
			// The first characters depend on what stands before.
			p.add(base64.RawStdEncoding.EncodeToString(whole)[(before*8+5)/6:], base64s)
		}
	}
	for _, c := range []byte(`\%&`) {
		p.first[c] = true
	}
	return p
}

func (p *patterns) add(text string, k kind) {
	r, size := utf8.DecodeRuneInString(text)
	p.all = append(p.all, pattern{text, r, k})
	p.first[text[0]] = true
	switch {
	case k == hexes && 'a' <= r && r <= 'f':
		p.first[text[0]-'a'+'A'] = true
	case k == base64s && r == '+':
		p.first['-'] = true
	case k == base64s && r == '/':
		p.first['_'] = true
	}
	if size > 1 {
		p.first[0xc2], p.first[0xc3] = true, true // its bytes taken for Latin-1
		if r <= 0xff {
			p.first[byte(r)] = true
		}
	}
	if r == utf8.RuneError || blanked(r) || r == ' ' {
		// In the text these can be a rune of another kind, or what is no rune at all.
		for c := utf8.RuneSelf; c < 256; c++ {
			p.first[c] = true
		}
	}
	if r == ' ' {
		p.first['+'], p.first[0x7f] = true, true
		for c := range ' ' {
			p.first[c] = true
		}
	}
}

// find returns the spans of secrets that begin in the first limit bytes, in order and merged where they overlap, and
// the end of what was looked at: limit, or the end of the last span.
func (p *patterns) find(text string, limit int, cutOff bool) (spans []span, end int) {
	end = min(limit, len(text))
	for i := 0; i < min(limit, len(text)); i++ {
		c := text[i]
		if !p.first[c] {
			continue
		}
		var found units
		if c == '\\' || c == '%' || c == '&' {
			found.read(text, i)
		}
		longest := -1
		for n := range p.all {
			one := &p.all[n]
			if one.text[0] == c || one.begins(c, &found) {
				longest = max(longest, one.match(text, i, cutOff))
			}
		}
		if longest < 0 {
			continue
		}
		if n := len(spans); n > 0 && i < spans[n-1].to {
			spans[n-1].to = max(spans[n-1].to, longest)
		} else {
			spans = append(spans, span{i, longest})
		}
		end = max(end, longest)
	}
	return spans, end
}

// begins reports whether the pattern can begin with c, or with one of the escapes found there. It is quick and errs on
// the side of true.
func (p *pattern) begins(c byte, found *units) bool {
	if c >= 0x7f || p.first == ' ' && (c <= ' ' || c == '+' || found.n > 0) || p.kind.equal(p.first, rune(c)) {
		return true
	}
	for _, u := range found.all[:found.n] {
		if p.kind.equal(p.first, u.value) || u.value == rune(p.text[0]) || p.first == utf8.RuneError {
			return true
		}
	}
	return false
}

// set is a small set of positions in a text. A rune has more than one end where a form is the beginning of another;
// more ends than fit do not occur in texts that anybody escapes.
type set struct {
	at [8]int
	n  int
}

func (s *set) add(i int) {
	for _, other := range s.at[:s.n] {
		if other == i {
			return
		}
	}
	if s.n < len(s.at) {
		s.at[s.n] = i
		s.n++
	}
}

// match returns the furthest end of the pattern at text[i:], -1 for none. With cutOff, one of which text ends after 4
// bytes or more counts.
func (p *pattern) match(text string, i int, cutOff bool) int {
	var at set
	at.add(i)
	for j := 0; j < len(p.text); {
		r, size := utf8.DecodeRuneInString(p.text[j:])
		var next set
		for _, k := range at.at[:at.n] {
			if p.rune(text, k, r, p.text[j:j+size], &next, cutOff, shortest-j) {
				return len(text)
			}
		}
		if next.n == 0 {
			return -1
		}
		at, j = next, j+size
	}
	end := -1
	for _, k := range at.at[:at.n] {
		end = max(end, k)
	}
	for padding := 0; p.kind == base64s && padding < 2; padding++ {
		var next set
		plainRune(text, end, '=', plain, &next)
		if next.n == 0 {
			break
		}
		end = next.at[next.n-1]
	}
	return end
}

// ends reports whether text ends at k, or in what may be an escape of which the end is missing. It errs on the side of
// true.
func ends(text string, k int) bool {
	rest := text[k:]
	if rest == "" {
		return true
	}
	if c := rest[0]; c != '\\' && c != '%' && c != '&' {
		return !utf8.FullRuneInString(rest)
	}
	if len(rest) > deepest {
		return false
	}
	for _, c := range []byte(rest) {
		if !isAlnum(c) && c != '\\' && c != '%' && c != '&' && c != '#' && c != ';' && c != '{' {
			return false
		}
	}
	return true
}

// rune adds the ends of r, whose bytes are raw, at text[i:]. With cutOff it reports whether text ends
// within it, after least bytes.
func (p *pattern) rune(text string, i int, r rune, raw string, out *set, cutOff bool, least int) bool {
	if cutOff && least <= 0 && ends(text, i) {
		return true
	}
	if i >= len(text) {
		return false
	}
	if r == utf8.RuneError && len(raw) == 1 {
		byteForms(text, i, raw[0], out)
		// Encoders of JSON put U+FFFD for what is not UTF-8.
		plainRune(text, i, utf8.RuneError, plain, out)
		return false
	}
	plainRune(text, i, r, p.kind, out)
	if len(raw) == 1 {
		return false
	}
	// One that takes several bytes can stand byte by byte.
	var at set
	at.add(i)
	for b := range len(raw) {
		var next set
		for _, k := range at.at[:at.n] {
			if cutOff && b >= least && ends(text, k) {
				return true
			}
			byteForms(text, k, raw[b], &next)
		}
		at = next
	}
	for _, k := range at.at[:at.n] {
		out.add(k)
	}
	if r <= 0xff {
		byteForms(text, i, byte(r), out) // in Latin-1
	}
	return false
}

// byteForms adds the ends of one byte: raw, escaped as a byte, or taken for a character of Latin-1.
func byteForms(text string, i int, b byte, out *set) {
	if i >= len(text) {
		return
	}
	if text[i] == b {
		out.add(i + 1)
	}
	if r, size := utf8.DecodeRuneInString(text[i:]); size > 1 && r == rune(b) {
		out.add(i + size)
	}
	var found units
	found.read(text, i)
	for _, u := range found.all[:found.n] {
		if u.value == rune(b) {
			out.add(u.end)
		}
	}
}

// plainRune adds the ends of r in the forms that stand for a whole character.
func plainRune(text string, i int, r rune, k kind, out *set) {
	if i >= len(text) {
		return
	}
	c := text[i]
	if c < utf8.RuneSelf {
		if k.equal(r, rune(c)) {
			out.add(i + 1)
		} else if r == ' ' && (c == '+' || blanked(rune(c))) {
			out.add(i + 1)
		}
	} else if seen, size := utf8.DecodeRuneInString(text[i:]); seen == r || r == ' ' && (blanked(seen) || seen == 0xa0) || seen == utf8.RuneError && blanked(r) {
		out.add(i + size) // Line makes U+FFFD of what is no rune, and blanks of others; XML has U+FFFD for controls
	}
	if c != '\\' && c != '%' && c != '&' {
		return
	}
	var found units
	found.read(text, i)
	for _, u := range found.all[:found.n] {
		if u.bytes && u.value >= utf8.RuneSelf {
			continue
		}
		if k.equal(r, u.value) || r == ' ' && (u.value == '+' || u.value == 0xa0 || u.value < ' ') {
			out.add(u.end)
		}
	}
}

// equal reports whether a character of a pattern and one of a text count as the same.
func (k kind) equal(want, got rune) bool {
	switch {
	case want == got:
		return true
	case k == base64s:
		return want == '+' && got == '-' || want == '/' && got == '_'
	case k == hexes:
		return 'a' <= want && want <= 'f' && got == want-'a'+'A'
	}
	return false
}
