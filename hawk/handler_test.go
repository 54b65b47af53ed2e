package hawk

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// handled serves next behind a Handler and returns a client that demands signed responses.
func handled(t *testing.T, check ResponseCheck, next http.HandlerFunc) (address string, rt *Transport) {
	t.Helper()
	s := httptest.NewServer(&Handler{Verifier: &Verifier{Credentials: lookUp}, Next: next})
	t.Cleanup(s.Close)
	return s.URL, &Transport{Credentials: as(steve), Response: check}
}

func TestHandler_ServeHTTP_signsResponses(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", maxBuffered/16)
	for name, test := range map[string]struct {
		next   http.HandlerFunc
		method string
		status int
		body   string
		hashed bool
		want   http.Header
	}{
		"nothing": {next: func(http.ResponseWriter, *http.Request) {}, status: 200, hashed: true, want: http.Header{"Content-Length": {"0"}}},
		"text": {next: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "some ")
			_, _ = io.WriteString(w, "reply")
		}, status: 200, body: "some reply", hashed: true, want: http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Content-Length": {"10"}}},
		"a named type": {next: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "Application/JSON; charset=utf-8")
			w.WriteHeader(http.StatusCreated)
			w.WriteHeader(http.StatusTeapot)
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("X-Late", "1")
			_, _ = io.WriteString(w, "{}")
		}, status: 201, body: "{}", hashed: true, want: http.Header{"Content-Type": {"Application/JSON; charset=utf-8"}, "X-Late": nil}},
		"no type": {next: func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, "<html>")
		}, status: 200, body: "<html>", hashed: true, want: http.Header{"Content-Type": nil}},
		"encoded": {next: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "x")
			_, _ = io.WriteString(w, "<html>")
		}, status: 200, body: "<html>", hashed: true, want: http.Header{"Content-Type": nil}},
		"an error": {next: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) }, status: http.StatusTeapot, body: "no\n", hashed: true},
		"no content": {next: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(204)
			if _, err := io.WriteString(w, "x"); !errors.Is(err, http.ErrBodyNotAllowed) {
				t.Errorf("a body after 204: %v", err)
			}
		}, status: 204, hashed: true},
		"not modified": {next: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(304)
		}, status: 304, hashed: true},
		"HEAD": {next: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "some reply") }, method: "HEAD", status: 200, hashed: true,
			want: http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Content-Length": {"10"}}},
		"HEAD of much": {next: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "123456789")
		}, method: "HEAD", status: 200, hashed: true, want: http.Header{"Content-Length": {"123456789"}}},
		"1 MiB": {next: func(w http.ResponseWriter, _ *http.Request) {
			for range 16 {
				_, _ = io.WriteString(w, long[:len(long)/16])
			}
		}, status: 200, body: long, hashed: true},
		"1 MiB and a byte": {next: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, long)
			_, _ = io.WriteString(w, "x")
		}, status: 200, body: long + "x", hashed: false},
		"announced as long": {next: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(long)+1))
			_, _ = io.WriteString(w, long+"x")
		}, status: 200, body: long + "x", hashed: false},
		"more than announced": {next: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "4")
			_, _ = io.WriteString(w, "some")
			if _, err := io.WriteString(w, " reply"); !errors.Is(err, http.ErrContentLength) {
				t.Errorf("more than announced: %v", err)
			}
		}, status: 200, body: "some", hashed: true},
		"flushed": {next: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "some ")
			w.(http.Flusher).Flush()
			w.Header().Set("X-Late", "1")
			_, _ = io.WriteString(w, "reply")
		}, status: 200, body: "some reply", hashed: false, want: http.Header{"X-Late": nil}},
		"flushed by a controller": {next: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(202)
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			_, _ = io.WriteString(w, "some reply")
		}, status: 202, body: "some reply", hashed: false},
		"declared trailers": {next: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum")
			_, _ = io.WriteString(w, "some reply")
			w.Header().Set("X-Sum", "1")
		}, status: 200, body: "some reply", hashed: false, want: http.Header{"X-Sum": nil}},
		"trailers by prefix": {next: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "some reply")
			w.Header().Set(http.TrailerPrefix+"X-Sum", "1")
		}, status: 200, body: "some reply", hashed: true, want: http.Header{"X-Sum": nil}},
		"an interim response": {next: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			_, _ = io.WriteString(w, "some reply")
		}, status: 200, body: "some reply", hashed: true},
		"a deadline": {next: func(w http.ResponseWriter, _ *http.Request) {
			if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Hour)); err != nil {
				t.Error(err)
			}
			_, _ = io.WriteString(w, "some reply")
		}, status: 200, body: "some reply", hashed: true},
	} {
		t.Run(name, func(t *testing.T) {
			address, rt := handled(t, ResponseCheckRequired, test.next)
			method := test.method
			if method == "" {
				method = "GET"
			}
			req, err := http.NewRequest(method, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := rt.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			if got := readAll(t, resp); resp.StatusCode != test.status || got != test.body {
				t.Errorf("%d with %d bytes, want %d with %d", resp.StatusCode, len(got), test.status, len(test.body))
			}
			signed, bad := parseHeader(resp.Header.Get("Server-Authorization"), serverAuthorization)
			if bad != nil || (signed.hash != "") != test.hashed {
				t.Errorf("signed by %q, %v", resp.Header.Get("Server-Authorization"), bad)
			}
			// The hash is that of what arrived, for clients that check it of responses without a body too.
			if want := HashPayload(AlgorithmSHA256, resp.Header.Get("Content-Type"), []byte(test.body)); test.hashed && signed.hash != want {
				t.Errorf("the hash is %s, of what arrived it would be %s", signed.hash, want)
			}
			for name, want := range test.want {
				if got := resp.Header[name]; fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s is %v, want %v", name, got, want)
				}
			}
			if strings.Contains(name, "trailers") && resp.Trailer.Get("X-Sum") != "1" {
				t.Errorf("trailers: %v", resp.Trailer)
			}
		})
	}
}

func TestHandler_ServeHTTP_refuses(t *testing.T) {
	called := false
	h := &Handler{Verifier: newVerifier(), Next: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true })}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 401 || w.Header().Get("WWW-Authenticate") != "Hawk" || w.Header().Get("Server-Authorization") != "" || called {
		t.Errorf("%d %v, called: %v", w.Code, w.Header(), called)
	}
	h.Verifier = &Verifier{Credentials: lookUp} // whose clock is ahead
	r := signedRequest(t, Signer{}, "GET", "/", "")
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 401 || !strings.Contains(w.Header().Get("WWW-Authenticate"), `tsm="`) || called {
		t.Errorf("%d %v, called: %v", w.Code, w.Header(), called)
	}

	h.Refuse = func(w http.ResponseWriter, r *http.Request, e *Error) {
		if r.URL.Path != "/x" || e.Reason != ErrNoAuthorization {
			t.Errorf("%s: %v", r.URL, e)
		}
		w.WriteHeader(403)
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if w.Code != 403 || called {
		t.Errorf("%d, called: %v", w.Code, called)
	}

	for _, h := range []*Handler{{}, {Verifier: newVerifier()}, {Next: http.NotFoundHandler()}} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, signedRequest(t, Signer{}, "GET", "/", ""))
		if w.Code != 500 {
			t.Errorf("%+v: %d", h, w.Code)
		}
	}
}

func TestArtifactsFrom(t *testing.T) {
	var got Artifacts
	h := &Handler{Verifier: newVerifier(), Next: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var ok bool
		if got, ok = ArtifactsFrom(r.Context()); !ok {
			t.Error("there are none")
		}
	})}
	h.ServeHTTP(httptest.NewRecorder(), signedRequest(t, Signer{Ext: "e", Nonce: func() string { return "n" }}, "GET", "/a?b", ""))
	if want := (Artifacts{ID: steve.ID, Timestamp: epoch.Unix(), Nonce: "n", Method: "GET", Target: "/a?b", Host: "example.com", Port: "8000", Ext: "e"}); got != want {
		t.Errorf("%+v", got)
	}
	if a, ok := ArtifactsFrom(t.Context()); ok {
		t.Errorf("%+v", a)
	}
}

func TestHandler_ServeHTTP_hijacked(t *testing.T) {
	for name, begun := range map[string]bool{"at once": false, "after a header": true} {
		address, rt := handled(t, ResponseCheckNone, func(w http.ResponseWriter, _ *http.Request) {
			if begun {
				w.WriteHeader(200)
				_, _ = io.WriteString(w, "begun ")
			}
			conn, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = conn.Close() }()
			if !begun {
				_, _ = rw.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nby hand")
				_ = rw.Flush()
			}
			if _, err := w.Write([]byte("x")); !errors.Is(err, http.ErrHijacked) {
				t.Errorf("%s: written after that: %v", name, err)
			}
			if err := http.NewResponseController(w).Flush(); !errors.Is(err, http.ErrHijacked) {
				t.Errorf("%s: flushed after that: %v", name, err)
			}
			w.WriteHeader(500)
		})
		resp, err := get(t, rt, address)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		// What was written and not flushed is lost, as it is without a Handler.
		if want := map[bool]string{false: "by hand"}[begun]; resp.StatusCode != 200 || string(body) != want {
			t.Errorf("%s: %d %q", name, resp.StatusCode, body)
		}
		if signed := resp.Header.Get("Server-Authorization") != ""; signed != begun {
			t.Errorf("%s: signed: %v", name, signed)
		}
	}
}

// A connection that cannot be taken over leaves the response to be written as usual.
func TestHandler_ServeHTTP_hijackFails(t *testing.T) {
	h := &Handler{Verifier: newVerifier(), Next: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if _, _, err := http.NewResponseController(w).Hijack(); !errors.Is(err, http.ErrNotSupported) {
			t.Error(err)
		}
		_, _ = io.WriteString(w, "some reply")
	})}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, signedRequest(t, Signer{}, "GET", "/", ""))
	if w.Body.String() != "some reply" || w.Header().Get("Server-Authorization") == "" {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
}

// The signature of a handler that signs for itself is its own.
func TestHandler_ServeHTTP_ownSignature(t *testing.T) {
	h := &Handler{Verifier: newVerifier(), Next: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Server-Authorization", "mine")
	})}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, signedRequest(t, Signer{}, "GET", "/", ""))
	if got := w.Header().Values("Server-Authorization"); len(got) != 1 || got[0] != "mine" {
		t.Errorf("%q", got)
	}
}

// Half a response must not look like a whole one.
func TestHandler_ServeHTTP_panics(t *testing.T) {
	address, rt := handled(t, ResponseCheckNone, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half a re")
		panic(http.ErrAbortHandler)
	})
	if resp, err := get(t, rt, address); err == nil {
		t.Errorf("%d %q", resp.StatusCode, readAll(t, resp))
	}
}
