package hawk

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

func TestParseAlgorithm(t *testing.T) {
	for name, want := range map[string]Algorithm{
		"HS256": AlgorithmSHA256, "hs256": AlgorithmSHA256, "sha256": AlgorithmSHA256, "SHA-256": AlgorithmSHA256, "sha1": AlgorithmSHA1, "SHA-1": AlgorithmSHA1,
	} {
		if got, err := ParseAlgorithm(name); err != nil || got != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, a := range []Algorithm{AlgorithmSHA256, AlgorithmSHA1} {
		if got, err := ParseAlgorithm(a.String()); err != nil || got != a {
			t.Errorf("%v does not parse as itself: %v, %v", a, got, err)
		}
	}
	for _, name := range []string{"", Algorithm(7).String(), "md5", "sha512", "HS384", "none", "sha256" + strings.Repeat(" ", 20), "sha256\n"} {
		if got, err := ParseAlgorithm(name); err == nil {
			t.Errorf("%q is accepted as %v", name, got)
		}
	}
}

// A server's name for an algorithm becomes a part of errors and logs.
func TestParseAlgorithm_boundsItsError(t *testing.T) {
	_, err := ParseAlgorithm("evil\x1b[2J\r\n\u202e" + strings.Repeat("é", 1<<20))
	if text := err.Error(); len(text) > 120 || strings.ContainsAny(text, "\x1b\r\n\u202e") || !strings.Contains(text, "evil") {
		t.Errorf("%d bytes: %.200q", len(text), text)
	}
}

func TestCredentials_neverPrintTheKey(t *testing.T) {
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

func TestCredentials_Check(t *testing.T) {
	key := secureaccess.NewSecret("hunter2")
	for name, c := range map[string]Credentials{
		"no id":             {Key: key},
		"id with quote":     {ID: `a"b`, Key: key},
		"id with line end":  {ID: "a\nb", Key: key},
		"id beyond ASCII":   {ID: "ä", Key: key},
		"no key":            {ID: "a"},
		"unknown algorithm": {ID: "a", Key: key, Algorithm: 7},
		"endless id":        {ID: strings.Repeat("a", maxID+1), Key: key},
	} {
		err := c.Check()
		if !errors.Is(err, ErrInvalidCredentials) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the key is in the error: %v", name, err)
		} else if c.ID != "" && len(c.ID) < 10 && strings.Contains(err.Error(), c.ID+":") || len(err.Error()) > 120 {
			t.Errorf("%s: the id is in the error: %.200v", name, err)
		}
	}
	// What Check accepts can be signed with.
	for _, id := range []string{"a", strings.Repeat("a", maxID), " !#$%&'()*+,-./:;<=>?@[]^_`{|}~"} {
		c := Credentials{ID: id, Key: key}
		if err := c.Check(); err != nil {
			t.Errorf("%.40s: %v", id, err)
		}
		hash := HashPayload(AlgorithmSHA256, "", nil)
		if _, err := new(Signer).Sign(&http.Request{URL: mustParse(t, "http://h/")}, c, hash); err != nil {
			t.Errorf("%.40s: %v", id, err)
		}
	}
}
