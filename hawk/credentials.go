package hawk

import (
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

// Algorithm is the hash function behind the MACs and payload hashes of some [Credentials]. The zero value is [AlgorithmSHA256].
type Algorithm uint8

// The algorithms of the scheme.
const (
	AlgorithmSHA256 Algorithm = iota
	AlgorithmSHA1             // for servers that support nothing else; HMAC-SHA-1 is outdated, not broken
)

// ParseAlgorithm maps a name as servers write it, in any case, to an Algorithm: "sha256", "SHA-256" and "HS256" (the
// name of the same HMAC in JSON Web Tokens) are [AlgorithmSHA256], "sha1" and "SHA-1" are [AlgorithmSHA1]. Any other name, including the
// empty one, is an error, which quotes no more than the beginning of the name.
func ParseAlgorithm(name string) (Algorithm, error) {
	switch strings.ToLower(name[:min(len(name), 16)]) {
	case "sha256", "sha-256", "hs256":
		return AlgorithmSHA256, nil
	case "sha1", "sha-1":
		return AlgorithmSHA1, nil
	}
	return 0, fmt.Errorf("hawk: unknown algorithm %q", line(name, 40))
}

// String returns the algorithm's name in Hawk, such as "sha256".
func (a Algorithm) String() string {
	switch a {
	case AlgorithmSHA256:
		return "sha256"
	case AlgorithmSHA1:
		return "sha1"
	}
	return fmt.Sprintf("Algorithm(%d)", uint8(a))
}

// hash returns the constructor of the hash function. Algorithms that [Credentials.Check] refuses count as SHA-256.
func (a Algorithm) hash() func() hash.Hash {
	if a == AlgorithmSHA1 {
		return sha1.New
	}
	return sha256.New
}

// Credentials are what client and server share. Printing or logging them shows the id and never the key.
type Credentials struct {
	ID        string
	Key       secureaccess.Secret
	Algorithm Algorithm
}

// maxID leaves room in a header of maxHeader bytes for the other attributes.
const maxID = maxHeader - 512

// Check reports why nothing can be signed with the credentials, as an [*Error] with [ErrInvalidCredentials]: the id is
// empty, longer than 3584 bytes or has a character that no Hawk header can carry (a quote, a backslash, anything but
// printable ASCII), the key is empty, or the algorithm unknown. The error quotes neither id nor key. A client that
// obtains credentials from a server calls it before it keeps them.
func (c Credentials) Check() error {
	var reason string
	switch {
	case c.ID == "":
		reason = "the id is empty"
	case len(c.ID) > maxID:
		reason = "the id is too long"
	case !isAttributeValue(c.ID):
		reason = "the id has a character that no Hawk header can carry"
	case c.Key.IsZero():
		reason = "the key is empty"
	case c.Algorithm != AlgorithmSHA256 && c.Algorithm != AlgorithmSHA1:
		reason = "unknown algorithm"
	default:
		return nil
	}
	return &Error{Reason: ErrInvalidCredentials, Detail: reason}
}
