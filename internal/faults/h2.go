package faults

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/http2/hpack"
)

// Frame types and flags of HTTP/2.
const (
	frameData         = 0x0
	frameHeaders      = 0x1
	frameReset        = 0x3
	frameSettings     = 0x4
	framePush         = 0x5
	framePing         = 0x6
	frameGoAway       = 0x7
	frameWindow       = 0x8
	frameContinuation = 0x9

	flagAck        = 0x1
	flagEndStream  = 0x1
	flagEndHeaders = 0x4
	flagPadded     = 0x8
	flagPriority   = 0x20
)

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// Silence is when an HTTP/2 connection goes silent by itself.
type silence int

const (
	talks    silence = iota
	deaf             // from the preface on
	settled          // after the settings
	swallows         // from the first request that is hit on; not even pings get a response
)

// h2 is the server's side of an HTTP/2 connection, as far as faults need one: requests up to the initial window, one
// at a time.
type h2 struct {
	*Conn
	server  *Server
	decoder *hpack.Decoder
	silent  silence
}

// Stream is a request that met a fault over HTTP/2.
type Stream struct {
	*h2
	ID        uint32
	Request   Request
	Good      Response
	Elsewhere string
}

// Frame sends a frame.
func (c *h2) Frame(kind, flags byte, stream uint32, payload string) bool {
	head := make([]byte, 9)
	binary.BigEndian.PutUint32(head, uint32(len(payload))<<8|uint32(kind))
	head[4] = flags
	binary.BigEndian.PutUint32(head[5:], stream)
	return c.Print(string(head) + payload)
}

// readFrame reads a frame.
func (c *h2) readFrame() (kind, flags byte, stream uint32, payload []byte, err error) {
	var head [9]byte
	if _, err = io.ReadFull(c.Conn, head[:]); err != nil {
		return
	}
	payload = make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
	_, err = io.ReadFull(c.Conn, payload)
	return head[3], head[4], binary.BigEndian.Uint32(head[5:]) & (1<<31 - 1), payload, err
}

func (c *h2) serve() {
	start := make([]byte, len(preface))
	if _, err := io.ReadFull(c.Conn, start); err != nil || string(start) != preface {
		return
	}
	c.silent = c.server.fault.silent
	if c.silent == deaf {
		c.Stall()
		return
	}
	c.Frame(frameSettings, 0, 0, "")
	c.decoder = hpack.NewDecoder(4096, nil)
	open := map[uint32]*Request{}
	var block []byte // of headers, not complete
	for !c.closed {
		kind, flags, id, payload, err := c.readFrame()
		if err != nil {
			return
		}
		switch kind {
		case frameSettings:
			if flags&flagAck == 0 {
				c.Frame(frameSettings, flagAck, 0, "")
			}
			if c.silent == settled {
				c.Stall()
			}
		case framePing:
			if flags&flagAck == 0 {
				c.Frame(framePing, flagAck, 0, string(payload))
			}
		case frameHeaders, frameContinuation:
			if kind == frameHeaders {
				payload = unpadded(flags, payload)
				open[id] = &Request{}
			}
			block = append(block, payload...)
			if flags&flagEndHeaders == 0 {
				continue
			}
			r, err := c.head(block)
			if block = nil; err != nil {
				return
			}
			open[id] = r
			if kind == frameHeaders && flags&flagEndStream != 0 {
				c.respond(id, r)
			}
		case frameData:
			r := open[id]
			if r == nil {
				continue
			}
			r.Body = append(r.Body, unpadded(flags&^flagPriority, payload)...)
			if flags&flagEndStream != 0 {
				c.respond(id, r)
			}
		}
	}
}

func unpadded(flags byte, payload []byte) []byte {
	if flags&flagPadded != 0 && len(payload) > 0 && int(payload[0]) < len(payload) {
		payload = payload[1 : len(payload)-int(payload[0])]
	}
	if flags&flagPriority != 0 && len(payload) >= 5 {
		payload = payload[5:]
	}
	return payload
}

func (c *h2) head(block []byte) (*Request, error) {
	fields, err := c.decoder.DecodeFull(block)
	if err != nil {
		return nil, err
	}
	r := &Request{Header: http.Header{}}
	for _, f := range fields {
		switch f.Name {
		case ":method":
			r.Method = f.Value
		case ":authority":
			r.Host = f.Value
		case ":path":
			r.URI = f.Value
			if u, err := url.ParseRequestURI(f.Value); err == nil {
				r.Path = u.Path
			}
		case "cookie":
			// Clients may split cookies; a request has them on one line.
			if was := r.Header.Get("Cookie"); was != "" {
				f.Value = was + "; " + f.Value
			}
			r.Header.Set("Cookie", f.Value)
		default:
			if !strings.HasPrefix(f.Name, ":") {
				r.Header.Add(f.Name, f.Value)
			}
		}
	}
	return r, nil
}

// respond serves a request that is complete.
func (c *h2) respond(id uint32, r *Request) {
	r.Hit = c.server.hits(r)
	c.server.record(*r)
	s := &Stream{h2: c, ID: id, Request: *r, Good: c.server.site.Good(r, c.server.URL), Elsewhere: c.server.site.Elsewhere}
	switch {
	case !r.Hit:
		s.Send(s.Good)
	case c.silent == swallows:
		c.Stall()
	default:
		c.server.fault.Stream(s)
	}
}

// Send sends a whole response.
func (s *Stream) Send(r Response) {
	s.Head(0, r)
	s.Frame(frameData, flagEndStream, s.ID, r.body(s.Request.Method))
}

// Head sends a response's header with more fields, name and value in turn.
func (s *Stream) Head(flags byte, r Response, more ...string) {
	fields := []string{":status", strconv.Itoa(r.status())}
	for name, values := range r.Header {
		for _, value := range values {
			fields = append(fields, strings.ToLower(name), value)
		}
	}
	s.Frame(frameHeaders, flags|flagEndHeaders, s.ID, block(append(fields, more...)...))
}

// block encodes fields, name and value in turn, as they are.
func block(fields ...string) string {
	var b bytes.Buffer
	encoder := hpack.NewEncoder(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		_ = encoder.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1], Sensitive: true}) // into memory
	}
	return b.String()
}

// GoAway ends the connection: streams after last were not served.
func (s *Stream) GoAway(last, code uint32, debug string) {
	s.Frame(frameGoAway, 0, 0, word(last)+word(code)+debug)
}

func word(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }
