package rest

import (
	"encoding/json"
	"slices"
	"strings"
)

const (
	mostReasons  = 16  // an error is to be read, and the rest is in its Body
	longestText  = 500 // how much plain text makes a message; what is longer is a page
	reasonsDepth = 5
)

// reasonNames are the members that hold what a server has to say, the most telling first.
var reasonNames = []string{
	"message", "Message", "msg", "error", "errors", "errorMessage", "error_description", "detail", "details", "reason",
	"description", "title", "warnings", "result", "results", "body",
}

// Reasons returns what the body of a refusal says, in the shapes that servers give it: a text, a list of texts, an
// object with the reason by member, a list of objects, and these in each other, also as JSON within a string. What has
// none of these shapes says nothing.
func Reasons(body []byte) []string {
	var r reasons
	r.read(body, "", 0)
	return r.found
}

// PlainReason returns a short text that is no JSON and no page, as proxies and gateways write it.
func PlainReason(contentType string, body []byte) []string {
	if len(body) > longestText || !strings.HasPrefix(contentType, "text/plain") || json.Valid(body) {
		return nil
	}
	var r reasons
	r.add("", string(body))
	return r.found
}

type reasons struct{ found []string }

func (r *reasons) read(data []byte, member string, depth int) {
	if depth > reasonsDepth || len(r.found) >= mostReasons {
		return
	}
	var object map[string]json.RawMessage
	var list []json.RawMessage
	var text string
	switch {
	case json.Unmarshal(data, &object) == nil:
		r.object(object, member, depth)
	case json.Unmarshal(data, &list) == nil:
		for _, element := range list {
			r.read(element, member, depth+1)
		}
	case json.Unmarshal(data, &text) == nil:
		if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "{") && json.Valid([]byte(trimmed)) {
			r.read([]byte(trimmed), member, depth+1)
			return
		}
		r.add(member, text)
	}
}

// object reads the members that are known to hold reasons; where there is none below a reason, its members are names of
// what was wrong.
func (r *reasons) object(object map[string]json.RawMessage, member string, depth int) {
	known := false
	for _, name := range reasonNames {
		if value, ok := object[name]; ok && string(value) != "null" {
			known = true
			r.read(value, member, depth+1)
		}
	}
	if known || depth == 0 {
		return
	}
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		r.read(object[name], name, depth+1)
	}
}

// add keeps what was said, on one line, unless it stands there already.
func (r *reasons) add(member, text string) {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if text == "" || len(r.found) >= mostReasons {
		return
	}
	if member != "" {
		text = member + ": " + text
	}
	if !slices.Contains(r.found, text) {
		r.found = append(r.found, text)
	}
}
