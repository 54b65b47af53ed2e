package msp

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/secureaccess-go/secureaccess"
)

func TestExplain(t *testing.T) {
	for _, c := range []struct{ body, code, messages string }{
		{`{"error":"no such tenant"}`, "", "no such tenant"},
		{`{"error":{"code":4003,"message":"limit reached"}}`, "4003", "limit reached"},
		{`{"error_code":"E1","message":" taken ","detail":"sub_domain"}`, "E1", "taken|sub_domain"},
		{`{"errors":[{"message":"a"},"b",{"msg":"a"},{"code":"7"}]}`, "7", "a|b"},
		{`{"error":true,"message":"m"}`, "", "m"},
		{`{"code":null,"errorCode":1}`, "1", ""},
		{`{"code":"A1","message":"one\n\ttwo"}`, "A1", "one two"},
		{`["x","y"]`, "", "x|y"},
		{`"plain"`, "", "plain"},
		{`{"error":{"error":{"error":{"error":{"error":{"error":"deep"}}}}}}`, "", ""},
		{`<html>`, "", ""},
		{``, "", ""},
	} {
		code, messages := explain([]byte(c.body))
		if code != c.code || strings.Join(messages, "|") != c.messages {
			t.Errorf("%s: %q %q", c.body, code, messages)
		}
	}
	_, messages := explain([]byte(`"` + strings.Repeat("ä", 5000) + `"`))
	if len(messages) != 1 || len(messages[0]) > 1010 || !utf8.ValidString(messages[0]) {
		t.Error("an endless sentence is not cut")
	}
}

func FuzzDecodeError(f *testing.F) {
	f.Add(200, `{"message":"m","total":1,"error":[{"id":"1","file_name":"f"}]}`)
	f.Add(400, `{"error":{"code":1e3,"messages":[["a"],{"detail":null}]}}`)
	f.Add(401, `{"error":"\ud800"}`)
	f.Add(200, `{"message":"a\nb","total":1}`)
	f.Add(200, `{"total":1,"error":[{"id":"a\nb"}]}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		e := &secureaccess.Error{Operation: secureaccess.Operation{Product: product, Method: http.MethodDelete, Path: reportsPath}, Status: status}
		decodeError(e, nil, []byte(body))
		if len(e.Messages) > 16 {
			t.Errorf("%d messages", len(e.Messages))
		}
		if status == http.StatusOK && e.Err == nil && len(e.Messages) == 0 {
			t.Error("a deletion that failed without a reason")
		}
		e.Code = "" // package rest sees to it
		// Another line in the text would be one that the program did not log.
		if text := e.Error(); strings.ContainsAny(text, "\n\r") {
			t.Errorf("more than a line: %q", text)
		}
	})
}
