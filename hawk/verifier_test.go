package hawk

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
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
		hash = HashPayload(SHA256, "text/plain", []byte(body))
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

func TestVerify(t *testing.T) {
	r := signedRequest(t, Signer{Ext: "some ext", App: "app", Dlg: "dlg", Nonce: func() string { return "j4h3g2" }}, "POST", "/resource/1?b=1&a=2", "Thank you for flying Hawk")
	grant, err := newVerifier().Verify(r)
	if err != nil {
		t.Fatal(err)
	}
	want := Artifacts{
		Timestamp: 1353832234, Nonce: "j4h3g2", Method: "POST", Target: "/resource/1?b=1&a=2", Host: "example.com", Port: "8000",
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
func TestVerifyBareMinimum(t *testing.T) {
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
func TestVerifyRefuses(t *testing.T) {
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
		"no payload hash":   {header: good, verifier: &Verifier{Payload: PayloadRequired}, want: noHash},
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

func TestVerifyReplay(t *testing.T) {
	v := newVerifier()
	s := Signer{Nonce: func() string { return "same" }}
	if _, err := v.Verify(signedRequest(t, s, "GET", "/", "")); err != nil {
		t.Fatal(err)
	}
	_, err := v.Verify(signedRequest(t, s, "GET", "/", ""))
	refused(t, err, Error{Reason: ErrInvalidNonce, Status: 401, Message: "Invalid nonce", Challenge: `Hawk error="Invalid nonce"`})

	full := newVerifier()
	full.MaxNonces = 1
	if _, err := full.Verify(signedRequest(t, Signer{}, "GET", "/", "")); err != nil {
		t.Fatal(err)
	}
	_, err = full.Verify(signedRequest(t, Signer{}, "GET", "/", ""))
	refused(t, err, Error{Reason: ErrNonceWindowFull, Status: 503})
}

// Of many copies of a request that arrive together, one is let in.
func TestVerifyReplayAtOnce(t *testing.T) {
	v := newVerifier()
	var (
		wg       sync.WaitGroup
		mu       sync.Mutex
		accepted int
	)
	for range 50 {
		r := signedRequest(t, Signer{Nonce: func() string { return "same" }}, "GET", "/", "")
		wg.Go(func() {
			if _, err := v.Verify(r); err == nil {
				mu.Lock()
				accepted++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if accepted != 1 {
		t.Errorf("%d accepted", accepted)
	}
}

// A copy of a request must not get in by holding back its body until the nonce is forgotten.
func TestVerifyReplayHeldBack(t *testing.T) {
	clock := newClock(epoch)
	v := &Verifier{Credentials: lookUp, Now: clock.now, Payload: PayloadRequired}
	s := Signer{Nonce: func() string { return "same" }}
	if _, err := v.Verify(signedRequest(t, s, "POST", "/", "body")); err != nil {
		t.Fatal(err)
	}
	r := signedRequest(t, s, "POST", "/", "body")
	body := r.Body
	r.Body = io.NopCloser(readerFunc(func(p []byte) (int, error) {
		clock.add(time.Hour)
		other := signedRequest(t, Signer{Now: clock.now}, "POST", "/", "body")
		if _, err := v.Verify(other); err != nil {
			t.Error(err)
		}
		return body.Read(p)
	}))
	if _, err := v.Verify(r); !errors.Is(err, ErrStaleTimestamp) {
		t.Errorf("the copy: %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestVerifyPayload(t *testing.T) {
	unhashed := func(t *testing.T, body string) *http.Request {
		r := signedRequest(t, Signer{}, "POST", "/", "")
		r.Body = io.NopCloser(strings.NewReader(body))
		return r
	}
	tampered := func(t *testing.T, body string) *http.Request {
		r := signedRequest(t, Signer{}, "POST", "/", "the body that was signed")
		r.Body = io.NopCloser(strings.NewReader(body))
		return r
	}
	hashed := func(t *testing.T, body string) *http.Request { return signedRequest(t, Signer{}, "POST", "/", body) }

	for name, test := range map[string]struct {
		verifier *Verifier
		request  func(*testing.T, string) *http.Request
		reason   error
		status   int
	}{
		"right":                     {&Verifier{Payload: PayloadRequired}, hashed, nil, 0},
		"right, as long as allowed": {&Verifier{Payload: PayloadRequired, MaxPayload: 8}, hashed, nil, 0},
		"too long":                  {&Verifier{Payload: PayloadRequired, MaxPayload: 7}, hashed, ErrPayloadTooLarge, 413},
		"wrong":                     {&Verifier{Payload: PayloadRequired}, tampered, ErrBadPayloadHash, 401},
		"wrong, checked if there":   {&Verifier{Payload: PayloadIfHashed}, tampered, ErrBadPayloadHash, 401},
		"wrong, unchecked":          {&Verifier{Payload: PayloadUnchecked}, tampered, nil, 0},
		"no hash":                   {&Verifier{Payload: PayloadRequired}, unhashed, ErrMissingPayloadHash, 401},
		"no hash, checked if there": {&Verifier{Payload: PayloadIfHashed, MaxPayload: 1}, unhashed, nil, 0},
		"another content type": {&Verifier{Payload: PayloadRequired}, func(t *testing.T, body string) *http.Request {
			r := hashed(t, body)
			r.Header.Set("Content-Type", "application/json")
			return r
		}, ErrBadPayloadHash, 401},
		"parameters of the content type": {&Verifier{Payload: PayloadRequired}, func(t *testing.T, body string) *http.Request {
			r := hashed(t, body)
			r.Header.Set("Content-Type", "TEXT/plain; charset=utf-8")
			return r
		}, nil, 0},
		"body that breaks off": {&Verifier{Payload: PayloadRequired}, func(t *testing.T, body string) *http.Request {
			r := hashed(t, body)
			r.Body = io.NopCloser(io.MultiReader(r.Body, iotest.ErrReader(io.ErrUnexpectedEOF)))
			return r
		}, io.ErrUnexpectedEOF, 400},
		"right, but no body at all": {&Verifier{Payload: PayloadIfHashed}, func(t *testing.T, body string) *http.Request {
			r := hashed(t, body)
			r.Body = nil
			return r
		}, ErrBadPayloadHash, 401},
	} {
		t.Run(name, func(t *testing.T) {
			v := test.verifier
			v.Credentials, v.Now = lookUp, func() time.Time { return epoch }
			r := test.request(t, "12345678")
			_, err := v.Verify(r)
			if test.reason != nil {
				if e := new(Error); !errors.Is(err, test.reason) || !errors.As(err, &e) || e.Status != test.status {
					t.Fatalf("%v, want %v with status %d", err, test.reason, test.status)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(r.Body); err != nil || string(body) != "12345678" {
				t.Errorf("the handler gets %q, %v", body, err)
			}
		})
	}
}

func TestVerifyHostAndPort(t *testing.T) {
	for name, test := range map[string]struct {
		address  string // what the client signs
		host     string // what arrives
		tls      bool
		verifier *Verifier
		ok       bool
	}{
		"no port on http":           {"http://example.com/", "example.com", false, &Verifier{}, true},
		"no port on TLS":            {"https://example.com/", "example.com", true, &Verifier{}, true},
		"https, TLS ended before":   {"https://example.com/", "example.com", false, &Verifier{}, false},
		"https, configured port":    {"https://example.com/", "example.com", false, &Verifier{Port: 443}, true},
		"configured host":           {"https://Public.example/", "internal:8080", false, &Verifier{Host: "Public.Example", Port: 443}, true},
		"configured host, own port": {"http://public.example:8080/", "internal:8080", false, &Verifier{Host: "public.example"}, true},
		"all configured, no Host":   {"https://public.example/", "", false, &Verifier{Host: "public.example", Port: 443}, true},
		"IPv6":                      {"http://[::1]:8080/", "[::1]:8080", false, &Verifier{}, true},
		"IPv6, another one":         {"http://[::2]:8080/", "[::1]:8080", false, &Verifier{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequest("GET", test.address, nil)
			if err != nil {
				t.Fatal(err)
			}
			signature, err := (&Signer{Now: func() time.Time { return epoch }}).Sign(req, steve, "")
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("GET", "/", nil)
			r.Host = test.host
			if test.tls {
				r.TLS = new(tls.ConnectionState)
			}
			r.Header.Set("Authorization", signature.Header)
			v := test.verifier
			v.Credentials, v.Now = lookUp, func() time.Time { return epoch }
			grant, err := v.Verify(r)
			if (err == nil) != test.ok {
				t.Fatal(err)
			}
			if test.ok && grant.Artifacts.Host != signature.Artifacts.Host {
				t.Errorf("found host %q, signed %q", grant.Artifacts.Host, signature.Artifacts.Host)
			}
		})
	}
}

// The reference client signs an IPv6 address without its brackets.
func TestVerifyBareIPv6(t *testing.T) {
	a := Artifacts{Timestamp: epoch.Unix(), Nonce: "n", Method: "GET", Target: "/", Host: "::1", Port: "8080"}
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = "[::1]:8080"
	r.Header.Set("Authorization", authorizationHeader(steve.ID, &a, steve.hmac(a.Normalized())))
	grant, err := newVerifier().Verify(r)
	if err != nil {
		t.Fatal(err)
	}
	if grant.Artifacts.Host != "::1" {
		t.Errorf("the answer would be signed for %q", grant.Artifacts.Host)
	}
}

func TestVerifierWithoutLookup(t *testing.T) {
	v := &Verifier{Now: func() time.Time { return epoch }}
	_, err := v.Verify(signedRequest(t, Signer{}, "GET", "/", ""))
	refused(t, err, Error{Reason: ErrInvalidCredentials, Status: 500})
}

func TestServerAuthorization(t *testing.T) {
	g := &Grant{Credentials: steve, Artifacts: Artifacts{
		Timestamp: 1362336900, Nonce: "eb5S_L", Method: "POST", Target: "/resource/4?filter=a", Host: "example.com", Port: "8080",
		Hash: "nJjkVtBE5Y/Bk38Aiokwn0jiJxt/0S2WRSUwWLCf5xk=", Ext: "some-app-data",
	}}
	header, err := g.ServerAuthorization(HashPayload(SHA256, "text/plain", []byte("some reply")), "response-specific")
	if want := `Hawk mac="XIJRsMl/4oL+nn+vKoeVZPdCHXB4yJkNnBbTbHFZUYE=", hash="f9cDF/TDm7TkYRLnGwRMfeDzT6LixQVLvrIKhh0vgmM=", ext="response-specific"`; err != nil || header != want {
		t.Errorf("%s, %v", header, err)
	}
	for _, bad := range []string{`"`, "\n", "ä"} {
		if header, err := g.ServerAuthorization("", bad); !errors.Is(err, ErrUnsignable) {
			t.Errorf("ext %q: %s, %v", bad, header, err)
		}
		if header, err := g.ServerAuthorization(bad, ""); !errors.Is(err, ErrUnsignable) {
			t.Errorf("hash %q: %s, %v", bad, header, err)
		}
	}
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
		v.Payload = PayloadIfHashed
		_, err = v.Verify(r)
		var e *Error
		if !errors.As(err, &e) || e.Status < 400 || (e.Challenge != "") != (e.Status == 401) {
			t.Errorf("%#v", err) // nobody can guess a MAC
		}
	})
}
