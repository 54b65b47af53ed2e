package hawk

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

func TestSigner_Sign_publishedHeaders(t *testing.T) {
	credentials := Credentials{ID: "123456", Key: secureaccess.NewSecret("2983d45yun89q")}
	old := credentials
	old.Algorithm = AlgorithmSHA1
	hash := HashPayload(AlgorithmSHA256, "text/plain", []byte("something to write about"))

	for _, test := range []struct {
		name, address, hash, ext string
		credentials              Credentials
		want                     string
	}{
		{
			"sha1", "http://example.net/somewhere/over/the/rainbow", HashPayload(AlgorithmSHA1, "", []byte("something to write about")), "Bazinga!", old,
			`Hawk id="123456", ts="1353809207", nonce="Ygvqdz", hash="bsvY3IfUllw6V5rvk4tStEvpBhE=", ext="Bazinga!", mac="qbf1ZPG/r/e06F4ht+T77LXi5vw="`,
		}, {
			"sha256", "https://example.net/somewhere/over/the/rainbow", hash, "Bazinga!", credentials,
			`Hawk id="123456", ts="1353809207", nonce="Ygvqdz", hash="2QfCt3GuY9HQnHWyWD3wX68ZOKbynqlfYmuO2ZBRqtY=", ext="Bazinga!", mac="q1CwFoSHzPZSkbIvl0oYlD+91rBUEvFk763nMjMndj8="`,
		}, {
			"no ext", "https://example.net/somewhere/over/the/rainbow", hash, "", credentials,
			`Hawk id="123456", ts="1353809207", nonce="Ygvqdz", hash="2QfCt3GuY9HQnHWyWD3wX68ZOKbynqlfYmuO2ZBRqtY=", mac="HTgtd0jPI6E4izx8e4OHdO36q00xFCU0FolNq3RiCYs="`,
		},
	} {
		s := Signer{Ext: test.ext, Now: func() time.Time { return time.Unix(1353809207, 0) }, Nonce: func() string { return "Ygvqdz" }}
		req, err := http.NewRequest("POST", test.address, nil)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := s.Sign(req, test.credentials, test.hash)
		if err != nil || signature.Header != test.want {
			t.Errorf("%s: %+v, %v; want %s", test.name, signature, err, test.want)
		}
		if len(req.Header) != 0 {
			t.Errorf("%s: the request was changed: %v", test.name, req.Header)
		}
	}
}

func TestSigner_Sign_parts(t *testing.T) {
	for name, test := range map[string]struct {
		url                    *url.URL
		host                   string
		port                   int
		target, name, wirePort string
	}{
		"default port of http":     {url: &url.URL{Scheme: "http", Host: "Example.com", Path: "/"}, target: "/", name: "example.com", wirePort: "80"},
		"default port of https":    {url: &url.URL{Scheme: "https", Host: "example.com", Path: "/"}, target: "/", name: "example.com", wirePort: "443"},
		"port of the URL":          {url: &url.URL{Scheme: "https", Host: "h:8443", Path: "/"}, target: "/", name: "h", wirePort: "8443"},
		"empty port":               {url: &url.URL{Scheme: "https", Host: "h:", Path: "/"}, target: "/", name: "h", wirePort: "443"},
		"host field":               {url: &url.URL{Scheme: "http", Host: "127.0.0.1:1", Path: "/"}, host: "h:2", target: "/", name: "h", wirePort: "2"},
		"port override":            {url: &url.URL{Scheme: "https", Host: "h:8443", Path: "/"}, port: 80, target: "/", name: "h", wirePort: "80"},
		"IPv6 with zone":           {url: &url.URL{Scheme: "http", Host: "[fe80::1%en0]:81", Path: "/"}, target: "/", name: "[fe80::1]", wirePort: "81"},
		"no path":                  {url: &url.URL{Scheme: "http", Host: "h"}, target: "/", name: "h", wirePort: "80"},
		"escaped path":             {url: &url.URL{Scheme: "http", Host: "h", Path: "/a/b c", RawPath: "/a%2Fb%20c"}, target: "/a%2Fb%20c", name: "h", wirePort: "80"},
		"path of other characters": {url: &url.URL{Scheme: "http", Host: "h", Path: "/日 %?#"}, target: "/%E6%97%A5%20%25%3F%23", name: "h", wirePort: "80"},
		"lone question mark":       {url: &url.URL{Scheme: "http", Host: "h", Path: "/", ForceQuery: true}, target: "/?", name: "h", wirePort: "80"},
		"query as it is":           {url: &url.URL{Scheme: "http", Host: "h", Path: "/", RawQuery: "a;b=%zz&c=\"+'"}, target: "/?a;b=%zz&c=\"+'", name: "h", wirePort: "80"},
		"asterisk":                 {url: &url.URL{Scheme: "http", Host: "h", Opaque: "*"}, target: "*", name: "h", wirePort: "80"},
		"opaque address":           {url: &url.URL{Scheme: "http", Host: "h", Opaque: "//other/a%2Fb"}, target: "/a%2Fb", name: "h", wirePort: "80"},
	} {
		t.Run(name, func(t *testing.T) {
			s := Signer{Port: test.port}
			signature, err := s.Sign(&http.Request{Method: "get", URL: test.url, Host: test.host}, steve, "")
			if err != nil {
				t.Fatal(err)
			}
			if a := signature.Artifacts; a.Method != "GET" || a.Target != test.target || a.Host != test.name || a.Port != test.wirePort {
				t.Errorf("%+v", a)
			}
		})
	}
}

func TestSigner_Sign_unsignable(t *testing.T) {
	good := &url.URL{Scheme: "http", Host: "h", Path: "/"}
	for name, test := range map[string]struct {
		signer Signer
		url    *url.URL
		hash   string
	}{
		"no URL":                  {url: nil},
		"no host":                 {url: &url.URL{Scheme: "http", Path: "/"}},
		"host beyond ASCII":       {url: &url.URL{Scheme: "http", Host: "bücher.example", Path: "/"}},
		"target that is no path":  {url: &url.URL{Scheme: "http", Host: "h", Opaque: "h:443"}},
		"space in the query":      {url: &url.URL{Scheme: "http", Host: "h", Path: "/", RawQuery: "a b"}},
		"line end in the query":   {url: &url.URL{Scheme: "http", Host: "h", Path: "/", RawQuery: "a\nb"}},
		"byte beyond ASCII":       {url: &url.URL{Scheme: "http", Host: "h", Path: "/", RawQuery: "ä"}},
		"quote in ext":            {signer: Signer{Ext: `a"b`}, url: good},
		"backslash in ext":        {signer: Signer{Ext: `a\b`}, url: good},
		"line end in ext":         {signer: Signer{Ext: "a\nb"}, url: good},
		"ext beyond ASCII":        {signer: Signer{Ext: "ä"}, url: good},
		"bad app":                 {signer: Signer{App: `"`}, url: good},
		"bad dlg":                 {signer: Signer{App: "a", Dlg: `"`}, url: good},
		"dlg without app":         {signer: Signer{Dlg: "d"}, url: good},
		"bad hash":                {url: good, hash: `"`},
		"bad nonce":               {signer: Signer{Nonce: func() string { return "\n" }}, url: good},
		"empty nonce":             {signer: Signer{Nonce: func() string { return "" }}, url: good},
		"time before the epoch":   {signer: Signer{Now: func() time.Time { return time.Unix(-1, 0) }}, url: good},
		"clock beyond its range":  {signer: Signer{Now: func() time.Time { return time.Unix(math.MinInt64, 0) }}, url: good},
		"header beyond the limit": {signer: Signer{Ext: strings.Repeat("e", maxHeader)}, url: good},
	} {
		if signature, err := test.signer.Sign(&http.Request{URL: test.url}, steve, test.hash); !errors.Is(err, ErrUnsignable) {
			t.Errorf("%s: %+v, %v", name, signature, err)
		}
	}
	if _, err := new(Signer).Sign(&http.Request{URL: good}, Credentials{ID: "a"}, ""); !errors.Is(err, ErrInvalidCredentials) {
		t.Errorf("without a key: %v", err)
	}
}

// The signature covers what a server that decodes the target computes with; the request is sent as it is.
func TestSigner_DecodeTarget(t *testing.T) {
	for address, want := range map[string]string{
		"http://h/a%2Fb/caf%C3%A9?q=%E6%97%A5&a+b=%26": "/a/b/café?q=日&a+b=&",
		"http://h/a b?":  "/a b?",
		"http://h":       "/",
		"http://h/it's!": "/it's!",
	} {
		u := mustParse(t, address)
		sent := u.RequestURI()
		signature, err := (&Signer{DecodeTarget: true, Now: func() time.Time { return epoch }}).Sign(&http.Request{URL: u}, steve, "")
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		a := signature.Artifacts
		if a.Target != want || u.RequestURI() != sent {
			t.Errorf("%s: signed %q, sent %q", address, a.Target, u.RequestURI())
		}
		if !strings.HasSuffix(signature.Header, `mac="`+plainMAC(byHand(&a, requestMAC), &steve)+`"`) {
			t.Errorf("%s: the MAC is not that of %q", address, a.Target)
		}
	}
	for _, address := range []string{"http://h/a%0Ab", "http://h/%00", "http://h/%7F", "http://h/?a=%zz", "http://h/?%"} {
		if signature, err := (&Signer{DecodeTarget: true}).Sign(&http.Request{URL: mustParse(t, address)}, steve, ""); !errors.Is(err, ErrUnsignable) {
			t.Errorf("%s: %+v, %v", address, signature, err)
		}
		if _, err := new(Signer).Sign(&http.Request{URL: mustParse(t, address)}, steve, ""); err != nil {
			t.Errorf("%s as it is sent: %v", address, err)
		}
	}
}

func TestSigner_Sign_newNonces(t *testing.T) {
	seen := make(map[string]bool)
	for range 100 {
		signature, err := new(Signer).Sign(&http.Request{URL: &url.URL{Scheme: "http", Host: "h"}}, steve, "")
		if err != nil {
			t.Fatal(err)
		}
		if seen[signature.Artifacts.Nonce] {
			t.Fatal("the same nonce twice")
		}
		seen[signature.Artifacts.Nonce] = true
	}
}
