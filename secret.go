package secureaccess

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/go-json-experiment/json/jsontext"
)

// redacted is what a Secret shows of itself.
const redacted = "[redacted]"

// Secret holds a password, key, token or code. It prints as "[redacted]" under every fmt verb, in JSON, in text
// encodings and in slog, so that a struct that holds one can be logged as it is. [Secret.Reveal] gives the value.
//
// The zero Secret is empty. Secrets do not compare with ==; compare what they reveal with
// [crypto/subtle.ConstantTimeCompare] where the comparison guards something.
type Secret struct {
	_ [0]func() // not comparable

	// A pointer, because fmt does not call the methods of a value it reaches through an unexported field: all it
	// can print then is an address.
	value   *string
	exposed bool
}

// NewSecret wraps value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{value: &value}
}

// Reveal returns the value itself.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether the secret is empty; a field tagged omitzero is then left out.
func (s Secret) IsZero() bool { return s.value == nil }

// Exposed returns a copy that encodes to JSON as the value itself. It is for those who have to write a secret down,
// into a request or a vault; fmt, and slog given the copy itself, are told as little as by the original. A logger that
// encodes to JSON a struct with the copy in it is one who writes it down.
func (s Secret) Exposed() Secret {
	s.exposed = true
	return s
}

// String returns "[redacted]", or "" for an empty secret.
func (s Secret) String() string {
	if s.value == nil {
		return ""
	}
	return redacted
}

// Format prints what [Secret.String] returns, whatever the verb and the flags.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue keeps the value out of slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// wire returns what the secret is in JSON.
func (s Secret) wire() string {
	if s.exposed {
		return s.Reveal()
	}
	return s.String()
}

// MarshalJSON writes "[redacted]", unless the copy is [Secret.Exposed].
func (s Secret) MarshalJSON() ([]byte, error) {
	// Without HTML escapes, which an encoder that wants them adds, and one that does not cannot take away.
	return jsontext.AppendQuote(nil, s.wire())
}

// MarshalJSONTo does what MarshalJSON does, for encoding/json/v2.
func (s Secret) MarshalJSONTo(enc *jsontext.Encoder) error {
	return enc.WriteToken(jsontext.String(s.wire()))
}

// MarshalText writes "[redacted]", which keeps the value out of XML, YAML and flags.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

var errNoSecret = errors.New("secret: not a JSON string") // the decoder's own words could quote the value

// UnmarshalJSON reads a JSON string or null.
func (s *Secret) UnmarshalJSON(data []byte) error {
	switch jsontext.Value(data).Kind() {
	case 'n':
		*s = Secret{}
		return nil
	case '"':
		// Bytes that are not UTF-8 are replaced, as encoding/json does it.
		if text, err := jsontext.AppendUnquote(nil, bytes.TrimSpace(data)); err == nil || text != nil {
			*s = NewSecret(string(text))
			return nil
		}
	}
	return errNoSecret
}

// UnmarshalJSONFrom does what UnmarshalJSON does, for encoding/json/v2.
func (s *Secret) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	return s.UnmarshalJSON(value)
}
