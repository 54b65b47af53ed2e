package faults

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"strconv"
	"strings"
)

// Form is a spelling in which texts repeat values.
type Form struct {
	Name  string
	Spell func(string) string
}

// Forms returns the spellings: as it is, in JSON, HTML, a URL, a Go literal and base64.
func Forms() []Form {
	return []Form{
		{"plain", func(s string) string { return s }},
		{"json", func(s string) string {
			data, err := json.Marshal(s)
			if err != nil {
				return s
			}
			return string(data[1 : len(data)-1])
		}},
		{"html", html.EscapeString},
		{"percent", url.QueryEscape},
		{"quoted", func(s string) string { q := strconv.Quote(s); return q[1 : len(q)-1] }},
		{"base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	}
}

// Echo repeats all that a request carried, on one line and in one spelling.
func (r *Request) Echo(f Form) string {
	words := r.Words()
	for i, w := range words {
		words[i] = f.Spell(strings.NewReplacer("\r", " ", "\n", " ").Replace(w))
	}
	return strings.Join(words, " | ")
}

func (r *Request) echo() string { return r.Echo(Forms()[0]) }
