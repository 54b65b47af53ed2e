package faults

import (
	"fmt"
	"strings"
	"time"
)

// says sends text as it is and closes.
func says(name, text string) Fault {
	return Fault{Name: name, Handle: func(x *Exchange) { x.Print(text); x.End() }}
}

// mild returns f with calls of those kinds allowed to succeed.
func mild(kinds Kind, f Fault) Fault {
	f.Mild = kinds
	return f
}

// headed sends the good response with more lines in its header and ends there.
func headed(name string, mild Kind, lines ...string) Fault {
	return Fault{Name: name, Mild: mild, Handle: func(x *Exchange) {
		x.Print(x.Head(x.Good, append(lines, fmt.Sprintf("Content-Length: %d", len(x.Good.Body)))...) + x.Good.Body)
		x.End()
	}}
}

// headers are faults in the status line and the header.
func headers() []Fault {
	list := []Fault{
		says("status line is garbage", "lorem ipsum dolor\r\n\r\n"),
		says("status line is binary", "\x00\x01\x02\xff\xfe\r\n\r\n"),
		says("status line is empty", "\r\n\r\n"),
		says("status is no number", "HTTP/1.1 abc OK\r\n\r\n"),
		says("status is negative", "HTTP/1.1 -20 OK\r\n\r\n"),
		says("status has four digits", "HTTP/1.1 2000 OK\r\n\r\n"),
		says("status is 000", "HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n"),
		says("status is 99", "HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n"),
		mild(Write, says("version is unknown", "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n")),
		mild(Write, says("version is HTTP/2 in clear", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n")),
		says("status line breaks off", "HTTP/1.1 20"),
		says("header without colon", "HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 2\r\n\r\n{}"),
		mild(Write, says("header name with blank", "HTTP/1.1 200 OK\r\nBad Name : x\r\nContent-Length: 2\r\n\r\n{}")),
		says("header with NUL", "HTTP/1.1 200 OK\r\nX-Nul: a\x00b\r\nContent-Length: 2\r\n\r\n{}"),
		says("header breaks off", "HTTP/1.1 200 OK\r\nContent-Type: appl"),
		says("header of one line of 12 MiB", "HTTP/1.1 200 OK\r\nX-Long: "+strings.Repeat("x", 12<<20)+"\r\n\r\n"),
		{Name: "header without end", Handle: func(x *Exchange) {
			x.Print("HTTP/1.1 200 OK\r\n")
			line := strings.Repeat("X-Line: "+strings.Repeat("x", 1000)+"\r\n", 64)
			x.Repeat(0, func() bool { return x.Print(line) })
		}},
		{Name: "header drips", Handle: func(x *Exchange) {
			x.Print("HTTP/1.1 200 OK\r\n")
			x.Repeat(5*time.Millisecond, func() bool { return x.Print("X-Drip: 1\r\n") })
		}},
		{Name: "1xx without end", Handle: func(x *Exchange) {
			flood := strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n", 64)
			x.Repeat(0, func() bool { return x.Print(flood) })
		}},
		{Name: "100 without end, slowly", Handle: func(x *Exchange) {
			x.Repeat(2*time.Millisecond, func() bool { return x.Print("HTTP/1.1 100 Continue\r\n\r\n") })
		}},
		{Name: "some 1xx first", Mild: Any, Handle: func(x *Exchange) {
			x.Print("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n")
			x.Send(x.Good)
		}},
		says("switches protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello"),
		{Name: "two responses", Mild: Any, Handle: func(x *Exchange) { x.Send(x.Good); x.Send(x.Good.With(200, "application/json", `{"x":1}`)) }},
		{Name: "two responses, the second an error", Mild: Any, Handle: func(x *Exchange) { x.Send(x.Good); x.Send(x.Good.With(500, "text/plain", "no")) }},
		headed("bare LF in the header", Any, "X-A: 1\nX-B: 2"),
		headed("header with control characters", Any, "X-Esc: \x1b[31mred\x1b[0m"),
		headed("cookies by the thousand", Any, strings.Repeat("Set-Cookie: a=b\r\n", 5000)+"X-End: 1"),
		headed("media type is garbage", Any, "Content-Type: ;;;=\"\\"),
		headed("media type is HTML", Any, "Content-Type: text/html"),
		headed("date of another century", Any, "Date: Mon, 01 Jan 1900 00:00:00 GMT"),
		headed("date is garbage", Any, "Date: yesterday"),
	}
	for _, n := range []int{1, 9, 14, 30} {
		whole := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
		list = append(list,
			Fault{Name: fmt.Sprintf("stalls after %d bytes", n), Handle: func(x *Exchange) { x.Print(whole[:n]); x.Stall() }},
			Fault{Name: fmt.Sprintf("resets after %d bytes", n), Handle: func(x *Exchange) { x.Print(whole[:n]); x.Reset() }})
	}
	return list
}
