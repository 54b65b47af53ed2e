package msp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	engine "github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ErrSignedOut is the error of calls to which the portal responds with 401 or its sign-in page, after renewal where the
// client can renew. It comes together with [secureaccess.ErrUnauthorized].
var ErrSignedOut = errors.New("the portal asks to sign in")

// NotDeletedError says which reports a deletion left behind. Those that were asked for and are not named are gone.
type NotDeletedError struct {
	Message string   `json:"message"` // the portal's text about the files that remain
	Total   int      `json:"total"`   // how many remain
	Reports []Report `json:"error"`   // the reports that remain, with id and file name
}

// Error counts and names the reports that remain, the first ten of them.
func (e *NotDeletedError) Error() string {
	var names []string
	for i, report := range e.Reports {
		if i == 10 {
			names = append(names, "...")
			break
		}
		names = append(names, plain(report.ID))
	}
	text := "reports not deleted, " + strconv.Itoa(max(e.Total, len(e.Reports))) + " in all"
	if len(names) > 0 {
		text += ": " + strings.Join(names, ", ")
	}
	return text
}

// plain returns a name of the server's for an error's text: as it is where it is made of letters, digits, dots, dashes
// and underscores, else quoted, and bounded.
func plain(name string) string {
	const most = 100
	odd := strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	})
	switch {
	case len(name) > most:
		return strconv.Quote(strings.ToValidUTF8(name[:most], "")) + "..."
	case odd || name == "":
		return strconv.Quote(name)
	}
	return name
}

// decodeError reads a refusal. No shape is documented for it, so that all usual ones are tried.
func decodeError(e *secureaccess.Error, header http.Header, body []byte) {
	if e.Method == http.MethodDelete && e.Path == reportsPath && e.Status == http.StatusOK {
		remaining := &NotDeletedError{}
		if readRemaining(body, remaining) && (remaining.Message != "" || remaining.Total > 0 || len(remaining.Reports) > 0) {
			e.Err = remaining
			if remaining.Message != "" {
				e.Messages = []string{remaining.Message}
			}
			return
		}
	}
	e.Code, e.Messages = codeIn(body, 0), rest.Reasons(body)
	if len(e.Messages) == 0 {
		e.Messages = rest.PlainReason(header.Get("Content-Type"), body)
	}
	switch {
	case e.Status == http.StatusUnauthorized:
		e.Err = ErrSignedOut
	case e.Status/100 == 2 && isPage(body) && readPage(body).signIn:
		// The page holds tokens of the session to come, which no error needs.
		e.Err, e.Messages = fmt.Errorf("%w: %w", ErrSignedOut, secureaccess.ErrUnauthorized), nil
	case e.Status/100 == 2 && len(e.Messages) == 0:
		e.Err = secureaccess.ErrBadResponse // neither the documented status nor a word why
	}
}

func readRemaining(body []byte, e *NotDeletedError) bool {
	_, err := engine.Unmarshal(body, e, engine.Limits{})
	return err == nil
}

// refusal reports whether the body of a good status is none: an error in JSON, of which the document says only that the
// body holds it, not that the status tells, or the sign-in page.
func refusal(body []byte) bool {
	if isPage(body) {
		return readPage(body).signIn
	}
	if len(body) == 0 || body[0] != '{' || len(body) > pageSize || !bytes.Contains(body, []byte(`"error`)) {
		return false
	}
	var said struct {
		Error  any `json:"error"`
		Errors any `json:"errors"`
	}
	return json.Unmarshal(body, &said) == nil && (filled(said.Error) || filled(said.Errors))
}

// isPage reports whether a body begins as HTML does.
func isPage(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(body[:min(len(body), 64)]), []byte("<"))
}

// filled reports whether a member says something.
func filled(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case float64:
		return v != 0
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}

// codeIn returns the code of a refusal, which can stand below the member that holds the reason.
func codeIn(data []byte, depth int) secureaccess.Code {
	if depth > 4 {
		return ""
	}
	var list []json.RawMessage
	if json.Unmarshal(data, &list) == nil {
		for _, element := range list[:min(len(list), 16)] {
			if code := codeIn(element, depth+1); code != "" {
				return code
			}
		}
		return ""
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(data, &members) != nil {
		return ""
	}
	for _, name := range []string{"code", "error_code", "errorCode"} {
		var text string
		var number json.Number
		switch value := members[name]; {
		case json.Unmarshal(value, &text) == nil && text != "":
			return secureaccess.Code(text)
		case json.Unmarshal(value, &number) == nil && number != "":
			return secureaccess.Code(number.String())
		}
	}
	for _, name := range []string{"error", "errors", "message", "detail", "details"} {
		if code := codeIn(members[name], depth+1); code != "" {
			return code
		}
	}
	return ""
}
