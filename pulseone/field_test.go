package pulseone_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
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

func answer(w http.ResponseWriter, status int, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

var fieldCredentials = hawk.Credentials{ID: "dh37fgj492je", Key: secureaccess.NewSecret("werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")}

func mac(key, text string) string {
	m := hmac.New(sha256.New, []byte(key))
	_, _ = io.WriteString(m, text)
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// Two challenges may stand in one WWW-Authenticate line. A Hawk one with a proven time among them is as good as alone.
func TestField_Transport_twoChallenges(t *testing.T) {
	for form := range strings.Lines(input(t, "16-challenges.txt")) {
		if strings.HasPrefix(form, "#") {
			continue
		}
		now := time.Now().Add(90 * time.Minute)
		v := &hawk.Verifier{
			Now:         func() time.Time { return now },
			Credentials: func(context.Context, string) (hawk.Credentials, error) { return fieldCredentials, nil },
		}
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := v.Verify(r); errors.Is(err, hawk.ErrStaleTimestamp) {
				ts := fmt.Sprint(now.Unix())
				tsm := mac(fieldCredentials.Key.Reveal(), "hawk.1.ts\n"+ts+"\n")
				w.Header().Set("WWW-Authenticate", strings.NewReplacer("%tsm", tsm, "%ts", ts).Replace(strings.TrimSpace(form)))
				w.WriteHeader(401)
			}
		}))
		c := &http.Client{Transport: &hawk.Transport{Credentials: func(context.Context) (hawk.Credentials, error) { return fieldCredentials, nil }}}
		resp, err := c.Get(s.URL + "/x")
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 200 {
			t.Errorf("%s: %d", strings.TrimSpace(form), resp.StatusCode)
		}
		s.Close()
	}
}

// The vendor's document prints an Authorization header with ext="". A client that sends that is a client of Pulse One.
func TestField_Server_emptyExt(t *testing.T) {
	s := pulseonetest.NewServer(t)
	c := s.IssueCredentials()
	u, _ := url.Parse(s.URL() + "/api/v1/sa/groups")
	ts := fmt.Sprint(s.Clock().Now().Unix())
	sum := mac(c.Key.Reveal(), "hawk.1.header\n"+ts+"\nj4h3g2\nGET\n"+u.Path+"\n"+u.Hostname()+"\n"+u.Port()+"\n\n\n")
	req, _ := http.NewRequest("GET", u.String(), nil)
	req.Header.Set("Authorization", strings.NewReplacer("%id", c.ID, "%ts", ts, "%nonce", "j4h3g2", "%mac", sum).Replace(input(t, "17-authorization.txt")))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 200 {
		t.Errorf("%d %s", resp.StatusCode, b)
	}
}

// requote writes a decoded path as WebOb does, the library under Pyramid, whose ticket cookie the vendor's document
// shows: what a path segment may hold unescaped is left alone.
func requote(path string) string {
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_.-~/!$&'()*+,;=:@", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// A server that sees paths decoded signs what it writes again. Escaping no more than has to be makes both sides agree,
// and servers that sign what they received agree as well. Group ids stand here for the names in
// /sa/access/history/{username} and /afw/apps/{app_title}/bundle.
func TestField_Groups_Get_requotedPath(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		attribute := func(name string) string {
			_, after, _ := strings.Cut(r.Header.Get("Authorization"), name+`="`)
			value, _, _ := strings.Cut(after, `"`)
			return value
		}
		host, port, _ := strings.Cut(r.Host, ":")
		target := requote(r.URL.Path)
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		text := "hawk.1.header\n" + attribute(" ts") + "\n" + attribute("nonce") + "\n" + r.Method + "\n" + target + "\n" + host + "\n" + port + "\n" + attribute("hash") + "\n" + attribute("ext") + "\n"
		if mac(fieldCredentials.Key.Reveal(), text) != attribute("mac") {
			answer(w, 403, js, `{"code":40301,"message":"SignatureDoesNotMatch","id":"1"}`)
			return
		}
		answer(w, 200, js, `{"id":"g1","name":"x"}`)
	}))
	defer s.Close()
	client, err := pulseone.New(s.URL, pulseone.Hawk(fieldCredentials))
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.Lines(input(t, "18-names.txt")) {
		if _, err := client.Groups.Get(t.Context(), strings.TrimSpace(name)); err != nil {
			t.Errorf("%s: %v", strings.TrimSpace(name), err)
		}
	}
}

// A sign-in page, or a portal's, comes with 200. A command that met one was not carried out.
func TestField_Groups_Publish_page(t *testing.T) {
	page := input(t, "19-sign-in.html")
	client := pulseClient(t, newFieldClock(), func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, "text/html; charset=utf-8", page) })
	for name, err := range map[string]error{
		"publish": client.Groups.Publish(t.Context(), "g1"),
		"delete":  client.Groups.Delete(t.Context(), "g1"),
		"reboot":  client.Appliances.Reboot(t.Context(), "a1"),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// The document spells states with hyphens and with underscores (group-rendering, publish_in-progress). A final one in
// the other spelling must not be waited on for ever.
func TestField_Groups_WaitInSync_spelling(t *testing.T) {
	for _, state := range []string{"publish-conflict", "publish-failed", "in-sync"} {
		n := 0
		client := pulseClient(t, newFieldClock(), func(w http.ResponseWriter, _ *http.Request) {
			if n++; n > 20 {
				answer(w, 404, js, `{"code":40400,"message":"enough"}`)
				return
			}
			answer(w, 200, js, `{"id":"g1","name":"x","config_state":"`+state+`","members":[]}`)
		})
		_, err := client.Groups.WaitInSync(t.Context(), "g1", nil)
		if err != nil && !errors.Is(err, pulseone.ErrNotInSync) {
			t.Errorf("%s: %d polls: %v", state, n, err)
		}
	}
}

// pulseClient is a client of a Pulse One that signs in and leaves the API to handle.
func pulseClient(t *testing.T, c *fieldClock, handle http.HandlerFunc) *pulseone.Client {
	t.Helper()
	var base string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", c.Now().UTC().Format(http.TimeFormat))
		switch r.URL.Path {
		case "/api/login":
			w.Header().Set("Set-Cookie", "cs_console_tkt=x; Path=/")
			answer(w, 200, js, `{"id":"1","username":"admin"}`)
		case "/api/session":
			answer(w, 200, js, `{"domain":{},"user":{},"api_url":"`+base+`","credentials":{"type":"hawk","algorithm":"HS256","id":"abc","secret":"def","expires":`+strconv.FormatInt(c.Now().Add(20*time.Minute).Unix(), 10)+`}}`)
		default:
			handle(w, r)
		}
	}))
	t.Cleanup(s.Close)
	base = s.URL
	client, err := pulseone.New(s.URL, pulseone.Password("admin", "pw"), secureaccess.WithClock(c))
	if err != nil {
		t.Fatal(err)
	}
	return client
}
