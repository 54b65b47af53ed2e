package faults

import (
	"fmt"
	"net/http"
	"strings"
)

// instead sends one whole response in place of the good one.
func instead(name string, status int, mild Kind, mediaType, body string) Fault {
	return Fault{Name: name, Mild: mild, Handle: func(x *Exchange) {
		r := x.Good.With(status, mediaType, body)
		r.Header.Del("Set-Cookie") // a session handed out with nonsense would still be a session
		x.Send(r)
	}}
}

const page = `<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action="login"><input type="password" name="p"></form></body></html>`

// bodies are whole responses that are not what was asked for.
func bodies() []Fault {
	const (
		text = "application/json"
		html = "text/html; charset=utf-8"
	)
	list := []Fault{
		instead("200 empty", 200, Write, text, ""),
		instead("200 blank", 200, Write, text, " \r\n "),
		instead("200 null", 200, Write|SignIn, text, "null"),
		instead("200 empty object", 200, Write|SignIn, text, "{}"),
		instead("200 empty array", 200, Write, text, "[]"),
		instead("200 number", 200, Write, text, "0"),
		instead("200 text", 200, Write, text, `"ok"`),
		instead("200 true", 200, Write, text, "true"),
		instead("200 array of nulls", 200, Write, text, "[null,null]"),
		instead("200 of somebody else", 200, Write, text, `{"status":"UP","groups":["liveness"]}`),
		instead("200 timed out", 200, 0, text, `{"message":"Endpoint request timed out"}`),
		instead("200 error message", 200, 0, text, `{"errorMessage":"2026-01-01T00:00:00 Task timed out after 29.00 seconds"}`),
		instead("200 sign-in page", 200, 0, html, page),
		instead("200 sign-in page as JSON", 200, 0, text, page),
		instead("200 page of a proxy", 200, 0, html, "<html><body><h1>Access to this site is blocked</h1></body></html>"),
		instead("200 with two values", 200, Write, text, `{"x":1}{"y":2}`),
		instead("200 not UTF-8", 200, Write, text, "{\"x\":\"\xff\xfe\"}"),
		instead("200 nested 100,000 deep", 200, Write, text, strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)),
		instead("200 objects nested 100,000 deep", 200, Write, text, strings.Repeat(`{"a":`, 100_000)+"1"+strings.Repeat("}", 100_000)),
		instead("200 unfinished", 200, Write, text, `{"id":"x","name":`),
		instead("200 number of 256 KiB", 200, Write, text, `{"id":`+strings.Repeat("9", 1<<18)+`}`),
		instead("200 name of 256 KiB", 200, Write, text, `{"`+strings.Repeat("n", 1<<18)+`":1}`),
		instead("201 empty", 201, Write, text, ""),
		instead("202 empty", 202, Write, text, ""),
		instead("203 page", 203, 0, html, page),
		instead("204", 204, Write, text, ""),
		instead("205", 205, Write, text, ""),
		instead("226 page", 226, 0, html, page),
		{Name: "206 unasked", Mild: Write | SignIn | Read, Handle: func(x *Exchange) {
			r := Response{Status: http.StatusPartialContent, Header: x.Good.Header.Clone(), Body: half(x.Good.Body)}
			r.Header.Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", len(r.Body)-1, len(x.Good.Body)))
			x.Send(r)
		}},
		{Name: "byte order mark", Mild: Any, Handle: func(x *Exchange) {
			r := x.Good
			r.Body = "\uFEFF" + r.Body
			x.Send(r)
		}},
		{Name: "gzip of 96 MiB of blanks", Mild: Write | SignIn, Handle: func(x *Exchange) {
			x.Print(x.Head(x.Good.With(200, text, ""), "Content-Encoding: gzip", "Connection: close") + bomb())
			x.End()
		}},
	}
	return list
}

// EmptyObjects returns a list of 1 MiB of objects without members, packed into 1 kB; where body is an object with a list in it, in that
// list's place.
func EmptyObjects(body string) string {
	list := "[" + strings.Repeat("{},", (1<<20)/3) + "{}]"
	if open := strings.Index(body, "["); open >= 0 && strings.LastIndex(body, "]") > open {
		list = body[:open] + list + body[strings.LastIndex(body, "]")+1:]
	}
	return zipped(list)
}

// Empty is no part of [All], because of the memory that it takes where nothing limits it: every response is a list of
// [EmptyObjects].
func Empty() Fault {
	return Fault{Name: "list of empty objects", Group: "body", Handle: func(x *Exchange) {
		x.Print(x.Head(x.Good.With(http.StatusOK, "application/json", ""), "Content-Encoding: gzip", "Connection: close") + EmptyObjects(x.Good.Body))
		x.End()
	}}
}
