package hawk

import (
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

// Algorithm is the hash function behind the MACs and payload hashes of some [Credentials]. The zero value is [SHA256].
type Algorithm uint8

// The algorithms of the scheme.
const (
	SHA256 Algorithm = iota
	SHA1             // for servers that know nothing better; as an HMAC it is not broken, only old
)

// ParseAlgorithm maps a name as servers write it, in any case, to an Algorithm: "sha256", "SHA-256" and "HS256" (the
// name that JSON Web Tokens have for the same HMAC) are [SHA256], "sha1" and "SHA-1" are [SHA1]. Any other name, the
// empty one too, is an error.
func ParseAlgorithm(name string) (Algorithm, error) {
	switch strings.ToLower(name) {
	case "sha256", "sha-256", "hs256":
		return SHA256, nil
	case "sha1", "sha-1":
		return SHA1, nil
	}
	return 0, fmt.Errorf("hawk: unknown algorithm %q", name)
}

// String returns the algorithm's name in Hawk, such as "sha256".
func (a Algorithm) String() string {
	switch a {
	case SHA256:
		return "sha256"
	case SHA1:
		return "sha1"
	}
	return fmt.Sprintf("Algorithm(%d)", uint8(a))
}

// newHash is only reached with algorithms that [Credentials.check] has let pass.
func (a Algorithm) newHash() hash.Hash {
	if a == SHA1 {
		return sha1.New()
	}
	return sha256.New()
}

// Credentials are what client and server share. Printing or logging them shows the id and never the key.
type Credentials struct {
	ID        string
	Key       secureaccess.Secret
	Algorithm Algorithm
}

// check reports what makes the credentials unfit for signing. It never quotes the key.
func (c *Credentials) check() error {
	switch {
	case c.ID == "":
		return &Error{Reason: ErrInvalidCredentials, Detail: "the id is empty"}
	case !isAttributeValue(c.ID):
		return &Error{Reason: ErrInvalidCredentials, Detail: "the id has a character that no Hawk header can carry"}
	case c.Key.IsZero():
		return &Error{Reason: ErrInvalidCredentials, Detail: "the key is empty"}
	case c.Algorithm != SHA256 && c.Algorithm != SHA1:
		return &Error{Reason: ErrInvalidCredentials, Detail: "unknown algorithm"}
	}
	return nil
}
