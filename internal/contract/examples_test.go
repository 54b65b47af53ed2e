package contract_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// The contract keeps to itself: every documented body, requests and responses, of every file, has the shape that the
// contract describes, in whichever of the documented wire shapes it is printed.
func TestShape_examples(t *testing.T) {
	for _, name := range contract.Names() {
		t.Run(name, func(t *testing.T) {
			for _, e := range contract.MustLoad(name).Endpoints {
				if e.Request != nil && strings.Contains(e.Request.ContentType, "json") {
					for i, body := range e.Request.Examples() {
						checkShape(t, fmt.Sprintf("%s, request %d", e.ID, i), e.RequestShape(), body, nil)
					}
				}
				for k, r := range e.Responses {
					if !strings.Contains(r.ContentType, "json") {
						continue
					}
					for i, body := range r.Examples() {
						checkShape(t, fmt.Sprintf("%s, response %d, example %d", e.ID, k, i), e.ResponseShape(k), body, r.Canonical)
					}
				}
			}
		})
	}
}

func checkShape(t *testing.T, what string, shape contract.Shape, body []byte, canonical func(any) any) {
	t.Helper()
	var value any
	if len(body) == 0 {
		return
	}
	if err := json.Unmarshal(body, &value); err != nil {
		t.Errorf("%s is not JSON: %v", what, err)
		return
	}
	if value == nil {
		return
	}
	whole := value
	if canonical != nil {
		whole = canonical(value)
	}
	for _, problem := range shape.Check("body", whole) {
		switch {
		case strings.Contains(problem, `is "string", none of`): // a placeholder, where the document shows no value
		case problem == "body.total is missing" && (what != "" && fmt.Sprint(whole) != fmt.Sprint(value)): // a bare list has none
		default:
			t.Errorf("%s: %s", what, problem)
		}
	}
}
