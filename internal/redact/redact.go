// Package redact removes from a text the secrets that a call carried, in every form in which servers and libraries
// repeat what they were sent, and brings texts of a server into a form that is safe in a log and on a terminal.
package redact

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	// shortest is the length from which a value is redacted. A shorter one would match everywhere, and the gaps would
	// tell what it is.
	shortest = 4

	// longLine is how many bytes of a text Line looks at for each byte that it may return: a secret or a mark shrinks.
	longLine = 4

	// widest is how many bytes of a text may stand for one of a secret.
	widest = 32
)

// marks stand where a secret was. The first is the rule; the others serve when it would spell a secret itself.
var marks = []string{"[redacted]", "***", "###", "\u2588"}

// Secrets holds the values that a call carried and that must not come back in an error or a log. The zero value is
// empty and ready to use; a nil *Secrets is empty too. It is safe for concurrent use.
type Secrets struct {
	mu       sync.Mutex
	values   []string
	patterns *patterns // of values; nil: not computed yet
}

// Add adds values. Those under 4 bytes are ignored.
func (s *Secrets) Add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range values {
		if len(value) >= shortest && !slices.Contains(s.values, value) {
			s.values = append(s.values, value)
			s.patterns = nil
		}
	}
}

// AddBasic adds the password of HTTP Basic authentication and the pair that the Authorization header has in base64. The
// user name alone is no secret.
func (s *Secrets) AddBasic(username, password string) {
	s.Add(password, username+":"+password)
}

// AddAll adds what other holds.
func (s *Secrets) AddAll(other *Secrets) {
	if other == nil || other == s {
		return
	}
	other.mu.Lock()
	values := slices.Clone(other.values)
	other.mu.Unlock()
	s.Add(values...)
}

// Redact replaces every secret in text, in all its spellings, by "[redacted]". Secrets that overlap go as a whole. A
// text that holds none is returned as it is, without an allocation. Redact before a text is cut: of a secret that is
// cut in two, the beginning would stay.
func (s *Secrets) Redact(text string) string {
	out, _ := s.redact(text, len(text), false)
	return out
}

// RedactBytes returns the first most bytes of data after redaction, cut at a rune's border. Secrets that begin before
// the limit are found whole wherever they end. The end of data counts as cut off: the beginning of a secret there, of
// 4 bytes or more, is redacted too. The result never shares memory with data.
func (s *Secrets) RedactBytes(data []byte, most int) []byte {
	if most <= 0 {
		return []byte{}
	}
	// What lies behind the window can hardly end a secret that begins in front of the limit, however it is escaped; if
	// it does, the window's end counts as cut off.
	window := min(len(data), most+widest*s.longest())
	out, whole := s.redact(string(data[:window]), most, true)
	if !whole {
		out = wholeRunes(out)
	}
	return []byte(cut(out, most))
}

// Line redacts text and then brings it to one line as the function [Line] does.
func (s *Secrets) Line(text string, most int) string {
	limit := longLine * max(most, 16)
	out, whole := s.redact(text, limit, false)
	if !whole && len(out) <= most {
		// Redaction made so much of the text so short that what is left fits: say that there was more.
		out += "..."
	}
	return Line(out, most)
}

func (s *Secrets) longest() int {
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, value := range s.values {
		n = max(n, len(value))
	}
	return n
}

// compiled returns the spellings of all values, computed on first use: most calls never need them.
func (s *Secrets) compiled() *patterns {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.values) == 0 {
		return nil
	}
	if s.patterns == nil {
		s.patterns = compile(s.values)
	}
	return s.patterns
}

// redact redacts what begins in the first limit bytes of text, and leaves out what follows them. whole reports whether
// nothing was left out. With cutOff a secret's beginning at the end of text is redacted as well.
func (s *Secrets) redact(text string, limit int, cutOff bool) (out string, whole bool) {
	p := s.compiled()
	if p == nil {
		end := min(limit, len(text))
		return text[:end], end == len(text)
	}
	spans, end := p.find(text, limit, cutOff)
	whole = end == len(text)
	if len(spans) == 0 {
		return text[:end], whole
	}
	for _, mark := range marks {
		out = replace(text[:end], spans, mark)
		if again, _ := p.find(out, len(out), false); len(again) == 0 {
			return out, whole
		}
	}
	return "", whole // the secrets spell every mark: nothing can be shown
}

func replace(text string, spans []span, mark string) string {
	var b strings.Builder
	b.Grow(len(text))
	at := 0
	for _, found := range spans {
		b.WriteString(text[at:found.from])
		b.WriteString(mark)
		at = found.to
	}
	b.WriteString(text[at:])
	return b.String()
}

// cut returns at most most bytes of text, and no part of a rune at the end.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return wholeRunes(text[:max(most, 0)])
}

// wholeRunes drops a rune at the end of text of which bytes are missing.
func wholeRunes(text string) string {
	for i := len(text) - 1; i >= 0 && len(text)-i < utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRuneInString(text[i:]) {
				return text[:i]
			}
			break
		}
	}
	return text
}
