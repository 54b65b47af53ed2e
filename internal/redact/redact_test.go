package redact

import (
	"encoding/base64"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// alphabet has what passwords, tokens and ids are made of, and all that any of the forms treats in a way of its own.
var alphabet = []rune("abcxuUnrt019AZ  +-_/\\\\%%&&<>\"'`=;:#@!$.,~*?|{}[]()^\n\téüß€日😀")

func secret(r *rand.Rand) string {
	runes := make([]rune, 4+r.IntN(24))
	for i := range runes {
		runes[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(runes)
}

// tells returns the form in which text holds value, if it does.
func tells(text, value string) (string, bool) {
	for name, form := range forms {
		if spelling := form(value); strings.Contains(text, spelling) {
			return name, true
		}
	}
	return "", false
}

func TestSecrets_Redact_everyForm(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	fixed := []string{"abcd", `p&ss"w<rd>`, "päß wörd", "a/b+c==", `back\slash`, `\\\\`, "%41%42", "&amp;&lt;", "tab\tand\nline", "😀😀", "\\u0041\\n",
		"[redacted]", "redacted", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "++++", "    ", "0000"}
	for n := range 60 {
		value := secret(r)
		if n < len(fixed) {
			value = fixed[n]
		}
		var s Secrets
		s.Add(value, "another secret", "hunter2!")
		for _, name := range names {
			form := forms[name]
			spelling := form(value)
			for _, around := range [][2]string{{"token ", " is not valid"}, {"\\", "\\"}, {"&", ";"}, {"é%", "25"}} {
				text := around[0] + spelling + around[1]
				got := s.Redact(text)
				if how, told := tells(got, value); told {
					t.Fatalf("%q as %s in %q: %q tells it as %s", value, name, text, got, how)
				}
				if text != "" && got == text {
					t.Fatalf("%q as %s in %q: unchanged", value, name, text)
				}
			}
		}
	}
}

func TestSecrets_Redact_mixedForms(t *testing.T) {
	// No encoder escapes the same characters as another: each rune in a form of its own.
	r := rand.New(rand.NewPCG(3, 4))
	perRune := []func(string) string{forms["raw"], forms["json"], forms["json, all escaped"], forms["html"], forms["html, hex"], forms["html, numbers"], forms["percent, all"], forms["percent, all, lower"], forms["%q"], forms[`\x`], named}
	for range 500 {
		value := secret(r)
		var s Secrets
		s.Add(value)
		var b strings.Builder
		for _, c := range value {
			b.WriteString(perRune[r.IntN(len(perRune))](string(c)))
		}
		if got := s.Redact("x " + b.String() + " y"); got == "x "+b.String()+" y" {
			t.Fatalf("%q in %q is not found", value, b.String())
		}
	}
}

func TestSecrets_Redact_insideBase64(t *testing.T) {
	const value = "correct horse battery"
	var s Secrets
	s.Add(value)
	for before := range 7 {
		for after := range 4 {
			body := strings.Repeat("u", before) + value + strings.Repeat("v", after)
			for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
				got := s.Redact("Basic " + encoding.EncodeToString([]byte(body)) + " refused")
				if len(got) > len("Basic [redacted] refused")+16 || !strings.Contains(got, "[redacted]") {
					t.Errorf("%d before, %d after: %q", before, after, got)
				}
			}
		}
	}
}

func TestSecrets_AddBasic(t *testing.T) {
	var s Secrets
	s.AddBasic("admin", "abc") // too short alone, not as a pair
	for _, text := range []string{"YWRtaW46YWJj", "Authorization: Basic YWRtaW46YWJj\r\n", "admin:abc", "admin%3Aabc"} {
		if got := s.Redact(text); strings.Contains(got, "YWJj") || strings.Contains(got, "abc") {
			t.Errorf("%q", got)
		}
	}
	if got := s.Redact("admin may not"); got != "admin may not" {
		t.Errorf("%q", got)
	}
}

func TestSecrets_Redact_keepsTheRest(t *testing.T) {
	var s Secrets
	s.Add("secret-token", "token-value", "abc", "")
	for text, want := range map[string]string{
		"":                             "",
		"abc is too short":             "abc is too short",
		"a secret-tokem and no more":   "a secret-tokem and no more",
		"<secret-token>":               "<[redacted]>",
		"secret-token-value":           "[redacted]", // one ends in the other
		"secret-tokensecret-token":     "[redacted][redacted]",
		"é secret%2Dtoken%zz \\u12 &x": "é [redacted]%zz \\u12 &x",
	} {
		if got := s.Redact(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	var none *Secrets
	if got := none.Redact("x"); got != "x" {
		t.Errorf("%q", got)
	}
}

func TestSecrets_Redact_marks(t *testing.T) {
	var s Secrets
	s.Add("[redacted]", "a***", "####", "secret")
	if got := s.Redact("say secret"); got != "say ***" {
		t.Errorf("%q", got)
	}
	if got := s.Redact("asecret"); got != "a###" {
		t.Errorf("%q", got)
	}
	if got := s.Redact("#secret"); got != "#***" {
		t.Errorf("%q", got)
	}
	s.Add("***!", "###!", "\u2588!")
	if got := s.Redact("secret!"); got != "" {
		t.Errorf("%q", got)
	}
}

func TestSecrets_RedactBytes_cut(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 30 {
		value := secret(r) + "tail"
		var s Secrets
		s.Add(value)
		for _, name := range names {
			form := forms[name]
			spelling := form(value)
			text := strings.Repeat("x", 50) + spelling + strings.Repeat("y", 400)
			for most := 48; most < 52+len(spelling); most += 1 + r.IntN(7) {
				got := string(s.RedactBytes([]byte(text), most))
				if len(got) > most {
					t.Fatalf("%d bytes of at most %d", len(got), most)
				}
				if shown := strings.Trim(strings.TrimLeft(got, "x"), "y"); !strings.HasPrefix("[redacted]", shown) && !strings.HasPrefix("***", shown) {
					t.Fatalf("%q as %s, %d bytes: %q", value, name, most, got)
				}
			}
			// What arrived may itself be cut off anywhere in the secret.
			for end := 51; end < 50+len(spelling); end += 1 + r.IntN(7) {
				got := string(s.RedactBytes([]byte(text[:end]), 8<<10))
				if len(got)-50 > shownAtMost(name) {
					t.Fatalf("%q as %s, cut off at %q: %q", value, name, text[50:end], got[50:])
				}
			}
		}
	}
}

// shownAtMost is how long the beginning of a secret is that is not taken for one: 3 bytes in that form, and an escape
// that is cut off, or the mark.
func shownAtMost(form string) int {
	if strings.Contains(form, "twice") || strings.Contains(form, " in ") || strings.Contains(form, "all") || strings.Contains(form, "html") || strings.Contains(form, "xml") || strings.Contains(form, "json") {
		return 48
	}
	return 20
}

func TestSecrets_RedactBytes_memory(t *testing.T) {
	data := []byte("0123456789é")
	var s Secrets
	s.Add("none of it")
	got := s.RedactBytes(data, 11)
	if string(got) != "0123456789" {
		t.Errorf("%q", got)
	}
	got[0] = 'x'
	if data[0] != '0' {
		t.Error("shares memory")
	}
	if got := s.RedactBytes(data, 0); len(got) != 0 {
		t.Errorf("%q", got)
	}
	var none Secrets
	if got := none.RedactBytes(data, 100); string(got) != string(data) {
		t.Errorf("%q", got)
	}
}

func TestSecrets_Redact_allocatesNothingForNothing(t *testing.T) {
	var s Secrets
	s.Add("secret-token", "p&ssword", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln")
	text := strings.Repeat(`{"error":"the quota \"a\/b\" of Jos\u00e9 &amp; Co. is 100%25 used: é"} `, 20)
	s.Redact(text)
	if n := testing.AllocsPerRun(20, func() { s.Redact(text); Line(text, len(text)) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSecrets_Redact_hostileTexts(t *testing.T) {
	// Runs of what begins an escape must not cost time that grows with their square: these would take minutes.
	var s Secrets
	s.Add(`\\\\\\\\`, "&&&&&&", "%%%%%%%", "aaaaaaaaaaaa", "pass word")
	for _, part := range []string{`\`, "&", "%", "&amp;", "%25", "&#", "a", "\xff", "é", `\u`, `\ud83d`, " "} {
		s.Redact(strings.Repeat(part, 32<<10/len(part)))
	}
}

func TestSecrets_concurrent(t *testing.T) {
	var s, other Secrets
	other.Add("more of them")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			value := "value " + strconv.Itoa(i)
			s.Add(value)
			s.AddAll(&other)
			if got := s.Redact("a " + value); got != "a [redacted]" {
				t.Errorf("%q", got)
			}
		})
	}
	wg.Wait()
	if got := s.Redact("more of them"); got != "[redacted]" {
		t.Errorf("%q", got)
	}
	s.AddAll(nil)
	s.AddAll(&s)
}

func FuzzSecrets_Redact(f *testing.F) {
	f.Add("p&ss/w ord", `{"error":"p\u0026ss\/w+ord"}`)
	f.Add("\\\\a\"", `\\\\a\"`)
	f.Add("\xff\xfe\xfd\xfc", `\ufffd\xfe%fd`)
	f.Fuzz(func(t *testing.T, value, text string) {
		if len(value) < shortest || !utf8.ValidString(value) || strings.ContainsRune(value, utf8.RuneError) {
			t.Skip()
		}
		var s Secrets
		s.Add(value)
		for _, name := range names {
			got := s.Redact(text + forms[name](value) + text)
			if strings.Contains(got, value) || strings.Contains(got, forms[name](value)) {
				t.Errorf("%q as %s: %q", value, name, got)
			}
		}
		s.RedactBytes([]byte(text), len(text)/2)
		if line := s.Line(text+value, 40); len(line) > 40 || !utf8.ValidString(line) || strings.ContainsFunc(line, blanked) {
			t.Errorf("%q", line)
		}
	})
}
