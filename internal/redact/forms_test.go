package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// forms are the ways in which texts repeat what they were sent.
var forms = map[string]func(string) string{
	"raw":                 func(s string) string { return s },
	"json":                func(s string) string { b, _ := json.Marshal(s); return string(b[1 : len(b)-1]) },
	"json without html":   jsonPlain,
	"json with slashes":   func(s string) string { return strings.ReplaceAll(jsonPlain(s), "/", `\/`) },
	"json, all escaped":   func(s string) string { return escaped(s, `\u%04x`) },
	"json, all upper":     func(s string) string { return escaped(s, `\u%04X`) },
	"json in json":        func(s string) string { b, _ := json.Marshal(jsonPlain(s)); return string(b[1 : len(b)-1]) },
	"html":                html.EscapeString,
	"html, numbers":       func(s string) string { return runes(s, "&#%d;") },
	"html, hex":           func(s string) string { return runes(s, "&#x%x;") },
	"html, named":         named,
	"html twice":          func(s string) string { return html.EscapeString(html.EscapeString(s)) },
	"html in json":        func(s string) string { b, _ := json.Marshal(html.EscapeString(s)); return string(b[1 : len(b)-1]) },
	"xml":                 func(s string) string { var b bytes.Buffer; _ = xml.EscapeText(&b, []byte(s)); return b.String() },
	"query":               url.QueryEscape,
	"path":                url.PathEscape,
	"query, lower":        func(s string) string { return lowerHex(url.QueryEscape(s)) },
	"query twice":         func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
	"percent, all":        func(s string) string { return octets(s, "%%%02X") },
	"percent, all, lower": func(s string) string { return octets(s, "%%%02x") },
	"%q":                  func(s string) string { q := strconv.Quote(s); return q[1 : len(q)-1] },
	"%+q":                 func(s string) string { q := strconv.QuoteToASCII(s); return q[1 : len(q)-1] },
	"%q in json":          func(s string) string { q := strconv.Quote(s); return jsonPlain(q[1 : len(q)-1]) },
	`\x`:                  func(s string) string { return octets(s, `\x%02x`) },
	"octal":               func(s string) string { return octets(s, `\%03o`) },
	"base64":              func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64, raw":         func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) },
	"base64url":           func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) },
	"base64url, raw":      func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"base64 in a query":   func(s string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(s))) },
	"hex":                 func(s string) string { return hex.EncodeToString([]byte(s)) },
	"hex, upper":          func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"latin-1 as utf-8":    mojibake,
}

var names = slices.Sorted(maps.Keys(forms))

func jsonPlain(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	text := strings.TrimSuffix(b.String(), "\n")
	return text[1 : len(text)-1]
}

func escaped(s, format string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, format, unit)
	}
	return b.String()
}

func runes(s, format string) string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, format, r)
	}
	return b.String()
}

func octets(s, format string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

func lowerHex(s string) string {
	for i := 0; i+2 < len(s); i++ {
		if s[i] == '%' {
			s = s[:i] + strings.ToLower(s[i:i+3]) + s[i+3:]
		}
	}
	return s
}

func named(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;", "/", "&sol;",
		"=", "&equals;", "+", "&plus;", "!", "&excl;", "é", "&eacute;", "ü", "&uuml;", "$", "&dollar;", "%", "&percnt;",
		`\`, "&bsol;", ":", "&colon;", "@", "&commat;").Replace(s)
}

func mojibake(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteRune(rune(c))
	}
	return b.String()
}
