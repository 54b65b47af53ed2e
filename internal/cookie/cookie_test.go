package cookie

import (
	"net/http"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)

func response(lines ...string) *http.Response {
	return &http.Response{Header: http.Header{"Set-Cookie": lines}}
}

func TestJar_Keep(t *testing.T) {
	for name, test := range map[string]struct {
		lines []string
		want  string
	}{
		"value as written":      {[]string{`id="a b,c"; Path=/; HttpOnly`}, `id="a b,c"`},
		"last of a name":        {[]string{"id=1", "id=2"}, "id=2"},
		"order of names":        {[]string{"b=2", "a=1"}, "a=1; b=2"},
		"deleted by age":        {[]string{"id=1", "id=x; Max-Age=0"}, ""},
		"deleted by date":       {[]string{"id=1", "id=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, ""},
		"age beats date":        {[]string{"id=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}, "id=1"},
		"emptied":               {[]string{"id=1", `id=""`}, ""},
		"equals signs":          {[]string{"id=a=b=="}, "id=a=b=="},
		"no name":               {[]string{"=x", "novalue", "a b=c"}, ""},
		"control characters":    {[]string{"id=a\x01b"}, ""},
		"no date of the future": {[]string{"id=1; Expires=Thu, 26 Nov 2026 10:20:00 GMT"}, "id=1"},
	} {
		t.Run(name, func(t *testing.T) {
			var j Jar
			j.Keep(response(test.lines...), now)
			if got := j.Header(); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// An expiry is on the server's clock: this one may be a year behind or ahead.
func TestJar_Keep_serverClock(t *testing.T) {
	resp := response("id=1; Expires=Thu, 26 Nov 2026 10:20:00 GMT")
	resp.Header.Set("Date", "Thu, 26 Nov 2026 10:00:00 GMT")
	var j Jar
	j.Keep(resp, now.AddDate(1, 0, 0))
	if j.Get("id") != "1" {
		t.Error("a cookie that lives on the server's clock was dropped")
	}
	resp.Header.Set("Date", "Thu, 26 Nov 2026 10:30:00 GMT")
	j.Keep(resp, now.AddDate(-1, 0, 0))
	if j.Get("id") != "" {
		t.Error("a cookie that the server deletes was kept")
	}
}

func TestJar_Keep_changed(t *testing.T) {
	var j Jar
	for i, want := range []bool{true, false} {
		if got := j.Keep(response("id=1"), now); got != want {
			t.Errorf("%d: %v, want %v", i, got, want)
		}
	}
	if !j.Keep(response("id=2"), now) || !j.Keep(response("id=x; Max-Age=0"), now) || j.Keep(response(), now) {
		t.Error("a change was missed, or seen where there is none")
	}
}

func TestJar_Keep_bounded(t *testing.T) {
	var j Jar
	for i := range 1000 {
		j.Keep(response("c"+string(rune('a'+i%26))+string(rune('a'+i/26))+"=1"), now)
	}
	if n := len(j.Values()); n != mostCookies {
		t.Errorf("%d cookies", n)
	}
}

func TestFind(t *testing.T) {
	if got := Find(response("session_id=old", `session_id="new"`), "session_id", now); got != `"new"` {
		t.Errorf("%q", got)
	}
}
