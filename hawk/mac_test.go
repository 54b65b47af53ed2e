package hawk

import (
	"fmt"
	"testing"
	"testing/quick"

	"github.com/secureaccess-go/secureaccess"
)

// Published vectors of the reference implementation: its API document, and the tests of its client.
func TestPublishedMACs(t *testing.T) {
	api := Artifacts{Timestamp: 1353832234, Nonce: "j4h3g2", Method: "GET", Target: "/resource/1?b=1&a=2", Host: "example.com", Port: "8000", Ext: "some-app-ext-data"}
	post := api
	post.Method = "POST"
	post.Hash = "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY="
	answered := Artifacts{
		Timestamp: 1362336900, Nonce: "eb5S_L", Method: "POST", Target: "/resource/4?filter=a", Host: "example.com", Port: "8080",
		Hash: "nJjkVtBE5Y/Bk38Aiokwn0jiJxt/0S2WRSUwWLCf5xk=", Ext: "some-app-data",
	}
	answer := answered
	answer.Hash, answer.Ext = "f9cDF/TDm7TkYRLnGwRMfeDzT6LixQVLvrIKhh0vgmM=", "response-specific"
	second := answer
	second.Timestamp, second.Nonce = 1453070933, "3hOHpR"

	for _, test := range []struct {
		name      string
		kind      macKind
		artifacts Artifacts
		want      string
	}{
		{"GET", requestMAC, api, "6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE="},
		{"POST with payload hash", requestMAC, post, "aSe1DERmZuRl3pI36/9BdZmnErTw3sNzOOAUlfeKjVw="},
		{"request that is answered", requestMAC, answered, "BlmSe8K+pbKIb6YsZCnt4E1GrYvY1AaYayNR82dGpIk="},
		{"answer", responseMAC, answer, "XIJRsMl/4oL+nn+vKoeVZPdCHXB4yJkNnBbTbHFZUYE="},
		{"second answer", responseMAC, second, "odsVGUq0rCoITaiNagW22REIpqkwP9zt5FyqqOW9Zj8="},
	} {
		if got, err := test.artifacts.mac(test.kind, &steve); err != nil || got != test.want {
			t.Errorf("%s: %s, %v; want %s", test.name, got, err, test.want)
		}
	}
	if got, want := timestampMAC(1353832234, &steve), "2mw1eh/qXzl0wJZ/E6XvBhRMEJN7L3j8AyMA8eItEb0="; got != want {
		t.Errorf("tsm %s, want %s", got, want)
	}
	old := Credentials{ID: steve.ID, Key: steve.Key, Algorithm: SHA1}
	if got, want := timestampMAC(1353832234, &old), "AAirpKmzIMtmW5440rIo47U/mAM="; got != want { // this one is not published
		t.Errorf("tsm with SHA-1 %s, want %s", got, want)
	}
}

// The library must sign exactly the text that Normalized shows, whatever the target.
func TestLibrarySignsTheNormalizedText(t *testing.T) {
	same := func(ts int64, nonce, method, target, hash, ext, app, dlg string, key [16]byte) bool {
		c := Credentials{ID: "id", Key: secureaccess.NewSecret(string(key[:]))}
		for _, host := range []string{"example.com", "127.0.0.1", "::1", "[::1]"} {
			a := Artifacts{
				Timestamp: ts, Nonce: nonce, Method: "PUT", Target: "/" + target, Host: host, Port: "8080",
				Hash: hash, Ext: "e", App: app, Dlg: dlg,
			}
			for _, kind := range []macKind{requestMAC, responseMAC} {
				got, err := a.mac(kind, &c)
				if err != nil || got != c.hmac(a.normalized(kind)) {
					t.Logf("%q: %v", a.Target, err)
					return false
				}
			}
		}
		return timestampMAC(ts, &c) == c.hmac(fmt.Sprintf("hawk.1.ts\n%d\n", ts))
	}
	if err := quick.Check(same, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
	for _, target := range []string{"*", "//a", "/a?", "/??", "/%", "/%zz", "/a;b?c;d", "/#", "/a b", "/\x00\xff\n", "/:@/"} {
		a := Artifacts{Method: "GET", Target: target, Host: "h", Port: "1"}
		if got, err := a.mac(requestMAC, &steve); err != nil || got != steve.hmac(a.Normalized()) {
			t.Errorf("%q: %s, %v", target, got, err)
		}
	}
}
