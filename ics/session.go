package ics

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// apiKey is a key as the calls carry it: the user name of Basic authentication beside an empty password.
type apiKey struct {
	key    secureaccess.Secret
	header []string // made once; requests share it and never change it
}

func newKey(key secureaccess.Secret) apiKey {
	return apiKey{key, []string{"Basic " + base64.StdEncoding.EncodeToString([]byte(key.Reveal()+":"))}}
}

func newSession(setup *rest.Setup, auth Auth, c *signIn) *rest.Session[apiKey] {
	s := &rest.Session[apiKey]{
		Obtain: func(ctx context.Context, _ apiKey, _ bool) (apiKey, error) {
			key, err := auth.obtain(ctx, c)
			if err != nil {
				return apiKey{}, err
			}
			return newKey(key), nil
		},
		Belongs: func(_ apiKey, u *url.URL) bool { return rest.SameOrigin(u, setup.Base) },
		Apply: func(req *http.Request, k apiKey) error {
			req.Header["Authorization"] = k.header
			return nil
		},
		Refused: func(resp *http.Response) bool {
			return refusesKey(resp) && auth.renews()
		},
		CredentialsRefused: credentialsRefused,
	}
	if source := auth.secret(); source != nil {
		s.Identity = rest.SecretIdentity(source, auth.account()...)
	}
	if account := auth.account(); account != nil {
		s.Sharing = rest.Sharing[apiKey]{
			Key:    rest.StoreKey(product, append([]string{setup.Base.String()}, account...)...),
			Encode: encodeKey,
			Decode: decodeKey,
		}
	}
	return rest.NewSession(setup, s)
}

type storedKey struct {
	APIKey string `json:"api_key"`
}

func encodeKey(k apiKey) ([]byte, error) { return json.Marshal(storedKey{k.key.Reveal()}) }

func decodeKey(data []byte) (apiKey, error) {
	var stored storedKey
	if err := json.Unmarshal(data, &stored); err != nil || unusableKey(stored.APIKey) != "" {
		return apiKey{}, errors.New("the stored key cannot be read")
	}
	return newKey(secureaccess.NewSecret(stored.APIKey)), nil
}

// refusesKey reports whether a response means that the key is not accepted any more: 401, or the page on which people
// sign in, given with 200 or by a redirect, which becomes a 401 then.
func refusesKey(resp *http.Response) bool {
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
		return true
	case resp.StatusCode/100 == 3:
		if !leadsToSignIn(resp.Header.Get("Location")) {
			return false
		}
	case resp.StatusCode == http.StatusOK:
		if !isSignInPage(resp) {
			return false
		}
	default:
		return false
	}
	resp.StatusCode, resp.Status = http.StatusUnauthorized, "401 Unauthorized"
	resp.Header.Del("Location")
	return true
}

// leadsToSignIn reports whether a redirect leads to the pages of people, whatever its host.
func leadsToSignIn(location string) bool {
	u, err := url.Parse(location)
	return err == nil && strings.HasPrefix(u.Path, "/dana-na/")
}

// signInMarks are what the pages have on which people sign in.
var signInMarks = [][]byte{[]byte(`/dana-na/`), []byte(`frmlogin`), []byte(`login.cgi`), []byte(`type="password"`), []byte(`type=password`)}

// signInPageSize is how much of a page is looked at.
const signInPageSize = 64 << 10

// isSignInPage looks at the body only where it can be a page: of an export, which the appliance calls a page too, no
// more than the beginning.
func isSignInPage(resp *http.Response) bool {
	if strings.Contains(resp.Header.Get("Content-Type"), "json") {
		return false
	}
	head := bytes.TrimLeft(rest.Peek(resp, 512), " \t\r\n\ufeff")
	if !bytes.HasPrefix(head, []byte("<")) {
		return false
	}
	page := bytes.ToLower(rest.Peek(resp, signInPageSize))
	for _, mark := range signInMarks {
		if bytes.Contains(page, mark) {
			return true
		}
	}
	return false
}
