package rest

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// What a check finds wrong is an unusable response, with all that an error of a call tells.
func TestChecked(t *testing.T) {
	c := connect(t, serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Request-Id", "r-1")
		w.Header().Set("X-Made", "yes")
		_, _ = io.WriteString(w, `{"id": "7"}`)
	}).URL)
	type thing struct {
		ID string `json:"id"`
	}
	got, err := Checked(t.Context(), c, GET("/x"), func(result *thing, header http.Header) error {
		if result.ID != "7" || header.Get("X-Made") != "yes" {
			t.Errorf("got %+v with %v", result, header)
		}
		return nil
	})
	if err != nil || got.ID != "7" {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = Checked(t.Context(), c, GET("/x"), func(*thing, http.Header) error { return errors.New("it is no good") })
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if !ok || !errors.Is(err, secureaccess.ErrBadResponse) || failure.Status != 200 || failure.RequestID != "r-1" ||
		!strings.Contains(err.Error(), "it is no good") || !strings.Contains(string(failure.Body), `"7"`) {
		t.Errorf("got %v with body %q", err, failure.Body)
	}
}

// A list that is none is no empty list, in whatever envelope.
func TestDo_unreadList(t *testing.T) {
	type envelope struct {
		Items []thing `json:"items" alias:"data"`
		Name  string  `json:"name"`
	}
	for body, ok := range map[string]bool{
		`{"items":[{"id":"a"}],"name":"x"}`:   true,
		`{"items":[],"name":"x"}`:             true,
		`{"items":"none","name":"x"}`:         false,
		`{"data":{"id":"a"},"name":"x"}`:      false,
		`{"items":[{"id":["a"],"size":1}]}`:   true,
		`{"items":[{"id":"a"}],"name":["x"]}`: true,
	} {
		got, err := Do[envelope](t.Context(), connect(t, serve(t, responds(200, body)).URL), GET("/v1"))
		if (err == nil) != ok || err != nil && !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}
