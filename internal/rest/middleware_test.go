package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// Middleware stands above the SDK's own transport and below authentication: it sees every attempt, signed, and the
// first one given sees it first.
func TestPrepare_middlewareOrder(t *testing.T) {
	var seen []string
	layer := func(name string) secureaccess.Option {
		return secureaccess.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(req *http.Request) (*http.Response, error) {
				op, ok := secureaccess.OperationOf(req.Context())
				if want := (secureaccess.Operation{Product: "test", Method: "PUT", Path: "/v2/things/{id}"}); !ok || op != want {
					t.Errorf("%s sees %+v", name, op)
				}
				seen = append(seen, name+" "+req.URL.Path+" "+req.Header.Get("Authorization"))
				resp, err := next.RoundTrip(req)
				seen = append(seen, fmt.Sprint(name, " ", resp.StatusCode))
				return resp, err
			})
		})
	}
	s := serveTLS(t, inTurn(responds(503, ``), responds(200, `{}`)))
	c := connectWith(t, s.URL, func(c *Config) {
		authenticated(t, s.URL)(c)
		c.Prefix = "/v2"
	}, layer("first"), layer("second"), secureaccess.WithRootCAs(s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs))
	if err := Send(t.Context(), c, PUT("/things/{id}", "7").JSON(1)); err != nil {
		t.Fatal(err)
	}
	in := " /v2/things/7 Bearer " + token
	attempt := func(status string) []string {
		return []string{"first" + in, "second" + in, "second " + status, "first " + status}
	}
	if want := slices.Concat(attempt("503"), attempt("200")); !slices.Equal(seen, want) {
		t.Errorf("seen %q\nwant %q", seen, want)
	}
}

// It stands above a transport of the caller's as well, and sees a redirect's requests under the same operation.
func TestPrepare_middlewareOverATransport(t *testing.T) {
	var paths []string
	c := connect(t, "https://host.example", secureaccess.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			op, _ := secureaccess.OperationOf(req.Context())
			paths = append(paths, op.Path+" as "+req.URL.Path)
			return next.RoundTrip(req)
		})
	}), secureaccess.WithTransport(roundTrip(func(req *http.Request) (*http.Response, error) {
		if req.URL.Path == "/v1/7" {
			return &http.Response{StatusCode: 302, Header: http.Header{"Location": {"/v1/8"}}, Body: http.NoBody, Request: req}, nil
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
	})))
	if err := Send(t.Context(), c, GET("/v1/{id}", "7")); err != nil {
		t.Fatal(err)
	}
	if want := []string{"/v1/{id} as /v1/7", "/v1/{id} as /v1/8"}; !slices.Equal(paths, want) {
		t.Errorf("%q", paths)
	}
}

// What a middleware says of its own failure is in the error, without what the call carried, and matches its cause.
func TestPrepare_middlewareError(t *testing.T) {
	own := errors.New("the tracer is full")
	c := connectWith(t, "https://host.example", authenticated(t, "https://host.example"), retries(0),
		secureaccess.WithMiddleware(func(http.RoundTripper) http.RoundTripper {
			return roundTrip(func(req *http.Request) (*http.Response, error) {
				return nil, fmt.Errorf("%w: %s %s\r\n%v", own, req.Method, req.URL, req.Header)
			})
		}))
	err := Send(t.Context(), c, POST("/v1").JSON(map[string]any{"p": secureaccess.NewSecret("body-secret")}))
	e := failureOf(t, err)
	if !errors.Is(err, own) || !strings.Contains(e.Error(), "the tracer is full") {
		t.Errorf("%v", e)
	}
	if strings.Contains(e.Error(), token) || strings.ContainsAny(e.Error(), "\r\n") {
		t.Errorf("%q", e.Error())
	}
}

// A middleware that ends requests itself, as a cache does, and one that returns nothing.
func TestPrepare_middlewareAlone(t *testing.T) {
	for name, test := range map[string]struct {
		middleware func(http.RoundTripper) http.RoundTripper
		fails      bool
	}{
		"responds itself": {func(http.RoundTripper) http.RoundTripper {
			return roundTrip(func(*http.Request) (*http.Response, error) { return &http.Response{StatusCode: 204}, nil })
		}, false},
		"neither response nor error": {func(http.RoundTripper) http.RoundTripper {
			return roundTrip(func(*http.Request) (*http.Response, error) { return nil, nil })
		}, true},
		"no middleware at all": {func(http.RoundTripper) http.RoundTripper { return nil }, false},
	} {
		s := serve(t, responds(204, ``))
		err := Send(t.Context(), connect(t, s.URL, retries(0), secureaccess.WithMiddleware(test.middleware)), GET("/v1"))
		if (err != nil) != test.fails {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The sign-in under a call is an operation of its own.
func TestPrepare_middlewareSignIn(t *testing.T) {
	var paths []string
	s := serve(t, responds(200, `{"id":"token"}`))
	setup, err := Prepare("test", s.URL, true, []secureaccess.Option{secureaccess.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			op, _ := secureaccess.OperationOf(req.Context())
			paths = append(paths, op.Path)
			return next.RoundTrip(req)
		})
	})})
	if err != nil {
		t.Fatal(err)
	}
	door := setup.Client(Config{})
	t.Cleanup(door.CloseIdleConnections)
	session := NewSession(setup, &Session[string]{
		Obtain: func(ctx context.Context, _ string, _ bool) (string, error) {
			got, err := Do[thing](ctx, door, POST("/sign-in"))
			if err != nil {
				return "", err
			}
			return got.ID, nil
		},
		Belongs: func(string, *url.URL) bool { return true },
	})
	if err := Send(t.Context(), setup.Client(Config{Auth: session.Transport}), GET("/v1")); err != nil {
		t.Fatal(err)
	}
	if want := []string{"/sign-in", "/v1"}; !slices.Equal(paths, want) {
		t.Errorf("%q", paths)
	}
}
