package secureaccess_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

const password = `hunter2&<"\>`

// telling are pieces of password in every spelling that an encoder could give it.
var telling = []string{"hunter2", "68756e746572", "68756E746572", "104 117 110", "0x68"}

func checkSilent(t *testing.T, what, text string) {
	t.Helper()
	for _, piece := range telling {
		if strings.Contains(text, piece) {
			t.Errorf("%s tells the secret: %s", what, text)
		}
	}
}

type account struct {
	Name     string
	Password secureaccess.Secret
	hidden   secureaccess.Secret
	pointer  *secureaccess.Secret
}

func TestSecretIsSilentUnderEveryVerb(t *testing.T) {
	s := secureaccess.NewSecret(password)
	exposed := s.Exposed()
	values := map[string]any{
		"value":               s,
		"pointer":             &s,
		"exposed copy":        exposed,
		"struct":              account{"joe", s, s, &s},
		"pointer to a struct": &account{"joe", exposed, exposed, &exposed},
		"slice":               []secureaccess.Secret{s, exposed},
		"slice of pointers":   []*secureaccess.Secret{&s},
		"array":               [1]secureaccess.Secret{s},
		"map":                 map[string]secureaccess.Secret{"password": s},
		"map of structs":      map[string]account{"joe": {Password: s, hidden: s, pointer: &s}},
		"any":                 []any{s, &s, account{hidden: s}},
		"anonymous":           struct{ secureaccess.Secret }{s},
		"unexported interface": struct{ v any }{
			v: account{hidden: exposed},
		},
	}
	for name, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%o", "%e", "%20v", "%-20s", "% x", "%#x", "%c", "%U", "%T"} {
			checkSilent(t, name+" under "+verb, fmt.Sprintf(verb, value))
		}
		checkSilent(t, name+" under Sprint", fmt.Sprint(value))
		checkSilent(t, name+" under Sprintln", fmt.Sprintln(value))
		checkSilent(t, name+" in an error", fmt.Errorf("refused: %w %v", fmt.Errorf("%v", value), value).Error())
	}
}

func TestSecretPrintsThatItIsRedacted(t *testing.T) {
	s := secureaccess.NewSecret(password)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(verb, s); got != "[redacted]" {
			t.Errorf("%s: %q", verb, got)
		}
		if got := fmt.Sprintf(verb, secureaccess.Secret{}); got != "" {
			t.Errorf("%s of an empty secret: %q", verb, got)
		}
	}
	if got := fmt.Sprintf("%+v", account{Name: "joe", Password: s}); !strings.Contains(got, "Name:joe Password:[redacted]") {
		t.Errorf("in a struct: %s", got)
	}
}

func TestSecretIsSilentInEncodings(t *testing.T) {
	s := secureaccess.NewSecret(password)
	data, err := json.Marshal(map[string]any{"a": account{Password: s, hidden: s}, "p": &s, "s": []secureaccess.Secret{s}})
	if err != nil {
		t.Fatal(err)
	}
	checkSilent(t, "json", string(data))
	if want := `"Password":"[redacted]"`; !strings.Contains(string(data), want) {
		t.Errorf("json: %s has no %s", data, want)
	}
	for name, secret := range map[string]secureaccess.Secret{"original": s, "exposed": s.Exposed()} {
		text, err := secret.MarshalText()
		if err != nil || string(text) != "[redacted]" {
			t.Errorf("text of the %s: %q, %v", name, text, err)
		}
		x, err := xml.Marshal(account{Password: secret})
		if err != nil {
			t.Fatal(err)
		}
		checkSilent(t, "xml of the "+name, string(x))
	}
}

func TestSecretIsSilentInSlog(t *testing.T) {
	s := secureaccess.NewSecret(password)
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var out bytes.Buffer
		log := slog.New(handler(&out)).With("with", s)
		log.Info("login", "secret", s, "pointer", &s, "exposed", s.Exposed(), "account", account{"joe", s, s, &s},
			"accounts", []account{{Password: s}}, slog.Group("group", "in", s))
		checkSilent(t, name, out.String())
		if n := strings.Count(out.String(), "[redacted]"); n < 6 {
			t.Errorf("%s: redacted in only %d places: %s", name, n, out.String())
		}
	}
}

func TestSecretReveals(t *testing.T) {
	s := secureaccess.NewSecret(password)
	if s.Reveal() != password || s.Exposed().Reveal() != password {
		t.Errorf("revealed %q", s.Reveal())
	}
	if s.IsZero() {
		t.Error("a secret with a value is zero")
	}
}

func TestExposedSecretEncodesAsItself(t *testing.T) {
	s := secureaccess.NewSecret(password)
	exposed := s.Exposed()
	data, err := json.Marshal(exposed)
	if err != nil {
		t.Fatal(err)
	}
	var back string
	if err := json.Unmarshal(data, &back); err != nil || back != password {
		t.Errorf("encoded as %s", data)
	}
	if data, _ := json.Marshal(s); string(data) != `"[redacted]"` {
		t.Errorf("the original changed: %s", data)
	}

	var plain bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(exposed); err != nil || !strings.Contains(plain.String(), "&<") {
		t.Errorf("&< are escaped though the encoder does not want it: %s", plain.String())
	}
}

func TestSecret_zero(t *testing.T) {
	type request struct {
		Kept    secureaccess.Secret `json:"kept"`
		Dropped secureaccess.Secret `json:"dropped,omitzero"`
	}
	for name, empty := range map[string]secureaccess.Secret{"zero": {}, "new": secureaccess.NewSecret(""), "exposed": secureaccess.NewSecret("").Exposed()} {
		if !empty.IsZero() || empty.Reveal() != "" || empty.String() != "" {
			t.Errorf("%s: not empty", name)
		}
		data, err := json.Marshal(request{empty, empty})
		if err != nil || string(data) != `{"kept":""}` {
			t.Errorf("%s: %s, %v", name, data, err)
		}
	}
	data, err := json.Marshal(request{Dropped: secureaccess.NewSecret("x")})
	if err != nil || string(data) != `{"kept":"","dropped":"[redacted]"}` {
		t.Errorf("%s, %v", data, err)
	}
}

func TestSecretDecodes(t *testing.T) {
	for in, want := range map[string]string{`"a\u0026b"`: "a&b", `""`: "", `null`: ""} {
		s := secureaccess.NewSecret("before")
		if err := json.Unmarshal([]byte(in), &s); err != nil || s.Reveal() != want {
			t.Errorf("%s: %q, %v", in, s.Reveal(), err)
		}
	}
	for _, in := range []string{`12345678`, `{"password":"hunter2"}`, `["hunter2"]`, `true`} {
		var s secureaccess.Secret
		err := json.Unmarshal([]byte(in), &s)
		if err == nil {
			t.Errorf("%s was taken", in)
			continue
		}
		if text := err.Error(); strings.Contains(text, "hunter2") || strings.Contains(text, "1234") {
			t.Errorf("%s: the error quotes it: %v", in, err)
		}
	}
}
