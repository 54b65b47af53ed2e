package rest

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

// expand puts args into the template's parameters, in order, and segments by name. Every argument is one segment of
// the path: a slash in it is escaped, and nothing that would climb or vanish is let through.
func expand(template string, args []string, segments map[string][]string, escapeDot bool) (string, error) {
	var b strings.Builder
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
				b.WriteString(escapeSegment(segment, escapeDot))
			}
			continue
		}
		if next >= len(args) {
			return "", fmt.Errorf("path template %q has more parameters than the %d given", template, len(args))
		}
		arg := args[next]
		next++
		if reason := checkSegment(arg); reason != "" {
			return "", &secureaccess.ArgumentError{Argument: name, Reason: reason}
		}
		b.WriteString(escapeSegment(arg, escapeDot))
	}
	if next != len(args) {
		return "", fmt.Errorf("path template %q has fewer parameters than the %d given", template, len(args))
	}
	return b.String(), nil
}

// checkSegment says what is wrong with a path segment, "" if nothing is.
func checkSegment(segment string) string {
	switch segment {
	case "":
		return "is empty"
	case ".", "..":
		return fmt.Sprintf("is %q, which a path would swallow", segment)
	}
	return ""
}

// escapeSegment escapes a segment; a leading dot too where a product wants that.
func escapeSegment(segment string, escapeDot bool) string {
	escaped := url.PathEscape(segment)
	if escapeDot && strings.HasPrefix(escaped, ".") {
		return "%2E" + escaped[1:]
	}
	return escaped
}

func rangeText(low, high int64) string { return fmt.Sprintf("is not between %d and %d", low, high) }
