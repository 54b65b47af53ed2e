package hawk

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestParseHeader(t *testing.T) {
	for name, test := range map[string]struct{ header, message string }{
		"empty ext":               {`Hawk id="a", ext="", mac="m"`, ""},
		"as written by us":        {`Hawk id="a", ts="1", nonce="n", hash="h", ext="e", mac="m", app="p", dlg="d"`, ""},
		"scheme in any case":      {`hAwK id="a"`, ""},
		"comma without space":     {`Hawk id="a",ts="1"`, ""},
		"space before comma":      {`Hawk id="a" , ts="1"`, ""},
		"comma at the end":        {`Hawk id="a", `, ""},
		"comma inside a value":    {`Hawk id="a, b", ts="1"`, ""},
		"every allowed character": {`Hawk ext=" !#$%&'()*+,-./:;<=>?@[]^_{|}~azAZ09` + "`" + `"`, ""},
		"tabs":                    {"Hawk\tid=\"a\"\t,\tts=\"1\"", ""},

		"nothing":                  {``, "Unauthorized"},
		"another scheme":           {`Basic aWQ6a2V5`, "Unauthorized"},
		"scheme that starts alike": {`Hawkish id="a"`, "Unauthorized"},
		"scheme alone":             {`Hawk`, "Invalid header syntax"},
		"scheme and space":         {`Hawk  `, "Invalid header syntax"},
		"no scheme":                {`="a"`, "Invalid header syntax"},
		"scheme without space":     {`Hawk,id="a"`, "Invalid header syntax"},
		"no quotes":                {`Hawk id=a`, "Bad header format"},
		"unclosed quote":           {`Hawk id="a`, "Bad header format"},
		"one quote":                {`Hawk id="`, "Bad header format"},
		"no comma":                 {`Hawk id="a" ts="1"`, "Bad header format"},
		"nothing between commas":   {`Hawk id="a",, ts="1"`, "Bad header format"},
		"comma first":              {`Hawk , id="a"`, "Bad header format"},
		"space before =":           {`Hawk id ="a"`, "Bad header format"},
		"no name":                  {`Hawk ="a"`, "Bad header format"},
		"text at the end":          {`Hawk id="a" x`, "Bad header format"},
		"backslash":                {`Hawk ext="a\\b"`, "Bad header format"},
		"escaped quote":            {`Hawk ext="a\"b"`, "Bad header format"},
		"empty value":              {`Hawk id=""`, "Bad attribute value: id"},
		"control character":        {"Hawk id=\"a\x01\"", "Bad attribute value: id"},
		"letter beyond ASCII":      {`Hawk mac="é"`, "Bad attribute value: mac"},
		"unknown attribute":        {`Hawk id="a", realm="x"`, "Unknown attribute: realm"},
		"attribute in capitals":    {`Hawk ID="a"`, "Unknown attribute: ID"},
		"two empty ext":            {`Hawk ext="", ext=""`, "Duplicate attribute: ext"},
		"empty ext and another":    {`Hawk ext="", ext="e"`, "Duplicate attribute: ext"},
		"empty hash":               {`Hawk hash=""`, "Bad attribute value: hash"},
		"long unknown attribute":   {`Hawk ` + strings.Repeat("x", 3000) + `="a"`, "Unknown attribute: " + strings.Repeat("x", maxText-3) + "..."},
		"attribute of a challenge": {`Hawk tsm="a"`, "Unknown attribute: tsm"},
		"duplicate":                {`Hawk id="a", id="a"`, "Duplicate attribute: id"},
		"too long":                 {`Hawk id="` + strings.Repeat("a", maxHeader) + `"`, "Header length too long"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseHeader(test.header, authorization)
			if test.message == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || err.Message != test.message {
				t.Fatalf("got %v, want %q", err, test.message)
			}
			if status := map[bool]int{true: 401, false: 400}[errors.Is(err, ErrNoAuthorization)]; err.Status != status {
				t.Errorf("status %d, want %d", err.Status, status)
			}
		})
	}
}

func TestParseHeader_values(t *testing.T) {
	a, bad := parseHeader(`Hawk dlg="8", app="7", mac="6", ext="5", hash="4", nonce="3", ts="2", id="1"`, authorization)
	if want := (attributes{id: "1", ts: "2", nonce: "3", hash: "4", ext: "5", mac: "6", app: "7", dlg: "8"}); bad != nil || a != want {
		t.Errorf("Authorization: %+v, %v", a, bad)
	}
	a, bad = parseHeader(`Hawk mac="1", hash="2", ext="3"`, serverAuthorization)
	if want := (attributes{mac: "1", hash: "2", ext: "3"}); bad != nil || a != want {
		t.Errorf("Server-Authorization: %+v, %v", a, bad)
	}
}

func TestParseTimestamp(t *testing.T) {
	if ts, ok := parseTimestamp("1353832234"); !ok || ts != 1353832234 {
		t.Errorf("%d, %v", ts, ok)
	}
	for _, s := range []string{"", "-1", "+1", "01", "1.5", "1e3", " 1", "0x1", "NaN", "1_000", "99999999999999999999"} {
		if ts, ok := parseTimestamp(s); ok {
			t.Errorf("%q is accepted as %d", s, ts)
		}
	}
}

// The grammar of the reference implementation, as it has it: attributes are cut out one after the other, and nothing
// may be left over.
var (
	referenceHeader    = regexp.MustCompile(`^(\w+)(?:[ \t]+(.*))?$`)
	referenceAttribute = regexp.MustCompile(`(\w+)="([^"\\]*)"[ \t]*(?:,[ \t]*|$)`)
	referenceValue     = regexp.MustCompile("^[ \\w!#$%&'()*+,\\-./:;<=>?@\\[\\]^`{|}~]+$")
)

func referenceParse(header string) (map[string]string, bool) {
	parts := referenceHeader.FindStringSubmatch(header)
	if len(header) > 4096 || parts == nil || !strings.EqualFold(parts[1], "hawk") || parts[2] == "" {
		return nil, false
	}
	found, ok := make(map[string]string), true
	rest := referenceAttribute.ReplaceAllStringFunc(parts[2], func(s string) string {
		m := referenceAttribute.FindStringSubmatch(s)
		_, duplicate := found[m[1]]
		known := slices.Contains([]string{"id", "ts", "nonce", "hash", "ext", "mac", "app", "dlg"}, m[1])
		emptyExt := m[1] == "ext" && m[2] == "" // where this package accepts more
		ok = ok && known && !duplicate && (emptyExt || referenceValue.MatchString(m[2]))
		found[m[1]] = m[2]
		return ""
	})
	return found, ok && rest == ""
}

func FuzzParseHeader(f *testing.F) {
	for _, seed := range []string{
		`Hawk id="dh37fgj492je", ts="1353832234", nonce="j4h3g2", ext="some-app-ext-data", mac="6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE="`,
		`Hawk id="a", id="b"`, `Hawk id="a",,`, `Hawk id="a" ,`, `hawk app="x" dlg="y"`, `Hawk id="a"id="b"`, "Hawk ext=\"\xff\"", `Hawk`, ``, `Hawk ext="", id="a", ext="b"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if strings.ContainsAny(header, "\r\n") {
			t.Skip("no header can hold a line end")
		}
		a, bad := parseHeader(header, authorization)
		want, ok := referenceParse(header)
		if (bad == nil) != ok {
			t.Fatalf("parsed %q: %v; the reference accepts it: %v", header, bad, ok)
		}
		if bad != nil {
			return
		}
		for _, name := range []string{"id", "ts", "nonce", "hash", "ext", "mac", "app", "dlg"} {
			if got := *authorization(&a, name); got != want[name] {
				t.Errorf("%s of %q is %q, want %q", name, header, got, want[name])
			}
		}
	})
}
