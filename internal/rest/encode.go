package rest

import (
	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
)

var exposer = json.NewExposer(secureaccess.Secret.Reveal)

// Encode writes v as JSON for the wire: with its secrets, and with &, < and > as they are.
func Encode(v any, options ...json.Option) ([]byte, error) {
	data, _, err := exposer.Marshal(v, options...)
	return data, err
}

// EncodeFor is Encode for the body of an operation that is known only then, with the secrets for [Op.BytesWith].
func EncodeFor(v any) (data []byte, secrets []string, err error) { return exposer.Marshal(v) }
