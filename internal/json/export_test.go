package json

import jsonv2 "github.com/go-json-experiment/json"

// Bare is the library without this package, for comparison.
func Bare(data []byte, v any) error { return jsonv2.Unmarshal(data, v, readOptions) }
