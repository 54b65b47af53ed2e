// Package fake is the machinery of the in-memory servers: it serves a product's documented operations, by handlers or by
// their examples, checks requests against the contract, and makes them fail when told to.
package fake

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// Config says how a product's server treats requests before they reach a handler.
type Config struct {
	// Authenticate reports whether a request may pass, and responds when it may not. operations are those that the
	// path can be, none where nothing documented has it. Nil lets everybody pass.
	Authenticate func(w http.ResponseWriter, r *http.Request, operations []*contract.Endpoint) bool

	// Refuse responds to a request that no handler gets: 400 for what departs from the contract, 404, 405 (the Allow
	// header is set), 501 for an operation that needs a handler and has none.
	Refuse func(w http.ResponseWriter, r *http.Request, status int, problems []string)

	// Ignore reports whether the server takes a request in spite of what [contract.Endpoint.CheckRequest] has found.
	// Nil ignores nothing.
	Ignore func(e *contract.Endpoint, problem string) bool

	// Untyped has the server take a body without a Content-Type for JSON where the operation takes that.
	Untyped bool
}

// API serves the documented operations of a product. Those without a handler get their example.
//
// A slash at the end of a path counts for nothing: the vendors print some paths with one and some without.
type API struct {
	config   Config
	contract *contract.Contract
	router   router
	routes   map[string]*route // by the id of an operation
}

// NewAPI returns the operations of a contract.
func NewAPI(c *contract.Contract, config Config) *API {
	a := &API{config: config, contract: c, routes: map[string]*route{}}
	for _, e := range c.Endpoints {
		rt := a.router.at(e.Method, template(c, e))
		rt.operations = append(rt.operations, e)
		a.routes[e.ID] = rt
	}
	return a
}

// template returns the path of an operation on the server. What follows a parameter that stands for several segments
// belongs to it.
func template(c *contract.Contract, e *contract.Endpoint) string {
	path := e.Path
	for _, base := range c.BaseURIs {
		if base.Name != e.BaseURI {
			continue
		}
		// {host} and the like stand where a URL has its host.
		if u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(base.URI)); err == nil {
			path = strings.TrimRight(u.EscapedPath(), "/") + path
		}
	}
	for _, p := range e.PathParams {
		if before, _, ok := strings.Cut(path, "{"+p.Name+"}"); ok && p.Type == "path" {
			path = before + "{" + p.Name + "...}"
		}
	}
	return path
}

// Handle registers a handler for the operations of one route, all of them: whoever documents another operation there
// has to decide whether the handler knows it. It panics where that is not so, which a package's first test finds.
func (a *API) Handle(h Handler, ids ...string) {
	var rt *route
	for _, id := range ids {
		found := a.routes[id]
		switch {
		case found == nil:
			panic("fake: the contract has no operation " + id)
		case rt != nil && rt != found:
			panic(fmt.Sprintf("fake: %s is not of the same route as %s", id, ids[0]))
		}
		rt = found
	}
	for _, e := range rt.operations {
		if !slices.Contains(ids, e.ID) {
			panic(fmt.Sprintf("fake: %s has the route of %s and is not named with it", e.ID, ids[0]))
		}
	}
	rt.handler = h
}

// HandleBelow registers a handler for a method and all paths below a prefix that ends in a slash, documented or not:
// for trees that are addressed by path. The rest of the path is the parameter "path". Handlers that are registered
// afterwards win over it.
func (a *API) HandleBelow(h Handler, method, prefix string) {
	a.HandlePath(h, method, prefix+"{path...}")
	for _, e := range a.contract.Endpoints {
		if path := template(a.contract, e); e.Method == method && strings.HasPrefix(path, prefix) {
			rt := a.routes[e.ID]
			rt.handler = func(w http.ResponseWriter, r *http.Request, _ Params) {
				h(w, r, Params{"path": strings.TrimPrefix(strings.TrimSuffix(r.URL.EscapedPath(), "/"), prefix)})
			}
		}
	}
}

// HandlePath registers a handler for a path that is not documented.
func (a *API) HandlePath(h Handler, method, template string) {
	rt := a.router.at(method, template)
	rt.handler = h
}

// What is read of a body before a handler gets it: JSON is compared with the contract whole, and refused when it is
// longer; of content the beginning does.
const (
	mostJSON  = 16 << 20
	inspected = 1 << 10
)

// ServeHTTP serves a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rt, params, allowed := a.router.find(r.Method, r.URL.EscapedPath())
	var operations []*contract.Endpoint
	if rt != nil {
		operations = rt.operations
	}
	if a.config.Authenticate != nil && !a.config.Authenticate(w, r, operations) {
		_, _ = io.Copy(io.Discard, r.Body) // breaking off an upload would hide the response from its sender
		return
	}
	switch {
	case rt == nil && len(allowed) > 0:
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		a.config.Refuse(w, r, http.StatusMethodNotAllowed, []string{"the method is not allowed here"})
		return
	case rt == nil:
		a.config.Refuse(w, r, http.StatusNotFound, []string{"there is nothing at this path"})
		return
	case len(operations) == 0:
		rt.handler(w, r, params)
		return
	}
	operation, problems := a.choose(operations, r)
	if len(problems) > 0 {
		_, _ = io.Copy(io.Discard, r.Body)
		a.config.Refuse(w, r, http.StatusBadRequest, problems)
		return
	}
	if rt.handler == nil {
		a.example(w, r, operation)
		return
	}
	rt.handler(&response{w, operation}, r, params)
}

// choose returns the first operation that a request fits, or what keeps it from the one that it fits best.
func (a *API) choose(operations []*contract.Endpoint, r *http.Request) (*contract.Endpoint, []string) {
	most := int64(inspected)
	if slices.ContainsFunc(operations, takesJSON) {
		most = mostJSON + 1
	}
	head, err := io.ReadAll(io.LimitReader(r.Body, most))
	switch {
	case err != nil:
		return nil, []string{"the body cannot be read"}
	case len(head) > mostJSON:
		return nil, []string{fmt.Sprintf("the body has more than %d bytes", mostJSON)}
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), r.Body), r.Body}
	var problems []string
	for i, e := range operations {
		found := a.check(e, r, head)
		if len(found) == 0 {
			return e, nil
		}
		if i == 0 || len(found) < len(problems) {
			problems = found
		}
	}
	return nil, problems
}

// takesJSON reports whether the body of an operation is JSON.
func takesJSON(e *contract.Endpoint) bool { return e.Request != nil && isJSON(e.Request.ContentType) }

// check compares a request with an operation.
func (a *API) check(e *contract.Endpoint, r *http.Request, body []byte) []string {
	if r.Header.Get("Content-Type") == "" && (len(body) == 0 || a.config.Untyped && takesJSON(e)) {
		// What has no body needs no type, although some documents print one with every request.
		typed := *r
		typed.Header = r.Header.Clone()
		typed.Header.Set("Content-Type", "application/json")
		r = &typed
	}
	problems := e.CheckRequest(r, body)
	if a.config.Ignore == nil {
		return problems
	}
	return slices.DeleteFunc(problems, func(problem string) bool { return a.config.Ignore(e, problem) })
}

// Example responds with the first example of the operation that the request is.
func (a *API) Example(w http.ResponseWriter, r *http.Request) {
	rt, _, _ := a.router.find(r.Method, r.URL.EscapedPath())
	if rt == nil || len(rt.operations) == 0 {
		a.config.Refuse(w, r, http.StatusNotFound, []string{"there is nothing at this path"})
		return
	}
	a.example(w, r, rt.operations[0])
}
