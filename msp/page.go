package msp

import (
	"bytes"
	"path"
	"strings"

	"golang.org/x/net/html"
)

// The hidden fields of the page that asks whether to continue.
const (
	formDataField = "FormDataStr"
	xsauthField   = "xsauth"
)

// page is what the client needs to know of a page of the portal.
type page struct {
	forms   []map[string]string // the first value of each field; the first of them is of fields outside any form
	signIn  bool                // asks for a password, or belongs to the sign-in pages
	resumes bool                // shows the text of the button to continue
}

// readPage reads HTML of any kind. Tokens, not a tree: the portal's forms stand between table rows, where a tree has
// the fields elsewhere than in their form.
func readPage(text []byte) page {
	p := page{forms: []map[string]string{{}}}
	form := 0 // the one that fields belong to now
	tokens := html.NewTokenizer(bytes.NewReader(text))
	tokens.SetMaxBuf(1 << 20)
	var raw string // the element whose text is not shown
	for {
		kind := tokens.Next()
		switch kind {
		case html.ErrorToken:
			return p
		case html.TextToken:
			if raw == "" && says(string(tokens.Text()), continueText) {
				p.resumes = true
			}
			continue
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
		default:
			continue
		}
		token := tokens.Token()
		if kind == html.EndTagToken {
			switch token.Data {
			case "form":
				form = 0
			case raw:
				raw = ""
			}
			continue
		}
		attributes := map[string]string{}
		for _, a := range token.Attr {
			if _, twice := attributes[a.Key]; !twice {
				attributes[a.Key] = a.Val
			}
		}
		switch token.Data {
		case "script", "style", "title":
			if kind == html.StartTagToken {
				raw = token.Data
			}
		case "form":
			p.forms = append(p.forms, map[string]string{})
			form = len(p.forms) - 1
			action, _, _ := strings.Cut(attributes["action"], "?")
			p.signIn = p.signIn || path.Base(action) == "login.cgi"
		case "meta":
			p.signIn = p.signIn || strings.EqualFold(attributes["http-equiv"], "refresh") && strings.Contains(attributes["content"], "/dana-na/auth/")
		case "input", "button":
			name, value := attributes["name"], attributes["value"]
			if _, known := p.forms[form][name]; name != "" && !known {
				p.forms[form][name] = value
			}
			p.signIn = p.signIn || strings.EqualFold(attributes["type"], "password")
			p.resumes = p.resumes || says(value, continueText)
		}
	}
}

// between reports whether the page stands between the form and the session. Without its field it is known by its
// text, unless there is a session: pages behind the sign-in offer to continue for reasons of their own.
func (p page) between(signedIn bool) bool {
	return p.hidden(formDataField) != "" || p.resumes && !signedIn
}

// hidden returns the value of a field, from the form of FormDataStr if it is there: pages have a second xsauth in the
// form that signs out.
func (p page) hidden(name string) string {
	for _, form := range p.forms {
		if _, ours := form[formDataField]; ours && form[name] != "" {
			return form[name]
		}
	}
	for _, form := range p.forms {
		if form[name] != "" {
			return form[name]
		}
	}
	return ""
}

// says reports whether text shows phrase, however its blanks are set.
func says(text, phrase string) bool {
	return strings.Contains(strings.Join(strings.Fields(text), " "), phrase)
}
