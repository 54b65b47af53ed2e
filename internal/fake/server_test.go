package fake_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
)

func TestClock(t *testing.T) {
	still := fake.NewClock()
	begun := still.Now()
	if err := still.Sleep(t.Context(), time.Hour); err != nil || still.Now().Sub(begun) != time.Hour {
		t.Errorf("an hour's sleep took %v: %v", still.Now().Sub(begun), err)
	}
	still.Advance(-time.Hour)
	if !still.Now().Equal(begun) {
		t.Error("the clock does not go back")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, clock := range map[string]*fake.Clock{"still": still, "system": fake.SystemClock()} {
		if err := clock.Sleep(ended, time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: slept under a dead context: %v", name, err)
		}
	}
	going := fake.SystemClock()
	going.Advance(24 * time.Hour)
	if ahead := time.Until(going.Now()); ahead < 23*time.Hour {
		t.Errorf("advanced by a day, it is %v ahead", ahead)
	}
}

func serve(t *testing.T, handler http.HandlerFunc) *fake.Server {
	t.Helper()
	s := &fake.Server{}
	s.Init(fake.NewClock())
	s.ServeTest(t, handler)
	return s
}

func TestFaults(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "all of the answer") })
	get := func(path string) (string, error) {
		resp, err := http.Get(s.URL + path)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		if date := resp.Header.Get("Date"); date != s.Clock().Now().UTC().Format(http.TimeFormat) {
			t.Errorf("dated %q, not by the server's clock", date)
		}
		body, err := io.ReadAll(resp.Body)
		return resp.Status + " " + string(body), err
	}
	s.Fail(fake.Fault{Path: "/a", Status: 503, Header: http.Header{"Retry-After": {"1"}}, Body: "later"})
	s.Fail(fake.Fault{Path: "/t", Truncate: 6})
	s.Fail(fake.Fault{Path: "/r", Reset: true, Times: -1})
	if got, err := get("/b"); got != "200 OK all of the answer" {
		t.Errorf("/b: %q, %v", got, err)
	}
	if got, err := get("/a"); got != "503 Service Unavailable later" {
		t.Errorf("/a: %q, %v", got, err)
	}
	if got, err := get("/a"); got != "200 OK all of the answer" {
		t.Errorf("/a again: %q, %v", got, err)
	}
	if got, err := get("/t"); got != "200 OK all of" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("/t: %q, %v", got, err)
	}
	if got, err := get("/r"); err == nil {
		t.Errorf("/r: got %q", got)
	}
}

func TestGuard(t *testing.T) {
	refuse := func(w http.ResponseWriter, problems []string) { http.Error(w, strings.Join(problems, "; "), 400) }
	s := serve(t, fake.Guard(contract.MustLoad("pulseone"), refuse, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		io.WriteString(w, "passed "+string(body))
	})).ServeHTTP)
	for _, test := range []struct{ method, path, body, want string }{
		{"POST", "/api/v1/sa/groups", `{"name":"x"}`, `passed {"name":"x"}`},
		{"POST", "/api/v1/sa/groups", `{}`, "body.name is missing"},
		{"GET", "/api/v1/sa?limit=x", "", "not a whole number"},
		{"POST", "/nowhere", "anything", "passed anything"},
	} {
		req, _ := http.NewRequest(test.method, s.URL+test.path, strings.NewReader(test.body))
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if !strings.Contains(string(got), test.want) {
			t.Errorf("%s %s %s: got %q, want %q", test.method, test.path, test.body, got, test.want)
		}
	}
}
