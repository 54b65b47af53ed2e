package api

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/internal/settings"
)

// SigningCredentials returns credentials in the form that signs. A registration that names no algorithm means HMAC with
// SHA-256.
func SigningCredentials(id string, key secureaccess.Secret, algorithm string) (hawk.Credentials, error) {
	c := hawk.Credentials{ID: id, Key: key}
	if algorithm != "" {
		var err error
		if c.Algorithm, err = hawk.ParseAlgorithm(algorithm); err != nil {
			return hawk.Credentials{}, err
		}
	}
	return c, c.Check()
}

// Unrenewed signs with credentials that nothing renews, those of an appliance or a workspace: they came for a code that
// can be used once.
type Unrenewed struct {
	Signing Signing
	Signer  *Signer
	Session *rest.Session[Signing]
}

// NewUnrenewed refuses a session store, in which nothing could be kept.
func NewUnrenewed(setup *rest.Setup, credentials hawk.Credentials) (*Unrenewed, error) {
	if setup.Settings.Store != nil {
		return nil, &secureaccess.ArgumentError{Argument: "session store", Reason: "has no use: nothing renews these credentials"}
	}
	sign, _ := setup.Settings.Value(signKey{}).([]func(*hawk.Transport))
	u := &Unrenewed{Signing: Signing{API: setup.Base, Credentials: credentials}, Signer: NewSigner(setup, sign...)}
	u.Session = rest.NewSession(setup, &rest.Session[Signing]{
		// No response asks for other credentials: there is no operation that would give them.
		Obtain:  func(context.Context, Signing, bool) (Signing, error) { return u.Signing, nil },
		Belongs: Signing.Belongs,
		Send:    u.Signer.Send,
	})
	return u, nil
}

// Client returns a client that signs.
func (u *Unrenewed) Client(setup *rest.Setup, config rest.Config) *rest.Client {
	config.Auth = u.Session.Transport
	return setup.Client(config)
}

type signKey struct{}

// WithSigning adds an option of the signer.
func WithSigning(product string, option func(*hawk.Transport)) secureaccess.Option {
	return func(s *settings.Settings) error {
		if option == nil {
			return &secureaccess.ArgumentError{Argument: "signing option", Reason: "is nil"}
		}
		before, _ := s.Value(signKey{}).([]func(*hawk.Transport))
		s.Set(product, signKey{}, append(before[:len(before):len(before)], option))
		return nil
	}
}
