package rest

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/secureaccess-go/secureaccess"
)

// expand puts args into the template's parameters, in order, and segments by name. Every argument is one segment of
// the path: a slash in it is escaped, nothing that would climb or vanish is let through, and neither is what would
// make the path that of another documented operation.
func expand(product, template string, args []string, segments map[string][]string, escapeDot bool) (string, error) {
	if strings.IndexByte(template, '{') < 0 && len(args) == 0 {
		return template, nil
	}
	var b strings.Builder
	b.Grow(len(template) + 32)
	rest, next := template, 0
	for {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			b.WriteString(rest)
			break
		}
		end := strings.IndexByte(rest, '}')
		if end < open {
			return "", fmt.Errorf("path template %q is broken", template)
		}
		name := rest[open+1 : end]
		b.WriteString(rest[:open])
		rest = rest[end+1:]
		if several, ok := segments[name]; ok {
			for i, segment := range several {
				if reason := checkSegment(segment); reason != "" {
					return "", &secureaccess.ArgumentError{Argument: name, Reason: reason}
				}
				if i > 0 {
					b.WriteByte('/')
				}
				writeSegment(&b, segment, escapeDot)
			}
			continue
		}
		if next >= len(args) {
			return "", fmt.Errorf("path template %q has more parameters than the %d given", template, len(args))
		}
		if reason := checkSegment(args[next]); reason != "" {
			return "", &secureaccess.ArgumentError{Argument: name, Reason: reason}
		}
		writeSegment(&b, args[next], escapeDot)
		next++
	}
	if next != len(args) {
		return "", fmt.Errorf("path template %q has fewer parameters than the %d given", template, len(args))
	}
	if name, word := reservedIn(product, template, args); name != "" {
		return "", &secureaccess.ArgumentError{Argument: name, Reason: fmt.Sprintf("is %q, which is the name of another operation", word)}
	}
	return b.String(), nil
}

// checkSegment says what is wrong with a path segment, "" if nothing is.
func checkSegment(segment string) string {
	switch {
	case segment == "":
		return "is empty"
	case segment == "." || segment == "..":
		return fmt.Sprintf("is %q, which a path would swallow", segment)
	case !utf8.ValidString(segment):
		return "is not UTF-8 text"
	}
	return ""
}

// writeSegment escapes a segment; a leading dot too where a product wants that. What a segment may hold as it is stays
// so: servers that write the path again, to compare it with what was signed, write it that way.
func writeSegment(b *strings.Builder, segment string, escapeDot bool) {
	const hex = "0123456789ABCDEF"
	for i := range len(segment) {
		c := segment[i]
		switch {
		case c == ';' && strings.Trim(segment[:i], ".") == "":
			b.WriteString("%3B") // some servers take "..;" for ".." with a parameter
		case c == '.' && i == 0 && escapeDot:
			b.WriteString("%2E")
		case rawInSegment(c):
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
}

// rawInSegment reports whether a byte stands for itself in a segment of a path: pchar of RFC 3986, section 3.3.
func rawInSegment(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	}
	return strings.IndexByte("-._~!$&'()*+,;=:@", c) >= 0
}

func rangeText(low, high int64) string { return fmt.Sprintf("is not between %d and %d", low, high) }

// reservedIn returns the parameter, and its value, that would make the expanded path another documented one, "" if none
// would: "_snapshot" for the id of a session sends an operation with a side effect.
func reservedIn(product, template string, args []string) (name, word string) {
	if len(args) == 0 {
		return "", ""
	}
combinations:
	for _, words := range reserved[product+" "+template] {
		last := -1
		for i, word := range words {
			if word == "" {
				continue
			}
			if i >= len(args) || args[i] != word {
				continue combinations
			}
			last = i
		}
		if last >= 0 {
			return parameters(template)[last], args[last]
		}
	}
	return "", ""
}

// parameters returns the names of a template's parameters.
func parameters(template string) []string {
	var names []string
	for {
		_, after, ok := strings.Cut(template, "{")
		if !ok {
			return names
		}
		name, rest, ok := strings.Cut(after, "}")
		if !ok {
			return names
		}
		names = append(names, name)
		template = rest
	}
}
