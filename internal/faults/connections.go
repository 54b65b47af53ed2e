package faults

import (
	"strings"
	"time"
)

// connections are faults that begin before a request was read.
func connections() []Fault {
	return []Fault{
		{Name: "never responds", Accept: (*Conn).Stall},
		{Name: "closes at once", Accept: (*Conn).End},
		{Name: "resets at once", Accept: (*Conn).Reset},
		{Name: "speaks SSH", Accept: func(c *Conn) { c.Print("SSH-2.0-OpenSSH_9.6\r\n"); c.Stall() }},
		{Name: "speaks TLS on the plain port", Accept: func(c *Conn) { c.Print("\x15\x03\x01\x00\x02\x02\x46"); c.End() }},
		{Name: "speaks plain HTTP on the TLS port", Proto: HTTPS, Accept: func(c *Conn) {
			c.Print("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			c.Stall()
		}},
		{Name: "speaks garbage on the TLS port", Proto: HTTPS, Accept: func(c *Conn) { c.Print(strings.Repeat("\x00\xff", 512)); c.Stall() }},
		{Name: "never shakes hands", Proto: HTTPS, Accept: (*Conn).Stall},
		{Name: "drips garbage", Accept: func(c *Conn) { c.Repeat(5*time.Millisecond, func() bool { return c.Print("A") }) }},
		{Name: "responds before the request", Accept: func(c *Conn) {
			c.Print("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
			c.Stall()
		}},
		{Name: "responds before the body was read", Early: true, Mild: Any, Handle: func(x *Exchange) { x.Send(x.Good); x.Stall() }},
		{Name: "responds before the body was read and resets", Early: true, Mild: Any, Handle: func(x *Exchange) { x.Send(x.Good); x.Reset() }},
		{Name: "closes with the body unread", Early: true, Handle: func(x *Exchange) { x.End() }},
		{Name: "resets with the body unread", Early: true, Handle: func(x *Exchange) { x.Reset() }},
		{Name: "stalls with the request read", Handle: func(x *Exchange) { x.Stall() }},
		{Name: "closes with the request read", Handle: func(x *Exchange) { x.End() }},
		{Name: "resets with the request read", Handle: func(x *Exchange) { x.Reset() }},
	}
}
