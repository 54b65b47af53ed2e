package hawk

import (
	"strconv"
	"strings"
)

// Artifacts are the parts of a request that its MAC covers, and that a response's MAC covers too. They hold no secret.
// In the error of a [Verifier] they are what the request claims.
type Artifacts struct {
	ID        string // of the credentials; the MAC does not cover it
	Timestamp int64  // seconds since 1970
	Nonce     string
	Method    string // in upper case
	Target    string // path and query as on the wire, unless [Signer.DecodeTarget] is set
	Host      string // in lower case, without port; an IPv6 address in brackets
	Port      string // in digits
	Hash      string // of the payload, or ""
	Ext       string // the application's own data, or ""
	App, Dlg  string // application id and the id it was delegated by, or ""; Dlg counts only with an App
}

// Normalized returns the text whose MAC a request carries. When two sides disagree about a MAC, comparing this text
// shows why.
func (a *Artifacts) Normalized() string {
	size := 96 + len(a.Nonce) + len(a.Target) + len(a.Host) + len(a.Hash) + len(a.Ext) + len(a.App) + len(a.Dlg)
	return string(appendNormalized(make([]byte, 0, size), requestMAC, a, a.Nonce))
}

// macKind is the word in the first line of a signed text.
type macKind string

const (
	requestMAC  macKind = "header"
	responseMAC macKind = "response"
)

// appendNormalized appends the text that a MAC covers. The nonce is an argument so that a signer can pass bytes that
// are not a string yet.
func appendNormalized[N string | []byte](b []byte, kind macKind, a *Artifacts, nonce N) []byte {
	b = append(b, "hawk.1."...)
	b = append(b, kind...)
	b = append(b, '\n')
	b = strconv.AppendInt(b, a.Timestamp, 10)
	b = append(b, '\n')
	b = append(b, nonce...)
	b = append(b, '\n')
	b = append(append(b, a.Method...), '\n')
	b = append(append(b, a.Target...), '\n')
	b = append(append(b, a.Host...), '\n')
	b = append(append(b, a.Port...), '\n')
	b = append(append(b, a.Hash...), '\n')
	b = append(append(b, a.Ext...), '\n') // the scheme escapes backslashes and line ends here, which no header can carry
	if a.App != "" {
		b = append(append(b, a.App...), '\n')
		b = append(append(b, a.Dlg...), '\n')
	}
	return b
}

// originForm reduces a request target in absolute form, which is what proxies receive, to path and query, which is what
// both sides sign. It reports false for a target that is no path, such as CONNECT's host and port.
func originForm(target string) (string, bool) {
	if target == "*" || strings.HasPrefix(target, "/") {
		return target, true
	}
	_, rest, ok := strings.Cut(target, "://")
	if !ok {
		return "", false
	}
	i := strings.IndexAny(rest, "/?")
	switch {
	case i < 0:
		return "/", true
	case rest[i] == '?':
		return "/" + rest[i:], true
	}
	return rest[i:], true
}

// splitHost splits a Host header into the name in lower case, an IPv6 address with its brackets, and the port, "" if
// there is none. It is strict because its parts become lines of the signed text.
func splitHost(header string) (host, port string, ok bool) {
	if len(header) > maxHeader {
		return "", "", false
	}
	colon := strings.LastIndexByte(header, ':')
	if bracket := strings.LastIndexByte(header, ']'); bracket > colon {
		colon = -1 // the last colon is inside the address
	}
	host = header
	if colon >= 0 {
		host, port = header[:colon], header[colon+1:]
		if port == "" || strings.Trim(port, "0123456789") != "" {
			return "", "", false
		}
	}
	name := host
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		name = host[1 : len(host)-1]
		if strings.Trim(name, "0123456789abcdefABCDEF:.") != "" {
			return "", "", false
		}
	} else if strings.ContainsAny(name, ":[]") {
		return "", "", false
	}
	if name == "" {
		return "", "", false
	}
	for i := range len(name) {
		if name[i] <= ' ' || name[i] > '~' {
			return "", "", false
		}
	}
	return strings.ToLower(host), port, true
}
