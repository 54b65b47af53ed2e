package secureaccess

import (
	stdjson "encoding/json"

	"github.com/secureaccess-go/secureaccess/internal/json"
)

// Extra holds the members of an object that its type has no field for, and those that could not be read into their
// fields, by name and as they came. Models that are written back whole have a field
//
//	Extra secureaccess.Extra `json:",embed"`
//
// so that what is read, changed and sent is whole. A member under the name of a field that is set is an error when the
// object is written: it would stand there twice. One that holds nothing (null, "", [], {}) gives way to the field. It has
// no methods, so that it can be embedded in JSON.
type Extra map[string]stdjson.RawMessage

// Marshal writes a model as JSON, to store it. Use it rather than encoding/json for models with a field [Extra]: before
// Go 1.27 encoding/json writes that field as an ordinary member. Secrets are written as "[redacted]", unless they are
// [Secret.Exposed]; requests of a client carry them anyway.
func Marshal(v any) ([]byte, error) { return json.Marshal(v) }

// Unmarshal reads a model that was stored, or received elsewhere, into v, a pointer, by the rules by which a client
// reads responses. Use it rather than encoding/json for models with a field [Extra]: before Go 1.27 encoding/json loses
// the members that belong there. Members that cannot be read are left zero and kept in Extra where the model has it.
func Unmarshal(data []byte, v any) error {
	_, err := json.Unmarshal(data, v, json.Limits{MaxItems: -1})
	return err
}
