package hawk

import (
	"encoding/base64"
	"hash"
	"io"
	"strings"
)

// PayloadHasher computes the hash of a payload that is written to it piece by piece.
//
// The library under this package hashes too, but wants a payload as one string in memory.
type PayloadHasher struct {
	hash hash.Hash
	sum  string
}

// NewPayloadHasher returns a hasher for a payload of the given Content-Type header. Only the media type counts, without
// its parameters; it may be empty.
func NewPayloadHasher(algorithm Algorithm, contentType string) *PayloadHasher {
	mediaType, _, _ := strings.Cut(contentType, ";")
	p := &PayloadHasher{hash: algorithm.newHash()}
	_, _ = io.WriteString(p.hash, "hawk.1.payload\n"+strings.ToLower(strings.TrimSpace(mediaType))+"\n")
	return p
}

// Write adds to the payload. It never fails, and must not be called after [PayloadHasher.Sum].
func (p *PayloadHasher) Write(data []byte) (int, error) { return p.hash.Write(data) }

// Sum ends the payload and returns its hash in base64, as the hash attribute of a Hawk header has it.
func (p *PayloadHasher) Sum() string {
	if p.sum == "" {
		p.hash.Write([]byte{'\n'})
		p.sum = base64.StdEncoding.EncodeToString(p.hash.Sum(nil))
	}
	return p.sum
}

// HashPayload returns the hash of a payload that is in memory. An empty payload has one too.
func HashPayload(algorithm Algorithm, contentType string, payload []byte) string {
	p := NewPayloadHasher(algorithm, contentType)
	_, _ = p.Write(payload)
	return p.Sum()
}
