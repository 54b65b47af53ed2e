package hawk

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Signer computes the Authorization header of requests. The zero Signer is ready for use, by many goroutines at once.
type Signer struct {
	// Ext is application data that every signature covers and carries. Like every text in a Hawk header it is
	// printable ASCII without quote and backslash.
	Ext string
	// App is the id of the application that signs, Dlg that of the application that delegated to it; Dlg needs App.
	App, Dlg string
	// Port is signed instead of the port that the request names, if it is not 0. Behind a proxy that terminates TLS
	// the server may compute with port 80, for instance.
	Port int
	// DecodeTarget signs path and query with their percent-encoding removed, for servers that compute the MAC of the
	// decoded target. The request itself is sent escaped as before. A "+" in the query stays a "+". A target that
	// decodes to a control character, or not at all, is refused with [ErrUnsignable]. The scheme's own way, and the
	// default, is the target as it is sent.
	DecodeTarget bool
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Nonce returns a new nonce on every call, from many goroutines at once; nil means 128 random bits.
	Nonce func() string
}

// Signature is the result of [Signer.Sign].
type Signature struct {
	// Header is the value for the Authorization header.
	Header string
	// Artifacts are what the MAC in Header covers. [CheckResponse] needs them.
	Artifacts Artifacts
}

// Sign signs a request as [http.Client] will send it: its method, the target that [url.URL.RequestURI] gives, and the
// Host field or else the host in the URL. The request is not changed; setting the header is up to the caller.
//
// payloadHash is the hash of the body, from [HashPayload] or a [PayloadHasher], or "" to leave the body uncovered.
//
// A request that no server could verify is refused with [ErrUnsignable]: a target with a byte that has to be
// percent-encoded, a host that is not plain ASCII, an attribute with a forbidden character, a header of more than 4096
// bytes. Credentials that [Credentials.Check] refuses are refused here with the same error.
func (s *Signer) Sign(req *http.Request, credentials Credentials, payloadHash string) (*Signature, error) {
	signature, err := s.sign(req, &credentials, payloadHash, 0)
	if err != nil {
		return nil, err
	}
	return &signature, nil
}

// sign is Sign on a clock that is off by offset.
func (s *Signer) sign(req *http.Request, c *Credentials, payloadHash string, offset time.Duration) (Signature, error) {
	if err := c.Check(); err != nil {
		return Signature{}, err
	}
	a := Artifacts{
		ID:        c.ID,
		Timestamp: s.now().Add(offset).Unix(),
		Method:    strings.ToUpper(req.Method),
		Hash:      payloadHash,
		Ext:       s.Ext,
		App:       s.App,
		Dlg:       s.Dlg,
	}
	if a.Method == "" {
		a.Method = http.MethodGet
	}
	if s.Nonce != nil {
		if a.Nonce = s.Nonce(); a.Nonce == "" {
			return Signature{}, unsignable("the nonce is empty")
		}
	}
	for _, attribute := range [...]struct{ name, value string }{
		{"nonce", a.Nonce}, {"hash", a.Hash}, {"ext", a.Ext}, {"app", a.App}, {"dlg", a.Dlg},
	} {
		if attribute.value != "" && !isAttributeValue(attribute.value) {
			return Signature{}, unsignable("the " + attribute.name + " has a character that no Hawk header can carry")
		}
	}
	switch {
	case a.Dlg != "" && a.App == "":
		return Signature{}, unsignable("dlg needs an app")
	case a.Timestamp < 0:
		return Signature{}, unsignable("the clock shows a time before 1970")
	}
	if err := s.locate(&a, req); err != nil {
		return Signature{}, err
	}
	header := seal(&a, c)
	if len(header) > maxHeader {
		return Signature{}, unsignable(fmt.Sprintf("its header would be longer than %d bytes", maxHeader))
	}
	return Signature{Header: header, Artifacts: a}, nil
}

// seal computes the MAC and returns the header, with the attributes in the reference implementation's order. An empty
// nonce is replaced by a random one. The header is the only allocation: a random nonce becomes a part of it.
func seal(a *Artifacts, c *Credentials) string {
	s := newMACState(c)
	defer s.release()
	nonce := s.nonce[:0]
	if a.Nonce != "" {
		nonce = append(nonce, a.Nonce...)
	} else {
		var random [16]byte
		_, _ = rand.Read(random[:]) // never fails
		nonce = base64.RawURLEncoding.AppendEncode(nonce, random[:])
	}
	s.text = appendNormalized(s.text[:0], requestMAC, a, nonce)
	mac := s.mac()

	b := s.header[:0]
	b = append(b, `Hawk id="`...)
	b = append(b, a.ID...)
	b = append(b, `", ts="`...)
	b = strconv.AppendInt(b, a.Timestamp, 10)
	b = append(b, `", nonce="`...)
	start := len(b)
	b = append(b, nonce...)
	end := len(b)
	b = appendAttribute(b, "hash", a.Hash)
	b = appendAttribute(b, "ext", a.Ext)
	b = append(b, `", mac="`...)
	b = append(b, mac...)
	b = appendAttribute(b, "app", a.App)
	b = appendAttribute(b, "dlg", a.Dlg)
	b = append(b, '"')
	s.header = b

	header := string(b)
	if a.Nonce == "" {
		a.Nonce = header[start:end]
	}
	return header
}

// appendAttribute ends the attribute before and begins another one, unless its value is empty.
func appendAttribute(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, `", `...)
	b = append(b, name...)
	b = append(b, `="`...)
	return append(b, value...)
}

// locate fills in target, host and port.
func (s *Signer) locate(a *Artifacts, req *http.Request) error {
	if req.URL == nil {
		return unsignable("it has no URL")
	}
	var ok bool
	if a.Target, ok = originForm(req.URL.RequestURI()); !ok {
		return unsignable("its target is no path")
	}
	for i := range len(a.Target) {
		if c := a.Target[i]; c <= ' ' || c > '~' {
			return unsignable(fmt.Sprintf("byte 0x%02x in its target has to be percent-encoded", c))
		}
	}
	if s.DecodeTarget {
		decoded, err := url.PathUnescape(a.Target)
		if err != nil || strings.ContainsFunc(decoded, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return unsignable("its target cannot be signed decoded")
		}
		a.Target = decoded
	}
	header := req.Host
	if header == "" {
		header = req.URL.Host
	}
	header = strings.TrimSuffix(header, ":") // an empty port, which http.NewRequest removes as well
	if start := strings.IndexByte(header, '%'); start >= 0 && strings.HasPrefix(header, "[") {
		if end := strings.IndexByte(header, ']'); end > start {
			header = header[:start] + header[end:] // an IPv6 zone is local to this machine and is not sent
		}
	}
	if a.Host, a.Port, ok = splitHost(header); !ok {
		return unsignable("its host cannot stand in a Host header; names beyond ASCII have to be in punycode")
	}
	switch {
	case s.Port != 0:
		a.Port = strconv.Itoa(s.Port)
	case a.Port == "":
		a.Port = defaultPort(req.URL.Scheme == "https")
	}
	return nil
}

func (s *Signer) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func defaultPort(tls bool) string {
	if tls {
		return "443"
	}
	return "80"
}
