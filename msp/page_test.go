package msp

import (
	"strings"
	"testing"
)

func TestReadPage(t *testing.T) {
	for _, c := range []struct {
		name, text      string
		signIn, resumes bool
		form            string // FormDataStr
	}{
		{"empty", ``, false, false, ""},
		{"text in a script", `<script>var a = "Continue the session"</script>`, false, false, ""},
		{"text after a script", `<script>1</script>Continue <!-- --> the session`, false, false, ""},
		{"text over two lines", "<b>Continue\n\tthe session</b>", false, true, ""},
		{"text of a button", `<button value="Continue the session">`, false, true, ""},
		{"field in a script", `<script>'<input name="FormDataStr" value="x">'</script>`, false, false, ""},
		{"field in a textarea", `<textarea><input name="FormDataStr" value="x"></textarea>`, false, false, ""},
		{"the first of two", `<input name=FormDataStr value=1><input name=FormDataStr value=2>`, false, false, "1"},
		{"an attribute twice", `<input name=FormDataStr value=1 value=2>`, false, false, "1"},
		{"address of a form", `<form action="https://h/dana-na/auth/url_1/login.cgi?p=x">`, true, false, ""},
		{"address of another", `<form action="/api/login.cgi.txt">`, false, false, ""},
		{"password", `<input type=PASSWORD>`, true, false, ""},
		{"cut off", `<input name=FormDataStr value="x`, false, false, ""},
	} {
		got := readPage([]byte(c.text))
		if got.signIn != c.signIn || got.resumes != c.resumes || got.hidden(formDataField) != c.form {
			t.Errorf("%s: signIn %t, resumes %t, FormDataStr %q", c.name, got.signIn, got.resumes, got.hidden(formDataField))
		}
	}
}

func FuzzReadPage(f *testing.F) {
	f.Add(`<form action=login.cgi><input name=FormDataStr value="a&amp;b"><input name=xsauth value=2></form>`)
	f.Add(`<table><form><tr><input type=password></table><script><input name=xsauth value=`)
	f.Add("<title>Continue the session</title>\x00<input name=\xff value=\xff>")
	f.Fuzz(func(t *testing.T, text string) {
		p := readPage([]byte(text))
		if v := p.hidden(formDataField); v != "" && !strings.Contains(strings.ToLower(text), "<input") && !strings.Contains(strings.ToLower(text), "<button") {
			t.Errorf("FormDataStr %q from a page without fields", v)
		}
		if p.between(true) && p.hidden(formDataField) == "" {
			t.Error("stands between without its field")
		}
	})
}
