package msp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Sentinels for [errors.Is].
var (
	ErrWrongPassword  = errors.New("the portal does not take this user name, password and realm")
	ErrMissingField   = errors.New("the page lacks a hidden field")
	ErrMissingCookie  = errors.New("the portal sets no cookie")
	ErrUnexpectedPage = errors.New("the portal answers with a page of another kind")

	// ErrSignedOut is that of calls which the portal answers with 401 or its sign-in page, after renewal where the
	// client can renew. It comes together with [secureaccess.ErrUnauthorized].
	ErrSignedOut = errors.New("the portal asks to sign in")
)

// LoginStep is a step of the way to a DSID.
type LoginStep string

// The steps in their order. The last is taken only where another session is open.
const (
	StepOpen     LoginStep = "open"     // GET of the sign-in page
	StepSubmit   LoginStep = "submit"   // POST of user name and password
	StepContinue LoginStep = "continue" // POST of the page that asks whether to continue
)

// LoginError says where signing in has ended. It stands within a *[secureaccess.Error] that names the request, and
// quotes nothing of the pages.
type LoginError struct {
	Step  LoginStep
	Field string // the hidden field or the cookie that is missing, "" for other reasons
	Err   error  // ErrWrongPassword, ErrMissingField, ErrMissingCookie or ErrUnexpectedPage
}

// Error names the step and the reason.
func (e *LoginError) Error() string {
	text := "signing in, step " + string(e.Step) + ": " + e.Err.Error()
	if e.Field != "" {
		text += ": " + e.Field
	}
	return text
}

// Unwrap returns the reason.
func (e *LoginError) Unwrap() error { return e.Err }

// Is matches [secureaccess.ErrUnauthorized] for a wrong password, which the portal answers with status 200.
func (e *LoginError) Is(target error) bool {
	return target == secureaccess.ErrUnauthorized && e.Err == ErrWrongPassword
}

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
		names = append(names, sentence(report.ID))
	}
	text := "reports not deleted, " + strconv.Itoa(max(e.Total, len(e.Reports))) + " in all"
	if len(names) > 0 {
		text += ": " + strings.Join(names, ", ")
	}
	return text
}

// decodeError reads a refusal. No shape is documented for it, so that all usual ones are tried.
func decodeError(e *secureaccess.Error, _ http.Header, body []byte) {
	if e.Method == http.MethodDelete && e.Path == reportsPath && e.Status == http.StatusOK {
		remaining := &NotDeletedError{}
		if json.Unmarshal(body, remaining) == nil && (remaining.Message != "" || remaining.Total > 0 || len(remaining.Reports) > 0) {
			e.Err = remaining
			if message := sentence(remaining.Message); message != "" {
				e.Messages = []string{message}
			}
			return
		}
	}
	e.Code, e.Messages = explain(body)
	switch {
	case e.Status == http.StatusUnauthorized:
		e.Err = ErrSignedOut
	case e.Status/100 == 2 && len(e.Messages) == 0:
		e.Err = secureaccess.ErrBadResponse // neither the documented status nor a word why
	}
}

// explain finds the code and the sentences of an error in JSON of any shape.
func explain(body []byte) (code string, messages []string) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return "", nil
	}
	return find(value, 0)
}

// longestMessage is what is kept of a sentence, in bytes: nothing that a portal has to say in one is longer.
const longestMessage = 1000

// sentence puts a text on one line and cuts it where it is long.
func sentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > longestMessage {
		text = strings.ToValidUTF8(text[:longestMessage], "") + "..."
	}
	return text
}

// find looks for a code and sentences in a value that holds an error, to a modest depth and length.
func find(value any, depth int) (code string, messages []string) {
	add := func(more ...string) {
		for _, message := range more {
			if message = sentence(message); message != "" && len(messages) < 16 && !slices.Contains(messages, message) {
				messages = append(messages, message)
			}
		}
	}
	if depth > 4 {
		return "", nil
	}
	switch v := value.(type) {
	case string:
		add(v)
	case []any:
		for _, item := range v {
			c, found := find(item, depth+1)
			if code == "" {
				code = c
			}
			add(found...)
		}
	case map[string]any:
		for _, name := range []string{"code", "error_code", "errorCode"} {
			switch c := v[name].(type) {
			case string:
				code = c
			case json.Number:
				code = c.String()
			default:
				continue
			}
			break
		}
		for _, name := range []string{"message", "messages", "msg", "error", "errors", "error_description", "detail", "details", "description", "reason"} {
			c, found := find(v[name], depth+1)
			if code == "" {
				code = c
			}
			add(found...)
		}
	}
	return code, messages
}

// do carries out an operation that answers a T. The document says of failures only that their body holds an error, not
// that their status tells: an answer that is one is not taken for a T without its fields.
func do[T any](ctx context.Context, c *rest.Client, op *rest.Op) (*T, error) {
	a, err := rest.Do[answer[T]](ctx, c, op)
	if err == nil {
		return &a.value, nil
	}
	if e, ok := errors.AsType[*secureaccess.Error](err); ok {
		if reported, ok := errors.AsType[*reportedError](err); ok {
			e.Code, e.Messages = reported.code, reported.messages
		}
	}
	return nil, err
}

type answer[T any] struct{ value T }

// UnmarshalJSON reads a T, or the error in its place. Null would pass for a T without its fields.
func (a *answer[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return errors.New("the body is null")
	}
	if bytes.Contains(data, []byte(`"error`)) {
		var failure struct {
			Error  any `json:"error"`
			Errors any `json:"errors"`
		}
		if json.Unmarshal(data, &failure) == nil && (filled(failure.Error) || filled(failure.Errors)) {
			reported := &reportedError{}
			reported.code, reported.messages = explain(data)
			return reported
		}
	}
	return json.Unmarshal(data, &a.value)
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

// reportedError is an answer with a status of success that holds an error.
type reportedError struct {
	code     string
	messages []string
}

func (e *reportedError) Error() string { return "it holds an error" }
