package contract

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CheckRequest says in what a request departs from the operation: unknown, missing or wrongly valued query
// parameters, a missing header, the wrong content type, body members that are unknown, missing or outside a closed
// enumeration. The path is the caller's business, see [Contract.Match].
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
			if problem := q.checkValue(value); problem != "" {
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

	request := e.Request
	if request == nil {
		if len(body) > 0 {
			report("the operation has no body, but %d bytes came", len(body))
		}
		return problems
	}
	if len(body) == 0 {
		if request.Required {
			report("the body is missing")
		}
		return problems
	}
	got, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	want, _, _ := mime.ParseMediaType(request.ContentType)
	if want != "" && got != want {
		report("content type is %q, not %q", got, want)
	}
	if want == "application/json" {
		var value any
		if err := json.Unmarshal(body, &value); err != nil {
			report("the body is not JSON: %v", err)
			return problems
		}
		problems = append(problems, e.checkBody(value)...)
	}
	return problems
}

// checkBody compares a decoded JSON body with the entity of the request.
func (e *Endpoint) checkBody(value any) []string {
	fields := e.requestFields()
	if fields == nil {
		return nil // free form
	}
	if list, ok := value.([]any); ok {
		var problems []string
		for i, item := range list {
			problems = append(problems, e.contract.checkObject(fmt.Sprintf("[%d]", i), item, fields)...)
		}
		return problems
	}
	return e.contract.checkObject("", value, fields)
}

// requestFields are the documented members of the body; nil when they are not closed.
func (e *Endpoint) requestFields() []Field {
	r := e.Request
	var fields []Field
	if r.ListOf != "" && r.ListKey != "" {
		fields = append(fields, Field{Name: r.ListKey, Type: "array", Items: r.ListOf})
	} else if r.ListOf != "" {
		fields = append(fields, e.contract.fieldsOf(r.ListOf)...)
	}
	// A member that is described twice counts as described with the operation.
	fields = append(fields, r.InlineFields...)
	for _, name := range []string{r.Entity, r.BodyEntity} {
		for _, f := range e.contract.fieldsOf(name) {
			if !slices.ContainsFunc(fields, func(g Field) bool { return g.Name == f.Name }) {
				fields = append(fields, f)
			}
		}
	}
	return fields
}

func (c *Contract) fieldsOf(entity string) []Field {
	e, ok := c.entities[entity]
	if !ok {
		return nil
	}
	fields := slices.Clone(e.Fields)
	if e.Extends != "" {
		fields = append(fields, c.fieldsOf(e.Extends)...)
	}
	return fields
}

func (c *Contract) checkObject(at string, value any, fields []Field) []string {
	object, ok := value.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("body%s is not an object", at)}
	}
	var problems []string
	for name, member := range object {
		i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
		where := at + "." + name
		if i < 0 {
			problems = append(problems, fmt.Sprintf("body%s is not documented", where))
			continue
		}
		problems = append(problems, c.checkField(where, member, fields[i])...)
	}
	for _, f := range fields {
		if _, ok := object[f.Name]; f.Required && !ok {
			problems = append(problems, fmt.Sprintf("body%s.%s is missing", at, f.Name))
		}
	}
	slices.Sort(problems)
	return problems
}

func (c *Contract) checkField(at string, value any, f Field) []string {
	switch member := value.(type) {
	case map[string]any:
		if nested := c.fieldsOf(f.Entity); nested != nil {
			return c.checkObject(at, member, nested)
		}
	case []any:
		nested := c.fieldsOf(f.Items)
		var problems []string
		for i, item := range member {
			if _, object := item.(map[string]any); object && nested != nil {
				problems = append(problems, c.checkObject(fmt.Sprintf("%s[%d]", at, i), item, nested)...)
			}
		}
		return problems
	case nil:
	default:
		if problem := f.checkValue(fmt.Sprint(scalarText(member))); problem != "" {
			return []string{"body" + at + " " + problem}
		}
	}
	return nil
}

// checkValue says whether a value is outside a closed enumeration or not the number it should be.
func (f Field) checkValue(value string) string {
	if len(f.Enum) > 0 && !f.EnumOpen && value != "" {
		if !slices.ContainsFunc(f.Enum, func(v any) bool { return scalarText(v) == value }) {
			return fmt.Sprintf("is %q, none of %v", value, f.Enum)
		}
	}
	if f.Type == "int" {
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return fmt.Sprintf("is %q, not a whole number", value)
		}
	}
	return ""
}

// Lost lists the members of want that got does not hold with an equal value: what decoding and encoding again has
// dropped or changed. Null counts as absent, an empty list or object as absent too, 1389 as equal to "1389", True to
// true, and two notations of one instant as equal.
func Lost(want, got any) []string { return lost("", want, got) }

func lost(at string, want, got any) []string {
	switch w := want.(type) {
	case nil:
		return nil
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			if len(w) == 0 && got == nil {
				return nil
			}
			return []string{fmt.Sprintf("%s: an object became %s", orRoot(at), describe(got))}
		}
		var problems []string
		for name, member := range w {
			value, present := g[name]
			if !present && !empty(member) {
				problems = append(problems, fmt.Sprintf("%s.%s is lost", at, name))
				continue
			}
			problems = append(problems, lost(at+"."+name, member, value)...)
		}
		slices.Sort(problems)
		return problems
	case []any:
		g, ok := got.([]any)
		if !ok && len(w) > 0 || len(g) != len(w) {
			return []string{fmt.Sprintf("%s: a list of %d became %s", orRoot(at), len(w), describe(got))}
		}
		var problems []string
		for i := range w {
			problems = append(problems, lost(fmt.Sprintf("%s[%d]", at, i), w[i], g[i])...)
		}
		return problems
	}
	if !sameScalar(want, got) {
		return []string{fmt.Sprintf("%s: %s became %s", orRoot(at), describe(want), describe(got))}
	}
	return nil
}

func orRoot(at string) string {
	if at == "" {
		return "the answer"
	}
	return at
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case map[string]any:
		return "an object"
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	}
	return fmt.Sprintf("%T %q", v, scalarText(v))
}

func scalarText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func sameScalar(want, got any) bool {
	if got == nil {
		return want == "" // an absent text
	}
	switch got.(type) {
	case map[string]any, []any:
		return false
	}
	a, b := scalarText(want), scalarText(got)
	if a == b || strings.EqualFold(a, b) && (strings.EqualFold(a, "true") || strings.EqualFold(a, "false")) {
		return true
	}
	ta, errA := time.Parse(time.RFC3339Nano, a)
	tb, errB := time.Parse(time.RFC3339Nano, b)
	return errA == nil && errB == nil && ta.Equal(tb)
}
