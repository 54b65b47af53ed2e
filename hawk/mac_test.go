package hawk

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/quick"

	"github.com/secureaccess-go/secureaccess"
)

// Published vectors of the reference implementation: its API document, and the tests of its client.
func TestArtifacts_publishedMACs(t *testing.T) {
	api := Artifacts{Timestamp: 1353832234, Nonce: "j4h3g2", Method: "GET", Target: "/resource/1?b=1&a=2", Host: "example.com", Port: "8000", Ext: "some-app-ext-data"}
	post := api
	post.Method = "POST"
	post.Hash = "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY="
	request := Artifacts{
		Timestamp: 1362336900, Nonce: "eb5S_L", Method: "POST", Target: "/resource/4?filter=a", Host: "example.com", Port: "8080",
		Hash: "nJjkVtBE5Y/Bk38Aiokwn0jiJxt/0S2WRSUwWLCf5xk=", Ext: "some-app-data",
	}
	response := request
	response.Hash, response.Ext = "f9cDF/TDm7TkYRLnGwRMfeDzT6LixQVLvrIKhh0vgmM=", "response-specific"
	second := response
	second.Timestamp, second.Nonce = 1453070933, "3hOHpR"

	for _, test := range []struct {
		name      string
		kind      macKind
		artifacts Artifacts
		want      string
	}{
		{"GET", requestMAC, api, "6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE="},
		{"POST with payload hash", requestMAC, post, "aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw="},
		{"request of the response", requestMAC, request, "BlmSe8K+pbKIb6YsZCnt4E1GrYvY1AaYayNR82dGpIk="},
		{"response", responseMAC, response, "XIJRsMl/4oL+nn+vKoeVZPdCHXB4yJkNnBbTbHFZUYE="},
		{"second response", responseMAC, second, "odsVGUq0rCoITaiNagW22REIpqkwP9zt5FyqqOW9Zj8="},
	} {
		if got, err := independentMAC(&test.artifacts, test.kind, &steve); err != nil || got != test.want {
			t.Errorf("%s: the server computes %s, %v; want %s", test.name, got, err, test.want)
		}
		if !test.artifacts.validMAC(test.want, test.kind, &steve) {
			t.Errorf("%s: the client computes another MAC", test.name)
		}
	}
	old := Credentials{ID: steve.ID, Key: steve.Key, Algorithm: AlgorithmSHA1}
	for _, test := range []struct {
		credentials Credentials
		want        string
	}{
		{steve, "2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0="},
		{old, "AAirpKmzIMtmW5440rIo47U/mAM="}, // this one is not published
	} {
		if got := independentTimestampMAC(1353832234, &test.credentials); got != test.want {
			t.Errorf("tsm with %v: the server computes %s, want %s", test.credentials.Algorithm, got, test.want)
		}
		if !validTimestampMAC(test.want, 1353832234, &test.credentials) || validTimestampMAC(test.want, 1353832235, &test.credentials) {
			t.Errorf("tsm with %v: the client computes another one", test.credentials.Algorithm)
		}
	}
}

// The library, this package's own code and what a person would write down sign the same text, whatever the target.
func TestIndependentMAC_signsTheNormalizedText(t *testing.T) {
	same := func(ts int64, nonce, method, target, hash, ext, app, dlg string, key [16]byte) bool {
		c := Credentials{ID: "id", Key: secureaccess.NewSecret(string(key[:]))}
		for _, host := range []string{"example.com", "127.0.0.1", "::1", "[::1]"} {
			a := Artifacts{
				Timestamp: ts, Nonce: nonce, Method: "PUT", Target: "/" + target, Host: host, Port: "8080",
				Hash: hash, Ext: "e", App: app, Dlg: dlg,
			}
			for _, kind := range []macKind{requestMAC, responseMAC} {
				got, err := independentMAC(&a, kind, &c)
				if err != nil || got != plainMAC(byHand(&a, kind), &c) || !a.validMAC(got, kind, &c) {
					t.Logf("%q: %v", a.Target, err)
					return false
				}
			}
		}
		tsm := independentTimestampMAC(ts, &c)
		return tsm == plainMAC(fmt.Sprintf("hawk.1.ts\n%d\n", ts), &c) && validTimestampMAC(tsm, ts, &c)
	}
	if err := quick.Check(same, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
	for _, target := range []string{"*", "//a", "/a?", "/??", "/%", "/%zz", "/a;b?c;d", "/#", "/a b", "/\x00\xff\n", "/:@/"} {
		a := Artifacts{Method: "GET", Target: target, Host: "h", Port: "1"}
		if got, err := independentMAC(&a, requestMAC, &steve); err != nil || got != plainMAC(a.Normalized(), &steve) || !a.validMAC(got, requestMAC, &steve) {
			t.Errorf("%q: %s, %v", target, got, err)
		}
	}
}

// byHand writes the normalized text as the scheme's document describes it.
func byHand(a *Artifacts, kind macKind) string {
	text := fmt.Sprintf("hawk.1.%s\n%d\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n", kind, a.Timestamp, a.Nonce, a.Method, a.Target, a.Host, a.Port, a.Hash, a.Ext)
	if a.App != "" {
		text += a.App + "\n" + a.Dlg + "\n"
	}
	return text
}

// Used again, the state must not keep anything of an earlier key, text or algorithm.
func TestMACState_isUsedAgain(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 200 {
				c := Credentials{ID: "id", Key: secureaccess.NewSecret(fmt.Sprint("key", (i+j)%3)), Algorithm: Algorithm(j % 2)}
				a := Artifacts{Timestamp: int64(j), Nonce: strings.Repeat("n", 1+j%50), Method: "GET", Target: "/" + strings.Repeat("x", j*j%(3*maxKeptBuffer)), Host: "h", Port: "1"}
				if want := plainMAC(byHand(&a, requestMAC), &c); !a.validMAC(want, requestMAC, &c) || a.validMAC(want, responseMAC, &c) {
					t.Errorf("%d, %d: a wrong MAC", i, j)
				}
			}
		})
	}
	wg.Wait()
}
