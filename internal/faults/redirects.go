package faults

import (
	"fmt"
	"net/http"
	"net/url"
)

// leads sends the client to a Location.
func leads(name string, status int, mild Kind, where Leads, proto Proto, location func(*Exchange) string) Fault {
	return Fault{Name: fmt.Sprintf("%s, by %d", name, status), Proto: proto, Mild: mild, Leads: where, Handle: func(x *Exchange) {
		r := Response{Status: status, Header: http.Header{"Location": {location(x)}}}
		x.Send(r)
	}}
}

// redirects are redirects to where nothing of the client's may go, or nowhere.
func redirects() []Fault {
	constant := func(location string) func(*Exchange) string { return func(*Exchange) string { return location } }
	same := func(x *Exchange) string { return x.Elsewhere + x.Request.URI }
	var list []Fault
	for _, status := range []int{301, 302, 303, 307, 308} {
		list = append(list,
			// Content may come from elsewhere, if no credentials go there.
			leads("to another origin", status, Download, Abroad, HTTP, same),
			leads("from https to http", status, 0, Downward, HTTPS, same),
			leads("to itself", status, 0, Nowhere, HTTP, func(x *Exchange) string { return x.Request.URI }))
	}
	for name, location := range map[string]func(*Exchange) string{
		"to another origin, without its scheme": func(x *Exchange) string {
			u, err := url.Parse(x.Elsewhere)
			if err != nil {
				return ""
			}
			return "//" + u.Host + x.Request.URI
		},
		"to another origin, with a user": func(x *Exchange) string {
			u, err := url.Parse(x.Elsewhere)
			if err != nil {
				return ""
			}
			return "http://user:password@" + u.Host + x.Request.URI
		},
		"to another origin, through a query": func(x *Exchange) string {
			return x.Elsewhere + "/collect?was=" + url.QueryEscape(x.Request.echo())
		},
	} {
		list = append(list, leads(name, 302, Download, Abroad, HTTP, location))
	}
	list = append(list,
		leads("to nowhere", 302, 0, Nowhere, HTTP, constant("")),
		leads("to no URL", 302, 0, Nowhere, HTTP, constant("http://[::1%zz/\x7f")),
		leads("to a script", 302, 0, Nowhere, HTTP, constant("javascript:alert(1)")),
		leads("to a file", 302, 0, Nowhere, HTTP, constant("file:///etc/passwd")),
		leads("to a closed port", 302, 0, Nowhere, HTTP, constant("http://127.0.0.1:1/")),
		leads("by 300", 300, 0, Abroad, HTTP, same),
		leads("by 304", 304, 0, Abroad, HTTP, same),
		leads("by 305", 305, 0, Abroad, HTTP, same),
		Fault{Name: "through ever new addresses", Handle: func(x *Exchange) {
			x.Send(Response{Status: 302, Header: http.Header{"Location": {x.Request.Path + "?n=" + fmt.Sprint(len(x.Request.URI))}}})
		}})
	return list
}
