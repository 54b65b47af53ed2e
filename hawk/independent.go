package hawk

import (
	"crypto/hmac"
	"encoding/base64"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"

	hiyosi "github.com/hiyosi/hawk"
)

// This file computes the MACs of the server's side, with a library that shares no code with the client's side in
// mac.go.

// independentMAC returns the MAC of the artifacts.
//
// Two cases are beyond the library and use the standard one: it has no SHA-1, and it removes the brackets of an IPv6
// address, which the reference server does not.
func independentMAC(a *Artifacts, kind macKind, c *Credentials) (string, error) {
	if c.Algorithm == AlgorithmSHA1 || strings.HasPrefix(a.Host, "[") {
		return plainMAC(string(appendNormalized(nil, kind, a, a.Nonce)), c), nil
	}
	m := hiyosi.Mac{
		Credential: libraryCredential(c),
		Uri:        libraryURI(a.Target),
		Method:     a.Method,
		HostPort:   net.JoinHostPort(a.Host, a.Port),
		// The library writes to the Options it is given in other places, so each call has its own.
		Option: &hiyosi.Option{TimeStamp: a.Timestamp, Nonce: a.Nonce, Hash: a.Hash, Ext: a.Ext, App: a.App, Dlg: a.Dlg},
	}
	if kind == responseMAC {
		m.Type = hiyosi.Response
	}
	return m.String()
}

// libraryURI hides a request target from the library's URL parser. Signing a URL, the library takes the decoded path
// and leaves out a query that it cannot parse or that is empty; so it is given a URL whose path, once decoded, is the
// whole target: query, question marks and percent signs included.
func libraryURI(target string) string {
	if target == "*" {
		return target // the one path that is written and parsed without a slash
	}
	path := url.URL{Path: target}
	return "hawk://host" + path.EscapedPath()
}

// independentTimestampMAC returns the proof of a server's time.
func independentTimestampMAC(ts int64, c *Credentials) string {
	if c.Algorithm == AlgorithmSHA1 {
		return plainMAC("hawk.1.ts\n"+strconv.FormatInt(ts, 10)+"\n", c)
	}
	m := hiyosi.TsMac{TimeStamp: ts, Credential: libraryCredential(c)}
	return m.String()
}

func libraryCredential(c *Credentials) *hiyosi.Credential {
	return &hiyosi.Credential{ID: c.ID, Key: c.Key.Reveal(), Alg: hiyosi.SHA256}
}

func plainMAC(text string, c *Credentials) string {
	h := hmac.New(c.Algorithm.hash(), []byte(c.Key.Reveal()))
	_, _ = io.WriteString(h, text)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
