package rest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"math"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/secureaccess-go/secureaccess"
)

const (
	excerptSize = 8 << 10  // what an error keeps of an answer
	refusalSize = 1 << 20  // what is read of a refusal to decode it: half an object says nothing
	peekSize    = 512      // what is looked at of content before it is handed out
	drainSize   = 64 << 10 // what is read of an unwanted body so that its connection can be used again
)

// read returns the whole body of an answer. With an error it returns what came before, as far as the limit.
func (c *Client) read(resp *http.Response) ([]byte, error) {
	limit := min(c.settings.MaxResponseSize, math.MaxInt64-1)
	var buf bytes.Buffer
	if n := resp.ContentLength; n > 0 && n <= limit {
		buf.Grow(int(n) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, limit+1))
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		// Nothing is wrong with the answer.
	case err != nil:
		err = fmt.Errorf("%w: %w", secureaccess.ErrBadResponse, err)
	case n > limit:
		err = fmt.Errorf("%w: more than %d bytes", secureaccess.ErrResponseTooLarge, limit)
	}
	return buf.Bytes(), err
}

// decode reads data into result, a pointer.
func (o *Op) decode(resp *http.Response, data []byte, result any) error {
	if len(bytes.TrimSpace(data)) == 0 {
		if o.empty {
			return nil
		}
		return fmt.Errorf("%w: the body is empty", secureaccess.ErrBadResponse)
	}
	if !o.empty && isNull(data, result) {
		return fmt.Errorf("%w: the body is null", secureaccess.ErrBadResponse)
	}
	err := json.Unmarshal(data, result)
	if err == nil {
		return nil
	}
	if mediaType := mediaTypeOf(resp.Header); mediaType != "" && !strings.Contains(mediaType, "json") && !json.Valid(data) {
		return fmt.Errorf("%w: it is %s, not JSON", secureaccess.ErrBadResponse, mediaType)
	}
	return fmt.Errorf("%w: %w", secureaccess.ErrBadResponse, err)
}

// isNull reports whether data is null where an object has to be: encoding/json would leave it a zero one, which looks
// like an answer. Types that read JSON themselves know what null means to them.
func isNull(data []byte, result any) bool {
	if _, own := result.(json.Unmarshaler); own || reflect.TypeOf(result).Elem().Kind() != reflect.Struct {
		return false
	}
	return string(bytes.TrimSpace(data)) == "null"
}

// failure makes the error of a call. With err it is about err, else about the answer, whose body it reads and closes.
func (c *Client) failure(current *call, resp *http.Response, err error) *secureaccess.Error {
	e := &secureaccess.Error{Operation: current.Operation, Attempts: int(current.attempts.Load())}
	if err != nil {
		e.Err = Clean(err)
	}
	if resp == nil {
		return e
	}
	e.Status, e.RequestID = resp.StatusCode, requestID(resp.Header)
	e.RetryAfter, _ = retryAfter(resp.Header, c.settings.Clock.Now())
	if err != nil {
		return e
	}
	data, _ := io.ReadAll(io.LimitReader(resp.Body, refusalSize))
	discard(resp.Body)
	if resp.StatusCode/100 == 3 {
		e.Err = secureaccess.ErrRedirectRefused
	}
	if c.decode != nil {
		c.decode(e, resp.Header, data)
	}
	e.Messages = sentences(e.Messages, current.secrets)
	e.Code, e.RequestID = oneLine(e.Code), oneLine(e.RequestID)
	e.Body = excerpt(data, current.secrets)
	return e
}

// sentences keeps what a server said for an error: secrets of the request blotted out, a line each, and no more of it
// than of the body.
func sentences(messages, secrets []string) []string {
	left := excerptSize
	for i, message := range messages {
		message = oneLine(blot(message, secrets))
		if left -= len(message); left < 0 {
			return messages[:i]
		}
		messages[i] = message
	}
	return messages
}

// oneLine keeps a text of the server's from forging lines of a log or colours of a terminal, and from being very long.
func oneLine(text string) string {
	const most = 1 << 10
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}

// longestSecret is how far behind the end of an excerpt is looked for secrets that begin before it.
const longestSecret = 4 << 10

// excerpt keeps the beginning of an answer for an error, with the secrets of the request blotted out.
func excerpt(data []byte, secrets []string) []byte {
	data = data[:min(len(data), excerptSize+longestSecret)]
	text := blot(string(data), secrets)
	return []byte(text[:min(len(text), excerptSize)])
}

// blot replaces secrets of the request that a server repeats in its answer, as they are or as a URL, JSON or HTML has
// them.
func blot(text string, secrets []string) string {
	var spellings []string
	for _, secret := range secrets {
		if len(secret) < 4 {
			continue // it would match everywhere and tell by that
		}
		inJSON, _ := json.Marshal(secret)
		plainJSON, _ := secureaccess.NewSecret(secret).Exposed().MarshalJSON()
		spellings = append(spellings, secret, url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret),
			string(inJSON[1:len(inJSON)-1]), string(plainJSON[1:len(plainJSON)-1]))
	}
	// The longest first, lest one that begins another leave that one's end standing.
	slices.SortFunc(spellings, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	for _, spelling := range slices.Compact(spellings) {
		text = strings.ReplaceAll(text, spelling, "[redacted]")
	}
	return text
}

// queries are the query strings of URLs in the texts of net/http and of transports.
var queries = regexp.MustCompile(`\?[^\s"]*`)

// Clean takes out of an error what net/http puts in: the URL with its query.
func Clean(err error) error {
	for {
		wrapped, ok := err.(*url.Error)
		if !ok {
			break
		}
		err = wrapped.Err
	}
	text := err.Error()
	if !strings.Contains(text, "?") {
		return err
	}
	if own, ok := errors.AsType[*secureaccess.Error](err); ok {
		return own // clean already
	}
	return &cleanError{text: queries.ReplaceAllString(text, "?..."), is: func(target error) bool { return errors.Is(err, target) }}
}

// cleanError answers for the error that it covers without giving it out. That one is kept in a function, because fmt
// prints what it finds in fields.
type cleanError struct {
	text string
	is   func(error) bool
}

func (e *cleanError) Error() string        { return e.text }
func (e *cleanError) Is(target error) bool { return e.is(target) }

// discard closes a body, after reading so much of it that its connection can serve again.
func discard(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, drainSize)
	_ = body.Close()
}

// Peek returns the beginning of an answer's body, at most n bytes, and leaves the whole body to be read.
func Peek(resp *http.Response, n int64) []byte {
	head, err := io.ReadAll(io.LimitReader(resp.Body, n))
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = failingReader{err}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), rest), resp.Body}
	return head
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

func requestID(header http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Correlation-Id"} {
		if id := header.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// publicHeader is a header without what authenticates.
func publicHeader(header http.Header) http.Header {
	h := header.Clone()
	for _, name := range []string{"Set-Cookie", "Authorization", "Www-Authenticate", "Server-Authorization", "Location"} {
		h.Del(name)
	}
	return h
}
