package sase_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jarcoal/httpmock"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

// Every form of refusal, as the server of package sasetest writes it, is read.
func TestDecodeError_shapes(t *testing.T) {
	for _, shape := range sasetest.ErrorShapes() {
		t.Run(string(shape), func(t *testing.T) {
			server := sasetest.NewServer(t)
			server.SetErrorShape(shape)
			server.AddUser(sase.User{Email: "ada@example.com"})
			client, err := server.Client()
			if err != nil {
				t.Fatal(err)
			}
			said := shape != sasetest.ErrorShapePage && shape != sasetest.ErrorShapeEmpty

			_, err = client.Users.Create(t.Context(), sase.UserCreate{Email: "Ada@example.com", InviteMessage: "Welcome"})
			duplicate, ok := errors.AsType[*secureaccess.Error](err)
			switch {
			case !ok || duplicate.Status != 400 || !errors.Is(err, secureaccess.ErrBadRequest):
				t.Fatalf("a duplicate: %v", err)
			case said && (!errors.Is(err, secureaccess.ErrConflict) || duplicate.Code != "DUPLICATE_USER"):
				t.Errorf("a duplicate: %v with code %q, want a conflict", err, duplicate.Code)
			case !said && errors.Is(err, secureaccess.ErrConflict):
				t.Errorf("%v is a conflict although nothing says so", err)
			}

			_, err = client.Users.Delete(t.Context(), "nobody")
			missing, _ := errors.AsType[*secureaccess.Error](err)
			if !errors.Is(err, secureaccess.ErrNotFound) || errors.Is(err, secureaccess.ErrConflict) {
				t.Fatalf("a user who is not there: %v", err)
			}
			if said && (len(missing.Messages) != 1 || missing.Messages[0] != "no such user") {
				t.Errorf("messages are %q", missing.Messages)
			}
			if !said && len(missing.Messages) != 0 {
				t.Errorf("messages are %q, of a page that is none", missing.Messages)
			}

			server.SetMemberLicenses(1)
			_, err = client.Users.Create(t.Context(), sase.UserCreate{Email: "bob@example.com", InviteMessage: "Welcome"})
			if !errors.Is(err, secureaccess.ErrPaymentRequired) {
				t.Errorf("no license: %v", err)
			}
		})
	}
}

// What the service could also write, and what it should not.
func TestDecodeError_oddForms(t *testing.T) {
	for name, test := range map[string]struct {
		status            int
		contentType, body string
		code, messages    string
		is                error
	}{
		"list of messages":    {400, "application/json", `{"statusCode":400,"message":["email must be an email","x"],"error":"Bad Request"}`, "", "email must be an email|x", secureaccess.ErrBadRequest},
		"error says more":     {400, "application/json", `{"error":"Invalid filter","message":"no"}`, "", "no|Invalid filter", secureaccess.ErrBadRequest},
		"same said twice":     {400, "application/json", `{"error":"no","message":"no"}`, "", "no", secureaccess.ErrBadRequest},
		"message code wins":   {409, "application/json", `{"id":"5f1","messageCode":"SPLIT_TUNNEL","message":"taken","data":{}}`, "SPLIT_TUNNEL", "taken", secureaccess.ErrConflict},
		"number as id":        {404, "application/json", `{"id":404,"message":"gone"}`, "404", "gone", secureaccess.ErrNotFound},
		"id is a sentence":    {404, "application/json", `{"id":"not a code","message":"gone"}`, "", "gone", secureaccess.ErrNotFound},
		"duplicate in a text": {400, "application/json", `{"message":"Error: DUPLICATE_EMAIL_ADDRESS (a)"}`, "DUPLICATE_EMAIL_ADDRESS", "Error: DUPLICATE_EMAIL_ADDRESS (a)", secureaccess.ErrConflict},
		"duplicate as code":   {422, "application/json", `{"messageCode":"DUPLICATE_NAME","message":"name in use"}`, "DUPLICATE_NAME", "name in use", secureaccess.ErrConflict},
		"body is an object":   {403, "application/json", `{"statusCode":403,"body":{"message":"no role"}}`, "", "no role", secureaccess.ErrForbidden},
		"body in a body":      {403, "application/json", `{"body":"{\"body\":\"{\\\"body\\\":\\\"{\\\\\\\"body\\\\\\\":\\\\\\\"deep\\\\\\\"}\\\"}\"}"}`, "", "", secureaccess.ErrForbidden},
		"lines and blanks":    {400, "application/json", `{"message":"  one\n\ttwo  "}`, "", "one two", secureaccess.ErrBadRequest},
		"null":                {400, "application/json", `null`, "", "", secureaccess.ErrBadRequest},
		"odd types":           {400, "application/json", `{"message":{"en":"no"},"messageCode":[1],"id":null,"error":7}`, "", "en: no", secureaccess.ErrBadRequest},
		"many messages":       {400, "application/json", manyMessages(), "", "0|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15", secureaccess.ErrBadRequest},
		"a long text":         {503, "text/plain", strings.Repeat("x", 5000), "", "", secureaccess.ErrServer},
		"gateway":             {504, "text/plain; charset=utf-8", "upstream timed out", "", "upstream timed out", secureaccess.ErrServer},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := odd(t, test.status, test.contentType, test.body).Users.List(t.Context(), nil)
			e, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || !errors.Is(err, test.is) || e.Status != test.status {
				t.Fatalf("%v, want %v", err, test.is)
			}
			if got := strings.Join(e.Messages, "|"); string(e.Code) != test.code || got != test.messages {
				t.Errorf("code %q, messages %q; want %q, %q", e.Code, got, test.code, test.messages)
			}
			if len(test.body) > 0 && len(e.Body) == 0 {
				t.Error("the error does not keep the response")
			}
		})
	}
}

func manyMessages() string {
	messages := make([]string, 40)
	for i := range messages {
		messages[i] = strconv.Itoa(i)
	}
	return `{"message":["` + strings.Join(messages, `","`) + `"]}`
}

func FuzzErrors(f *testing.F) {
	for _, shape := range sasetest.ErrorShapes() {
		fault := shape.Fault(400, "DUPLICATE_USER", "text")
		f.Add(400, fault.Header.Get("Content-Type"), fault.Body)
	}
	f.Add(500, "text/plain", "\xff\xfe")
	f.Add(409, "application/json", `{"body":"{\"body\":{\"body\":[]}}"}`)
	f.Fuzz(func(t *testing.T, status int, contentType, body string) {
		status = 400 + int(uint(status)%200)
		if status == http.StatusUnauthorized {
			t.Skip() // it is renewed first, which other tests see to
		}
		_, err := odd(t, status, contentType, body).Groups.List(t.Context(), nil)
		e, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || e.Status != status {
			t.Fatalf("status %d became %v", status, err)
		}
		if strings.Contains(string(e.Code), "\n") || strings.Contains(err.Error(), "\n") {
			t.Errorf("more than a line: %q", err.Error())
		}
		for _, m := range e.Messages {
			if m == "" || !utf8.ValidString(m) {
				t.Errorf("a message is %q", m)
			}
		}
	})
}

func TestClient_rateLimited(t *testing.T) {
	t.Run("with Retry-After", func(t *testing.T) {
		server := sasetest.NewServer(t)
		client, seen := tapped(t, server)
		fault := sasetest.ErrorShapeLimit.Fault(http.StatusTooManyRequests, "", "too many")
		fault.Path, fault.Header = "/api/rest/", http.Header{"Retry-After": {"17"}}
		server.Fail(fault)
		if _, err := client.Groups.Create(t.Context(), sase.GroupCreate{Name: "a"}); err != nil {
			t.Fatal(err)
		}
		if n := len(seen.times); n != 3 { // token, refused, repeated
			t.Fatalf("%d requests", n)
		}
		if got := seen.times[2].Sub(seen.times[1]); got < 17*time.Second || got > 18700*time.Millisecond {
			t.Errorf("the pause was %v, want the 17 s asked for and at most a tenth more", got)
		}
	})
	t.Run("without", func(t *testing.T) {
		server := sasetest.NewServer(t)
		client, seen := tapped(t, server, secureaccess.WithRetry(secureaccess.RetryPolicy{
			MaxRetries: 1, MinWait: 4 * time.Second, MaxWait: 4 * time.Second,
		}))
		fault := sasetest.ErrorShapeLimit.Fault(http.StatusTooManyRequests, "", "too many concurrent operations")
		fault.Path, fault.Times = "/api/rest/", 2
		server.Fail(fault)
		_, err := client.Groups.List(t.Context(), nil)
		e, ok := errors.AsType[*secureaccess.Error](err)
		if !ok || !errors.Is(err, secureaccess.ErrRateLimited) || e.Attempts != 2 || e.Messages[0] != "too many concurrent operations" {
			t.Fatalf("%v, want the refusal after two attempts", err)
		}
		if got := seen.times[2].Sub(seen.times[1]); got < 2*time.Second || got > 4*time.Second {
			t.Errorf("the pause was %v, want 2 to 4 s", got)
		}
	})
}

// The same on a mock of the transport, as programs use that have no server.
func TestDecodeError_mockedTransport(t *testing.T) {
	mock := httpmock.NewMockTransport()
	mock.RegisterResponder("POST", "https://api.perimeter81.com/api/v1/auth/authorize",
		httpmock.NewStringResponder(200, `{"data":{"tokenType":"bearer","accessToken":"abc","accessTokenExpire":"soon"}}`))
	mock.RegisterResponder("DELETE", `=~^https://api\.perimeter81\.com/api/rest/v1/groups/.*/member/.*`,
		httpmock.NewJsonResponderOrPanic(404, map[string]any{"success": false, "message": "no such member"}))
	client, err := sase.New(sase.RegionUS, sase.APIKey("k"), secureaccess.WithTransport(mock))
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Groups.RemoveMember(t.Context(), "g", "u")
	const want = "sase: DELETE /v1/groups/{groupId}/member/{userId} at api.perimeter81.com: 404 Not Found: no such member"
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
}

// What is searched for a code, and the code itself, are bounded however much the server says.
func TestDecodeError_bounded(t *testing.T) {
	long := strings.Repeat("A", 300<<10)
	for name, body := range map[string]string{
		"late":      `{"message":"` + strings.Repeat("x ", 150<<10) + ` DUPLICATE_USER"}`,
		"endless":   `{"message":"DUPLICATE_` + long + `"}`,
		"as a code": `{"messageCode":"DUPLICATE_` + long + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if strings.Contains(r.URL.Path, "authorize") {
					_, _ = io.WriteString(w, `{"data":{"accessToken":"token-0123456789","accessTokenExpire":4102444800}}`)
					return
				}
				w.WriteHeader(http.StatusBadRequest)
				_, _ = io.WriteString(w, body)
			}))
			defer server.Close()
			client, err := sase.New(server.URL, sase.APIKey("key-0123456789"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Users.List(t.Context(), nil)
			e, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || e.Status != http.StatusBadRequest || errors.Is(err, secureaccess.ErrConflict) || e.Code != "" || len(err.Error()) > 4<<10 {
				t.Errorf("got an error of %d bytes: %.500v", len(err.Error()), err)
			}
		})
	}
}
