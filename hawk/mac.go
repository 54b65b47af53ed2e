package hawk

import (
	"crypto/hmac"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"

	hiyosi "github.com/hiyosi/hawk"
)

// macKind is the word in the first line of a signed text.
type macKind string

const (
	requestMAC  macKind = "header"
	responseMAC macKind = "response"
)

// mac returns the MAC of the artifacts.
//
// The library computes it, except in the two cases that are beyond it: it has no SHA-1, and it takes the brackets off an
// IPv6 address, which the reference server does not.
func (a *Artifacts) mac(kind macKind, c *Credentials) (string, error) {
	if c.Algorithm == SHA1 || strings.HasPrefix(a.Host, "[") {
		return c.hmac(a.normalized(kind)), nil
	}
	m := hiyosi.Mac{
		Credential: libraryCredential(c),
		Uri:        libraryURI(a.Target),
		Method:     a.Method,
		HostPort:   net.JoinHostPort(a.Host, a.Port),
		// An Option of our own for each call: the library writes to the ones it is given in other places.
		Option: &hiyosi.Option{TimeStamp: a.Timestamp, Nonce: a.Nonce, Hash: a.Hash, Ext: a.Ext, App: a.App, Dlg: a.Dlg},
	}
	if kind == responseMAC {
		m.Type = hiyosi.Response
	}
	return m.String()
}

// libraryURI hides a request target from the library's URL parser. Signing a URL, the library takes the decoded path
// and leaves out a query that it cannot parse or that is empty; so it is given a URL whose path, once decoded, is the
// whole target: query, question marks, percent signs and all.
func libraryURI(target string) string {
	if target == "*" {
		return target // the one path that is written and parsed without a slash
	}
	path := url.URL{Path: target}
	return "hawk://host" + path.EscapedPath()
}

// timestampMAC returns the proof of a server's time.
func timestampMAC(ts int64, c *Credentials) string {
	if c.Algorithm == SHA1 {
		return c.hmac("hawk.1.ts\n" + strconv.FormatInt(ts, 10) + "\n")
	}
	m := hiyosi.TsMac{TimeStamp: ts, Credential: libraryCredential(c)}
	return m.String()
}

func libraryCredential(c *Credentials) *hiyosi.Credential {
	return &hiyosi.Credential{ID: c.ID, Key: c.Key.Reveal(), Alg: hiyosi.SHA256}
}

func (c *Credentials) hmac(text string) string {
	h := hmac.New(func() hash.Hash { return c.Algorithm.newHash() }, []byte(c.Key.Reveal()))
	_, _ = io.WriteString(h, text)
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// equal compares a MAC or hash with the right one in a time that does not depend on where they differ. The library's
// own comparison panics on letters of more than one byte, and its client has none at all.
func equal(got, want string) bool {
	return subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}
