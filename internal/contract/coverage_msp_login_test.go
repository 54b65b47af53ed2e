package contract_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/msp"
)

func init() { covers("msp", mspLogin) }

// mspLogin has the operations of the sign-in: steps of one way, which a new client goes anew.
func mspLogin(t *testing.T, r *recorder) []call {
	steps := newMSPSteps(t, r)
	signIn := func(then func(context.Context, *msp.Client) error) func(context.Context) (any, error) {
		return func(ctx context.Context) (any, error) {
			client, err := msp.New(r.URL, msp.Password("string", "string"), append(r.options(), secureaccess.WithTransport(steps))...)
			if err != nil {
				return nil, err
			}
			dsid, err := client.DSID(ctx)
			if err != nil {
				return nil, err
			}
			if dsid.Reveal() != steps.cookie("DSID") {
				return nil, errors.New("the DSID is not the one that was set")
			}
			if then == nil {
				return nil, steps.form()
			}
			return nil, then(ctx, client)
		}
	}
	return []call{
		{id: "msp.auth.start_login", do: signIn(nil)},
		{id: "msp.auth.submit_login", do: signIn(nil)},
		{id: "msp.auth.continue_session", do: signIn(nil)},
		{id: "msp.auth.logout", do: signIn(func(ctx context.Context, client *msp.Client) error { return client.Close(ctx) })},
	}
}

// mspSteps plays the portal's sign-in around the step that the recorder expects: it responds to the others with
// their documented pages, and sets the documented cookies on all of them, which the recorder does not know of.
type mspSteps struct {
	t        *testing.T
	recorder *recorder
	cookies  map[string][][]string // operation -> its responses -> the cookies that they set
}

func newMSPSteps(t *testing.T, r *recorder) *mspSteps {
	data, err := os.ReadFile("msp.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Endpoints []struct {
			ID        string `json:"id"`
			Responses []struct {
				Cookies []struct {
					Name string `json:"name"`
				} `json:"cookies"`
			} `json:"responses"`
		} `json:"endpoints"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	s := &mspSteps{t: t, recorder: r, cookies: map[string][][]string{}}
	for _, e := range file.Endpoints {
		for _, response := range e.Responses {
			var names []string
			for _, cookie := range response.Cookies {
				names = append(names, cookie.Name)
			}
			s.cookies[e.ID] = append(s.cookies[e.ID], names)
		}
	}
	return s
}

func (s *mspSteps) cookie(name string) string { return "value-of-" + name }

// RoundTrip finds out which step a request is and gets the response to it.
func (s *mspSteps) RoundTrip(req *http.Request) (*http.Response, error) {
	expected, response := s.expected()
	step, number := "", 0
	switch path := req.URL.Path; {
	case path == "/login/msp":
		step = "msp.auth.start_login"
	case strings.HasPrefix(path, "/dana-na/"):
		if want := "/dana-na/auth/" + s.cookie("DSSIGNIN") + "/login.cgi"; path != want {
			s.t.Errorf("the form went to %s, not to %s", path, want)
		}
		if want := "DSSIGNIN=" + s.cookie("DSSIGNIN"); !strings.Contains(req.Header.Get("Cookie"), want) {
			s.t.Errorf("the form came with %q, without %s", req.Header.Get("Cookie"), want)
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
		step = "msp.auth.submit_login"
		if strings.Contains(string(body), "FormDataStr=") {
			step = "msp.auth.continue_session"
		} else if expected.ID == "msp.auth.continue_session" {
			number = 1 // the page that has to be continued from
		}
	}
	var resp *http.Response
	if step == "" || step == expected.ID {
		number = response
		var err error
		if resp, err = s.recorder.RoundTrip(req); err != nil {
			return nil, err
		}
	} else {
		e, _ := s.recorder.contract.Endpoint(step)
		w := httptest.NewRecorder()
		respond(w, e.Responses[number], 0)
		resp = w.Result()
		resp.Request = req
	}
	if step != "" {
		for _, name := range s.cookies[step][number] {
			resp.Header.Add("Set-Cookie", name+"="+s.cookie(name)+"; Path=/; HttpOnly")
		}
	}
	return resp, nil
}

// form compares the form that the recorder got, if the step has one, with the documented fields and values.
func (s *mspSteps) form() error {
	requests := s.recorder.requests()
	if len(requests) != 1 {
		return fmt.Errorf("the step came %d times", len(requests))
	}
	e := requests[0].endpoint
	if e.Request == nil {
		return nil
	}
	got, err := url.ParseQuery(string(requests[0].body))
	if err != nil {
		return err
	}
	var want map[string]string
	if err := json.Unmarshal(e.Request.Example, &want); err != nil {
		return err
	}
	for name, value := range want {
		if got.Get(name) != value {
			return fmt.Errorf("%s: the form's %s is not as documented", e.ID, name)
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%s: the form has the fields %v", e.ID, slices.Sorted(maps.Keys(got)))
	}
	return nil
}

// expected is the operation under test and which of its responses is wanted.
func (s *mspSteps) expected() (*contract.Endpoint, int) {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	return s.recorder.expect, s.recorder.response
}
