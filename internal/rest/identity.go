package rest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/secureaccess-go/secureaccess"
)

// SecretIdentity returns the Identity of a session that signs in with a secret and what else tells credentials apart,
// such as a username.
func SecretIdentity(source secureaccess.SecretSource, parts ...string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		secret, err := source.Secret(ctx)
		if err != nil {
			return "", err
		}
		h := sha256.New()
		for _, part := range append(parts, secret.Reveal()) {
			_, _ = h.Write([]byte(part))
			_, _ = h.Write([]byte{0})
		}
		return hex.EncodeToString(h.Sum(nil)), nil
	}
}
