package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// names of methods for verbs that have a word of their own in all products.
var verbs = map[string]string{"get": "Get", "list": "List", "create": "Create", "update": "Update", "replace": "Replace", "delete": "Delete"}

// result is what a method returns.
type result struct {
	goType string // "" for an error alone
	kind   string // "object", "list", "map", "content", "text", ""
}

// method writes the method of an operation, declares what it needs, and returns the call that covers it.
func (d *draft) method(e *contract.Endpoint) (string, coverageCall) {
	name := verbs[verbOf(e)]
	if name == "" {
		name = goName(verbOf(e))
	}
	call := coverageCall{id: e.ID, method: name}
	arguments, values := []string{"ctx context.Context"}, []string{fmt.Sprintf("%q", e.Path)}
	for _, p := range e.PathParams {
		argument := argName(p.Name)
		if len(e.PathParams) == 1 && (strings.HasSuffix(p.Name, "_id") || strings.HasSuffix(p.Name, "Id") || p.Name == "id") {
			argument = "id"
		}
		arguments = append(arguments, argument+" string")
		values = append(values, argument)
		call.arguments = append(call.arguments, fmt.Sprintf("%q", strings.ReplaceAll(p.Name, "_", "-")))
	}
	op := fmt.Sprintf("rest.%s(%s)", e.Method, strings.Join(values, ", "))
	if body, encode := d.body(e, name); body != "" {
		arguments = append(arguments, body)
		op += encode
		if strings.HasPrefix(encode, ".JSON") {
			_, goType, _ := strings.Cut(body, " ")
			call.body = goType
			call.arguments = append(call.arguments, argName(verbOf(e)))
		} else {
			call.arguments = append(call.arguments, "secureaccess.Upload{}")
		}
	}
	options := d.options(e, name)
	if options != "" {
		arguments = append(arguments, "opts *"+options)
		call.arguments = append(call.arguments, "nil")
	}
	if options != "" && pages(e) {
		call.result = true
		return d.paged(e, name, options, op, arguments), call
	}
	got := d.result(e, name)
	call.result = got.goType != ""

	var b strings.Builder
	b.WriteString(d.comment(e, name))
	signature := fmt.Sprintf("func (s *%sService) %s(%s)", d.service, name, strings.Join(arguments, ", "))
	begin := "op := " + op + "\n"
	if options != "" {
		begin += "\tif opts != nil {\n\t\top.Query(opts)\n\t}\n"
		op = "op"
	} else {
		begin = ""
	}
	if begin != "" {
		begin = "\t" + begin
	}
	switch got.kind {
	case "object":
		fmt.Fprintf(&b, "%s (*%s, error) {\n%s\treturn rest.Do[%s](ctx, s.rest, %s)\n}\n\n", signature, got.goType, begin, got.goType, op)
	case "list", "map":
		fmt.Fprintf(&b, "%s (%s, error) {\n%s\tgot, err := rest.Do[%s](ctx, s.rest, %s)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\treturn *got, nil\n}\n\n",
			signature, got.goType, begin, got.goType, op)
	case "content":
		fmt.Fprintf(&b, "%s (*secureaccess.Download, error) {\n%s\treturn rest.Fetch(ctx, s.rest, %s)\n}\n\n", signature, begin, op)
	default:
		fmt.Fprintf(&b, "%s error {\n%s\treturn rest.Send(ctx, s.rest, %s)\n}\n\n", signature, begin, op)
	}
	return b.String(), call
}

// comment is the doc comment: what the operation does, the operation, and what has to be known.
func (d *draft) comment(e *contract.Endpoint, name string) string {
	var b strings.Builder
	b.WriteString(wrap("", name+" "+third(e.Title)))
	fmt.Fprintf(&b, "//\n// %s %s\n//\n", e.Method, e.Path)
	var known []string
	if e.Permission != "" {
		known = append(known, "Permission: "+e.Permission+".")
	}
	if e.Auth != "" && e.Auth != "hawk" && d.pkg == "pulseone" {
		known = append(known, "Authentication: "+e.Auth+".")
	}
	if e.TransactionRequired {
		known = append(known, "Needs a transaction.")
	}
	known = append(known, "Document: "+oneLine(e.Section)+".")
	if e.Note != "" {
		b.WriteString(wrap("", oneLine(e.Note)) + "//\n")
	}
	b.WriteString(wrap("", strings.Join(known, " ")))
	return b.String()
}

// body returns the argument that is sent and how.
func (d *draft) body(e *contract.Endpoint, name string) (argument, encode string) {
	r := e.Request
	switch {
	case r == nil:
		return "", ""
	case !strings.Contains(r.ContentType, "json"):
		d.imports[module] = struct{}{}
		return "content secureaccess.Upload", fmt.Sprintf(".Upload(%q, content)", r.ContentType)
	}
	gzip := ""
	if r.Encoding == "gzip" {
		gzip = ".Gzip()"
	}
	shape := e.RequestShape()
	argument = d.argument(e, argName(d.one))
	if shape.List != nil {
		argument = d.argument(e, argName(d.service))
		return argument + " []" + d.element(r.ListOf, d.one, true), ".JSON(" + argument + ")" + gzip
	}
	if len(shape.Fields) == 0 {
		d.imports["encoding/json"] = struct{}{}
		return argument + " json.RawMessage", ".JSON(" + argument + ")" + gzip
	}
	goType := d.one + name
	for d.has(goType) {
		goType += "Body"
	}
	d.declare(goType, "is the body of ["+d.service+"Service."+name+"].", "", shape, true)
	return argument + " " + goType, ".JSON(" + argument + ")" + gzip
}

// argument is a name for the body that no parameter of the path has.
func (d *draft) argument(e *contract.Endpoint, name string) string {
	if slices.ContainsFunc(e.PathParams, func(p contract.Field) bool { return argName(p.Name) == name }) {
		return name + "Body"
	}
	return name
}

// options declares the options of an operation with a query.
func (d *draft) options(e *contract.Endpoint, name string) string {
	var b strings.Builder
	goType := d.one + name + "Options"
	n := 0
	for _, q := range e.Query {
		if q.SampleOnly {
			continue
		}
		n++
		if pages(e) && pageWords[q.Name] {
			continue
		}
		field := goName(q.Name)
		kind := "string"
		switch {
		case q.Type == "int":
			kind = "int"
		case q.Type == "bool":
			kind = "*bool"
		case q.Type == "array":
			kind = "[]string"
		case q.Sensitive:
			d.imports[module] = struct{}{}
			kind = "secureaccess.Secret"
		case len(q.Enum) > 0:
			kind = d.enum(goType[:len(goType)-len("Options")], field, q)
		}
		comment := oneLine(q.Note)
		if q.Max != nil {
			comment = strings.TrimSpace(fmt.Sprintf("%s At most %v.", comment, *q.Max))
		}
		text := fmt.Sprintf("\t%s %s `url:\"%s,omitempty\"`\n", field, kind, q.Name)
		if comment != "" {
			text = wrap("\t", comment) + text
		}
		if n > 1 && comment != "" {
			text = "\n" + text
		}
		b.WriteString(text)
	}
	if n == 0 {
		return ""
	}
	embedded := ""
	if pages(e) {
		embedded = "\tPageOptions\n\n"
	}
	d.order = append(d.order, goType)
	d.types[goType] = wrap("", goType+" are the options of ["+d.service+"Service."+name+"].") +
		"type " + goType + " struct {\n" + embedded + b.String() + "}\n"
	return goType
}

// result declares what an operation returns.
func (d *draft) result(e *contract.Endpoint, name string) result {
	if len(e.Responses) == 0 {
		return result{}
	}
	r := e.Responses[0]
	switch {
	case r.ContentType == "" || r.Status == 204:
		return result{}
	case !strings.Contains(r.ContentType, "json"):
		d.imports[module] = struct{}{}
		return result{goType: "*secureaccess.Download", kind: "content"}
	}
	shape := e.ResponseShape(0)
	switch {
	case shape.List != nil:
		return result{goType: "[]" + d.element(r.ListOf, d.one, false), kind: "list"}
	case shape.Map != nil:
		return result{goType: "map[string]" + d.element(r.MapOf, d.one, false), kind: "map"}
	case r.Entity != "" && len(r.InlineFields) == 0 && (r.ListKey == "" || strings.Contains(r.ListKey, ".")) && r.EntityAt == "":
		if goType := d.entity(r.Entity, false); d.has(goType) {
			return result{goType: goType, kind: "object"}
		}
	case len(shape.Fields) > 0:
		shape = named(shape, r.ListKey)
		var members []string
		for _, f := range shape.Fields {
			members = append(members, f.Name, f.Type, f.Entity, f.Items)
		}
		key := "result " + strings.Join(members, " ")
		if known, ok := d.named[key]; ok {
			return result{goType: known, kind: "object"} // several operations return the same
		}
		goType := d.one + name + "Result"
		switch {
		case r.ListKey != "":
			goType = d.one + "Page"
		case r.Entity != "" && !d.has(d.one):
			goType = d.one
		}
		for d.has(goType) {
			goType += "Body"
		}
		d.named[key] = goType
		d.declare(goType, "is what ["+d.service+"Service."+name+"] returns.", "", shape, false)
		return result{goType: goType, kind: "object"}
	}
	d.imports["encoding/json"] = struct{}{}
	return result{goType: "json.RawMessage", kind: "list"}
}

// named puts the list of an envelope first, and a total after it.
func named(shape contract.Shape, listKey string) contract.Shape {
	shape.Fields = slices.Clone(shape.Fields)
	slices.SortStableFunc(shape.Fields, func(a, b contract.Field) int {
		first := func(f contract.Field) int {
			switch f.Name {
			case listKey:
				return 0
			case "total", "itemsTotal":
				return 1
			}
			return 2
		}
		return first(a) - first(b)
	})
	return shape
}

// pages reports whether a list is paged by start and limit.
func pages(e *contract.Endpoint) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(e.Query, func(q contract.Field) bool { return q.Name == name && q.Type == "int" })
	}
	r := e.Responses[0]
	total := slices.ContainsFunc(e.ResponseShape(0).Fields, func(f contract.Field) bool { return f.Name == "total" && f.Type == "int" })
	return has("start") && has("limit") && r.ListKey != "" && total
}

// pageWords are the query parameters that PageOptions holds.
var pageWords = map[string]bool{"start": true, "offset": true, "page": true, "limit": true}

// paged writes the two methods of a list that pages, over the product's own list and all.
func (d *draft) paged(e *contract.Endpoint, name, options, op string, arguments []string) string {
	d.imports["iter"] = struct{}{}
	d.imports[module] = struct{}{}
	item := d.element(e.Responses[0].ListOf, d.one, false)
	iterator := "All"
	if name != "List" {
		iterator = "All" + strings.TrimPrefix(name, "List")
	}
	key := "nil"
	if entity, ok := d.contract.Entity(e.Responses[0].ListOf); ok {
		if slices.ContainsFunc(entity.Fields, func(f contract.Field) bool { return f.Name == "id" && f.Type == "string" }) {
			key = fmt.Sprintf("func(item *%s) string { return item.ID }", item)
		}
	}
	page, most := "*secureaccess.Page["+item+"]", ", pageSize"
	if d.pkg == "sase" {
		page, most = "*Page["+item+"]", ""
	}
	fetch := "s." + name
	if len(arguments) > 2 {
		passed := make([]string, 0, len(arguments))
		for _, argument := range arguments[1 : len(arguments)-1] {
			first, _, _ := strings.Cut(argument, " ")
			passed = append(passed, first)
		}
		fetch = fmt.Sprintf("func(ctx context.Context, opts *%s) (%s, error) { return s.%s(ctx, %s, opts) }", options, page, name, strings.Join(passed, ", "))
	}
	var b strings.Builder
	b.WriteString(d.comment(e, name))
	fmt.Fprintf(&b, "func (s *%sService) %s(%s) (%s, error) {\n\treturn list[%s](ctx, s.rest, %s, opts%s)\n}\n\n",
		d.service, name, strings.Join(arguments, ", "), page, item, op, most)
	fmt.Fprintf(&b, "// %s iterates over what [%sService.%s] lists, page after page, as the loop asks for more.\n//\n// %s %s\n", iterator, d.service, name, e.Method, e.Path)
	fmt.Fprintf(&b, "func (s *%sService) %s(%s) iter.Seq2[%s, error] {\n\treturn all(ctx, opts, %s, %s)\n}\n\n",
		d.service, iterator, strings.Join(arguments, ", "), item, key, fetch)
	return b.String()
}
