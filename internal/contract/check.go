package contract

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CheckRequest says in what a request departs from the operation: unknown, missing or wrongly valued query
// parameters, a missing header, the wrong content type or coding, body members that are unknown, missing, out of range
// or outside a closed enumeration. Aliases count as the member, and a member whose absence the server only ignores is
// not missing. The path is the caller's business, see [Contract.Match].
func (e *Endpoint) CheckRequest(r *http.Request, body []byte) []string {
	var problems []string
	report := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }

	known := map[string]Field{}
	for _, q := range e.Query {
		known[q.Name] = q
	}
	sent := r.URL.Query()
	for name, values := range sent {
		q, ok := known[name]
		if !ok {
			// A deep object spreads over parameters of its own: sort[field]=asc.
			base, _, deep := strings.Cut(name, "[")
			if q, ok = known[base]; !ok || !deep {
				report("query parameter %q is not documented", name)
				continue
			}
		}
		for _, value := range values {
			problem := q.checkValue(value)
			if problem == "" && slices.Contains(places, name) && strings.HasPrefix(value, "-") {
				problem = fmt.Sprintf("is %s, less than 0", value)
			}
			if problem != "" {
				report("query parameter %q %s", name, problem)
			}
		}
	}
	for _, q := range e.Query {
		if q.Required && !q.SampleOnly && !sent.Has(q.Name) {
			report("query parameter %q is missing", q.Name)
		}
	}
	for _, h := range e.Headers {
		if h.Required && r.Header.Get(h.Name) == "" {
			report("header %s is missing", h.Name)
		}
	}

	return append(problems, e.checkBody(r, body)...)
}

// places are the parameters that choose a part of a list. Where the documents give no minimum it is still 0.
var places = []string{"limit", "start", "offset"}

// most is the most of an unpacked body that is compared with the contract.
const most = 16 << 20

// Unpacked returns the body of a request without its content coding, where the operation documents one.
func (e *Endpoint) Unpacked(r *http.Request, body []byte) ([]byte, error) {
	coding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding")))
	if coding == "identity" {
		coding = ""
	}
	documented := ""
	if e.Request != nil {
		documented = e.Request.Encoding
	}
	if coding == "" && documented == "gzip" && bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		coding = "gzip" // the document's own examples announce nothing
	}
	switch {
	case coding == "" && documented != "" && e.Request.EncodingRequired && len(body) > 0:
		return nil, fmt.Errorf("the body is not compressed with %s", documented)
	case coding == "":
		return body, nil
	case coding != documented || coding != "gzip":
		return nil, fmt.Errorf("content encoding %q is not documented", coding)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("the body is not %s", coding)
	}
	data, err := io.ReadAll(io.LimitReader(unpacked, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the body is not %s", coding)
	case len(data) > most:
		return nil, fmt.Errorf("the body unpacks to more than %d bytes", most)
	}
	return data, nil
}

// checkBody says in what the body departs from the operation.
func (e *Endpoint) checkBody(r *http.Request, body []byte) []string {
	request := e.Request
	if request == nil {
		if len(body) > 0 {
			return []string{fmt.Sprintf("the operation has no body, but %d bytes came", len(body))}
		}
		return nil
	}
	if len(body) == 0 {
		if request.Required {
			return []string{"the body is missing"}
		}
		return nil
	}
	var problems []string
	got, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	want, _, _ := mime.ParseMediaType(request.ContentType)
	if want != "" && got != want {
		problems = append(problems, fmt.Sprintf("content type is %q, not %q", got, want))
	}
	body, err := e.Unpacked(r, body)
	if err != nil {
		return append(problems, err.Error())
	}
	if want == "application/json" {
		var value any
		if err := json.Unmarshal(body, &value); err != nil {
			return append(problems, fmt.Sprintf("the body is not JSON: %v", err))
		}
		problems = append(problems, e.RequestShape().Check("body", value)...)
	}
	return problems
}

// Check says in what a JSON value, which is called at, departs from the shape.
func (s Shape) Check(at string, value any) []string {
	switch {
	case s.List != nil:
		list, ok := value.([]any)
		if !ok {
			return []string{at + " is not a list"}
		}
		var problems []string
		for i, element := range list {
			problems = append(problems, s.List.Check(fmt.Sprintf("%s[%d]", at, i), element)...)
		}
		return problems
	case s.Map != nil:
		object, ok := value.(map[string]any)
		if !ok {
			return []string{at + " is not an object"}
		}
		var problems []string
		for _, name := range slices.Sorted(maps.Keys(object)) {
			problems = append(problems, s.Map.Check(at+"."+name, object[name])...)
		}
		return problems
	case len(s.Fields) > 0:
		return s.checkObject(at, value)
	case s.Scalar != "":
		if problem := (Field{Type: s.Scalar}).checkKind(value); problem != "" {
			return []string{at + " " + problem}
		}
	}
	return nil
}

func (s Shape) checkObject(at string, value any) []string {
	object, ok := value.(map[string]any)
	if !ok {
		return []string{at + " is not an object"}
	}
	var problems []string
	for name, member := range object {
		where := at + "." + name
		f, ok := s.Member(name)
		if !ok {
			if !s.Open {
				problems = append(problems, where+" is not documented")
			}
			continue
		}
		problems = append(problems, s.checkField(where, member, f)...)
	}
	for _, f := range s.Fields {
		if value, ok := lookUp(object, f); f.Required && f.Missing == "" && (!ok || value == nil && !f.mayBeNull()) {
			problems = append(problems, fmt.Sprintf("%s.%s is missing", at, f.Name))
		}
	}
	slices.Sort(problems)
	return problems
}

// lookUp returns the value of a field, under its name or under an alias.
func lookUp(object map[string]any, f Field) (any, bool) {
	for _, name := range append([]string{f.Name}, f.Aliases...) {
		if value, ok := object[name]; ok {
			return value, true
		}
	}
	return nil, false
}

// mayBeNull reports whether null is a value of the field. Elsewhere it is the same as an absent member.
func (f Field) mayBeNull() bool {
	return f.Nullable || f.Type == "any" || f.Type == "" || slices.Contains(f.WireTypes, "null")
}

// checkKind says whether a JSON value is of a kind that the field does not come in.
func (f Field) checkKind(value any) string {
	for _, kind := range append([]string{f.Type}, f.WireTypes...) {
		ok := true
		switch kind {
		case "string":
			_, ok = value.(string)
		case "int", "float":
			_, ok = value.(float64)
		case "bool":
			_, ok = value.(bool)
		case "array":
			_, ok = value.([]any)
		case "object", "map":
			_, ok = value.(map[string]any)
		case "null":
			ok = value == nil
		}
		if ok {
			return ""
		}
	}
	return fmt.Sprintf("is %s, not %s", kindOf(value), strings.Join(append([]string{f.Type}, f.WireTypes...), " or "))
}

func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a text"
	case float64:
		return "a number"
	case bool:
		return "a truth value"
	case []any:
		return "a list"
	}
	return "an object"
}

func (s Shape) checkField(at string, value any, f Field) []string {
	if value == nil {
		return nil // see checkObject
	}
	shape := s.Of(f)
	if shape.Scalar != "" && f.Type == "object" {
		f.Type = shape.Scalar // an entity that is none
	}
	if problem := f.checkKind(value); problem != "" {
		return []string{at + " " + problem}
	}
	var problems []string
	switch member := value.(type) {
	case map[string]any:
		if f.EnumAppliesTo == "keys" {
			for _, key := range slices.Sorted(maps.Keys(member)) {
				if problem := f.checkEnum(key); problem != "" {
					problems = append(problems, fmt.Sprintf("%s: the key %s", at, problem))
				}
			}
		}
		if shape.List != nil {
			return append(problems, shape.List.Check(at, value)...) // one object for a list of one
		}
		return append(problems, shape.Check(at, value)...)
	case []any:
		switch {
		case f.MinItems != nil && len(member) < *f.MinItems:
			problems = append(problems, fmt.Sprintf("%s has %d elements, fewer than %d", at, len(member), *f.MinItems))
		case f.MaxItems != nil && len(member) > *f.MaxItems:
			problems = append(problems, fmt.Sprintf("%s has %d elements, more than %d", at, len(member), *f.MaxItems))
		}
		if shape.List == nil {
			return problems
		}
		for i, item := range member {
			problems = append(problems, shape.List.Check(fmt.Sprintf("%s[%d]", at, i), item)...)
		}
		return problems
	}
	if problem := f.checkValue(scalarText(value)); problem != "" {
		return []string{at + " " + problem}
	}
	return nil
}

// checkValue says whether a value is outside a closed enumeration or the documented range, or not the number that it
// should be.
func (f Field) checkValue(value string) string {
	if f.EnumAppliesTo == "" {
		if problem := f.checkEnum(value); problem != "" {
			return problem
		}
	}
	if f.Type == "int" && !slices.Contains(f.WireTypes, "string") {
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return fmt.Sprintf("is %q, not a whole number", value)
		}
	}
	if (f.Type == "timestamp" || f.Type == "epoch") && !isTime(value) {
		return fmt.Sprintf("is %q, not a time", value)
	}
	if f.Min != nil || f.Max != nil {
		n, err := strconv.ParseFloat(value, 64)
		switch {
		case err != nil:
		case f.Min != nil && n < *f.Min:
			return fmt.Sprintf("is %s, less than %v", value, *f.Min)
		case f.Max != nil && n > *f.Max:
			return fmt.Sprintf("is %s, more than %v", value, *f.Max)
		}
	}
	return ""
}

// isTime reports whether a parameter is a point in time: RFC 3339, also without a zone, or seconds of the Unix epoch.
func isTime(value string) bool {
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		return !math.IsNaN(seconds) && !math.IsInf(seconds, 0)
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		if _, err := time.Parse(layout, value); err == nil {
			return true
		}
	}
	return false
}

func (f Field) checkEnum(value string) string {
	if len(f.Enum) == 0 || f.EnumOpen || value == "" {
		return ""
	}
	if slices.ContainsFunc(f.Enum, func(v any) bool {
		return scalarText(v) == value || f.CaseInsensitive && strings.EqualFold(scalarText(v), value)
	}) {
		return ""
	}
	return fmt.Sprintf("is %q, none of %v", value, f.Enum)
}
