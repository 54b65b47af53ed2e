package fake

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// example responds with an operation's first documented response.
func (a *API) example(w http.ResponseWriter, r *http.Request, e *contract.Endpoint) {
	if isContent(e) {
		a.config.Refuse(w, r, http.StatusNotImplemented, []string{"this server keeps no content for the operation"})
		return
	}
	if len(e.Responses) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	documented := e.Responses[0]
	body, ok := documentedBody(documented)
	status := documented.Status
	if documented.ContentType != "" {
		w.Header().Set("Content-Type", documented.ContentType)
	}
	for _, h := range documented.Headers {
		// The length of content that only HEAD tells is not that of an example.
		if h.Example != nil && (h.Name != "Content-Length" || r.Method == http.MethodHead) {
			w.Header().Set(h.Name, fmt.Sprint(h.Example))
		}
	}
	switch {
	case status != 0:
	case ok:
		status = http.StatusOK
	default:
		status = http.StatusNoContent
	}
	if ok && isJSON(documented.ContentType) {
		if paged, fits := page(e, r, body); fits {
			body = paged
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// documentedBody returns the body of a documented response; ok is false where none is documented.
func documentedBody(documented contract.Response) (body []byte, ok bool) {
	if len(documented.Example) == 0 || string(documented.Example) == "null" {
		return nil, false
	}
	var text string
	if !isJSON(documented.ContentType) && json.Unmarshal(documented.Example, &text) == nil {
		return []byte(text), true
	}
	return documented.Example, true
}

// isContent reports whether an operation takes or gives content, of which the contract has no example.
func isContent(e *contract.Endpoint) bool {
	if e.Request != nil && isOpaque(e.Request.ContentType) {
		return true
	}
	if len(e.Responses) == 0 {
		return false
	}
	_, ok := documentedBody(e.Responses[0])
	return !ok && isOpaque(e.Responses[0].ContentType)
}

// isOpaque reports whether a media type is that of content: neither JSON nor a form nor a page.
func isOpaque(contentType string) bool {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	return mediaType != "" && !isJSON(contentType) && mediaType != "text/html" && mediaType != "application/x-www-form-urlencoded"
}

func isJSON(contentType string) bool {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}

// The members in which lists announce themselves, and the parameters that cut them into pages.
var (
	totals   = []string{"total", "itemsTotal", "total_count", "totalCount", "match_count", "totalPage", "total-matched-record-number"}
	returned = []string{"total-returned-record-number", "count"}
	offsets  = []string{"start", "offset"}
	limits   = []string{"limit", "number"}
)

// page cuts the example of a list to the page that a request asks for, and makes its totals true. fits is false where
// the example is no list.
func page(e *contract.Endpoint, r *http.Request, example []byte) (cut []byte, fits bool) {
	root, err := parseValue(example)
	if err != nil {
		return nil, false
	}
	envelope, list := findList(root)
	if list == nil {
		return nil, false
	}
	whole := len(list.items)
	asked := func(names []string) (int, bool) {
		for _, q := range e.Query {
			if slices.Contains(names, q.Name) && r.URL.Query().Has(q.Name) {
				return QueryInt(r, q.Name, 0), true
			}
		}
		return 0, false
	}
	limit, limited := asked(limits)
	if !limited {
		limit = whole
	}
	start, _ := asked(offsets)
	number, numbered := asked([]string{"page"})
	if numbered {
		start = whole // a page beyond what an int counts is empty
		if number-1 <= whole {
			start = max(number-1, 0) * min(max(limit, 0), whole)
		}
	}
	list.items = Window(list.items, start, limit)
	for _, object := range envelope {
		for i, m := range object.members {
			switch {
			case slices.Contains(totals, m.name):
				object.members[i].value.setNumber(whole)
			case slices.Contains(returned, m.name):
				object.members[i].value.setNumber(len(list.items))
			case m.name == "page" && numbered:
				object.members[i].value.setNumber(number)
			}
		}
	}
	return root.append(nil), true
}

// findList returns the list of an example with the objects that may hold its totals: those around it, and those beside
// it. The list is the first array of objects, the least deep one.
func findList(root *value) (envelope []*value, list *value) {
	level := []*value{root}
	for len(level) > 0 {
		var next []*value
		for _, object := range level {
			if object.members == nil {
				continue
			}
			envelope = append(envelope, object)
			for _, m := range object.members {
				if m.value.isList && list == nil && slices.ContainsFunc(m.value.items, func(v *value) bool { return v.members != nil }) {
					list = m.value
				}
				if m.value.members != nil {
					next = append(next, m.value)
				}
			}
		}
		if list != nil {
			return append(envelope, next...), list // "meta" beside "items"
		}
		level = next
	}
	return nil, nil
}

// response is the response of a handler, which knows the operation.
type response struct {
	http.ResponseWriter
	operation *contract.Endpoint
}

// Unwrap serves http.ResponseController.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// withNulls adds the members that the example of the response prints as null and a body leaves out.
func (w *response) withNulls(status int, body []byte) []byte {
	for _, documented := range w.operation.Responses {
		if documented.Status != status || !strings.Contains(string(documented.Example), "null") {
			continue
		}
		example, err := parseValue(documented.Example)
		if err != nil {
			return body
		}
		got, err := parseValue(body)
		if err != nil || !got.addNulls(example) {
			return body
		}
		return got.append(nil)
	}
	return body
}

// addNulls reports whether it has added anything.
func (v *value) addNulls(example *value) (added bool) {
	if v.isList && example.isList {
		for _, item := range v.items {
			for _, e := range example.items {
				added = item.addNulls(e) || added
			}
		}
		return added
	}
	if v.members == nil {
		return false
	}
	for _, m := range example.members {
		i := slices.IndexFunc(v.members, func(own member) bool { return own.name == m.name })
		switch {
		case i >= 0:
			added = v.members[i].value.addNulls(m.value) || added
		case m.value.isNull():
			v.members = append(v.members, m)
			added = true
		}
	}
	return added
}

func (v *value) setNumber(n int) {
	if _, err := strconv.ParseFloat(string(v.scalar), 64); err == nil {
		v.scalar = strconv.AppendInt(nil, int64(n), 10)
	}
}
