package hawk

import (
	"net/http"
	"strings"
)

// challenge is what a WWW-Authenticate header says for the Hawk scheme, the first value of each attribute.
type challenge struct {
	ts, tsm, message string // message is the attribute "error"
}

// challenges returns the Hawk challenges of a response. Other than [parseHeader] it takes all that RFC 9110 allows and
// what servers send beside it: several challenges in one line, unquoted values, spaces around "=", unknown attributes.
// It need not be strict, since a time counts only with its proof. Text that it cannot read is left out.
func challenges(h http.Header) []challenge {
	var found []challenge
	for _, header := range h.Values("WWW-Authenticate") {
		found = appendChallenges(found, header)
	}
	return found
}

func appendChallenges(found []challenge, rest string) []challenge {
	isHawk := false
	for {
		rest = strings.TrimLeft(rest, " \t,")
		if rest == "" {
			return found
		}
		n := tokenLength(rest)
		if n == 0 { // no name of a scheme or attribute; perhaps a piece of another scheme's token68
			rest = rest[1:]
			continue
		}
		name := rest[:n]
		after := trimSpace(rest[n:])
		if !strings.HasPrefix(after, "=") {
			if isHawk = strings.EqualFold(name, "hawk"); isHawk {
				found = append(found, challenge{})
			}
			rest = rest[n:]
			continue
		}
		value, after, ok := attributeValue(trimSpace(after[1:]))
		if !ok {
			return found // a quote without end: nothing after it can be told apart
		}
		if rest = after; !isHawk {
			continue
		}
		c := &found[len(found)-1]
		for _, known := range [...]struct {
			name  string
			field *string
		}{{"ts", &c.ts}, {"tsm", &c.tsm}, {"error", &c.message}} {
			if strings.EqualFold(name, known.name) && *known.field == "" {
				*known.field = value
			}
		}
	}
}

// attributeValue reads a quoted string or, without quotes, all up to the next comma or space.
func attributeValue(s string) (value, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		n := strings.IndexAny(s, " \t,")
		if n < 0 {
			n = len(s)
		}
		return s[:n], s[n:], true
	}
	escaped := false
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			value = s[1:i]
			if escaped {
				value = unescapeQuoted(value)
			}
			return value, s[i+1:], true
		case '\\':
			escaped = true
			i++
		}
	}
	return "", "", false
}

func unescapeQuoted(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// tokenLength counts the leading bytes of s that may stand in a token of RFC 9110.
func tokenLength(s string) int {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return i
		}
	}
	return len(s)
}
