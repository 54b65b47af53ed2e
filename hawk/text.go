package hawk

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds what an error quotes from the other side.
const maxText = 200

// line returns text from the other side as one line of at most most bytes: valid UTF-8, without control characters
// and without characters that change the direction of writing.
func line(text string, most int) string {
	var b strings.Builder
	space := "" // what separates the next character from the ones before
	for _, r := range text {
		if r == ' ' || r == utf8.RuneError || !unicode.IsPrint(r) { // direction marks are not printable
			if b.Len() > 0 {
				space = " "
			}
			continue
		}
		if b.Len()+len(space)+utf8.RuneLen(r) > most-len("...") {
			return b.String() + "..."
		}
		b.WriteString(space)
		b.WriteRune(r)
		space = ""
	}
	return b.String()
}
