package sase

import (
	"encoding/json"
	"net/http"
	"regexp"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// mostSaid is how much of a text is searched for a code: what is longer is no message.
const mostSaid = 1 << 10

var (
	// duplicates is how the service says that something exists already, under status 400 too.
	duplicates = regexp.MustCompile(`\bDUPLICATE_[A-Z0-9_]{1,64}\b`)

	// codes is what a code looks like, as against a sentence.
	codes = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
)

// decodeError reads the refusals of all the service's parts, each of which has its own form:
//
//	{"id", "message"}
//	{"message", "messageCode", "status"} and the same with "data"
//	{"body", "statusCode"}, where body can be one of the others, also as JSON within a string
//	{"success", "message"}
//	{"error", "message"} and the same with "statusCode", "limit", "networkId"
//	{"Message"}, {"errorMessage"}
//
// and what stands in front of it, which sends text or a page.
func decodeError(e *secureaccess.Error, header http.Header, body []byte) {
	for _, message := range rest.Reasons(body) {
		if message != http.StatusText(e.Status) { // "Bad Request", which the status says already
			e.Messages = append(e.Messages, message)
		}
	}
	if len(e.Messages) == 0 {
		e.Messages = rest.PlainReason(header.Get("Content-Type"), body)
	}
	e.Code = codeIn(body, 0)
	for _, said := range append([]string{string(e.Code)}, e.Messages...) {
		if code := duplicates.FindString(said[:min(len(said), mostSaid)]); code != "" {
			e.Code, e.Err = secureaccess.Code(code), secureaccess.ErrConflict
			break
		}
	}
}

// codeIn returns the code of a refusal; depth guards against a body in a body without end.
func codeIn(data []byte, depth int) secureaccess.Code {
	var fields map[string]json.RawMessage
	if depth > 3 || json.Unmarshal(data, &fields) != nil {
		return ""
	}
	for _, name := range []string{"messageCode", "id"} {
		if code := text(fields[name]); codes.MatchString(code) {
			return secureaccess.Code(code)
		}
	}
	return codeIn([]byte(text(fields["body"])), depth+1)
}

// refusal reports whether the body of a good status is a refusal: a function that ran out of time says so with
// errorMessage, a gateway with the status that it should have had.
func refusal(body []byte) bool {
	if len(body) == 0 || body[0] != '{' || len(body) > 64<<10 {
		return false
	}
	var said struct {
		ErrorMessage json.RawMessage `json:"errorMessage"`
		StatusCode   json.RawMessage `json:"statusCode"`
		Data         json.RawMessage `json:"data"`
	}
	if json.Unmarshal(body, &said) != nil || said.Data != nil {
		return false
	}
	status := text(said.StatusCode)
	return text(said.ErrorMessage) != "" || len(status) == 3 && status >= "400"
}
