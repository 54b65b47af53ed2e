package hawk

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"strconv"
	"sync"
)

// This file computes the MACs of the client's side, with the standard library. The server's side is in
// independent.go.

// macState is what signing needs and can use again: the HMAC, whose key takes several allocations to set up, and
// buffers. It remembers its key, so that a process with one set of credentials sets it up once.
type macState struct {
	key       string
	algorithm Algorithm
	hmac      hash.Hash // nil at first
	text      []byte    // what the MAC covers
	header    []byte
	sum       [sha256.Size]byte
	encoded   [(sha256.Size + 2) / 3 * 4]byte
	nonce     [22]byte
}

var macStates = sync.Pool{New: func() any { return new(macState) }}

// maxKeptBuffer is the size of a buffer that goes back to the pool; a longer one is left to the collector.
const maxKeptBuffer = 2 * maxHeader

func newMACState(c *Credentials) *macState {
	s := macStates.Get().(*macState)
	// Neither value comes from the other side, so that a comparison in varying time reveals nothing.
	if key := c.Key.Reveal(); s.hmac == nil || s.key != key || s.algorithm != c.Algorithm {
		s.key, s.algorithm = key, c.Algorithm
		s.hmac = hmac.New(c.Algorithm.hash(), []byte(key))
	}
	return s
}

func (s *macState) release() {
	if cap(s.text) > maxKeptBuffer {
		s.text = nil
	}
	if cap(s.header) > maxKeptBuffer {
		s.header = nil
	}
	macStates.Put(s)
}

// mac returns the MAC of s.text in base64. It is valid until the next call.
func (s *macState) mac() []byte {
	s.hmac.Reset()
	_, _ = s.hmac.Write(s.text)
	sum := s.hmac.Sum(s.sum[:0])
	encoded := s.encoded[:base64.StdEncoding.EncodedLen(len(sum))]
	base64.StdEncoding.Encode(encoded, sum)
	return encoded
}

// validMAC reports whether mac is that of the artifacts.
func (a *Artifacts) validMAC(mac string, kind macKind, c *Credentials) bool {
	s := newMACState(c)
	defer s.release()
	s.text = appendNormalized(s.text[:0], kind, a, a.Nonce)
	return subtle.ConstantTimeCompare([]byte(mac), s.mac()) == 1
}

// validTimestampMAC reports whether tsm proves that the holder of the key sent the time.
func validTimestampMAC(tsm string, ts int64, c *Credentials) bool {
	s := newMACState(c)
	defer s.release()
	s.text = append(s.text[:0], "hawk.1.ts\n"...)
	s.text = append(strconv.AppendInt(s.text, ts, 10), '\n')
	return subtle.ConstantTimeCompare([]byte(tsm), s.mac()) == 1
}

// equal compares a MAC or hash with the right one in a time that does not depend on where they differ.
func equal(got, want string) bool {
	return subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}
