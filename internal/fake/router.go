package fake

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Handler answers one operation. Arguments are the values of the path's parameters, decoded.
type Handler func(w http.ResponseWriter, r *http.Request, p Params)

// Params are the values of a path's parameters by name. A trailing parameter written {name...} takes the rest of the
// path, with its slashes and still escaped.
type Params map[string]string

// Router finds the handler of a request. Unlike http.ServeMux it takes paths that overlap: a literal segment wins
// over a parameter, so that /sa/groups and /sa/{appliance_id} stand side by side.
type Router struct {
	root     node
	NotFound http.HandlerFunc // 404 by default
	NotAllow http.HandlerFunc // 405 by default; the Allow header is set
}

type node struct {
	literal map[string]*node
	param   *node
	tail    map[string]route // {name...}, by method
	routes  map[string]route // by method
}

type route struct {
	handler Handler
	names   []string
}

// Handle adds a handler for a method and a path template.
func (r *Router) Handle(method, template string, h Handler) {
	n := &r.root
	rt := route{handler: h}
	for _, segment := range split(template) {
		name, isParam := strings.CutPrefix(segment, "{")
		if !isParam {
			if n.literal == nil {
				n.literal = map[string]*node{}
			}
			if n.literal[segment] == nil {
				n.literal[segment] = &node{}
			}
			n = n.literal[segment]
			continue
		}
		name = strings.TrimSuffix(name, "}")
		if rest, isTail := strings.CutSuffix(name, "..."); isTail {
			rt.names = append(rt.names, rest)
			if n.tail == nil {
				n.tail = map[string]route{}
			}
			n.tail[method] = rt
			return
		}
		rt.names = append(rt.names, name)
		if n.param == nil {
			n.param = &node{}
		}
		n = n.param
	}
	if n.routes == nil {
		n.routes = map[string]route{}
	}
	n.routes[method] = rt
}

// ServeHTTP calls the handler of the request.
func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	segments := split(req.URL.EscapedPath())
	rt, values, allowed := r.root.find(req.Method, segments, nil)
	switch {
	case rt.handler != nil:
		params := make(Params, len(values))
		for i, value := range values {
			params[rt.names[i]] = value
		}
		rt.handler(w, req, params)
	case len(allowed) > 0:
		slices.Sort(allowed)
		w.Header().Set("Allow", strings.Join(slices.Compact(allowed), ", "))
		if r.NotAllow != nil {
			r.NotAllow(w, req)
			return
		}
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	case r.NotFound != nil:
		r.NotFound(w, req)
	default:
		http.NotFound(w, req)
	}
}

// find walks the tree, literals first, and comes back for parameters where they lead nowhere.
func (n *node) find(method string, segments, values []string) (route, []string, []string) {
	var allowed []string
	if len(segments) == 0 {
		if rt, ok := n.routes[method]; ok {
			return rt, values, nil
		}
		for m := range n.routes {
			allowed = append(allowed, m)
		}
		return route{}, nil, allowed
	}
	if next := n.literal[segments[0]]; next != nil {
		rt, found, others := next.find(method, segments[1:], values)
		if rt.handler != nil {
			return rt, found, nil
		}
		allowed = append(allowed, others...)
	}
	if n.param != nil {
		if value, err := url.PathUnescape(segments[0]); err == nil && value != "" {
			rt, found, others := n.param.find(method, segments[1:], append(slices.Clip(values), value))
			if rt.handler != nil {
				return rt, found, nil
			}
			allowed = append(allowed, others...)
		}
	}
	if rt, ok := n.tail[method]; ok {
		return rt, append(slices.Clip(values), strings.Join(segments, "/")), nil
	}
	for m := range n.tail {
		allowed = append(allowed, m)
	}
	return route{}, nil, allowed
}

func split(path string) []string {
	path = strings.TrimPrefix(path, "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}
