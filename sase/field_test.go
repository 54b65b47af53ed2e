package sase_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
)

// The cases of this file come from the field. Each stands for a kind of fault.

const js = "application/json"

// fieldClock stands still but for Sleep and Advance, and remembers the pauses.
type fieldClock struct {
	mu     sync.Mutex
	now    time.Time
	pauses []time.Duration
}

func newFieldClock() *fieldClock {
	return &fieldClock{now: time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)}
}

func (c *fieldClock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *fieldClock) Advance(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

func (c *fieldClock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	c.pauses = append(c.pauses, d)
	c.mu.Unlock()
	c.Advance(max(d, 0))
	return nil
}

func input(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "field", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(b), "\n")
}

func reply(w http.ResponseWriter, status int, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// breakOff announces a long response, sends its beginning and breaks the connection.
func breakOff(w http.ResponseWriter, beginning string) {
	w.Header().Set("Content-Type", js)
	w.Header().Set("Content-Length", "500")
	w.WriteHeader(200)
	_, _ = w.Write([]byte(beginning))
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// saseClient is a client of a server that gives tokens itself and leaves the rest to handle. now is the server's clock.
func saseClient(t *testing.T, local *fieldClock, now func() time.Time, handle http.HandlerFunc, opts ...secureaccess.Option) (client *sase.Client, tokens *int) {
	t.Helper()
	tokens = new(int)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", now().UTC().Format(http.TimeFormat))
		if strings.HasSuffix(r.URL.Path, "/auth/authorize") {
			*tokens++
			reply(w, 200, js, `{"data":{"tokenType":"bearer","accessToken":"tok-en","accessTokenExpire":`+strconv.FormatInt(now().Add(time.Hour).Unix(), 10)+`}}`)
			return
		}
		handle(w, r)
	}))
	t.Cleanup(s.Close)
	client, err := sase.New(s.URL+"/api/rest", sase.APIKey("key"), append([]secureaccess.Option{secureaccess.WithClock(local)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client, tokens
}

// always gives every call the same response.
func always(t *testing.T, status int, contentType, body string, opts ...secureaccess.Option) *sase.Client {
	t.Helper()
	c := newFieldClock()
	client, _ := saseClient(t, c, c.Now, func(w http.ResponseWriter, _ *http.Request) { reply(w, status, contentType, body) }, opts...)
	return client
}

// The state of a part comes as a text from some networks and as a truth value from others (a public client of v1 notes
// it; v2.3 says passing, critical, unknown). One of them must not make the other states unreadable.
func TestField_Networks_Health_statusText(t *testing.T) {
	h, err := always(t, 200, js, input(t, "01-health-status-text.json")).Networks.Health(t.Context(), "n1")
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Health) != 3 {
		t.Errorf("%d states, want 3", len(h.Health))
	}
}

// For a function that ran out of time its gateway responds with 200 and errorMessage. That is no empty account.
func TestField_Users_All_timeoutIn200(t *testing.T) {
	for _, name := range []string{"02-lambda-timeout.json", "02-lambda-error.json"} {
		n, failed := 0, false
		for _, err := range always(t, 200, js, input(t, name)).Users.All(t.Context(), nil) {
			failed = failed || err != nil
			n++
		}
		if !failed {
			t.Errorf("%s: an account of %d users, and no error", name, n)
		}
	}
}

// What was created has an id, or the caller must be told that it is not known.
func TestField_Users_Create_withoutID(t *testing.T) {
	for _, name := range []string{"03-created-a.json", "03-created-b.json", "03-created-c.json"} {
		u, err := always(t, 201, js, input(t, name)).Users.Create(t.Context(), sase.UserCreate{Email: "ann@example.com", InviteMessage: "welcome"})
		if err == nil && u.ID == "" {
			t.Errorf("%s: a user without an id, and no error", name)
		}
	}
}

// A server that gives less than was asked for says so in itemsTotal.
func TestField_Users_All_shortPages(t *testing.T) {
	const total, most = 120, 50
	c := newFieldClock()
	client, _ := saseClient(t, c, c.Now, func(w http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		var items []string
		for i := (page - 1) * most; i < min(page*most, total); i++ {
			items = append(items, fmt.Sprintf(`{"id":"u%d"}`, i))
		}
		reply(w, 200, js, fmt.Sprintf(`{"data":[%s],"page":%d,"totalPage":3,"itemsTotal":%d}`, strings.Join(items, ","), page, total))
	})
	n := 0
	for _, err := range client.Users.All(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != total {
		t.Errorf("%d users of %d, and no error", n, total)
	}
}

// AWS's gateway writes Message with a capital when an authorizer denies.
func TestField_Error_capitalMessage(t *testing.T) {
	_, err := always(t, 403, js, input(t, "05-capital-message.json")).Addons.List(t.Context())
	if err == nil || !strings.Contains(err.Error(), "explicit deny") {
		t.Errorf("the reason is lost: %v", err)
	}
}

// The ids that support asks for.
func TestField_Error_requestIDs(t *testing.T) {
	for _, name := range []string{"X-Amzn-Requestid", "Apigw-Requestid", "Cf-Ray"} {
		c := newFieldClock()
		client, _ := saseClient(t, c, c.Now, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(name, "id-1")
			reply(w, 403, js, `{}`)
		})
		_, err := client.Addons.List(t.Context())
		if e, ok := errors.AsType[*secureaccess.Error](err); !ok || e.RequestID != "id-1" {
			t.Errorf("%s: %q", name, e.RequestID)
		}
	}
}

// The first DELETE took place and its response was lost; the second finds nothing. That is not "there was no such group".
func TestField_Groups_Delete_twice(t *testing.T) {
	n := 0
	c := newFieldClock()
	client, _ := saseClient(t, c, c.Now, func(w http.ResponseWriter, _ *http.Request) {
		if n++; n == 1 {
			reply(w, 502, "text/html", "<html>Bad Gateway</html>")
			return
		}
		reply(w, 404, js, `{"message":"GROUP_NOT_FOUND","messageCode":"NOT_FOUND","status":404}`)
	})
	if _, err := client.Groups.Delete(t.Context(), "g1"); errors.Is(err, secureaccess.ErrNotFound) {
		t.Error(err)
	}
}

// Other versions of the API confirm a removal with 204. It took place; a creation without a body is none.
func TestField_Groups_Delete_withoutABody(t *testing.T) {
	c := newFieldClock()
	client, _ := saseClient(t, c, c.Now, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	if group, err := client.Groups.Delete(t.Context(), "g1"); err != nil || group == nil || group.ID != "" {
		t.Errorf("group: %+v, %v", group, err)
	}
	if user, err := client.Users.Delete(t.Context(), "u1"); err != nil || user == nil || user.ID != "" {
		t.Errorf("user: %+v, %v", user, err)
	}
	if group, err := client.Groups.RemoveMember(t.Context(), "g1", "u1"); err != nil || group == nil {
		t.Errorf("member: %+v, %v", group, err)
	}
	if _, err := client.Groups.Create(t.Context(), sase.GroupCreate{Name: "new"}); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("creation: %v", err)
	}
}
