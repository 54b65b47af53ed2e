package hawk

import (
	"crypto/rand"
	"fmt"
	"net/http"
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
	// the server may take itself to be on port 80, say.
	Port int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Nonce returns a new nonce on every call, from many goroutines at once; nil means 128 random bits and more.
	Nonce func() string
}

// Signature is what [Signer.Sign] made.
type Signature struct {
	// Header is the value for the Authorization header.
	Header string
	// Artifacts are what the MAC in Header covers. [CheckResponse] needs them.
	Artifacts Artifacts
}

// Sign signs a request as [http.Client] will send it, which is: its method, the target that [url.URL.RequestURI] gives,
// and the Host field or else the host in the URL. The request is not changed; setting the header is up to the caller.
//
// payloadHash is the hash of the body, from [HashPayload] or a [PayloadHasher], or "" to leave the body uncovered.
//
// A request that no server could verify is refused with [ErrUnsignable]: a target with a byte that has to be
// percent-encoded, a host that is not plain ASCII, an attribute with a forbidden character, a header of more than 4096
// bytes.
func (s *Signer) Sign(req *http.Request, credentials Credentials, payloadHash string) (*Signature, error) {
	return s.sign(req, &credentials, payloadHash, 0)
}

// sign is Sign on a clock that is off by offset.
func (s *Signer) sign(req *http.Request, c *Credentials, payloadHash string, offset time.Duration) (*Signature, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	a := Artifacts{
		Timestamp: s.now().Add(offset).Unix(),
		Method:    strings.ToUpper(req.Method),
		Hash:      payloadHash,
		Ext:       s.Ext,
		App:       s.App,
		Dlg:       s.Dlg,
	}
	if s.Nonce != nil {
		a.Nonce = s.Nonce()
	} else {
		a.Nonce = rand.Text()
	}
	if a.Method == "" {
		a.Method = http.MethodGet
	}
	for _, attribute := range []struct{ name, value string }{
		{"nonce", a.Nonce}, {"hash", a.Hash}, {"ext", a.Ext}, {"app", a.App}, {"dlg", a.Dlg},
	} {
		if attribute.value != "" && !isAttributeValue(attribute.value) {
			return nil, unsignable("the " + attribute.name + " has a character that no Hawk header can carry")
		}
	}
	switch {
	case a.Nonce == "":
		return nil, unsignable("the nonce is empty")
	case a.Dlg != "" && a.App == "":
		return nil, unsignable("dlg needs an app")
	case a.Timestamp < 0:
		return nil, unsignable("the clock shows a time before 1970")
	}
	if err := s.locate(&a, req); err != nil {
		return nil, err
	}
	mac, err := a.mac(requestMAC, c)
	if err != nil {
		return nil, &Error{Reason: ErrUnsignable, Err: err}
	}
	header := authorizationHeader(c.ID, &a, mac)
	if len(header) > maxHeader {
		return nil, unsignable(fmt.Sprintf("its header would be longer than %d bytes", maxHeader))
	}
	return &Signature{Header: header, Artifacts: a}, nil
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
	header := req.Host
	if header == "" {
		header = req.URL.Host
	}
	header = strings.TrimSuffix(header, ":") // an empty port, which http.NewRequest cuts off as well
	if start := strings.IndexByte(header, '%'); start >= 0 && strings.HasPrefix(header, "[") {
		if end := strings.IndexByte(header, ']'); end > start {
			header = header[:start] + header[end:] // an IPv6 zone is this machine's affair and is not sent
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

// authorizationHeader writes the attributes in the reference implementation's order.
func authorizationHeader(id string, a *Artifacts, mac string) string {
	b := make([]byte, 0, 128+len(id)+len(a.Nonce)+len(a.Hash)+len(a.Ext)+len(mac)+len(a.App)+len(a.Dlg))
	b = append(b, `Hawk id="`...)
	b = append(b, id...)
	b = append(b, `", ts="`...)
	b = strconv.AppendInt(b, a.Timestamp, 10)
	attribute := func(name, value string) {
		if value != "" {
			b = append(b, `", `...)
			b = append(b, name...)
			b = append(b, `="`...)
			b = append(b, value...)
		}
	}
	attribute("nonce", a.Nonce)
	attribute("hash", a.Hash)
	attribute("ext", a.Ext)
	attribute("mac", mac)
	attribute("app", a.App)
	attribute("dlg", a.Dlg)
	return string(append(b, '"'))
}
