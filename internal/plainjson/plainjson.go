// Package plainjson encodes JSON as these products write it: with &, < and > as they are.
package plainjson

import (
	"bytes"
	"encoding/json"
)

// Marshal is [json.Marshal] without its HTML escapes, which change digests and what a person reads.
func Marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
