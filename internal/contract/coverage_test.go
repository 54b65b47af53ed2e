package contract_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/leak"
)

// alike are operations on one route that send the same by the document itself, with what tells them apart instead.
var alike = map[[2]string]string{
	{"pulseone.appliance_configs.promote_head", "pulseone.appliance_configs.rollback_head"}: "the document prints one body for both: which commit the caller prescribes",
	{"ics.named_users.list", "ics.named_users.list_server"}:                                 "the response: appliances and license servers answer differently",
}

// shared are those of alike that were found to be so.
var shared = map[[2]string]bool{}

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
// documented request, and that the documented response is decoded without loss.
func TestCoverage(t *testing.T) {
	pending := map[bool]map[string]bool{true: {}, false: readList(t, "pending-beyond.txt")}
	covered, documented := 0, 0
	for _, name := range contract.Names() {
		c := contract.MustLoad(name)
		inDocument := slices.Contains(contract.Products[:], name)
		done := map[string]bool{}
		t.Run(name, func(t *testing.T) { done = coverContract(t, c) })

		var count, total, extra, extraTotal, waiting int
		for _, e := range c.Endpoints {
			ok, waits := done[e.ID], pending[inDocument][e.ID]
			switch {
			case ok && waits:
				t.Errorf("%s is covered: take it out of the list of pending operations", e.ID)
			case !ok && !waits:
				t.Errorf("%s is not covered", e.ID)
			}
			if waits {
				waiting++
			}
			delete(pending[inDocument], e.ID)
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
		line := fmt.Sprintf("%-10s %d of %d operations covered, %d pending", name, count, total, waiting)
		if extraTotal > 0 {
			line += fmt.Sprintf("; beyond the document: %d of %d", extra, extraTotal)
		}
		if !inDocument {
			line = fmt.Sprintf("%-10s beyond the document: %d of %d operations covered, %d pending", name, extra, extraTotal, waiting)
		}
		summary = append(summary, line)
		covered, documented = covered+count, documented+total
	}
	for _, ids := range pending {
		for id := range ids {
			t.Errorf("the list of pending operations names %s, which is no operation", id)
		}
	}
	summary = append(summary, fmt.Sprintf("operations covered: %d of %d", covered, documented))
	for pair := range alike {
		if !shared[pair] {
			t.Errorf("%s and %s do not send the same: take them out of alike", pair[0], pair[1])
		}
	}
	summary = append(summary, fmt.Sprintf("pairs of operations that one request serves: %d", len(shared)))
	summary = append(summary, fmt.Sprintf("members of responses deliberately not in results: %d", len(omitted)))
	for _, what := range slices.Sorted(maps.Keys(omitted)) {
		t.Logf("not in the result: %s: %s", what, omitted[what])
	}
}

// coverContract makes all calls for a contract's operations and returns those that passed.
func coverContract(t *testing.T, c *contract.Contract) map[string]bool {
	done := map[string]bool{}
	r := newRecorder(t, c.Name)
	sent := map[string][]recorded{}     // operation -> the requests of all its calls
	bodies := map[string]map[int]bool{} // operation -> numbers of the documented bodies that were sent
	for _, setUp := range calls[c.Name] {
		for _, call := range setUp(t, r) {
			e, ok := c.Endpoint(call.id)
			if !ok {
				t.Errorf("a call names %s, which is no operation", call.id)
				continue
			}
			passed, used := true, map[string]bool{}
			for _, response := range call.chosen(e) {
				for variant := range e.Responses[response].Examples() {
					name := call.id
					if len(e.Responses) > 1 || variant > 0 {
						name = fmt.Sprintf("%s/%d.%d", call.id, response, variant)
					}
					passed = t.Run(name, func(t *testing.T) {
						sent[e.ID] = append(sent[e.ID], cover(t, r, e, response, variant, call, used))
					}) && passed
				}
			}
			for pointer := range call.without {
				if passed && !used[pointer] {
					t.Errorf("%s: %s is left out and is in no documented response", call.id, pointer)
				}
			}
			if !call.ownBody {
				if bodies[e.ID] == nil {
					bodies[e.ID] = map[int]bool{}
				}
				bodies[e.ID][call.body] = true
			}
			before, again := done[e.ID]
			done[e.ID] = passed && (before || !again)
		}
	}
	for id := range done {
		e, _ := c.Endpoint(id)
		for _, q := range e.Query {
			if !q.SampleOnly && !slices.ContainsFunc(sent[id], func(r recorded) bool { return r.asks(q.Name) }) {
				t.Errorf("%s: no call sends the query parameter %q", id, q.Name)
				done[id] = false
			}
		}
		if e.Request == nil {
			continue
		}
		for number, body := range e.Request.Examples() {
			if len(body) > 0 && !bodies[id][number] {
				t.Errorf("%s: no call sends the documented body %d", id, number)
				done[id] = false
			}
		}
	}
	for _, pair := range indistinct(c, sent) {
		if alike[pair] != "" {
			shared[pair] = true
			continue
		}
		t.Errorf("%s and %s send the same request: neither a body nor a header tells them apart", pair[0], pair[1])
		done[pair[0]], done[pair[1]] = false, false
	}
	return done
}

// chosen are the numbers of the responses that a call is made for.
func (c call) chosen(e *contract.Endpoint) []int {
	if c.responses != nil {
		return c.responses
	}
	var all []int
	for i := range e.Responses {
		all = append(all, i)
	}
	return all
}

// cover makes one call, which gets one documented response, and returns the request that came.
func cover(t *testing.T, r *recorder, e *contract.Endpoint, response, variant int, call call, used map[string]bool) recorded {
	t.Helper()
	r.begin(e, response, variant)
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
		compareBody(t, e, e.Request.Examples()[call.body], got)
	}
	call.compare(t, e, response, variant, result, used)
	return got
}

// compareBody compares a documented body with the one that came.
func compareBody(t *testing.T, e *contract.Endpoint, example []byte, got recorded) {
	t.Helper()
	if len(example) == 0 || string(example) == "null" || !strings.Contains(e.Request.ContentType, "json") {
		return // multipart, forms and files: their own tests read them
	}
	body, err := e.Unpacked(got.request, got.body)
	if err != nil {
		return // CheckRequest has said so
	}
	if len(body) == 0 {
		t.Error("request: nothing in place of the documented body")
		return
	}
	var want, have any
	if err := json.Unmarshal(example, &want); err != nil {
		t.Fatalf("the documented body is not JSON: %v", err)
	}
	if err := json.Unmarshal(body, &have); err != nil {
		t.Errorf("request: not JSON: %v", err)
		return
	}
	for _, problem := range e.RequestShape().Lost(want, have) {
		t.Errorf("request: %s", problem)
	}
}

// indistinct returns pairs of operations on one route whose calls all send the same: nobody can say that both are
// reached.
func indistinct(c *contract.Contract, sent map[string][]recorded) [][2]string {
	var pairs [][2]string
	ids := slices.Sorted(maps.Keys(sent))
	for i, id := range ids {
		for _, other := range ids[i+1:] {
			a, _ := c.Endpoint(id)
			b, _ := c.Endpoint(other)
			if a.Method != b.Method || a.Path != b.Path {
				continue
			}
			if !apart(sent[id], sent[other]) {
				pairs = append(pairs, [2]string{id, other})
			}
		}
	}
	return pairs
}

// apart reports whether a request of the one differs from all of the other, and the other way round.
func apart(a, b []recorded) bool {
	differs := func(a, b []recorded) bool {
		return slices.ContainsFunc(a, func(x recorded) bool {
			return !slices.ContainsFunc(b, func(y recorded) bool { return x.mark() == y.mark() })
		})
	}
	return differs(a, b) && differs(b, a)
}

// readList reads a list of names, one a line, sorted.
func readList(t *testing.T, file string) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]bool{}
	var names []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			list[line] = true
			names = append(names, line)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("%s is not sorted", file)
	}
	return list
}
