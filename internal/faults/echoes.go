package faults

import (
	"encoding/json"
	"fmt"
	"strings"
)

// echoed sends what text makes of what the request carried, and closes.
func echoed(name string, mild Kind, text func(x *Exchange, echo string) string) Fault {
	return Fault{Name: "echo in " + name, Mild: mild, Handle: func(x *Exchange) { x.Print(text(x, x.Request.echo())); x.End() }}
}

// echoedHeader sends a response with the echo in one header.
func echoedHeader(status int, mild Kind, name string) Fault {
	return echoed(fmt.Sprintf("the %s of a %d", name, status), mild, func(x *Exchange, echo string) string {
		r := x.Good
		if status != 200 {
			r = r.With(status, "application/json", `{"message":"no"}`)
		}
		r.Header = r.Header.Clone()
		r.Header.Del("Set-Cookie")
		lines := []string{fmt.Sprintf("Content-Length: %d", len(r.Body)), strings.ReplaceAll(name, "*", echo)}
		if !strings.Contains(name, ":") {
			lines[1] = name + ": " + echo
		}
		return x.Head(r, lines...) + r.Body
	})
}

// echoes repeat what the request carried where it can come into an error, a log or an exchange.
func echoes() []Fault {
	list := []Fault{
		echoed("the place of a response", 0, func(_ *Exchange, echo string) string { return echo + "\r\n\r\n" }),
		echoed("the version", 0, func(_ *Exchange, echo string) string { return "HTTP/" + echo + " 200 OK\r\n\r\n" }),
		echoed("the status", 0, func(_ *Exchange, echo string) string { return "HTTP/1.1 " + echo + "\r\n\r\n" }),
		echoed("the reason of a 400", 0, func(_ *Exchange, echo string) string { return "HTTP/1.1 400 " + echo + "\r\nContent-Length: 0\r\n\r\n" }),
		echoed("the reason of a 500", 0, func(_ *Exchange, echo string) string { return "HTTP/1.1 500 " + echo + "\r\nContent-Length: 0\r\n\r\n" }),
		echoed("a header without colon", 0, func(_ *Exchange, echo string) string {
			return "HTTP/1.1 200 OK\r\n" + strings.ReplaceAll(echo, ":", "") + "\r\n\r\n"
		}),
		echoed("a header's name", 0, func(_ *Exchange, echo string) string { return "HTTP/1.1 200 OK\r\n" + echo + ": x\r\n\r\n" }),
		echoed("a header with NUL", 0, func(_ *Exchange, echo string) string { return "HTTP/1.1 200 OK\r\nX-A: " + echo + "\x00\r\n\r\n" }),
		echoed("the length", 0, func(_ *Exchange, echo string) string {
			return "HTTP/1.1 200 OK\r\nContent-Length: " + echo + "\r\n\r\n"
		}),
		echoed("two lengths", 0, func(_ *Exchange, echo string) string {
			return "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: " + echo + "\r\n\r\n"
		}),
		echoed("the transfer encoding", 0, func(_ *Exchange, echo string) string {
			return "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + echo + "\r\n\r\n"
		}),
		echoed("a chunk's size", 0, func(x *Exchange, echo string) string {
			return x.Head(x.Good, "Transfer-Encoding: chunked") + echo + "\r\n"
		}),
		echoed("the place of a chunk's end", 0, func(x *Exchange, echo string) string {
			return x.Head(x.Good, "Transfer-Encoding: chunked") + "1\r\n{" + echo + "\r\n"
		}),
		echoed("a trailer", Any, func(x *Exchange, echo string) string {
			return x.Head(x.Good, "Transfer-Encoding: chunked") + chunk(x.Good.Body) + "0\r\n" + echo + "\r\n\r\n"
		}),
		echoed("a location that is no URL", 0, func(_ *Exchange, echo string) string {
			return "HTTP/1.1 302 Found\r\nLocation: http://[" + echo + "\r\nContent-Length: 0\r\n\r\n"
		}),
		echoed("a location of another scheme", 0, func(_ *Exchange, echo string) string {
			return "HTTP/1.1 302 Found\r\nLocation: x-" + echo + "\r\nContent-Length: 0\r\n\r\n"
		}),
		{Name: "echo in a second response", Mild: Any, Handle: func(x *Exchange) {
			x.Send(x.Good)
			x.Print("HTTP/1.1 200 " + x.Request.echo() + "\r\nContent-Length: 0\r\n\r\n")
		}},
		{Name: "echo behind the response", Mild: Any, Handle: func(x *Exchange) { x.Send(x.Good); x.Print(x.Request.echo()) }},
		echoedHeader(200, Any, "Set-Cookie: bad name=*; ;;="),
		streamed("echo in the debug data of a going away", 0, func(s *Stream) { s.GoAway(s.ID, 2, s.Request.echo()); s.End() }),
		streamed("echo in a field's name", 0, func(s *Stream) { s.Head(0, s.Good, s.Request.echo(), "1") }),
		streamed("echo in a field with NUL", 0, func(s *Stream) { s.Head(0, s.Good, "x-a", s.Request.echo()+"\x00") }),
		streamed("echo in the status", 0, func(s *Stream) { s.Frame(frameHeaders, flagEndHeaders, s.ID, block(":status", s.Request.echo())) }),
		streamed("echo in the length", Write|SignIn, func(s *Stream) { s.Head(flagEndStream, s.Good, "content-length", s.Request.echo()) }),
	}
	for _, name := range []string{"X-Debug", "X-Request-Id", "X-Amzn-Requestid", "Apigw-Requestid", "Cf-Ray", "Date", "Content-Type", "Content-Disposition: attachment; filename=\"*\"",
		"Content-Encoding", "Retry-After", "Server-Authorization: Hawk mac=\"*\"", "Server", "Link", "Content-Language"} {
		list = append(list, echoedHeader(200, Any, name), echoedHeader(500, 0, name))
	}
	for _, name := range []string{"WWW-Authenticate: Basic realm=\"*\"", "WWW-Authenticate: Hawk ts=\"*\", tsm=\"*\", error=\"*\"", "X-Request-Id", "Location"} {
		f := echoedHeader(401, 0, name)
		f.Repeats = true
		list = append(list, f)
	}
	return append(list, echoedBodies()...)
}

// echoedBodies repeat it in bodies of every shape, in every spelling.
func echoedBodies() []Fault {
	var list []Fault
	for _, form := range Forms() {
		list = append(list, Fault{Name: "h2: echo, spelled " + form.Name, Proto: H2, Stream: func(s *Stream) {
			s.Send(s.Good.With(400, "text/plain", s.Request.Echo(form)))
		}})
		for _, shape := range []struct {
			name, mediaType, text string
			status                int
			mild                  Kind
		}{
			{"a page", "text/html", `<html><head><title>*</title></head><body><h1>*</h1></body></html>`, 500, 0},
			{"text", "text/plain", `*`, 400, 0},
			{"a message", "application/json", `{"message":"*"}`, 400, 0},
			{"a member's message", "application/json", `{"message":{"name":"*","*":"x"}}`, 422, 0},
			{"a list of messages", "application/json", `{"message":["*"],"errors":[{"message":"*"}]}`, 400, 0},
			{"a code", "application/json", `{"code":"*","errorCode":"*","message":"no"}`, 400, 0},
			{"an error", "application/json", `{"error":"*"}`, 403, 0},
			{"an error object", "application/json", `{"error":{"type":"*","code":"*","message":"*","details":{"href":"*","*":"*"}}}`, 409, 0},
			{"the result", "application/json", `{"result":{"errors":[{"message":"*","code":"*"}],"info":[{"message":"*"}]}}`, 400, 0},
			{"a result with status 200", "application/json", `{"result":{"errors":[{"message":"*"}]}}`, 200, 0},
			{"an error with status 200", "application/json", `{"error":{"code":"*","message":"*"},"message":"*"}`, 200, 0},
			{"a response that cannot be read", "application/json", `{"id":*`, 200, Write},
			{"a response of odd types", "application/json", `{"id":{"*":"*"},"name":["*"],"items":"*","data":"*","total":"*","body":"*","key":["*"]}`, 200, Write},
		} {
			// Every spelling in the shapes that all products read, else two of them.
			if form.Name != "plain" && form.Name != "json" && shape.name != "a message" && shape.name != "text" && shape.name != "a response that cannot be read" {
				continue
			}
			f := Fault{Name: "echo in " + shape.name + ", spelled " + form.Name, Mild: shape.mild, Handle: func(x *Exchange) {
				echo := x.Request.Echo(form)
				if shape.mediaType == "application/json" && form.Name != "json" {
					echo = inJSON(echo)
				}
				r := x.Good.With(shape.status, shape.mediaType, strings.ReplaceAll(shape.text, "*", echo))
				r.Header.Del("Set-Cookie")
				x.Send(r)
				x.End()
			}}
			list = append(list, f)
		}
	}
	return list
}

// inJSON escapes what a JSON text cannot hold, and no more.
func inJSON(s string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(s) != nil {
		return ""
	}
	text := strings.TrimSuffix(b.String(), "\n")
	return text[1 : len(text)-1]
}
