package faults

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// framed sends the good response's header with lines about its length, then body, then ends.
func framed(name string, mild Kind, end func(*Exchange), body func(good string) string, lines ...string) Fault {
	return Fault{Name: name, Mild: mild, Handle: func(x *Exchange) {
		good := x.Good
		for i, line := range lines {
			if strings.Contains(line, "%d") {
				lines := append([]string(nil), lines...)
				lines[i] = fmt.Sprintf(line, len(good.Body))
				x.Print(x.Head(good, lines...) + body(good.Body))
				end(x)
				return
			}
		}
		x.Print(x.Head(good, lines...) + body(good.Body))
		end(x)
	}}
}

func all(good string) string  { return good }
func half(good string) string { return good[:len(good)/2] }
func none(string) string      { return "" }

func chunk(data string) string {
	return strconv.FormatInt(int64(len(data)), 16) + "\r\n" + data + "\r\n"
}

func zipped(data string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(data)) // into memory
	_ = w.Close()
	return b.String()
}

var (
	ends   = func(x *Exchange) { x.End() }
	resets = func(x *Exchange) { x.Reset() }
	cuts   = func(x *Exchange) { x.Cut() }
	stalls = func(x *Exchange) { x.Stall() }
)

// framing are faults in how the end of a body is told.
func framing() []Fault {
	const (
		length  = "Content-Length: %d"
		chunked = "Transfer-Encoding: chunked"
		packed  = "Content-Encoding: gzip"
		last    = "Connection: close"
	)
	var list []Fault
	for name, end := range map[string]func(*Exchange){"ends": ends, "resets": resets, "stalls": stalls} {
		list = append(list,
			framed(name+" in a body of known length", 0, end, half, length),
			framed(name+" in a chunked body", 0, end, func(g string) string { return chunk(half(g)) }, chunked),
			framed(name+" between chunks and their end", 0, end, func(g string) string { return chunk(g) }, chunked),
			framed(name+" in a chunk", 0, end, func(g string) string { return strconv.FormatInt(int64(len(g)), 16) + "\r\n" + half(g) }, chunked),
			framed(name+" in a gzip body", 0, end, func(g string) string { return chunk(half(zipped(g))) }, chunked, packed),
			framed(name+" behind the header", 0, end, none, length))
		if name != "ends" { // an end cannot be told from the body's own
			list = append(list, framed(name+" in a body without length", 0, end, half, last))
		}
	}
	tls := framed("a body without length cut off under TLS", Write|SignIn, cuts, half, last)
	tls.Proto = HTTPS
	whole := framed("a body of known length cut off under TLS", 0, cuts, half, length)
	whole.Proto = HTTPS
	chunks := func(bad string) func(string) string { return func(g string) string { return chunk(half(g)) + bad } }
	return append(list, tls, whole,
		framed("length too long", 0, ends, all, "Content-Length: 1000000"),
		framed("length too short", Write|SignIn, ends, all, "Content-Length: 3"),
		framed("length negative", 0, ends, all, "Content-Length: -5"),
		framed("length is text", 0, ends, all, "Content-Length: many"),
		framed("length beyond 64 bits", 0, ends, all, "Content-Length: 99999999999999999999"),
		framed("length of 64 GiB", 0, stalls, half, "Content-Length: 68719476736"),
		framed("two lengths", 0, ends, all, "Content-Length: 5", "Content-Length: 7"),
		framed("length and chunks", Any, ends, func(g string) string { return chunk(g) + "0\r\n\r\n" }, length, chunked),
		framed("transfer encoding unknown", 0, ends, all, "Transfer-Encoding: sausage"),
		framed("transfer encoding twice", 0, ends, all, chunked, chunked),
		framed("chunk size no number", 0, ends, chunks("zz\r\nabc\r\n"), chunked),
		framed("chunk size negative", 0, ends, chunks("-5\r\nabc\r\n"), chunked),
		framed("chunk size too large", 0, ends, chunks("ffffffffffffffffff\r\nabc"), chunked),
		framed("chunk without its line end", 0, ends, func(g string) string { return "3\r\nabcdef\r\n0\r\n\r\n" }, chunked),
		framed("chunk extension of 1 MiB", 0, ends, chunks("3;"+strings.Repeat("x", 1<<20)+"\r\nabc\r\n"), chunked),
		framed("trailer of 2 MiB", Any, ends, func(g string) string { return chunk(g) + "0\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n\r\n" }, chunked),
		framed("trailer without colon", Any, ends, func(g string) string { return chunk(g) + "0\r\nno colon\r\n\r\n" }, chunked),
		framed("one byte a chunk", Any, ends, func(g string) string {
			var b strings.Builder
			for i := range len(g) {
				b.WriteString(chunk(g[i : i+1]))
			}
			return b.String() + "0\r\n\r\n"
		}, chunked),
		Fault{Name: "body drips for ever", Handle: func(x *Exchange) {
			x.Print(x.Head(x.Good, chunked))
			x.Repeat(5*time.Millisecond, func() bool { return x.Print(chunk(" ")) })
		}},
		Fault{Name: "body without end", Handle: func(x *Exchange) {
			x.Print(x.Head(x.Good, last))
			block := strings.Repeat(" ", 64<<10)
			x.Repeat(time.Millisecond, func() bool { return x.Print(block) })
		}},
		framed("gzip without its magic number", 0, ends, all, length, packed),
		framed("gzip with a wrong checksum", 0, ends, func(g string) string {
			z := []byte(zipped(g))
			z[len(z)-8] ^= 0xff
			return string(z)
		}, last, packed),
		framed("gzip with garbage behind it", Read|Write|SignIn, ends, func(g string) string { return zipped(g) + "garbage" }, last, packed),
		framed("gzip in spite of identity", Read|Write|SignIn, ends, zipped, last, packed),
		framed("content encoding unknown", Read|Write|SignIn, ends, all, length, "Content-Encoding: br"),
		framed("content encoding deflate", Read|Write|SignIn, ends, all, length, "Content-Encoding: deflate"),
	)
}
