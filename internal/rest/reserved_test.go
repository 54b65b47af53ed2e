package rest

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// Every reserved combination of every template is refused, whatever the method, and none of its neighbors.
func TestExpand_reserved(t *testing.T) {
	for key, combinations := range reserved {
		product, template, _ := strings.Cut(key, " ")
		n := len(parameters(template))
		for _, words := range combinations {
			args := make([]string, n)
			for i := range args {
				args[i] = "x-1"
				if i < len(words) && words[i] != "" {
					args[i] = words[i]
				}
			}
			path, err := expand(product, template, args, nil, false)
			if argument, ok := errors.AsType[*secureaccess.ArgumentError](err); !ok || !strings.Contains(argument.Reason, "another operation") {
				t.Errorf("%s with %q: %q, %v", key, args, path, err)
			}
			for i := range args {
				other := append([]string(nil), args...)
				other[i] += "x"
				if i < len(words) && words[i] != "" {
					if _, err := expand(product, template, other, nil, false); err != nil && isReserved(combinations, other) == "" {
						t.Errorf("%s with %q: %v", key, other, err)
					}
				}
			}
		}
	}
}

// isReserved returns the word that makes args one of the combinations, "" for none.
func isReserved(combinations [][]string, args []string) string {
	for _, words := range combinations {
		word := ""
		for i, w := range words {
			if w != "" && (i >= len(args) || args[i] != w) {
				word = ""
				break
			}
			if w != "" {
				word = w
			}
		}
		if word != "" {
			return word
		}
	}
	return ""
}

// An argument that is reserved in one product, or another template, is an id in others; so is one in other letters.
func TestExpand_reservedElsewhere(t *testing.T) {
	for _, test := range []struct{ product, template, arg string }{
		{"sase", "/v1/users/{id}", "enhanced"},
		{"test", "/v2.3/networks/{networkId}", "enhanced"},
		{"sase", "/v2.3/networks/{networkId}", "Enhanced"},
		{"sase", "/v2.3/networks/{networkId}", "enhanced "},
	} {
		if _, err := expand(test.product, test.template, []string{test.arg}, nil, false); err != nil {
			t.Errorf("%+v: %v", test, err)
		}
	}
}

// Nothing is sent.
func TestGeneric_reserved(t *testing.T) {
	s := serve(t, responds(200, `{}`))
	setup, err := Prepare("sase", s.URL, true, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, versioned := setup.Client(Config{}), setup.Client(Config{Prefix: "/v2.3"})
	for name, err := range map[string]error{
		"Do":     Generic(t.Context(), c, secureaccess.Request{Path: "/v2.3/networks/{networkId}", Args: []string{"enhanced"}}, nil),
		"method": Generic(t.Context(), c, secureaccess.Request{Method: "DELETE", Path: "/v2.3/networks/{networkId}", Args: []string{"standard"}}, nil),
		"prefix": Send(t.Context(), versioned, GET("/networks/{networkId}", "harmony-sase-regions")),
	} {
		argument, ok := errors.AsType[*secureaccess.ArgumentError](err)
		if !ok || argument.Argument != "networkId" || argument.Operation.Path != "/v2.3/networks/{networkId}" {
			t.Errorf("%s: %#v", name, err)
		}
	}
	if n := s.requests.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// A path that is given by segments is checked one by one, and so are the arguments beside it.
func TestOp_Segments_refused(t *testing.T) {
	s := serve(t, responds(200, `{}`))
	c := connect(t, s.URL)
	for name, op := range map[string]*Op{
		"none":               GET("/v1/{path}").Segments("path"),
		"an empty one":       GET("/v1/{path}").Segments("path", "a", "", "b"),
		"an empty last one":  GET("/v1/{path}").Segments("path", "a", ""),
		"the same directory": GET("/v1/{path}").Segments("path", "a", "."),
		"the one above":      GET("/v1/{path}").Segments("path", "..", "a"),
		"not UTF-8":          GET("/v1/{path}").Segments("path", "a\xff"),
		"the object behind":  GET("/v1/{path}/{id}", "..").Segments("path", "a"),
		"the object missing": GET("/v1/{path}/{id}").Segments("path", "a"),
	} {
		if err := Send(t.Context(), c, op); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if n := s.requests.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
	op := GET("/v1/{path}/{id}", "x/y").Segments("path", "a/b", "c..", "d;e")
	if err := Send(t.Context(), connect(t, s.URL, secureaccess.WithTransport(roundTrip(func(req *http.Request) (*http.Response, error) {
		if got, want := req.URL.EscapedPath(), "/v1/a%2Fb/c../d;e/x%2Fy"; got != want {
			t.Errorf("sent %s, want %s", got, want)
		}
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	}))), op); err != nil {
		t.Error(err)
	}
}
