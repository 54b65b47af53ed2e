package sase

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Auth is how a client proves who it is: [APIKey].
type Auth interface {
	grant() (authorizeRequest, error)
}

// APIKey authenticates with a key made in the web client under API Support.
func APIKey(key string) Auth { return apiKey{secureaccess.NewSecret(key)} }

type apiKey struct{ key secureaccess.Secret }

func (a apiKey) grant() (authorizeRequest, error) {
	if strings.TrimSpace(a.key.Reveal()) == "" {
		return authorizeRequest{}, &secureaccess.ArgumentError{Argument: "API key", Reason: "is empty"}
	}
	return authorizeRequest{GrantType: "api_key", APIKey: a.key}, nil
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

	// Expires is when the client takes the token to end: what AccessTokenExpire says in seconds or milliseconds since
	// 1970 or in RFC 3339, or an hour after the answer where it says none of these or a time that is past.
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
		return err
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

// Token returns the token in use, after an authorize call when there is none yet or it is about to end. Programs need
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
	tokenLife = time.Hour // as documented
	leeway    = time.Minute
)

func newSession(login *rest.Client, grant authorizeRequest, base *url.URL, clock secureaccess.Clock) *rest.Session[Token] {
	return &rest.Session[Token]{
		Obtain: func(ctx context.Context, _ Token, _ bool) (Token, error) {
			return authorize(ctx, login, grant)
		},
		Expires: func(t Token) time.Time { return t.Expires },
		Leeway:  leeway,
		Belongs: func(_ Token, u *url.URL) bool { return rest.SameOrigin(u, base) },
		Apply: func(req *http.Request, t Token) error {
			req.Header.Set("Authorization", "Bearer "+t.AccessToken.Reveal())
			return nil
		},
		Refused: func(resp *http.Response) bool { return resp.StatusCode == http.StatusUnauthorized },
		Clock:   clock,
	}
}

// authorize buys a token. The property table has the token beside data, the example in it: both are read.
func authorize(ctx context.Context, login *rest.Client, grant authorizeRequest) (Token, error) {
	op := rest.POST("/v1/auth/authorize").JSON(grant).Repeatable()
	answer, err := rest.Do[authorizeAnswer](ctx, login, op)
	if err != nil {
		if e, ok := errors.AsType[*secureaccess.Error](err); ok && e.Status/100 == 2 {
			e.Body = nil // an answer that cannot be read may hold a token all the same
		}
		return Token{}, err
	}
	token := answer.Token
	token.Expires = expiry(token.AccessTokenExpire, login.Clock().Now())
	return token, nil
}

type authorizeAnswer struct{ Token Token }

func (a *authorizeAnswer) UnmarshalJSON(data []byte) error {
	var wire struct {
		Data Token `json:"data"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	a.Token = wire.Data
	if a.Token.AccessToken.IsZero() {
		if err := json.Unmarshal(data, &a.Token); err != nil {
			return err
		}
	}
	if a.Token.AccessToken.IsZero() {
		return errors.New("the answer holds no access token")
	}
	return nil
}

// expiry reads the end of a token that was given now. A time that is past cannot be meant, whoever's clock is wrong:
// believing it would buy a token for every call.
func expiry(text string, now time.Time) time.Time {
	end, err := time.Parse(time.RFC3339, text)
	if n, ferr := strconv.ParseFloat(text, 64); ferr == nil && n > 0 && n < 1e15 {
		if n < 1e11 { // as seconds in the year 5138, as milliseconds in 1973
			n *= 1000
		}
		end, err = time.UnixMilli(int64(n)), nil
	}
	if err != nil || !end.After(now) {
		return now.Add(tokenLife)
	}
	return end
}
