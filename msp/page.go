package msp

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// The hidden fields of the page that asks whether to continue.
const (
	formDataField = "FormDataStr"
	xsauthField   = "xsauth"
)

// What is looked at of a page: the portal's own have one or two forms with a few fields.
const (
	mostOfPage = 1 << 20
	mostForms  = 50
	mostFields = 100
)

// page is what the client needs to know of a page of the portal.
type page struct {
	forms   []map[string]string // the first value of each field; the first of them is of fields outside any form
	signIn  bool                // asks for a password, or belongs to the sign-in pages
	resumes bool                // shows the text of the button to continue
	chooses bool                // asks which session to end
	terms   bool                // asks to accept something
	change  bool                // asks for a new password
	token   bool                // asks for a second factor
	wrong   bool                // says that the password, or the username, is not valid
}

// Names of forms and fields by which a page tells what it asks for. They were seen at portals of this kind.
var (
	tokenForms  = []string{"frmDefender", "frmNextToken", "frmTotpToken", "frmTotpRegister", "frmSecondaryAuth", "frmGrid"}
	tokenFields = []string{"password#2", "totpactionEnter", "secidactionEnter"}
	termsFields = []string{"sn-postauth-proceed", "sn-preauth-proceed"}
	newFields   = []string{"newPassword", "confirmPassword", "newpasswd", "confirmpasswd"}
)

// readPage reads HTML of any kind. Tokens, not a tree: the portal's forms stand between table rows, where a tree has
// the fields elsewhere than in their form.
func readPage(text []byte) page {
	p := page{forms: []map[string]string{{}}}
	form := 0 // the one that fields belong to now
	tokens := html.NewTokenizer(bytes.NewReader(text[:min(len(text), mostOfPage)]))
	tokens.SetMaxBuf(mostOfPage)
	var raw string // the element whose text is not shown
	for {
		kind := tokens.Next()
		switch kind {
		case html.ErrorToken:
			return p
		case html.TextToken:
			if raw == "" {
				p.text(string(tokens.Text()))
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
			if len(p.forms) < mostForms {
				p.forms = append(p.forms, map[string]string{})
			}
			form = len(p.forms) - 1
			p.form(attributes)
		case "meta":
			p.signIn = p.signIn || strings.EqualFold(attributes["http-equiv"], "refresh") && strings.Contains(attributes["content"], "/dana-na/auth/")
		case "input", "button":
			p.field(p.forms[form], attributes)
		}
	}
}

// text takes note of what a page shows.
func (p *page) text(text string) {
	p.resumes = p.resumes || says(text, continueText)
	lower := strings.ToLower(text)
	if strings.Contains(lower, "invalid") || strings.Contains(lower, "incorrect") {
		p.wrong = p.wrong || strings.Contains(lower, "password") || strings.Contains(lower, "user name") || strings.Contains(lower, "username")
	}
}

func (p *page) form(attributes map[string]string) {
	action, _, _ := strings.Cut(attributes["action"], "?")
	p.signIn = p.signIn || path.Base(action) == "login.cgi"
	p.token = p.token || slices.Contains(tokenForms, attributes["name"])
}

func (p *page) field(fields, attributes map[string]string) {
	name, value := attributes["name"], attributes["value"]
	if _, known := fields[name]; name != "" && !known && len(fields) < mostFields {
		fields[name] = value
	}
	p.signIn = p.signIn || strings.EqualFold(attributes["type"], "password")
	p.resumes = p.resumes || says(value, continueText)
	p.chooses = p.chooses || name == "postfixSID"
	p.token = p.token || slices.Contains(tokenFields, name)
	p.terms = p.terms || slices.Contains(termsFields, name)
	p.change = p.change || slices.Contains(newFields, name)
}

// between reports whether the page stands between the form and the session. Without its field it is known by its
// text, unless there is a session: pages behind the sign-in offer to continue for reasons of their own.
func (p page) between(signedIn bool) bool {
	return p.hidden(formDataField) != "" || p.resumes && !signedIn
}

// hidden returns the value of a field, from the form of FormDataStr if it is there: pages have a second xsauth in the
// form that signs out.
func (p page) hidden(name string) string {
	if form := p.question(); form != nil && form[name] != "" {
		return form[name]
	}
	for _, form := range p.forms {
		if form[name] != "" {
			return form[name]
		}
	}
	return ""
}

// button is the value of the button to continue, which is a text in the language of the portal.
func (p page) button() string {
	if value := p.question()[continueField]; value != "" && !says(value, continueText) {
		return value
	}
	return continueText
}

// question is the form that asks whether to continue; nil if there is none.
func (p page) question() map[string]string {
	for _, form := range p.forms {
		if _, ours := form[formDataField]; ours {
			return form
		}
	}
	return nil
}

// says reports whether text shows phrase, however its blanks are set.
func says(text, phrase string) bool {
	return strings.Contains(strings.Join(strings.Fields(text), " "), phrase)
}
