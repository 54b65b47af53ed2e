package sase

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Auth is how a client proves who it is: [APIKey] or [APIKeyFrom].
type Auth interface {
	source() (secureaccess.SecretSource, error)
}

// APIKey authenticates with a key made in the web client under API Support.
func APIKey(key string) Auth { return apiKey{secureaccess.NewSecret(key)} }

// APIKeyFrom is APIKey with a key that is read at each sign-in.
func APIKeyFrom(source secureaccess.SecretSource) Auth { return apiKeyFrom{source} }

type apiKey struct{ key secureaccess.Secret }

func (a apiKey) source() (secureaccess.SecretSource, error) {
	if strings.TrimSpace(a.key.Reveal()) == "" {
		return nil, &secureaccess.ArgumentError{Argument: "API key", Reason: "is empty"}
	}
	return a.key, nil
}

type apiKeyFrom struct{ from secureaccess.SecretSource }

func (a apiKeyFrom) source() (secureaccess.SecretSource, error) {
	if a.from == nil {
		return nil, &secureaccess.ArgumentError{Argument: "API key source", Reason: "is nil"}
	}
	return a.from, nil
}

type authorizeRequest struct {
	GrantType string              `json:"grantType"`
	APIKey    secureaccess.Secret `json:"apiKey"`
}

// Token is what the service gives for an API key.
type Token struct {
	TokenType         string              `json:"tokenType"` // "bearer"
	AccessToken       secureaccess.Secret `json:"accessToken"`
	AccessTokenExpire string              `json:"accessTokenExpire"` // as the service wrote it

	// Expires is when the client takes the token to end, on this machine's clock: what AccessTokenExpire says in seconds
	// or milliseconds since 1970 or in RFC 3339, or an hour after the response where it says none of these or a time
	// that is past.
	Expires time.Time `json:"-"`
}

// UnmarshalJSON reads the expiry in any form, and the token type also under its other documented name.
func (t *Token) UnmarshalJSON(data []byte) error {
	var wire struct {
		TokenType         string              `json:"tokenType"`
		Token             string              `json:"token"`
		AccessToken       secureaccess.Secret `json:"accessToken"`
		AccessTokenExpire json.RawMessage     `json:"accessTokenExpire"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return errors.New("it is not a token")
	}
	t.TokenType, t.AccessToken = wire.TokenType, wire.AccessToken
	if t.TokenType == "" {
		t.TokenType = wire.Token
	}
	t.AccessTokenExpire = text(wire.AccessTokenExpire)
	return nil
}

// text returns what a JSON string says, and any other JSON value as it is written; "" for null.
func text(value json.RawMessage) string {
	var s string
	if json.Unmarshal(value, &s) == nil {
		return s
	}
	return string(bytes.TrimSpace(value))
}

// Token returns the token in use, after an authorize call when there is none yet or it is about to expire. Programs need
// not call it; it tells whether a key works, and until when.
//
// POST /v1/auth/authorize
//
// Document: Authentication and Authorization.
func (c *Client) Token(ctx context.Context) (*Token, error) {
	token, _, err := c.session.Get(ctx)
	if err != nil {
		return nil, err
	}
	return &token, nil
}

const (
	tokenLife    = time.Hour // as documented
	expiryMargin = time.Minute
)

func newSession(setup *rest.Setup, config rest.Config, auth Auth) (*rest.Session[Token], error) {
	key, err := auth.source()
	if err != nil {
		return nil, err
	}
	beside := besideREST(setup.Base)
	config.Base = func(context.Context) (*url.URL, error) { return beside, nil }
	s := &signIn{key: key, rest: setup.Client(config)}
	return rest.NewSession(setup, &rest.Session[Token]{
		Obtain:   s.authorize,
		Expires:  func(t Token) time.Time { return t.Expires },
		Margin:   expiryMargin,
		Belongs:  func(_ Token, u *url.URL) bool { return rest.SameOrigin(u, setup.Base) },
		Apply:    bearer,
		Refused:  func(resp *http.Response) bool { return resp.StatusCode == http.StatusUnauthorized },
		Identity: rest.SecretIdentity(key),
		Sharing: rest.Sharing[Token]{
			Key:         rest.StoreKey(product, setup.Base.String(), "api key"),
			PerIdentity: true,
			Encode:      encodeToken,
			Decode:      decodeToken,
		},
	}), nil
}

// storedToken is a token in a session store.
type storedToken struct {
	TokenType         string    `json:"token_type,omitempty"`
	AccessToken       string    `json:"access_token"`
	AccessTokenExpire string    `json:"access_token_expire,omitempty"`
	Expires           time.Time `json:"expires"`
}

func encodeToken(t Token) ([]byte, error) {
	return json.Marshal(storedToken{t.TokenType, t.AccessToken.Reveal(), t.AccessTokenExpire, t.Expires})
}

func decodeToken(data []byte) (Token, error) {
	var stored storedToken
	if err := json.Unmarshal(data, &stored); err != nil || stored.AccessToken == "" {
		return Token{}, errors.New("the stored token cannot be read")
	}
	return Token{stored.TokenType, secureaccess.NewSecret(stored.AccessToken), stored.AccessTokenExpire, stored.Expires}, nil
}

// signIn exchanges an API key for tokens.
type signIn struct {
	key  secureaccess.SecretSource
	rest *rest.Client
}

// authorize exchanges the API key for a token. The property table has the token beside data, the example in it: both are
// read.
func (s *signIn) authorize(ctx context.Context, _ Token, _ bool) (Token, error) {
	key, err := s.key.Secret(ctx)
	if err != nil {
		return Token{}, fmt.Errorf("API key: %w", err)
	}
	var info secureaccess.Exchange
	op := rest.POST("/v1/auth/authorize").JSON(authorizeRequest{GrantType: "api_key", APIKey: key}).Repeatable().BringsSecrets()
	result, err := rest.Do[authorized](secureaccess.Capture(ctx, &info), s.rest, op)
	if err != nil {
		return Token{}, err
	}
	token := result.Token
	token.Expires = expiry(token.AccessTokenExpire, info.Header, s.rest.Clock().Now())
	return token, nil
}

type authorized struct{ Token Token }

func (a *authorized) UnmarshalJSON(data []byte) error {
	var wire struct {
		Data Token `json:"data"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return errors.New("it is not a token")
	}
	a.Token = wire.Data
	if a.Token.AccessToken.IsZero() {
		if err := json.Unmarshal(data, &a.Token); err != nil {
			return errors.New("it is not a token")
		}
	}
	if a.Token.AccessToken.IsZero() {
		return errors.New("the response holds no access token")
	}
	return nil
}

// expiry reads the end of a token that was given now, on this machine's clock. A time that is past on the server's own
// clock cannot be meant: believing it would cost a token for every call.
func expiry(text string, header http.Header, now time.Time) time.Time {
	end, err := time.Parse(time.RFC3339, text)
	if n, ferr := strconv.ParseFloat(text, 64); ferr == nil && n > 0 && n < 1e15 {
		if n < 1e11 { // as seconds in the year 5138, as milliseconds in 1973
			n *= 1000
		}
		end, err = time.UnixMilli(int64(n)), nil
	}
	if err == nil {
		end = rest.OnOurClock(end, header, now)
	}
	if err != nil || !end.After(now) {
		return now.Add(tokenLife)
	}
	return end
}

// bearer puts a token on a request.
func bearer(req *http.Request, t Token) error {
	req.Header["Authorization"] = []string{"Bearer " + t.AccessToken.Reveal()}
	return nil
}
