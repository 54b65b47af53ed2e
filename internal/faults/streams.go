package faults

import (
	"strings"
	"time"
)

// streamed is a fault over HTTP/2.
func streamed(name string, mild Kind, handle func(*Stream)) Fault {
	return Fault{Name: "h2: " + name, Proto: H2, Mild: mild, Stream: handle}
}

// streams are faults over HTTP/2.
func streams() []Fault {
	quiet := func(name string, s silence) Fault {
		return Fault{Name: "h2: " + name, Proto: H2, silent: s, Stream: func(*Stream) {}}
	}
	retried := func(f Fault) Fault { f.Repeats = true; return f }
	reset := func(code uint32) func(*Stream) {
		return func(s *Stream) { s.Frame(frameReset, 0, s.ID, word(code)) }
	}
	return []Fault{
		quiet("silent from the preface", deaf),
		quiet("silent after the settings", settled),
		quiet("black hole behind good responses", swallows),
		streamed("honest", Any, func(s *Stream) { s.Send(s.Good) }),
		streamed("stream reset: internal error", 0, reset(2)),
		streamed("stream reset: enhance your calm", 0, reset(11)),
		streamed("stream reset: no error", 0, reset(0)),
		streamed("stream reset: unknown code", 0, reset(0xffff)),
		retried(streamed("stream refused", 0, reset(7))),
		streamed("going away after this stream", 0, func(s *Stream) { s.GoAway(s.ID, 0, ""); s.End() }),
		streamed("going away after this stream, in error", 0, func(s *Stream) { s.GoAway(s.ID, 2, "lorem"); s.End() }),
		retried(streamed("going away before this stream", 0, func(s *Stream) { s.GoAway(0, 0, ""); s.End() })),
		streamed("closes with the request read", 0, func(s *Stream) { s.End() }),
		streamed("resets the connection with the request read", 0, func(s *Stream) { s.Reset() }),
		streamed("cuts the connection in the body", 0, func(s *Stream) { s.Head(0, s.Good); s.Frame(frameData, 0, s.ID, half(s.Good.Body)); s.Cut() }),
		streamed("stalls behind the header", 0, func(s *Stream) { s.Head(0, s.Good); s.Stall() }),
		streamed("stalls in the body", 0, func(s *Stream) { s.Head(0, s.Good); s.Frame(frameData, 0, s.ID, half(s.Good.Body)); s.Stall() }),
		streamed("resets the stream in the body", 0, func(s *Stream) {
			s.Head(0, s.Good)
			s.Frame(frameData, 0, s.ID, half(s.Good.Body))
			s.Frame(frameReset, 0, s.ID, word(2))
		}),
		streamed("length too long", 0, func(s *Stream) {
			s.Head(0, s.Good, "content-length", "1000000")
			s.Frame(frameData, flagEndStream, s.ID, s.Good.Body)
		}),
		streamed("length too short", Write|SignIn, func(s *Stream) {
			s.Head(0, s.Good, "content-length", "3")
			s.Frame(frameData, flagEndStream, s.ID, s.Good.Body)
		}),
		streamed("no status", 0, func(s *Stream) {
			s.Frame(frameHeaders, flagEndHeaders, s.ID, block("content-type", "application/json"))
		}),
		streamed("status no number", 0, func(s *Stream) { s.Frame(frameHeaders, flagEndHeaders, s.ID, block(":status", "abc")) }),
		streamed("field name in capitals", 0, func(s *Stream) { s.Head(0, s.Good, "X-Capital", "1") }),
		streamed("field with control characters", 0, func(s *Stream) { s.Head(0, s.Good, "x-control", "a\x1b\r\nb") }),
		streamed("broken compression", 0, func(s *Stream) { s.Frame(frameHeaders, flagEndHeaders, s.ID, "\xff\xff\xff\xff\xff\xff\xff\xff") }),
		streamed("data before the header", 0, func(s *Stream) { s.Frame(frameData, flagEndStream, s.ID, s.Good.Body) }),
		streamed("data for a stream that is not", 0, func(s *Stream) { s.Frame(frameData, 0, s.ID+100, "x") }),
		streamed("pushes", 0, func(s *Stream) { s.Frame(framePush, flagEndHeaders, s.ID, word(2)+block(":method", "GET")) }),
		streamed("frame longer than allowed", 0, func(s *Stream) { s.Frame(frameData, 0, s.ID, strings.Repeat("x", 1<<24-1)) }),
		streamed("frame cut short", 0, func(s *Stream) { s.Print("\x00\x10\x00\x00\x00\x00\x00\x00\x01abc"); s.End() }),
		streamed("header without end", 0, func(s *Stream) {
			s.Frame(frameHeaders, 0, s.ID, block(":status", "200"))
			more := block("x-more", strings.Repeat("x", 8<<10))
			s.Repeat(0, func() bool { return s.Frame(frameContinuation, 0, s.ID, more) })
		}),
		streamed("pings without end", 0, func(s *Stream) {
			s.Repeat(time.Millisecond, func() bool { return s.Frame(framePing, 0, 0, "12345678") })
		}),
		streamed("settings without end", 0, func(s *Stream) { s.Repeat(time.Millisecond, func() bool { return s.Frame(frameSettings, 0, 0, "") }) }),
		streamed("body drips for ever", 0, func(s *Stream) {
			s.Head(0, s.Good)
			s.Repeat(5*time.Millisecond, func() bool { return s.Frame(frameData, 0, s.ID, " ") })
		}),
		streamed("1xx without end", 0, func(s *Stream) {
			hints := block(":status", "103", "link", "</x>; rel=preload")
			s.Repeat(0, func() bool { return s.Frame(frameHeaders, flagEndHeaders, s.ID, hints) })
		}),
	}
}

// WindowOverflow is no part of [All]: net/http of Go 1.26.8 locks a connection's mutex twice when a stream's window
// overflows (http2clientConnReadLoop.processWindowUpdate), so that nothing that uses the connection ever ends, closing
// it included, and its goroutines stay.
func WindowOverflow() Fault {
	f := streamed("window overflows", 0, func(s *Stream) {
		s.Frame(frameWindow, 0, s.ID, word(1<<31-1))
		s.Frame(frameWindow, 0, s.ID, word(1<<31-1))
	})
	f.Group = "stream"
	return f
}
