package sasetest

import (
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
)

const authorizePath = "/api/v1/auth/authorize"

// ExpiryForm is how the server writes the end of a token: the document does not decide between a number and a text.
type ExpiryForm string

// Values of ExpiryForm.
const (
	ExpiryFormSeconds      ExpiryForm = "seconds" // a number, the default
	ExpiryFormRFC3339      ExpiryForm = "rfc3339"
	ExpiryFormMilliseconds ExpiryForm = "milliseconds"
	ExpiryFormNonsense     ExpiryForm = "nonsense" // a text that is no time
)

// AddKey makes the server accept an API key until its end; the zero time is never.
func (s *Server) AddKey(key string, end time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys[key] = end
}

// RemoveKey makes the server forget an API key. Tokens obtained with it stay valid.
func (s *Server) RemoveKey(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.keys, key)
}

// SetTokenLife sets how long the tokens live that are given from now on; an hour by default.
func (s *Server) SetTokenLife(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokenLife = d
}

// SetExpiryForm sets how the end of a token is written from now on.
func (s *Server) SetExpiryForm(form ExpiryForm) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expiryForm = form
}

// KillTokens makes the server refuse all tokens given so far, whatever their end.
func (s *Server) KillTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// Authorizations returns how many tokens the server has given.
func (s *Server) Authorizations() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.authorizations
}

func (s *Server) authorize(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var grant struct {
		GrantType string `json:"grantType"`
		APIKey    string `json:"apiKey"`
	}
	if !s.decode(w, r, &grant) {
		return
	}
	s.mu.Lock()
	now := s.Clock().Now()
	end, known := s.keys[grant.APIKey]
	if !known || !end.IsZero() && !now.Before(end) {
		s.mu.Unlock()
		s.refuse(w, http.StatusUnauthorized, "", "the API key is not valid")
		return
	}
	token := rand.Text()
	end = now.Add(s.tokenLife)
	s.tokens[token] = end
	s.authorizations++
	expire := s.expiryForm.write(end)
	s.mu.Unlock()
	fake.JSON(w, http.StatusOK, map[string]any{"data": map[string]any{
		"tokenType": "bearer", "accessToken": token, "accessTokenExpire": expire,
	}})
}

func (f ExpiryForm) write(end time.Time) any {
	switch f {
	case ExpiryFormRFC3339:
		return end.UTC().Format(time.RFC3339)
	case ExpiryFormMilliseconds:
		return end.UnixMilli()
	case ExpiryFormNonsense:
		return "in a while"
	}
	return end.Unix()
}

// authenticate lets requests with a valid token through, and the authorize call.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request, operations []*contract.Endpoint) bool {
	if len(operations) > 0 && operations[0].Auth == "api_key_body" {
		return true
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	s.mu.Lock()
	end, known := s.tokens[strings.TrimSpace(token)]
	valid := known && s.Clock().Now().Before(end)
	s.mu.Unlock()
	if !strings.EqualFold(scheme, "bearer") || !valid {
		s.refuse(w, http.StatusUnauthorized, "", "the access token is not valid")
		return false
	}
	return true
}
