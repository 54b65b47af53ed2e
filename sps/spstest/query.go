package spstest

import (
	"errors"
	"fmt"
	"strings"
)

// condition is a query that was understood. test decides its terms.
type condition func(test func(t term) bool) bool

// term is a condition on one member, or on the whole where name is "".
type term struct {
	name    string
	text    string
	pattern bool // text has wildcards, ? and *
}

// parseQuery reads the part of Lucene's syntax that this server knows: terms of the form name:value or value, joined by
// AND, OR and NOT, with parentheses around terms and around values, quotes, the wildcards * and ?, and a backslash before
// a character that stands for itself. Everything else is an error, also two terms without a word between them: an
// result for another question would be worse than none.
//
// names are those of all terms, "" for a value without one.
func parseQuery(query string) (c condition, names []string, err error) {
	tokens, err := tokenize(query)
	if err != nil {
		return nil, nil, err
	}
	p := &parser{tokens: tokens}
	c, err = p.or("")
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("there is no AND or OR before %q", p.tokens[0].text)
	}
	return c, p.names, err
}

// token is a word, a quoted text, or one of ( ) and :
type token struct {
	text    string
	kind    tokenKind
	pattern bool
}

type tokenKind int

const (
	word tokenKind = iota
	quoted
	mark
)

func (t token) is(text string) bool { return t.kind == mark && t.text == text }

// operators are the words that join terms.
func (t token) operator(text string) bool { return t.kind == word && t.text == text }

var errUnfinished = errors.New("the query ends too early")

func tokenize(query string) ([]token, error) {
	var tokens []token
	for i := 0; i < len(query); {
		switch c := query[i]; c {
		case ' ', '\t', '\n', '\r':
			i++
		case '(', ')', ':':
			tokens = append(tokens, token{text: string(c), kind: mark})
			i++
		case '"':
			text, end, err := quote(query, i+1)
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, token{text: text, kind: quoted})
			i = end
		default:
			t, end, err := readWord(query, i)
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, t)
			i = end
		}
	}
	return tokens, nil
}

// quote reads a quoted text from its first character on.
func quote(query string, at int) (text string, end int, err error) {
	var b strings.Builder
	for i := at; i < len(query); i++ {
		switch query[i] {
		case '"':
			return b.String(), i + 1, nil
		case '\\':
			if i++; i == len(query) {
				return "", 0, errUnfinished
			}
		}
		b.WriteByte(query[i])
	}
	return "", 0, errUnfinished
}

// readWord reads a word. In a pattern, wildcards that stand for themselves keep their backslash.
func readWord(query string, at int) (t token, end int, err error) {
	var b strings.Builder
	i := at
	for ; i < len(query); i++ {
		c := query[i]
		if strings.IndexByte(" \t\n\r():\"", c) >= 0 {
			break
		}
		switch {
		case c == '\\':
			if i++; i == len(query) {
				return t, 0, errUnfinished
			}
			if strings.IndexByte(`*?\`, query[i]) >= 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(query[i])
			continue
		case c == '*' || c == '?':
			t.pattern = true
		case strings.IndexByte("[]{}~^/<>|&!", c) >= 0, i == at && (c == '+' || c == '-'):
			return t, 0, fmt.Errorf("this server does not know %q", c)
		}
		b.WriteByte(c)
	}
	t.text = b.String()
	if !t.pattern {
		t.text = literal(t.text)
	}
	return t, i, nil
}

// literal takes the backslashes out of a word that is no pattern.
func literal(text string) string {
	return strings.NewReplacer(`\\`, `\`, `\*`, `*`, `\?`, `?`).Replace(text)
}

type parser struct {
	tokens []token
	depth  int
	names  []string
}

func (p *parser) next() (token, bool) {
	if len(p.tokens) == 0 {
		return token{}, false
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t, true
}

func (p *parser) take(fits func(token) bool) bool {
	if len(p.tokens) == 0 || !fits(p.tokens[0]) {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

// or reads alternatives. name is the member that values belong to.
func (p *parser) or(name string) (condition, error) {
	left, err := p.and(name)
	for err == nil && p.take(func(t token) bool { return t.operator("OR") }) {
		first := left
		var second condition
		second, err = p.and(name)
		left = func(test func(term) bool) bool { return first(test) || second(test) }
	}
	return left, err
}

func (p *parser) and(name string) (condition, error) {
	left, err := p.not(name)
	for err == nil && p.take(func(t token) bool { return t.operator("AND") }) {
		first := left
		var second condition
		second, err = p.not(name)
		left = func(test func(term) bool) bool { return first(test) && second(test) }
	}
	return left, err
}

const maxDepth = 100

func (p *parser) not(name string) (condition, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, errors.New("the query is nested too deep")
	}
	defer func() { p.depth-- }()
	if p.take(func(t token) bool { return t.operator("NOT") }) {
		inner, err := p.not(name)
		return func(test func(term) bool) bool { return !inner(test) }, err
	}
	if p.take(func(t token) bool { return t.is("(") }) {
		return p.rest(name)
	}
	t, ok := p.next()
	switch {
	case !ok:
		return nil, errUnfinished
	case t.kind == mark || t.operator("AND") || t.operator("OR"):
		return nil, fmt.Errorf("a term is missing before %q", t.text)
	}
	if t.kind == word && !t.pattern && name == "" && p.take(func(t token) bool { return t.is(":") }) {
		if p.take(func(t token) bool { return t.is("(") }) {
			return p.rest(t.text)
		}
		value, ok := p.next()
		if !ok {
			return nil, errUnfinished
		}
		if value.kind == mark {
			return nil, fmt.Errorf("%s has no value", t.text)
		}
		name, t = t.text, value
	}
	if t.pattern && strings.IndexByte("*?", t.text[0]) >= 0 && (t.text != "*" || name == "") {
		return nil, errors.New("a value cannot begin with a wildcard")
	}
	p.names = append(p.names, name)
	leaf := term{name: name, text: t.text, pattern: t.pattern}
	return func(test func(term) bool) bool { return test(leaf) }, nil
}

// rest reads what is in parentheses, and the one that ends it.
func (p *parser) rest(name string) (condition, error) {
	inner, err := p.or(name)
	if err == nil && !p.take(func(t token) bool { return t.is(")") }) {
		err = errors.New("a parenthesis is not closed")
	}
	return inner, err
}

// matches reports whether a value is what the term asks for.
func (t term) matches(value string) bool {
	if !t.pattern {
		return value == t.text
	}
	return wild(t.text, value)
}

// wild matches a pattern in time that is the product of the lengths.
func wild(pattern, value string) bool {
	p, v := 0, 0
	star, again := -1, 0
	for v < len(value) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, again = p, v
			p++
			continue
		case p+1 < len(pattern) && pattern[p] == '\\' && pattern[p+1] == value[v]:
			p, v = p+2, v+1
			continue
		case p < len(pattern) && pattern[p] != '\\' && (pattern[p] == '?' || pattern[p] == value[v]):
			p, v = p+1, v+1
			continue
		case star < 0:
			return false
		}
		again++
		p, v = star+1, again
	}
	return strings.Trim(pattern[p:], "*") == ""
}
