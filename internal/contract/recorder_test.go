package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// operationHeader carries the template that the SDK has for a request to the recorder.
const operationHeader = "X-Test-Operation"

// recorder answers requests with the documented examples and keeps what came.
type recorder struct {
	*httptest.Server
	contract *contract.Contract

	mu       sync.Mutex
	expect   *contract.Endpoint // what a request is taken for where several operations share a path
	response int                // which of its documented answers it gets
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

func (r *recorder) begin(e *contract.Endpoint, response int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expect, r.response, r.seen = e, response, nil
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
	endpoint, response := matches[0], 0
	if slices.Contains(matches, r.expect) {
		endpoint, response = r.expect, r.response
	}
	r.seen = append(r.seen, recorded{endpoint, req.Header.Get(operationHeader), req, body})
	answer(w, endpoint.Responses[response])
}

// answer writes a documented answer with its example.
func answer(w http.ResponseWriter, response contract.Response) {
	body := []byte(response.Example)
	if bytes.Equal(body, []byte("null")) {
		body = nil
	}
	if mediaType, _, _ := mime.ParseMediaType(response.ContentType); mediaType != "application/json" {
		var text string
		if json.Unmarshal(body, &text) == nil {
			body = []byte(text) // a text stands for itself
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
		if h.Name == "Set-Cookie" {
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
