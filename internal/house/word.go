package house

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
)

// instead has the words that stand for what the field, or American English, calls something else.
var instead = []struct{ pattern, word string }{
	{`answer(s|ed|ing)?`, "response"},
	{`blot(s|ted|ting)?`, "redact"},
	{`patience`, "the name of the limit"},
	{`leeway`, "expiry margin"},
	{`licences?|licenced`, "license"},
	{`catalogues?`, "catalog"},
	{`behaviours?`, "behavior"},
	{`colou?rs?ed|colours?`, "color"},
	{`favou?rs?ed|favours?|favourites?`, "favor"},
	{`honours?|honoured`, "honor"},
	{`neighbours?|neighbouring`, "neighbor"},
	{`centres?|centred`, "center"},
	{`cancelled|cancelling`, "canceled, canceling"},
	{`labelled|labelling`, "labeled, labeling"},
	{`modelled|modelling`, "modeled, modeling"},
	{`signalled|signalling`, "signaled, signaling"},
	{`(author|canonical|custom|initial|minim|maxim|normal|optim|organ|recogn|serial|summar|synchron)is(e|es|ed|ing|ation|er)`, "the spelling with z"},
	{`whilst`, "while"},
	{`amongst`, "among"},
}

var banned = func() *regexp.Regexp {
	var patterns []string
	for _, entry := range instead {
		patterns = append(patterns, "("+strings.ReplaceAll(entry.pattern, "(", "(?:")+")")
	}
	return regexp.MustCompile(`(?i)\b(?:` + strings.Join(patterns, "|") + `)\b`)
}()

// Words finds words that CONTRIBUTING.md replaces, in comments, in texts that a program prints, and in Markdown outside
// code. Strings of tests are data and are spared.
func Words(m *Module) []Violation {
	var found []Violation
	for _, file := range m.Files() {
		test := strings.HasSuffix(file.Path, "_test.go")
		report := func(pos token.Pos, text string) {
			for _, match := range wordsIn(text) {
				found = append(found, m.at(pos, match[0], "write %s", match[1]))
			}
		}
		for _, group := range file.Syntax.Comments {
			for _, comment := range group.List {
				report(comment.Pos(), comment.Text)
			}
		}
		ast.Inspect(file.Syntax, func(n ast.Node) bool {
			if n, ok := n.(*ast.BasicLit); ok && !test && n.Kind == token.STRING {
				if text, err := strconv.Unquote(n.Value); err == nil && prose(text) {
					report(n.Pos(), text)
				}
			}
			return true
		})
	}
	for _, text := range m.Texts {
		if text.Path == "docs/operations.md" { // generated from the vendors' titles
			continue
		}
		for number, line := range strings.Split(plain(string(text.Source)), "\n") {
			for _, match := range wordsIn(line) {
				found = append(found, Violation{Path: text.Path, Line: number + 1, Name: match[0], Detail: "write " + match[1]})
			}
		}
	}
	return found
}

// wordsIn returns the banned words of a text, in lower case, each with its replacement.
func wordsIn(text string) [][2]string {
	var words [][2]string
	for _, match := range banned.FindAllStringSubmatch(text, -1) {
		for i, entry := range instead {
			if match[i+1] != "" {
				words = append(words, [2]string{strings.ToLower(match[0]), entry.word})
			}
		}
	}
	return words
}

// prose reports whether a string is read by people: names on the wire, tags and paths have no blank in them.
func prose(text string) bool {
	return strings.Contains(text, " ") && !strings.Contains(text, `:"`)
}

var (
	codeBlock = regexp.MustCompile("(?ms)^```.*?^```")
	codeSpan  = regexp.MustCompile("`[^`\n]*`")
)

// plain takes code out of Markdown and keeps the lines.
func plain(markdown string) string {
	markdown = codeBlock.ReplaceAllStringFunc(markdown, func(block string) string {
		return strings.Repeat("\n", strings.Count(block, "\n"))
	})
	return codeSpan.ReplaceAllString(markdown, "")
}
