package redact

import (
	"mime"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns text on one line and at most most bytes long, "..." at the end included when it was cut. What would forge
// a line of a log, color a terminal or turn the reading direction becomes a blank, what is not UTF-8 becomes U+FFFD.
// Redact first: see [Secrets.Line].
func Line(text string, most int) string {
	if len(text) <= most && clean(text) {
		return text
	}
	var b strings.Builder
	b.Grow(min(len(text), max(most, 0)))
	for i, r := range text {
		if blanked(r) {
			r = ' '
		}
		size := utf8.RuneLen(r)
		if b.Len()+size > most || b.Len()+size > most-len("...") && !fits(text[i:], most-b.Len()) {
			if most < len("...") {
				return b.String()
			}
			return b.String() + "..."
		}
		b.WriteRune(r)
	}
	return b.String()
}

// fits reports whether text, made clean, takes at most most bytes. most is small where it is asked.
func fits(text string, most int) bool {
	for _, r := range text {
		if blanked(r) {
			r = ' '
		}
		if most -= utf8.RuneLen(r); most < 0 {
			return false
		}
	}
	return true
}

func clean(text string) bool {
	for i, r := range text {
		if r < ' ' || r >= 0x7f && blanked(r) {
			return false
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return false
			}
		}
	}
	return true
}

// blanked reports whether r ends a line, controls a terminal, turns the reading direction or is invisible without
// belonging to any script. The joiners of emoji and of Indic and Persian words stay.
func blanked(r rune) bool {
	switch {
	case unicode.IsControl(r):
		return true
	case r < 0x61c:
		return false
	case r == 0x61c, r == 0x200b, r == 0x200e, r == 0x200f, // Arabic letter mark, zero width space, LRM, RLM
		0x2028 <= r && r <= 0x202e,   // separators of lines and paragraphs, embeddings, overrides
		0x2060 <= r && r <= 0x206f,   // word joiner, isolates, deprecated controls
		r == 0xfeff,                  // byte order mark
		0xfff9 <= r && r <= 0xfffb,   // annotations
		0xe0000 <= r && r <= 0xe007f: // tags
		return true
	}
	return false
}

// longestName is what file systems take, in bytes.
const longestName = 255

// FileName returns the file name that a Content-Disposition header proposes, fit to be created in a folder on any
// system: its last element, valid UTF-8, without control characters, direction marks and what names a drive or a
// stream on Windows, at most 255 bytes, its extension kept. It is "" when the header proposes none, or nothing that is
// a name. It may still begin with a dot, or be the name of a file that exists.
func FileName(header string) string {
	_, params, err := mime.ParseMediaType(header)
	if err != nil && params == nil {
		return ""
	}
	name := params["filename"]
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if blanked(r) || strings.ContainsRune(`:*?"<>|`, r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	// Windows drops dots and blanks at the end: "a.exe." would be another file than it seems.
	name = strings.TrimRight(strings.TrimSpace(name), ". ")
	if name == "" {
		return ""
	}
	if device(name) {
		name = "_" + name
	}
	if len(name) <= longestName {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 32 {
		ext = ""
	}
	return cut(name, longestName-len(ext)) + ext
}

// device reports whether Windows takes name for a device, whatever its extension.
func device(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	stem = strings.TrimRight(stem, " ")
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		port, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && (len(port) == 1 && '0' <= port[0] && port[0] <= '9' || port == "¹" || port == "²" || port == "³")
}
