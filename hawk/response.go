package hawk

import (
	"io"
	"net/http"
	"sync"
)

// ResponseCheck says what a client demands of the signature of an answer, its Server-Authorization header.
//
// That signature covers the request that is answered and, if the server wants so, the body of the answer. It never
// covers the status or other headers.
type ResponseCheck uint8

// The checks, each stricter than the one before.
const (
	// ResponseUnchecked ignores signatures.
	ResponseUnchecked ResponseCheck = iota
	// ResponseIfPresent lets unsigned answers pass, and refuses those with a wrong signature.
	ResponseIfPresent
	// ResponseRequired refuses unsigned answers too. The body of a signed one is checked if its signature covers it.
	// A server signs only for those it knows: when it refuses credentials, its answer is not signed, and is
	// refused here with an [*Error] that has the answer's Status.
	ResponseRequired
	// ResponseBodyRequired also refuses answers whose signature does not cover the body.
	ResponseBodyRequired
)

// CheckResponse checks the answer to a request that was signed with these credentials and artifacts. A [Transport] does
// this on its own.
//
// If the signature covers the body, resp.Body is replaced, and the body is checked as it is read: at its end, Read
// returns an [*Error] with [ErrBadPayloadHash] in place of io.EOF if the body is not the signed one. What was read
// until then is not to be believed, so read to io.EOF. Close reads up to 64 KiB more to get there, for decoders that stop
// at the end of their value, and returns [ErrBadPayloadHash] or, short of the end, [ErrUnverifiedBody].
//
// The hash is taken of the bytes that resp.Body gives. Answers to HEAD, and those with status 101 or 304, have no body
// to check.
//
// After an error the body is still the caller's to close.
func CheckResponse(resp *http.Response, credentials Credentials, artifacts Artifacts, check ResponseCheck) error {
	headers := resp.Header.Values("Server-Authorization")
	switch {
	case check == ResponseUnchecked:
		return nil
	case len(headers) == 0 && check == ResponseIfPresent:
		return nil
	case len(headers) == 0:
		return refuseResponse(resp, ErrMissingServerAuthorization, "Missing Server-Authorization header", "")
	case len(headers) > 1:
		return refuseResponse(resp, ErrBadHeader, "Invalid Server-Authorization header", "there are several")
	}
	signed, bad := parseHeader(headers[0], serverAuthorization)
	if bad != nil {
		return refuseResponse(resp, ErrBadHeader, "Invalid Server-Authorization header", bad.Message)
	}
	artifacts.Hash, artifacts.Ext = signed.hash, signed.ext
	mac, err := artifacts.mac(responseMAC, &credentials)
	if err != nil || !equal(signed.mac, mac) {
		return refuseResponse(resp, ErrBadMAC, "Bad response mac", ofAnswer)
	}
	if signed.hash == "" {
		if check == ResponseBodyRequired {
			return refuseResponse(resp, ErrMissingPayloadHash, "Missing response hash attribute", ofAnswer)
		}
		return nil
	}
	switch {
	case artifacts.Method == http.MethodHead, resp.StatusCode == http.StatusNotModified, resp.StatusCode == http.StatusSwitchingProtocols:
		return nil
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	resp.Body = &verifiedBody{
		body:   resp.Body,
		hasher: NewPayloadHasher(credentials.Algorithm, resp.Header.Get("Content-Type")),
		want:   signed.hash,
		status: resp.StatusCode,
	}
	return nil
}

// ofAnswer tells the faults of an answer from those of a request, which share their reasons.
const ofAnswer = "of the server's answer"

func refuseResponse(resp *http.Response, reason error, message, detail string) *Error {
	return &Error{Reason: reason, Status: resp.StatusCode, Message: message, Detail: detail}
}

// maxDrain is how much is read of a body that nobody wants any more, to reach its end.
const maxDrain = 64 << 10

// verifiedBody compares a body with its hash once it has been read.
type verifiedBody struct {
	body   io.ReadCloser
	want   string
	status int

	mu     sync.Mutex // held while reading; Close may come from another goroutine, to break off a Read
	hasher *PayloadHasher
	err    error // what ended the reading
}

func (v *verifiedBody) Read(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.read(p)
}

func (v *verifiedBody) read(p []byte) (int, error) {
	if v.err != nil {
		return 0, v.err
	}
	n, err := v.body.Read(p)
	_, _ = v.hasher.Write(p[:n])
	if err == io.EOF && !equal(v.hasher.Sum(), v.want) {
		n, err = 0, &Error{Reason: ErrBadPayloadHash, Status: v.status, Message: "Bad response payload mac", Detail: ofAnswer}
	}
	v.err = err
	return n, err
}

func (v *verifiedBody) Close() error {
	verdict := error(&Error{Reason: ErrUnverifiedBody, Status: v.status})
	if v.mu.TryLock() { // if not, a Read is under way, and closing the body is what ends it
		buf := make([]byte, 4<<10)
		for left := maxDrain; left > 0 && v.err == nil; {
			n, _ := v.read(buf[:min(left, len(buf))])
			left -= n
		}
		if v.err != nil {
			verdict = v.err
		}
		v.mu.Unlock()
	}
	if err := v.body.Close(); verdict == io.EOF {
		return err
	}
	return verdict
}
