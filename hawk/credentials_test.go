package hawk

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

func TestParseAlgorithm(t *testing.T) {
	for name, want := range map[string]Algorithm{
		"HS256": SHA256, "hs256": SHA256, "sha256": SHA256, "SHA-256": SHA256, "sha1": SHA1, "SHA-1": SHA1,
	} {
		if got, err := ParseAlgorithm(name); err != nil || got != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, a := range []Algorithm{SHA256, SHA1} {
		if got, err := ParseAlgorithm(a.String()); err != nil || got != a {
			t.Errorf("%v does not parse as itself: %v, %v", a, got, err)
		}
	}
	for _, name := range []string{"", Algorithm(7).String(), "md5", "sha512", "HS384", "none"} {
		if got, err := ParseAlgorithm(name); err == nil {
			t.Errorf("%q is accepted as %v", name, got)
		}
	}
}

func TestCredentialsNeverPrintTheKey(t *testing.T) {
	c := Credentials{ID: "id", Key: secureaccess.NewSecret("hunter2")}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", &c), string(encoded)} {
		if strings.Contains(text, "hunter2") {
			t.Errorf("the key is in %s", text)
		}
	}
}

func TestUnfitCredentials(t *testing.T) {
	key := secureaccess.NewSecret("hunter2")
	for name, c := range map[string]Credentials{
		"no id":             {Key: key},
		"id with quote":     {ID: `a"b`, Key: key},
		"id with line end":  {ID: "a\nb", Key: key},
		"id beyond ASCII":   {ID: "ä", Key: key},
		"no key":            {ID: "a"},
		"unknown algorithm": {ID: "a", Key: key, Algorithm: 7},
	} {
		err := c.check()
		if !errors.Is(err, ErrInvalidCredentials) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the key is in the error: %v", name, err)
		}
	}
}
