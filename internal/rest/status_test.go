package rest

import (
	"errors"
	"net/http"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

func TestCheckedStatus(t *testing.T) {
	type thing struct {
		ID string `json:"id"`
	}
	check := func(result *thing) error {
		if result.ID == "bad" {
			return errors.New("it is no good")
		}
		return nil
	}
	for _, test := range []struct {
		status int
		body   string
		want   string // "" for no result
		err    error
	}{
		{http.StatusOK, `{"id": "7"}`, "7", nil},
		{http.StatusNoContent, "", "", nil},
		{http.StatusOK, "", "", secureaccess.ErrBadResponse},
		{http.StatusOK, "{}", "", secureaccess.ErrBadResponse},
		{http.StatusOK, `{"id": "bad"}`, "", secureaccess.ErrBadResponse},
		{http.StatusConflict, "{}", "", secureaccess.ErrConflict},
	} {
		c := connect(t, serve(t, responds(test.status, test.body)).URL)
		got, status, err := CheckedStatus(t.Context(), c, POST("/x"), check)
		switch {
		case test.err != nil && (!errors.Is(err, test.err) || got != nil):
			t.Errorf("%d %q: got %v, %v", test.status, test.body, got, err)
		case test.err == nil && (err != nil || status != test.status || (got != nil) != (test.want != "")):
			t.Errorf("%d %q: got %v, %d, %v", test.status, test.body, got, status, err)
		case got != nil && got.ID != test.want:
			t.Errorf("%d %q: got %+v", test.status, test.body, got)
		}
	}
}

func TestSendStatus(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusAccepted, http.StatusNoContent} {
		c := connect(t, serve(t, responds(status, "")).URL)
		if got, err := SendStatus(t.Context(), c, PUT("/x")); err != nil || got != status {
			t.Errorf("%d: got %d, %v", status, got, err)
		}
	}
	c := connect(t, serve(t, responds(http.StatusOK, "<html>sign in</html>")).URL)
	if _, err := SendStatus(t.Context(), c, PUT("/x")); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("a page: %v", err)
	}
	c = connect(t, serve(t, responds(http.StatusNotFound, "{}")).URL)
	if _, err := SendStatus(t.Context(), c, PUT("/x")); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("404: %v", err)
	}
}
