//go:build !race

package hawk

import (
	"net/http"
	"net/url"
	"testing"
)

// What a signature costs, as the design promises it. The race detector makes pools forget at random.
func TestTransport_RoundTripWith_allocations(t *testing.T) {
	resp := &http.Response{StatusCode: 200, Header: make(http.Header), Body: http.NoBody}
	rt := &Transport{Base: roundTripper(func(*http.Request) (*http.Response, error) { return resp, nil })}
	for query, most := range map[string]float64{
		"":                   2, // the header and the slice that holds it
		"offset=0&limit=100": 3, // and the target
	} {
		req := &http.Request{
			Method: "GET",
			URL:    &url.URL{Scheme: "https", Host: "api.example.com", Path: "/api/v1/sa/groups", RawQuery: query},
			Header: http.Header{"Accept": {"application/json"}},
		}
		if got := testing.AllocsPerRun(1000, func() {
			if _, err := rt.RoundTripWith(req, steve); err != nil {
				t.Fatal(err)
			}
		}); got > most {
			t.Errorf("%v allocations with the query %q, want %v", got, query, most)
		}
	}
}
