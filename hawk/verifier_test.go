package hawk

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// signedRequest is a request as a server gets it, signed by steve at the epoch. The Signer may change that.
func signedRequest(t *testing.T, s Signer, method, target, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "example.com:8000"
	r.Header.Set("Content-Type", "text/plain")
	if s.Now == nil {
		s.Now = func() time.Time { return epoch }
	}
	hash := ""
	if body != "" {
		hash = HashPayload(AlgorithmSHA256, "text/plain", []byte(body))
	}
	signature, err := s.Sign(r, steve, hash)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", signature.Header)
	return r
}

func newVerifier() *Verifier {
	return &Verifier{Credentials: lookUp, Now: func() time.Time { return epoch }}
}

// refused wants an *Error like this one; its detail and cause are its own affair.
func refused(t *testing.T, err error, want Error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no *Error", err)
	}
	if !errors.Is(err, want.Reason) || e.Status != want.Status || e.Message != want.Message || e.Challenge != want.Challenge {
		t.Errorf("got  %+v\nwant %+v", *e, want)
	}
	if strings.Contains(err.Error(), steve.Key.Reveal()) {
		t.Errorf("the key is in the error: %v", err)
	}
}

func TestVerifier_Verify(t *testing.T) {
	r := signedRequest(t, Signer{Ext: "some ext", App: "app", Dlg: "dlg", Nonce: func() string { return "j4h3g2" }}, "POST", "/resource/1?b=1&a=2", "Thank you for flying Hawk")
	grant, err := newVerifier().Verify(r)
	if err != nil {
		t.Fatal(err)
	}
	want := Artifacts{
		ID: "dh37fgj492je", Timestamp: 1353832234, Nonce: "j4h3g2", Method: "POST", Target: "/resource/1?b=1&a=2", Host: "example.com", Port: "8000",
		Hash: "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY=", Ext: "some ext", App: "app", Dlg: "dlg",
	}
	if grant.Artifacts != want || grant.Credentials.ID != steve.ID {
		t.Errorf("%+v", grant)
	}
	if body, err := io.ReadAll(r.Body); err != nil || string(body) != "Thank you for flying Hawk" {
		t.Errorf("body %q, %v", body, err)
	}
}

// A request that no server read from a connection has no RequestURI, and a lookup function may leave out the id.
func TestVerifier_Verify_bareMinimum(t *testing.T) {
	r, err := http.NewRequest("GET", "http://example.com:8000/a%2Fb?", nil)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := (&Signer{Now: func() time.Time { return epoch }}).Sign(r, steve, "")
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", signature.Header)
	v := newVerifier()
	v.Credentials = func(context.Context, string) (Credentials, error) { return Credentials{Key: steve.Key}, nil }
	grant, err := v.Verify(r)
	if err != nil || grant.Credentials.ID != steve.ID || grant.Artifacts != signature.Artifacts {
		t.Errorf("%+v, %v", grant, err)
	}
}

// The published header of the API document, and what becomes of it when something is changed.
func TestVerifier_Verify_refuses(t *testing.T) {
	const (
		id    = `id="dh37fgj492je"`
		ts    = `ts="1353832234"`
		nonce = `nonce="j4h3g2"`
		ext   = `ext="some-app-ext-data"`
		mac   = `mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE="`
	)
	header := func(attributes ...string) string { return "Hawk " + strings.Join(attributes, ", ") }
	good := header(id, ts, nonce, ext, mac)

	var (
		noTry     = Error{Reason: ErrNoAuthorization, Status: 401, Message: "Unauthorized", Challenge: "Hawk"}
		missing   = Error{Reason: ErrMissingAttributes, Status: 400, Message: "Missing attributes"}
		badHeader = func(message string) Error { return Error{Reason: ErrBadHeader, Status: 400, Message: message} }
		badMAC    = Error{Reason: ErrBadMAC, Status: 401, Message: "Bad mac", Challenge: `Hawk error="Bad mac"`}
		unknown   = Error{Reason: ErrUnknownCredentials, Status: 401, Message: "Unknown credentials", Challenge: `Hawk error="Unknown credentials"`}
		noHash    = Error{Reason: ErrMissingPayloadHash, Status: 401, Message: "Missing required payload hash", Challenge: `Hawk error="Missing required payload hash"`}
		stale     = func(ts, tsm string) Error {
			return Error{Reason: ErrStaleTimestamp, Status: 401, Message: "Stale timestamp", Challenge: `Hawk ts="` + ts + `", tsm="` + tsm + `", error="Stale timestamp"`}
		}
	)
	at := func(now time.Time) *Verifier { return &Verifier{Now: func() time.Time { return now }} }
	looksUp := func(c Credentials, err error) *Verifier {
		return &Verifier{Credentials: func(context.Context, string) (Credentials, error) { return c, err }}
	}
	for name, test := range map[string]struct {
		header   string
		want     Error
		change   func(*http.Request)
		verifier *Verifier
	}{
		"nothing at all":    {want: noTry},
		"another scheme":    {header: "Basic aWQ6a2V5", want: noTry},
		"unknown attribute": {header: header(id, ts, nonce, ext, mac, `x="y"`), want: badHeader("Unknown attribute: x")},
		"two headers":       {header: good, change: func(r *http.Request) { r.Header.Add("Authorization", good) }, want: badHeader("Bad header format")},
		"ts is no number":   {header: header(id, `ts="NaN"`, nonce, ext, mac), want: badHeader("Bad attribute value: ts")},
		"no id":             {header: header(ts, nonce, mac), want: missing},
		"no ts":             {header: header(id, nonce, mac), want: missing},
		"no nonce":          {header: header(id, ts, mac), want: missing},
		"no mac":            {header: header(id, ts, nonce), want: missing},
		"no host":           {header: good, change: func(r *http.Request) { r.Host = "" }, want: Error{Reason: ErrBadRequest, Status: 400, Message: "Invalid Host header"}},
		"CONNECT":           {header: good, change: func(r *http.Request) { r.RequestURI = "h:443" }, want: Error{Reason: ErrBadRequest, Status: 400, Message: "Invalid request target"}},
		"unknown id":        {header: header(`id="nobody"`, ts, nonce, ext, mac), want: unknown},
		"wrong mac":         {header: header(id, ts, nonce, ext, `mac="7R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE="`), want: badMAC},
		"short mac":         {header: header(id, ts, nonce, ext, `mac="6"`), want: badMAC},
		"another id":        {header: header(`id="old"`, ts, nonce, ext, mac), want: badMAC},
		"another method":    {header: good, change: func(r *http.Request) { r.Method = "PUT" }, want: badMAC},
		"another target":    {header: good, change: func(r *http.Request) { r.RequestURI += "&c=3" }, want: badMAC},
		"another host":      {header: good, change: func(r *http.Request) { r.Host = "example.org:8000" }, want: badMAC},
		"another port":      {header: good, change: func(r *http.Request) { r.Host = "example.com" }, want: badMAC},
		"hash added":        {header: header(id, ts, nonce, ext, `hash="x"`, mac), want: badMAC},
		"ext removed":       {header: header(id, ts, nonce, mac), want: badMAC},
		"app added":         {header: header(id, ts, nonce, ext, mac, `app="x"`), want: badMAC},
		"stale, wrong mac":  {header: header(id, `ts="1"`, nonce, ext, mac), want: badMAC},
		"no payload hash":   {header: good, verifier: &Verifier{Payload: PayloadPolicyRequired}, want: noHash},
		"too late":          {header: good, verifier: at(epoch.Add(61 * time.Second)), want: stale("1353832295", "oTexFHA0otxuCrc/4FvLetOE+tqtvPu5W55m9sLwi1A=")},
		"too early":         {header: good, verifier: at(epoch.Add(-time.Minute - time.Millisecond)), want: stale("1353832173", "a29PvmROjKU53Ca0yuz1Ico6ExFHn0pgdMvsYPB8Jc8=")},
		"lookup that fails": {header: good, verifier: looksUp(Credentials{}, io.ErrUnexpectedEOF), want: Error{Reason: io.ErrUnexpectedEOF, Status: 500}},
		"no key":            {header: good, verifier: looksUp(Credentials{}, nil), want: Error{Reason: ErrInvalidCredentials, Status: 500}},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/resource/1?b=1&a=2", nil)
			r.Host = "example.com:8000"
			if test.header != "" {
				r.Header.Set("Authorization", test.header)
			}
			if test.change != nil {
				test.change(r)
			}
			v := test.verifier
			if v == nil {
				v = new(Verifier)
			}
			if v.Credentials == nil {
				v.Credentials = lookUp
			}
			if v.Now == nil {
				v.Now = func() time.Time { return epoch }
			}
			grant, err := v.Verify(r)
			if grant != nil {
				t.Errorf("a grant in spite of %v", err)
			}
			refused(t, err, test.want)
		})
	}

	t.Run("and not when nothing is changed", func(t *testing.T) {
		for name, now := range map[string]time.Time{
			"at once": epoch, "at the end of the window": epoch.Add(time.Minute), "at its start": epoch.Add(-time.Minute),
		} {
			r := httptest.NewRequest("GET", "/resource/1?b=1&a=2", nil)
			r.Host = "Example.com:8000"
			r.Header.Set("Authorization", good)
			v := &Verifier{Credentials: lookUp, Now: func() time.Time { return now }}
			if _, err := v.Verify(r); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// Pulse One's document prints ext="". Clients that send it sign the same text as without it.
func TestVerifier_Verify_emptyExt(t *testing.T) {
	a := Artifacts{ID: steve.ID, Timestamp: epoch.Unix(), Nonce: "j4h3g2", Method: "GET", Target: "/api/v1/groups", Host: "pulseone.com", Port: "8000"}
	header := strings.Replace(seal(&a, &steve), `, mac=`, `, ext="", mac=`, 1)
	r := httptest.NewRequest("GET", "/api/v1/groups", nil)
	r.Host = "pulseone.com:8000"
	r.Header.Set("Authorization", header)
	grant, err := newVerifier().Verify(r)
	if err != nil || grant.Artifacts != a {
		t.Errorf("%s: %+v, %v", header, grant, err)
	}
}

// The case of the field: the header as the document prints it, over a connection.
func TestField_emptyExt(t *testing.T) {
	s := newServer(t, &Verifier{}, nil)
	u := mustParse(t, s.URL+"/api/v1/sa/groups")
	ts := strconv.FormatInt(time.Now().Unix(), 10)
	mac := plainMAC("hawk.1.header\n"+ts+"\nj4h3g2\nGET\n"+u.Path+"\n"+u.Hostname()+"\n"+u.Port()+"\n\n\n", &steve)
	req, err := http.NewRequest("GET", u.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", `Hawk id="dh37fgj492je", ts="`+ts+`", nonce="j4h3g2", ext="", mac="`+mac+`"`)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if text := readAll(t, resp); resp.StatusCode != 200 {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
}

// Errors say what the request claims, and never the key.
func TestVerifier_Verify_errorsHaveArtifacts(t *testing.T) {
	claims := Artifacts{ID: steve.ID, Timestamp: epoch.Unix(), Nonce: "same", Method: "POST", Target: "/a?b", Host: "example.com", Port: "8000", Ext: "e", Hash: HashPayload(AlgorithmSHA256, "text/plain", []byte("body"))}
	request := func() *http.Request {
		return signedRequest(t, Signer{Ext: "e", Nonce: func() string { return "same" }}, "POST", "/a?b", "body")
	}
	replayed := newVerifier()
	if _, err := replayed.Verify(request()); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		verifier *Verifier
		change   func(*http.Request)
		reason   error
		want     *Artifacts
	}{
		"no header":    {newVerifier(), func(r *http.Request) { r.Header.Del("Authorization") }, ErrNoAuthorization, nil},
		"bad header":   {newVerifier(), func(r *http.Request) { r.Header.Set("Authorization", "Hawk x") }, ErrBadHeader, nil},
		"no lookup":    {new(Verifier), nil, ErrInvalidCredentials, &claims},
		"unknown id":   {&Verifier{Credentials: func(context.Context, string) (Credentials, error) { return steve, ErrUnknownCredentials }}, nil, ErrUnknownCredentials, &claims},
		"wrong mac":    {&Verifier{Credentials: as2(Credentials{Key: secureaccess.NewSecret("other")})}, nil, ErrBadMAC, &claims},
		"wrong body":   {&Verifier{Credentials: lookUp, Payload: PayloadPolicyIfHashed}, func(r *http.Request) { r.Body = http.NoBody }, ErrBadPayloadHash, &claims},
		"replayed":     {replayed, nil, ErrInvalidNonce, &claims},
		"stale":        {&Verifier{Credentials: lookUp}, nil, ErrStaleTimestamp, &claims},
		"unusable key": {&Verifier{Credentials: as2(Credentials{Key: steve.Key, Algorithm: 9})}, nil, ErrInvalidCredentials, &claims},
	} {
		r := request()
		if test.change != nil {
			test.change(r)
		}
		_, err := test.verifier.Verify(r)
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, test.reason) {
			t.Errorf("%s: %v, want %v", name, err, test.reason)
			continue
		}
		if (e.Artifacts == nil) != (test.want == nil) || test.want != nil && *e.Artifacts != *test.want {
			t.Errorf("%s: %+v, want %+v", name, e.Artifacts, test.want)
		}
		if text := fmt.Sprintf("%v %+v %#v %+v", err, err, e, e.Artifacts); strings.Contains(text, steve.Key.Reveal()) {
			t.Errorf("%s: the key is in %s", name, text)
		}
	}
}

func as2(c Credentials) func(context.Context, string) (Credentials, error) {
	return func(context.Context, string) (Credentials, error) { return c, nil }
}

func TestVerifier_Verify_withoutLookup(t *testing.T) {
	v := &Verifier{Now: func() time.Time { return epoch }}
	_, err := v.Verify(signedRequest(t, Signer{}, "GET", "/", ""))
	refused(t, err, Error{Reason: ErrInvalidCredentials, Status: 500})
}

// Whatever arrives, Verify decides. The seeds include what makes other parsers stumble.
func FuzzVerify(f *testing.F) {
	f.Add("GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Hawk id=\"dh37fgj492je\", ts=\"1353832234\", nonce=\"n\", mac=\"" + strings.Repeat("é", 22) + "\"\r\n\r\n")
	f.Add("GET http://h HTTP/1.1\r\nHost: x\r\nAuthorization: Hawk id=\"dh37fgj492je\", ts=\"9223372036854775807\", nonce=\"n\", mac=\"m\"\r\n\r\n")
	f.Add("CONNECT h:443 HTTP/1.1\r\nHost: [::1]\r\nAuthorization: Hawk id=\"old\", ts=\"0\", nonce=\"n\", mac=\"m\"\r\n\r\n")
	f.Add("OPTIONS * HTTP/1.1\r\nHost: [::1\r\nAuthorization: Hawk\r\n\r\n")
	f.Add("POST /%zz?\x80 HTTP/1.1\r\nHost: h:\r\nAuthorization: Hawk a=\"\r\nContent-Length: 5\r\n\r\nab")
	f.Fuzz(func(t *testing.T, raw string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
		if err != nil {
			t.Skip()
		}
		v := newVerifier()
		v.Payload = PayloadPolicyIfHashed
		_, err = v.Verify(r)
		var e *Error
		if !errors.As(err, &e) || e.Status < 400 || (e.Challenge != "") != (e.Status == 401) {
			t.Errorf("%#v", err) // nobody can guess a MAC
		}
	})
}
