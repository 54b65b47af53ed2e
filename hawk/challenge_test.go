package hawk

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestChallenges(t *testing.T) {
	full := challenge{ts: "1", tsm: "a+/=", message: "Stale timestamp"}
	for name, test := range map[string]struct {
		headers []string
		want    []challenge
	}{
		"nothing":             {nil, nil},
		"other schemes":       {[]string{`Basic realm="x"`, `Negotiate YII/+=, Bearer`}, nil},
		"bare":                {[]string{`Hawk`}, []challenge{{}}},
		"as in the document":  {[]string{`Hawk ts="1", tsm="a+/=", error="Stale timestamp"`}, []challenge{full}},
		"scheme in any case":  {[]string{`hAWK TS="1", Tsm="a+/=", ERROR="Stale timestamp"`}, []challenge{full}},
		"before another":      {[]string{`Hawk ts="1", tsm="a+/=", error="Stale timestamp", Basic realm="x"`}, []challenge{full}},
		"after another":       {[]string{`Basic realm="x", Hawk ts="1", tsm="a+/=", error="Stale timestamp"`}, []challenge{full}},
		"after a token68":     {[]string{`Negotiate YII/+oa==, Hawk ts="1", tsm="a+/=", error="Stale timestamp"`}, []challenge{full}},
		"between others":      {[]string{`Digest qop="auth, auth-int", stale=true, Hawk ts="1", tsm="a+/=", error="Stale timestamp", Bearer`}, []challenge{full}},
		"in the second line":  {[]string{`Basic realm="x"`, `Hawk ts="1", tsm="a+/=", error="Stale timestamp"`}, []challenge{full}},
		"two in one line":     {[]string{`Hawk error="no", Hawk ts="1", tsm="a+/=", error="Stale timestamp"`}, []challenge{{message: "no"}, full}},
		"unquoted":            {[]string{`Hawk ts=1, tsm=a+/=, error="Stale timestamp"`}, []challenge{full}},
		"unquoted, no space":  {[]string{`Hawk ts=1,tsm=a+/=,error="Stale timestamp",Basic realm=x`}, []challenge{full}},
		"no commas":           {[]string{`Hawk ts="1" tsm="a+/=" error="Stale timestamp"`}, []challenge{full}},
		"spaces around =":     {[]string{"Hawk  ts = \"1\" ,\ttsm= a+/= ,, error =\"Stale timestamp\" ,"}, []challenge{full}},
		"further attributes":  {[]string{`Hawk realm="a \"b\", Hawk", ntp="pool.ntp.org", ts="1", tsm="a+/=", error="Stale timestamp", x`}, []challenge{full}},
		"quoted pairs":        {[]string{`Hawk ts="\1", tsm="a+\/=", error="Stale\ timestamp"`}, []challenge{full}},
		"first of two":        {[]string{`Hawk ts="1", ts="2", tsm="a+/=", error="Stale timestamp", error="no"`}, []challenge{full}},
		"its text elsewhere":  {[]string{`Bearer error_description="Hawk ts=1", ts="1"`}, nil},
		"a quote without end": {[]string{`Hawk error="no", ts="1`, `Basic realm="\`}, []challenge{{message: "no"}}},
		"nonsense":            {[]string{"=", `"`, `,,,"x",`, "\x00\xff(){}", `="a" Hawk`}, []challenge{{}}},
	} {
		if got := challenges(http.Header{"Www-Authenticate": test.headers}); !slices.Equal(got, test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

// Whatever a server sends, the parser ends, and finds a challenge that stands in a line of its own.
func FuzzChallenges(f *testing.F) {
	for _, seed := range []string{
		`Hawk ts="1", tsm="2", error="Stale timestamp"`, `Basic realm="x", Hawk ts=1`, `Negotiate YII==`, `Hawk "`, `Hawk ts="\"`, `=,"`, "Hawk\tts\t=\t1",
	} {
		f.Add(seed)
	}
	own := `Hawk ts="1353832234", tsm="2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0="`
	f.Fuzz(func(t *testing.T, header string) {
		found := challenges(http.Header{"Www-Authenticate": {header}})
		if len(found) > len(header) {
			t.Errorf("%d challenges in %q", len(found), header)
		}
		for _, c := range found {
			if len(c.ts)+len(c.tsm)+len(c.message) > len(header) {
				t.Errorf("%+v is longer than %q", c, header)
			}
		}
		if ts, claimed, proven := serverTime(http.Header{"Www-Authenticate": {header, own}}, &steve); ts != epoch.Unix() || !claimed || !proven {
			t.Errorf("beside %q: %d, %v, %v", header, ts, claimed, proven)
		}
	})
}

// The cases of the field: one line with two challenges, and what else servers send beside ts and tsm.
func TestField_twoChallenges(t *testing.T) {
	for _, form := range []string{
		`Hawk ts="%ts", tsm="%tsm", error="Stale timestamp", Basic realm="x"`,
		`Basic realm="x", Hawk ts="%ts", tsm="%tsm", error="Stale timestamp"`,
		`Hawk ts=%ts, tsm=%tsm, error=stale`,
		`Hawk ts="%ts", tsm="%tsm", ntp="pool.ntp.org", error="Stale timestamp"`,
		`Hawk realm="pulse", ts="%ts", tsm="%tsm"`,
	} {
		now := epoch.Add(90 * time.Minute)
		v := &Verifier{Credentials: lookUp, Now: func() time.Time { return now }}
		requests := 0
		rt := &Transport{Credentials: as(steve), Signer: Signer{Now: func() time.Time { return epoch }}}
		rt.Base = roundTripper(func(r *http.Request) (*http.Response, error) {
			requests++
			resp := &http.Response{StatusCode: 200, Header: make(http.Header), Body: http.NoBody, Request: r}
			if _, err := v.Verify(r); err != nil {
				ts := "1353837634"
				tsm := plainMAC("hawk.1.ts\n"+ts+"\n", &steve)
				resp.StatusCode = 401
				resp.Header.Set("WWW-Authenticate", strings.NewReplacer("%tsm", tsm, "%ts", ts).Replace(form))
			}
			return resp, nil
		})
		mustGet(t, rt, "http://h/x", 200)
		if requests != 2 {
			t.Errorf("%s: %d requests", form, requests)
		}
	}
}
