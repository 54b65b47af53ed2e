package faults

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Exchange is a request that met a fault, and the connection it came on.
type Exchange struct {
	*Conn
	Request   Request
	Good      Response // the right one
	Elsewhere string   // another origin's URL
	Base      string   // this server's
}

// Send sends a response as HTTP/1.1 has it.
func (x *Exchange) Send(r Response) {
	x.Print(x.Head(r, "Content-Length: "+strconv.Itoa(len(r.Body))) + r.body(x.Request.Method))
}

// Head returns the status line and the header of a response, with the lines of more in place of its own of those names.
func (x *Exchange) Head(r Response, more ...string) string {
	var b strings.Builder
	status := r.status()
	fmt.Fprintf(&b, "HTTP/1.1 %03d %s\r\n", status, http.StatusText(status))
	names := map[string]bool{}
	for _, line := range more {
		name, _, _ := strings.Cut(line, ":")
		names[http.CanonicalHeaderKey(name)] = true
		b.WriteString(line + "\r\n")
	}
	for name, values := range r.Header {
		for _, value := range values {
			if !names[name] {
				b.WriteString(name + ": " + value + "\r\n")
			}
		}
	}
	return b.String() + "\r\n"
}

func (r Response) status() int {
	if r.Status == 0 {
		return http.StatusOK
	}
	return r.Status
}

func (r Response) body(method string) string {
	if method == http.MethodHead || r.status() == http.StatusNoContent {
		return ""
	}
	return r.Body
}

// With returns the response with another status and body, and the media type that the body has.
func (r Response) With(status int, mediaType, body string) Response {
	header := r.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", mediaType)
	return Response{Status: status, Header: header, Body: body}
}

// Words returns the values that a request carried and that a server could repeat: of its authorization, its cookies and
// the members of its body.
func (r *Request) Words() []string {
	var words []string
	add := func(values ...string) {
		for _, v := range values {
			if v != "" && !slices.Contains(words, v) {
				words = append(words, v)
			}
		}
	}
	for _, value := range r.Header.Values("Authorization") {
		_, rest, _ := strings.Cut(value, " ")
		add(value, rest)
		if pair, err := base64.StdEncoding.DecodeString(rest); err == nil {
			user, password, _ := strings.Cut(string(pair), ":")
			add(string(pair), user, password)
		}
	}
	for _, value := range r.Header.Values("Cookie") {
		add(value)
		for pair := range strings.SplitSeq(value, ";") {
			_, v, _ := strings.Cut(strings.TrimSpace(pair), "=")
			add(v)
		}
	}
	add(string(r.Body))
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		if form, err := url.ParseQuery(string(r.Body)); err == nil {
			for _, name := range sortedKeys(form) {
				add(form[name]...)
			}
		}
	}
	var body any
	if json.Unmarshal(r.Body, &body) == nil {
		texts(body, add)
	}
	return words
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// texts hands the texts in a decoded JSON value to add.
func texts(value any, add func(...string)) {
	switch v := value.(type) {
	case string:
		add(v)
	case []any:
		for _, e := range v {
			texts(e, add)
		}
	case map[string]any:
		for _, name := range sortedKeys(v) {
			texts(v[name], add)
		}
	}
}
