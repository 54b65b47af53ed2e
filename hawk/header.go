package hawk

import (
	"net/http"
	"strconv"
	"strings"
)

// maxHeader is the limit of the reference implementation for the headers that it parses, Host included. It has none for
// the request target, except in bewits.
const maxHeader = 4096

// attributes are those of Authorization and Server-Authorization. Only ext can be present and empty.
type attributes struct {
	id, ts, nonce, hash, ext, mac, app, dlg string
}

// A dialect maps the attributes that one of the headers may have to their fields, and others to nil.
type dialect func(*attributes, string) *string

func authorization(a *attributes, name string) *string {
	switch name {
	case "id":
		return &a.id
	case "ts":
		return &a.ts
	case "nonce":
		return &a.nonce
	case "hash":
		return &a.hash
	case "ext":
		return &a.ext
	case "mac":
		return &a.mac
	case "app":
		return &a.app
	case "dlg":
		return &a.dlg
	}
	return nil
}

func serverAuthorization(a *attributes, name string) *string {
	switch name {
	case "mac":
		return &a.mac
	case "hash":
		return &a.hash
	case "ext":
		return &a.ext
	}
	return nil
}

// parseHeader reads one header of the Hawk scheme, with the grammar, the limits and the messages of the reference
// implementation:
//
//	header    = "Hawk" 1*space attribute *( "," *space attribute ) [ "," *space ]
//	attribute = name "=" DQUOTE 1*value DQUOTE *space
//
// It differs in two things. Of two faults it names the first, not the last. And ext may be empty: Pulse One's document
// prints ext="", some clients send that, and the MAC is the same as without the attribute.
func parseHeader(header string, lookup dialect) (attributes, *Error) {
	var a attributes
	hasExt := false // the one attribute whose presence its value does not show
	if header == "" {
		return a, noAuthorization()
	}
	if len(header) > maxHeader {
		return a, badRequest(ErrBadHeader, "Header length too long")
	}
	n := wordLength(header)
	scheme, rest := header[:n], header[n:]
	if n == 0 || rest != "" && !isSpace(rest[0]) {
		return a, badRequest(ErrBadHeader, "Invalid header syntax")
	}
	if !strings.EqualFold(scheme, "hawk") {
		return a, noAuthorization()
	}
	rest = trimSpace(rest)
	if rest == "" {
		return a, badRequest(ErrBadHeader, "Invalid header syntax")
	}
	for rest != "" {
		n := wordLength(rest)
		name := rest[:n]
		value, after, ok := strings.Cut(strings.TrimPrefix(rest[n:], `="`), `"`)
		if n == 0 || !strings.HasPrefix(rest[n:], `="`) || !ok || strings.Contains(value, `\`) {
			return a, badRequest(ErrBadHeader, "Bad header format")
		}
		rest = trimSpace(after)
		if comma := strings.TrimPrefix(rest, ","); comma != rest {
			rest = trimSpace(comma)
		} else if rest != "" {
			return a, badRequest(ErrBadHeader, "Bad header format")
		}
		field := lookup(&a, name)
		switch {
		case field == nil:
			return a, badRequest(ErrBadHeader, "Unknown attribute: "+line(name, maxText))
		case !isAttributeValue(value) && (value != "" || field != &a.ext):
			return a, badRequest(ErrBadHeader, "Bad attribute value: "+name)
		case *field != "", field == &a.ext && hasExt:
			return a, badRequest(ErrBadHeader, "Duplicate attribute: "+name)
		}
		*field = value
		hasExt = hasExt || field == &a.ext
	}
	return a, nil
}

// noAuthorization refuses a request that carries no Hawk header: its challenge names the scheme and no error.
func noAuthorization() *Error {
	return &Error{Reason: ErrNoAuthorization, Status: http.StatusUnauthorized, Message: "Unauthorized", Challenge: "Hawk"}
}

// parseTimestamp reads seconds in the one form that gives the same MAC when written again: a leading zero, a sign or a
// fraction would not. The reference server calculates with whatever was sent, and accepts as fresh what is no number.
func parseTimestamp(s string) (int64, bool) {
	ts, err := strconv.ParseInt(s, 10, 64)
	return ts, err == nil && ts >= 0 && strconv.FormatInt(ts, 10) == s
}

// wordLength counts the leading bytes of s that may stand in the name of a scheme or an attribute.
func wordLength(s string) int {
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return i
		}
	}
	return len(s)
}

// isAttributeValue reports whether s can stand between the quotes: printable ASCII without quote and backslash, and not
// empty.
func isAttributeValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return s != ""
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

func trimSpace(s string) string { return strings.TrimLeft(s, " \t") }
