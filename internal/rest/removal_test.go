package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// unknownOutcomes are attempts after which nobody knows whether the server carried them out.
var unknownOutcomes = map[string]http.HandlerFunc{
	"502":               responds(502, `<html>Bad Gateway</html>`),
	"500":               responds(500, `{}`),
	"broken connection": reset,
	"broken response": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte(`{"id":`))
		panic(http.ErrAbortHandler)
	},
}

// An attempt may have removed the object: that it is not there any more is what was asked for.
func TestOp_Removes(t *testing.T) {
	gone := responds(404, `{"message":"there is no such thing"}`)
	for name, first := range unknownOutcomes {
		for kind, op := range map[string]func() *Op{
			"DELETE": func() *Op { return DELETE("/v1/{id}", "7") },
			"POST that removes": func() *Op {
				return POST("/v1/{id}/remove", "7").Repeatable().Removes()
			},
			"PUT that removes": func() *Op { return PUT("/v1/{id}/remove", "7").Removes() },
		} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				for out, do := range map[string]func(*Client) error{
					"Send": func(c *Client) error { return Send(t.Context(), c, op()) },
					"Do": func(c *Client) error {
						result, err := Do[thing](t.Context(), c, op())
						if err == nil && *result != (thing{}) {
							t.Errorf("%+v out of nothing", *result)
						}
						return err
					},
					"CheckedStatus": func(c *Client) error {
						result, status, err := CheckedStatus(t.Context(), c, op(), func(*thing) error { return errors.New("there is none") })
						if err == nil && (result != nil || status != http.StatusNotFound) {
							t.Errorf("%+v, %d out of nothing", result, status)
						}
						return err
					},
					"Text": func(c *Client) error { _, err := Text(t.Context(), c, op()); return err },
				} {
					s := serve(t, inTurn(first, gone))
					c := connect(t, s.URL)
					if err := do(c); err != nil || s.requests.Load() != 2 {
						t.Errorf("%s: %v after %d requests", out, err, s.requests.Load())
					}
				}
			})
		}
	}
}

func TestOp_Removes_generic(t *testing.T) {
	for name, out := range map[string]any{"nothing": nil, "a struct": &thing{}, "a map": &map[string]any{}, "raw": &json.RawMessage{}} {
		s := serve(t, inTurn(responds(502, ``), responds(404, `{}`)))
		err := Generic(t.Context(), connect(t, s.URL), secureaccess.Request{Method: "DELETE", Path: "/v1/{id}", Args: []string{"7"}}, out)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// 404 is an error like any other where nothing has removed the object, or nobody wanted to.
func TestOp_Removes_notFound(t *testing.T) {
	gone := responds(404, `{}`)
	limited := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(429)
	}
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		op      *Op
	}{
		"at the first attempt":                   {gone, DELETE("/v1")},
		"of what removes nothing":                {inTurn(responds(502, ``), gone), DELETE("/v1").RemovesNothing()},
		"after one that was certainly refused":   {inTurn(limited, gone), DELETE("/v1")},
		"of a read":                              {inTurn(responds(502, ``), gone), GET("/v1")},
		"of a write":                             {inTurn(responds(502, ``), gone), PUT("/v1")},
		"of a POST that is not said to remove":   {inTurn(responds(502, ``), gone), POST("/v1").Repeatable()},
		"after it was followed by something new": {inTurn(responds(502, ``), responds(403, ``)), DELETE("/v1")},
	} {
		s := serve(t, test.handler)
		if err := Send(t.Context(), connect(t, s.URL), test.op); err == nil || name != "after it was followed by something new" && !errors.Is(err, secureaccess.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A connection that never came about has removed nothing.
func TestOp_Removes_neverArrived(t *testing.T) {
	s := serve(t, responds(404, `{}`))
	n := 0
	c := connect(t, s.URL, secureaccess.WithTransport(roundTrip(func(req *http.Request) (*http.Response, error) {
		if n++; n == 1 {
			refused := parse(t, closedPort(t))
			req = req.Clone(req.Context())
			req.URL.Host = refused.Host
		}
		return http.DefaultTransport.RoundTrip(req)
	})))
	if err := Send(t.Context(), c, DELETE("/v1")); !errors.Is(err, secureaccess.ErrNotFound) || n != 2 {
		t.Errorf("%v after %d attempts", err, n)
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}

// The connections of such calls serve again.
func TestOp_Removes_connections(t *testing.T) {
	n := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		responds([]int{404, 502}[n%2], `{"message":"gone"}`)(w, r)
	})
	c := connect(t, s.URL)
	for range 5 {
		if _, err := Do[map[string]any](t.Context(), c, DELETE("/v1")); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.connections.Load(); n > 1+slack {
		t.Errorf("%d connections", n)
	}
}
