package hawk

import (
	"strconv"
	"strings"
)

// Artifacts are the parts of a request that its MAC covers, and through it the answer's. They hold no secret.
type Artifacts struct {
	Timestamp int64 // seconds since 1970
	Nonce     string
	Method    string // in capitals
	Target    string // path and query as on the wire
	Host      string // in small letters, without port; an IPv6 address in brackets
	Port      string // in digits
	Hash      string // of the payload, or ""
	Ext       string // the application's own data, or ""
	App, Dlg  string // application id and the id it was delegated by, or ""; Dlg counts only with an App
}

// Normalized returns the text whose MAC a request carries. When two sides disagree about a MAC, comparing this text
// shows why.
func (a *Artifacts) Normalized() string { return a.normalized(requestMAC) }

func (a *Artifacts) normalized(kind macKind) string {
	var b strings.Builder
	b.Grow(96 + len(a.Nonce) + len(a.Target) + len(a.Host) + len(a.Hash) + len(a.Ext) + len(a.App) + len(a.Dlg))
	line := func(s string) {
		b.WriteString(s)
		b.WriteByte('\n')
	}
	line("hawk.1." + string(kind))
	line(strconv.FormatInt(a.Timestamp, 10))
	line(a.Nonce)
	line(a.Method)
	line(a.Target)
	line(a.Host)
	line(a.Port)
	line(a.Hash)
	line(a.Ext) // the scheme escapes backslashes and line ends here, but no header can carry either
	if a.App != "" {
		line(a.App)
		line(a.Dlg)
	}
	return b.String()
}

// originForm cuts a request target in absolute form, as proxies are sent it, down to path and query, which is what both
// sides sign. It reports false for what is no path: CONNECT's host and port.
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

// splitHost takes a Host header apart: the name in small letters, an IPv6 address with its brackets, and the port, ""
// if there is none. It is strict because its parts become lines of the signed text.
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
