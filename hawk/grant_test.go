package hawk

import (
	"errors"
	"testing"
)

func TestGrant_ServerAuthorization(t *testing.T) {
	g := &Grant{Credentials: steve, Artifacts: Artifacts{
		Timestamp: 1362336900, Nonce: "eb5S_L", Method: "POST", Target: "/resource/4?filter=a", Host: "example.com", Port: "8080",
		Hash: "nJjkVtBE5Y/Bk38Aiokwn0jiJxt/0S2WRSUwWLCf5xk=", Ext: "some-app-data",
	}}
	header, err := g.ServerAuthorization(HashPayload(AlgorithmSHA256, "text/plain", []byte("some reply")), "response-specific")
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
