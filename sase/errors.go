package sase

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

var (
	// duplicates is how the service says that something exists already, under status 400 too.
	duplicates = regexp.MustCompile(`\bDUPLICATE_[A-Z0-9_]+`)

	// codes is what a code looks like, as against a sentence.
	codes = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
)

const (
	// longestText is how much plain text makes a message; what is longer is a page, to be read in the error's Body.
	longestText = 500

	// mostMessages is how many messages are kept: an error is to be read, and the rest is in its Body.
	mostMessages = 16
)

// decodeError reads the refusals of all the service's parts, each of which has its own form:
//
//	{"id", "message"}
//	{"message", "messageCode", "status"} and the same with "data"
//	{"body", "statusCode"}, where body can be one of the others, also as JSON within a string
//	{"success", "message"}
//	{"error", "message"} and the same with "statusCode", "limit", "networkId"
//
// and what stands in front of it, which answers with text or a page.
func decodeError(e *secureaccess.Error, header http.Header, body []byte) {
	readRefusal(e, body, 0)
	if len(e.Messages) == 0 && !json.Valid(body) && len(body) <= longestText && strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
		e.Messages = addMessage(e.Messages, string(body))
	}
	for _, said := range append([]string{e.Code}, e.Messages...) {
		if code := duplicates.FindString(said); code != "" {
			e.Code, e.Err = code, secureaccess.ErrConflict
			break
		}
	}
}

// readRefusal takes code and messages out of one of the forms; depth guards against a body in a body without end.
func readRefusal(e *secureaccess.Error, data []byte, depth int) {
	if depth > 3 {
		return
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		if depth > 0 { // the text of "body"
			e.Messages = addMessage(e.Messages, string(data))
		}
		return
	}
	for _, message := range texts(fields["message"]) {
		e.Messages = addMessage(e.Messages, message)
	}
	for _, message := range texts(fields["error"]) {
		if message != http.StatusText(e.Status) { // "Bad Request", which the status says already
			e.Messages = addMessage(e.Messages, message)
		}
	}
	for _, name := range []string{"messageCode", "id"} {
		if code := text(fields[name]); e.Code == "" && codes.MatchString(code) {
			e.Code = code
		}
	}
	if inner := text(fields["body"]); inner != "" {
		readRefusal(e, []byte(inner), depth+1)
	}
}

// texts reads a text or a list of texts.
func texts(value json.RawMessage) []string {
	var one string
	if json.Unmarshal(value, &one) == nil {
		return []string{one}
	}
	var many []string
	_ = json.Unmarshal(value, &many) // anything else is in the error's Body
	return many
}

// addMessage adds what was said, on one line, unless it stands there already or there are enough.
func addMessage(messages []string, message string) []string {
	if len(messages) == mostMessages {
		return messages
	}
	message = strings.Join(strings.Fields(strings.ToValidUTF8(message, "")), " ")
	if message == "" || slices.Contains(messages, message) {
		return messages
	}
	return append(messages, message)
}
