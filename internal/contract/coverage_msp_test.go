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
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/msp"
)

func init() { products["msp"] = mspCalls }

func mspCalls(t *testing.T, r *recorder) []call {
	client, err := msp.New(r.URL, msp.DSID("string"), r.options()...)
	if err != nil {
		t.Fatal(err)
	}

	// The operations of the sign-in are steps of one way, which a new client goes anew.
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

	subscriptions := []msp.Subscription{{
		ID: "3fa85f64-5717-4562-b3fc-2c963f66afa6", DisplayName: "string", Category: msp.ZTA, DisplayCategory: "string",
	}}
	reportIDs := []string{"e274bf3ebe3841a88ade1630515624c6", "e362bf3ebe3841a88adeb823915684c2"}
	return []call{
		{id: "msp.auth.start_login", do: signIn(nil)},
		{id: "msp.auth.submit_login", do: signIn(nil)},
		{id: "msp.auth.continue_session", do: signIn(nil)},
		{id: "msp.auth.logout", do: signIn(func(ctx context.Context, client *msp.Client) error { return client.Close(ctx) })},

		{id: "msp.tenants.create", do: func(ctx context.Context) (any, error) {
			var created secureaccess.Time
			if err := json.Unmarshal([]byte(`"string"`), &created); err != nil {
				return nil, err
			}
			return nil, client.Tenants.Create(ctx, msp.TenantCreate{
				SubDomain: "string", User: msp.TenantAdmin{Username: "string", Email: "user@example.com"},
				Name: "string", Created: created, Subscriptions: subscriptions,
			})
		}},
		{id: "msp.tenants.list", do: func(ctx context.Context) (any, error) {
			return client.Tenants.List(ctx, &msp.ListOptions{Start: 20, Limit: 20})
		}},
		{id: "msp.tenants.request_cap_increase", do: func(ctx context.Context) (any, error) {
			id, err := client.Tenants.RequestCapIncrease(ctx)
			return map[string]any{"id": id}, err
		}},
		{id: "msp.tenants.update", do: func(ctx context.Context) (any, error) {
			return client.Tenants.Update(ctx, "627df11ad9424389b788d97337c894a6", msp.TenantUpdate{Name: "string", Subscriptions: subscriptions})
		}},

		{id: "msp.reports.create_usage", do: func(ctx context.Context) (any, error) { return client.Reports.Create(ctx) }},
		{id: "msp.reports.list_usage", do: func(ctx context.Context) (any, error) {
			page, err := client.Reports.List(ctx, &msp.ListOptions{Start: 20, Limit: 20})
			if err != nil {
				return nil, err
			}
			return map[string]any{"items": page.Items, "total": page.Total}, nil // a Page leaves out a total of 0
		}},
		{id: "msp.reports.delete_usage", responses: []int{0}, do: func(ctx context.Context) (any, error) {
			return nil, client.Reports.Delete(ctx, reportIDs...)
		}},
		{id: "msp.reports.delete_usage", responses: []int{1}, do: func(ctx context.Context) (any, error) {
			err := client.Reports.Delete(ctx, reportIDs...)
			if remaining, ok := errors.AsType[*msp.NotDeletedError](err); ok {
				return remaining, nil
			}
			return nil, fmt.Errorf("%v is not the error of a deletion", err)
		}},
		{id: "msp.reports.get_usage_download_url", do: func(ctx context.Context) (any, error) {
			url, err := client.Reports.DownloadURL(ctx, "827df11ad9424389b788d97337c894a8")
			return map[string]any{"url": url}, err
		}},

		{id: "msp.reports.create_usage_schedule", do: func(ctx context.Context) (any, error) {
			schedule := msp.Weekly(time.Thursday)
			schedule.Disabled = true
			return client.Schedule.Set(ctx, schedule)
		}},
		{id: "msp.reports.get_usage_schedule", do: func(ctx context.Context) (any, error) { return client.Schedule.Get(ctx) }},
	}
}

// mspSteps plays the portal's sign-in around the step that the recorder expects: it answers the others with their
// documented pages, and sets the documented cookies on all of them, which the recorder does not know of.
type mspSteps struct {
	t        *testing.T
	recorder *recorder
	cookies  map[string][][]string // operation -> its answers -> the cookies that they set
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

// RoundTrip finds out which step a request is and has it answered.
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
		answer(w, e.Responses[number])
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

// expected is the operation under test and which of its answers is wanted.
func (s *mspSteps) expected() (*contract.Endpoint, int) {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	return s.recorder.expect, s.recorder.response
}
