package contract_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/leak"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// call is a typed method called for one documented operation. The files named after the products hold them.
type call struct {
	id string

	// responses are the numbers of the documented answers that the call is made for; nil is all of them.
	responses []int

	// ownBody says that the body sent is not the documented example: another call sends that.
	ownBody bool

	// do calls the method, with the arguments of the documented example, and returns what it decoded, or nil where the
	// operation answers nothing. Where a method hands out a part of the answer, the call puts it back in its place.
	do func(ctx context.Context) (any, error)
}

// products say how to make the calls of each product against a recorder.
var products = map[string]func(t *testing.T, r *recorder) []call{}

// summary is what TestCoverage found. It is printed last, under the lines of the tests.
var summary []string

func TestMain(m *testing.M) {
	code := m.Run()
	for _, stack := range leak.Left() {
		fmt.Println("outlives the tests:\n" + stack)
		code = 1
	}
	for _, line := range summary {
		fmt.Println(line)
	}
	os.Exit(code)
}

// TestCoverage proves on the wire that every documented operation is reached by a typed method with exactly the
// documented request, and that the documented answer is decoded without loss.
func TestCoverage(t *testing.T) {
	pending := readPending(t)
	covered, documented := 0, 0
	for _, product := range contract.Products {
		c := contract.MustLoad(product)
		done := map[string]bool{}
		t.Run(product, func(t *testing.T) { done = coverProduct(t, c) })

		var count, total, extra, extraTotal, waiting int
		for _, e := range c.Endpoints {
			ok := done[e.ID]
			switch {
			case ok && pending[e.ID]:
				t.Errorf("%s is covered: take it out of pending.txt", e.ID)
			case !ok && !pending[e.ID]:
				t.Errorf("%s is not covered", e.ID)
			}
			if pending[e.ID] {
				waiting++
			}
			delete(pending, e.ID)
			if e.Documented() {
				total++
				if ok {
					count++
				}
				continue
			}
			extraTotal++
			if ok {
				extra++
			}
		}
		line := fmt.Sprintf("%-9s %d of %d operations covered, %d pending", product, count, total, waiting)
		if extraTotal > 0 {
			line += fmt.Sprintf("; beyond the document: %d of %d", extra, extraTotal)
		}
		summary = append(summary, line)
		covered, documented = covered+count, documented+total
	}
	for id := range pending {
		t.Errorf("pending.txt names %s, which is no operation", id)
	}
	summary = append(summary, fmt.Sprintf("operations covered: %d of %d", covered, documented))
}

// coverProduct makes all calls of a product and returns the operations that passed.
func coverProduct(t *testing.T, c *contract.Contract) map[string]bool {
	done := map[string]bool{}
	setUp, ok := products[c.Product]
	if !ok {
		return done
	}
	r := newRecorder(t, c.Product)
	sent := map[string]map[string]bool{} // operation -> query parameters sent by any of its calls
	example := map[string]bool{}         // operation -> a call sent the documented body
	for _, call := range setUp(t, r) {
		e, ok := c.Endpoint(call.id)
		if !ok {
			t.Errorf("a call names %s, which is no operation", call.id)
			continue
		}
		responses := call.responses
		if responses == nil {
			for i := range e.Responses {
				responses = append(responses, i)
			}
		}
		for _, response := range responses {
			name := call.id
			if len(e.Responses) > 1 {
				name = fmt.Sprintf("%s/%d", call.id, response)
			}
			passed := t.Run(name, func(t *testing.T) {
				got := cover(t, r, e, response, call)
				if sent[e.ID] == nil {
					sent[e.ID] = map[string]bool{}
				}
				for name := range got.request.URL.Query() {
					base, _, _ := strings.Cut(name, "[")
					sent[e.ID][base] = true
				}
				if !call.ownBody {
					example[e.ID] = true
				}
			})
			if _, before := done[e.ID]; !before {
				done[e.ID] = true
			}
			done[e.ID] = done[e.ID] && passed
		}
	}
	for id := range done {
		e, _ := c.Endpoint(id)
		for _, q := range e.Query {
			if !q.SampleOnly && !sent[id][q.Name] {
				t.Errorf("%s: no call sends the query parameter %q", id, q.Name)
				done[id] = false
			}
		}
		if e.Request != nil && len(e.Request.Example) > 0 && !example[id] {
			t.Errorf("%s: no call sends the documented body", id)
			done[id] = false
		}
	}
	return done
}

// cover makes one call, answered with one documented answer, and returns the request that came.
func cover(t *testing.T, r *recorder, e *contract.Endpoint, response int, call call) recorded {
	t.Helper()
	r.begin(e, response)
	result, err := call.do(t.Context())
	if err != nil {
		t.Fatalf("the call failed: %v", err)
	}
	requests := r.requests()
	if len(requests) == 0 {
		t.Fatalf("no request for %s %s came", e.Method, e.Path)
	}
	got := requests[len(requests)-1]
	if want := e.Method + " " + e.Path; got.template != want {
		t.Errorf("the SDK calls the operation %q, the document %q", got.template, want)
	}
	for _, problem := range e.CheckRequest(got.request, got.body) {
		t.Error(problem)
	}
	if e.Request != nil && !call.ownBody {
		checkExample(t, "request", e.Request.Example, got.body, e.Request.ContentType)
	}
	if want := e.Responses[response]; strings.Contains(want.ContentType, "json") {
		encoded, err := rest.Encode(result)
		if err != nil {
			t.Fatal(err)
		}
		checkExample(t, "answer", want.Example, encoded, want.ContentType)
	}
	return got
}

// checkExample compares a documented example with what was sent, or decoded and encoded again.
func checkExample(t *testing.T, what string, example json.RawMessage, got []byte, contentType string) {
	t.Helper()
	if len(example) == 0 || string(example) == "null" {
		return
	}
	var want, have any
	if err := json.Unmarshal(example, &want); err != nil {
		t.Fatalf("the example of the %s is not JSON: %v", what, err)
	}
	if !strings.Contains(contentType, "json") {
		return // multipart, forms and files: their own tests read them
	}
	if len(got) == 0 {
		t.Errorf("%s: nothing in place of the example", what)
		return
	}
	if err := json.Unmarshal(got, &have); err != nil {
		t.Errorf("%s: not JSON: %v", what, err)
		return
	}
	for _, problem := range contract.Lost(want, have) {
		t.Errorf("%s: %s", what, problem)
	}
}

// readPending reads the list of operations that are not built yet.
func readPending(t *testing.T) map[string]bool {
	t.Helper()
	data, err := os.ReadFile("pending.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	pending := map[string]bool{}
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			pending[line] = true
		}
	}
	names := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return l == "" || strings.HasPrefix(l, "#") })
	if !slices.IsSorted(names) {
		t.Error("pending.txt is not sorted")
	}
	return pending
}
