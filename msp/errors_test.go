package msp

import (
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

func TestDecodeError(t *testing.T) {
	for _, c := range []struct{ body, code, messages string }{
		{`{"error":"no such tenant"}`, "", "no such tenant"},
		{`{"error":{"code":4003,"message":"limit reached"}}`, "4003", "limit reached"},
		{`{"error_code":"E1","message":" taken ","detail":"sub_domain"}`, "E1", "taken|sub_domain"},
		{`{"errors":[{"message":"a"},"b",{"msg":"a"},{"code":"7"}]}`, "7", "a|b|code: 7"},
		{`{"error":true,"message":"m"}`, "", "m"},
		{`{"code":null,"errorCode":1}`, "1", ""},
		{`{"code":"A1","message":"one\n\ttwo"}`, "A1", "one two"},
		{`["x","y"]`, "", "x|y"},
		{`"plain"`, "", "plain"},
		{`<html>`, "", ""},
		{``, "", ""},
	} {
		e := &secureaccess.Error{Status: 400}
		decodeError(e, nil, []byte(c.body))
		if string(e.Code) != c.code || strings.Join(e.Messages, "|") != c.messages {
			t.Errorf("%s: %q %q", c.body, e.Code, e.Messages)
		}
	}
}

// What a server calls its reports must not put lines of its own into a log.
func TestNotDeletedError_Error_oddNames(t *testing.T) {
	e := &NotDeletedError{Reports: []Report{{ID: "e274bf3e-be38"}, {ID: "a\nb\x1b[2J\u202e"}, {ID: strings.Repeat("x", 5000)}, {}}}
	text := e.Error()
	if len(text) > 400 || !strings.HasPrefix(text, `reports not deleted, 4 in all: e274bf3e-be38, "a\nb\x1b[2J\u202e", "xxx`) {
		t.Errorf("%d bytes: %s", len(text), text)
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
		e.Code, e.Messages = "", nil // package rest sees to them
		// Another line in the text would be one that the program did not log.
		if text := e.Error(); strings.ContainsAny(text, "\n\r") {
			t.Errorf("more than a line: %q", text)
		}
	})
}
