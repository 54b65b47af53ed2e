package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// operationHeader carries the template that the SDK has for a request to the recorder.
const operationHeader = "X-Test-Operation"

// recorder responds to requests with the documented examples and keeps what came.
type recorder struct {
	*httptest.Server
	contract *contract.Contract

	mu       sync.Mutex
	expect   *contract.Endpoint // what a request is taken for where several operations share a path
	response int                // which of its documented responses it gets
	variant  int                // which of that one's examples
	instead  []byte             // the body of that response instead; nil: the example
	seen     []recorded
}

type recorded struct {
	endpoint *contract.Endpoint
	template string // the SDK's name of the operation
	request  *http.Request
	body     []byte
}

func newRecorder(t *testing.T, product string) *recorder {
	r := &recorder{contract: contract.MustLoad(product)}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

// options make a client send through the recorder.
func (r *recorder) options() []secureaccess.Option {
	return []secureaccess.Option{secureaccess.WithTransport(r), secureaccess.WithRetry(secureaccess.RetryPolicy{})}
}

// RoundTrip notes which operation the SDK thinks it is sending.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if op, ok := secureaccess.OperationOf(req.Context()); ok {
		req = req.Clone(req.Context())
		req.Header.Set(operationHeader, op.Method+" "+op.Path)
	}
	return http.DefaultTransport.RoundTrip(req)
}

func (r *recorder) begin(e *contract.Endpoint, response, variant int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expect, r.response, r.variant, r.seen, r.instead = e, response, variant, nil, nil
}

// respondWith gives the expected operation another body than the documented one.
func (r *recorder) respondWith(body []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.instead = body
}

// asks reports whether the request has a query parameter; sort[field] is the parameter sort.
func (r recorded) asks(name string) bool {
	for sent := range r.request.URL.Query() {
		if base, _, _ := strings.Cut(sent, "["); base == name {
			return true
		}
	}
	return false
}

// mark is what tells requests on one route apart: the body, the names of the query's parameters with their values, and
// the headers but for what differs from call to call.
func (r recorded) mark() string {
	var b strings.Builder
	b.Write(r.body)
	b.WriteString("\n" + r.request.URL.Query().Encode())
	for _, name := range slices.Sorted(maps.Keys(r.request.Header)) {
		switch name {
		case operationHeader, "User-Agent", "Content-Length", "Date", "Cookie":
		case "Authorization":
			scheme, _, _ := strings.Cut(r.request.Header.Get(name), " ")
			b.WriteString("\n" + name + ": " + scheme)
		default:
			b.WriteString("\n" + name + ": " + r.request.Header.Get(name))
		}
	}
	return b.String()
}

// requests returns what came for the expected operation.
func (r *recorder) requests() []recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.seen), func(got recorded) bool { return got.endpoint != r.expect })
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	matches := r.contract.Match(req.Method, req.URL.EscapedPath())
	if len(matches) == 0 {
		http.Error(w, fmt.Sprintf("no operation %s %s", req.Method, req.URL.EscapedPath()), http.StatusTeapot)
		return
	}
	endpoint, response, variant := matches[0], 0, 0
	if slices.Contains(matches, r.expect) {
		endpoint, response, variant = r.expect, r.response, r.variant
	}
	r.seen = append(r.seen, recorded{endpoint, req.Header.Get(operationHeader), req, body})
	if endpoint == r.expect && r.instead != nil {
		documented := endpoint.Responses[response]
		documented.Example, documented.Alternates, documented.Variants = r.instead, nil, nil
		respond(w, documented, 0)
		return
	}
	respond(w, endpoint.Responses[response], variant)
}

// respond writes a documented response with one of its examples.
func respond(w http.ResponseWriter, response contract.Response, variant int) {
	body := response.Examples()[variant]
	if bytes.Equal(body, []byte("null")) {
		body = nil
	}
	if mediaType, _, _ := mime.ParseMediaType(response.ContentType); mediaType != "application/json" {
		var text string
		if json.Unmarshal(body, &text) == nil {
			body = []byte(text) // a text stands for itself
		} else if len(body) == 0 && mediaType != "" {
			body = []byte("content") // what the contract has no example of
		}
	}
	status := response.Status
	if status == 0 {
		status = http.StatusOK
		if len(body) == 0 {
			status = http.StatusNoContent
		}
	}
	for _, h := range response.Headers {
		switch {
		case h.Example != nil:
			w.Header().Set(h.Name, fmt.Sprint(h.Example))
		case h.Name == "Set-Cookie":
			w.Header().Set("Set-Cookie", "cs_console_tkt=7e24ZjU5; Path=/")
		}
	}
	if response.ContentType != "" && len(body) > 0 {
		w.Header().Set("Content-Type", response.ContentType)
	}
	w.WriteHeader(status)
	if status != http.StatusNoContent {
		_, _ = w.Write(body)
	}
}
