package fake

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// Handler serves one operation. Arguments are the values of the path's parameters, decoded.
type Handler func(w http.ResponseWriter, r *http.Request, p Params)

// Params are the values of a path's parameters by name. A trailing parameter written {name...} takes the rest of the
// path, with its slashes and still escaped.
type Params map[string]string

// router finds the route of a request. Unlike http.ServeMux it takes paths that overlap: a literal segment wins over a
// parameter, so that /sa/groups and /sa/{appliance_id} stand side by side. It takes paths without the slash at their
// end.
type router struct{ root node }

type node struct {
	literal map[string]*node
	param   *node
	tail    map[string]*route // {name...}, by method
	routes  map[string]*route // by method
}

// route is what is known of a method and path.
type route struct {
	method     string
	names      []string             // of the parameters
	operations []*contract.Endpoint // in the order of the contract; none: not documented
	handler    Handler              // nil: the example
}

// at returns the route of a method and a path template, new if there is none.
func (r *router) at(method, template string) *route {
	n := &r.root
	var names []string
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
			return routeIn(&n.tail, method, append(names, rest))
		}
		names = append(names, name)
		if n.param == nil {
			n.param = &node{}
		}
		n = n.param
	}
	return routeIn(&n.routes, method, names)
}

func routeIn(routes *map[string]*route, method string, names []string) *route {
	if *routes == nil {
		*routes = map[string]*route{}
	}
	if (*routes)[method] == nil {
		(*routes)[method] = &route{method: method, names: names}
	}
	return (*routes)[method]
}

// find returns the route of a request with its parameters. Where there is none, allowed are the methods that the path
// takes.
func (r *router) find(method, escapedPath string) (rt *route, p Params, allowed []string) {
	rt, values, allowed := r.root.find(method, split(escapedPath), nil)
	if rt == nil {
		slices.Sort(allowed)
		return nil, nil, slices.Compact(allowed)
	}
	p = make(Params, len(values))
	for i, value := range values {
		p[rt.names[i]] = value
	}
	return rt, p, nil
}

// find walks the tree, literals first, and returns for parameters where they lead nowhere.
func (n *node) find(method string, segments, values []string) (*route, []string, []string) {
	var allowed []string
	if len(segments) == 0 {
		if rt, ok := n.routes[method]; ok {
			return rt, values, nil
		}
		for m := range n.routes {
			allowed = append(allowed, m)
		}
		return nil, nil, allowed
	}
	if next := n.literal[segments[0]]; next != nil {
		rt, found, others := next.find(method, segments[1:], values)
		if rt != nil {
			return rt, found, nil
		}
		allowed = append(allowed, others...)
	}
	if n.param != nil {
		if value, err := url.PathUnescape(segments[0]); err == nil && value != "" {
			rt, found, others := n.param.find(method, segments[1:], append(slices.Clip(values), value))
			if rt != nil {
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
	return nil, nil, allowed
}

func split(path string) []string {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}
