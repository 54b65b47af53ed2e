package hawk

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// ResponseCheck says what a client demands of the signature of a response, its Server-Authorization header.
//
// That signature covers the request and, if the server chooses, the body of the response. It never covers the status or
// other headers.
type ResponseCheck uint8

// The checks, each stricter than the one before.
const (
	// ResponseCheckNone ignores signatures.
	ResponseCheckNone ResponseCheck = iota
	// ResponseCheckIfPresent accepts unsigned responses, and refuses those with a wrong signature.
	ResponseCheckIfPresent
	// ResponseCheckRequired refuses unsigned responses too. The body of a signed one is checked if its signature covers it.
	// A server signs only for clients it knows: when it refuses credentials, its response is not signed. The [*Error]
	// then has that response's Status and, in Detail, the beginning of what it says, which is unproven.
	ResponseCheckRequired
	// ResponseCheckBodyRequired also refuses responses whose signature does not cover the body.
	ResponseCheckBodyRequired
)

// CheckResponse checks the response to a request that was signed with these credentials and artifacts. A [Transport]
// does this on its own. Its errors are [*Error] with the artifacts.
//
// If the signature covers the body, resp.Body is replaced, and the body is checked as it is read: at its end, Read
// returns an [*Error] with [ErrBadPayloadHash] in place of io.EOF if the body is not the signed one. What was read
// until then must not be believed, so read to io.EOF. Close reads up to 64 KiB more to get there, for decoders that stop
// at the end of their value, and returns [ErrBadPayloadHash] or, short of the end, [ErrUnverifiedBody].
//
// The hash is taken of the bytes that resp.Body gives. Responses to HEAD, and those with status 101 or 304, have no body
// to check.
//
// After an error the body is still the caller's to close.
func CheckResponse(resp *http.Response, credentials Credentials, artifacts Artifacts, check ResponseCheck) error {
	if check == ResponseCheckNone {
		return nil
	}
	if bad := checkResponse(resp, &credentials, artifacts, check); bad != nil {
		of := artifacts // a copy, so that only this path takes memory
		bad.Status, bad.Artifacts = resp.StatusCode, &of
		return bad
	}
	return nil
}

func checkResponse(resp *http.Response, credentials *Credentials, artifacts Artifacts, check ResponseCheck) *Error {
	headers := resp.Header.Values("Server-Authorization")
	switch {
	case len(headers) == 0 && check == ResponseCheckIfPresent:
		return nil
	case len(headers) == 0:
		return &Error{Reason: ErrMissingServerAuthorization, Message: "Missing Server-Authorization header", Detail: refusal(resp)}
	case len(headers) > 1:
		return &Error{Reason: ErrBadHeader, Message: "Invalid Server-Authorization header", Detail: "there are several"}
	}
	signed, bad := parseHeader(headers[0], serverAuthorization)
	if bad != nil {
		return &Error{Reason: ErrBadHeader, Message: "Invalid Server-Authorization header", Detail: bad.Message}
	}
	artifacts.Hash, artifacts.Ext = signed.hash, signed.ext
	if !artifacts.validMAC(signed.mac, responseMAC, credentials) {
		return &Error{Reason: ErrBadMAC, Message: "Bad response mac", Detail: ofResponse}
	}
	if signed.hash == "" {
		if check == ResponseCheckBodyRequired {
			return &Error{Reason: ErrMissingPayloadHash, Message: "Missing response hash attribute", Detail: ofResponse}
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

// ofResponse distinguishes the faults of a response from those of a request, which share their reasons.
const ofResponse = "of the server's response"

// refusal returns what an unsigned response of status 400 and above says, or "". Without it, all that a caller learns
// of wrong credentials is that the response is unsigned.
func refusal(resp *http.Response) string {
	if resp.StatusCode < 400 {
		return ""
	}
	text := strings.TrimSpace(strconv.Itoa(resp.StatusCode) + " " + http.StatusText(resp.StatusCode))
	for _, c := range challenges(resp.Header) {
		if c.message != "" {
			text += ": " + line(c.message, maxText)
			break
		}
	}
	if words := line(string(peek(resp, 4*maxText)), maxText); words != "" {
		text += ": " + words
	}
	return text
}

// maxDrain is how much is read of a body that is no longer wanted, to reach its end.
const maxDrain = 64 << 10

// peek reads the start of a body and puts it back.
func peek(resp *http.Response, most int64) []byte {
	if resp.Body == nil {
		return nil
	}
	start, _ := io.ReadAll(io.LimitReader(resp.Body, most)) // an error comes again when the rest is read
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(start), resp.Body), resp.Body}
	return start
}

// drain reads the rest of a short body, so that its connection can be used again.
func drain(body io.ReadCloser) {
	if body != nil {
		_, _ = io.CopyN(io.Discard, body, maxDrain)
		closeBody(body)
	}
}

func closeBody(body io.ReadCloser) {
	if body != nil {
		_ = body.Close()
	}
}

// verifiedBody compares a body with its hash once it has been read.
type verifiedBody struct {
	body   io.ReadCloser
	want   string
	status int

	mu     sync.Mutex // held while reading; Close may come from another goroutine, to interrupt a Read
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
		n, err = 0, &Error{Reason: ErrBadPayloadHash, Status: v.status, Message: "Bad response payload mac", Detail: ofResponse}
	}
	v.err = err
	return n, err
}

func (v *verifiedBody) Close() error {
	verdict := error(&Error{Reason: ErrUnverifiedBody, Status: v.status})
	if v.mu.TryLock() { // else a Read is in progress, and closing the body ends it
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
