package hawk

import (
	"bytes"
	"encoding/base64"
	"hash"
	"io"
	"net/http"
	"strings"
)

// PayloadHasher computes the hash of a payload that is written to it in parts, in constant memory.
type PayloadHasher struct {
	hash hash.Hash
	sum  string
}

// NewPayloadHasher returns a hasher for a payload of the given Content-Type header. Only the media type counts, without
// its parameters; it may be empty.
func NewPayloadHasher(algorithm Algorithm, contentType string) *PayloadHasher {
	mediaType, _, _ := strings.Cut(contentType, ";")
	p := &PayloadHasher{hash: algorithm.hash()()}
	_, _ = io.WriteString(p.hash, "hawk.1.payload\n"+strings.ToLower(strings.TrimSpace(mediaType))+"\n")
	return p
}

// Write adds to the payload. It never fails, and must not be called after [PayloadHasher.Sum].
func (p *PayloadHasher) Write(data []byte) (int, error) { return p.hash.Write(data) }

// Sum ends the payload and returns its hash in base64, as the hash attribute of a Hawk header has it. Further calls
// return the same.
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

// checkPayload reads and checks the body as the policy says, and puts it back.
func (v *Verifier) checkPayload(r *http.Request, g *Grant) *Error {
	switch {
	case v.Payload == PayloadPolicyUnchecked, v.Payload == PayloadPolicyIfHashed && g.Artifacts.Hash == "":
		return nil
	case g.Artifacts.Hash == "":
		return unauthorized(ErrMissingPayloadHash, "Missing required payload hash")
	}
	var payload []byte
	if r.Body != nil {
		limit := v.MaxPayload
		if limit <= 0 {
			limit = DefaultMaxPayload
		}
		var err error
		payload, err = io.ReadAll(io.LimitReader(r.Body, limit))
		if err == nil && int64(len(payload)) == limit {
			if n, _ := io.ReadFull(r.Body, make([]byte, 1)); n > 0 {
				return &Error{Reason: ErrPayloadTooLarge, Status: http.StatusRequestEntityTooLarge}
			}
		}
		if err != nil {
			return &Error{Reason: ErrBadPayloadHash, Status: http.StatusBadRequest, Detail: "the body cannot be read", Err: err}
		}
		r.Body = struct {
			io.Reader
			io.Closer
		}{bytes.NewReader(payload), r.Body}
	}
	if !equal(HashPayload(g.Credentials.Algorithm, r.Header.Get("Content-Type"), payload), g.Artifacts.Hash) {
		return unauthorized(ErrBadPayloadHash, "Bad payload hash")
	}
	return nil
}
