// Package json is the one JSON engine of this module: encoding/json/v2, by way of its mirror
// github.com/go-json-experiment/json until Go 1.27, with the rules by which responses are read and requests written.
//
// Reading is strict and without functions first. Only after a value of an unexpected kind does a second, lenient pass
// follow, which goes by the kind of each Go value. Responses in their documented form pay for nothing but the first.
package json

import (
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// Option changes how values are read or written.
type Option uint8

const (
	// OneAsList reads what software without lists writes: an object, text or number where a list is due as a list of
	// one, "" as an empty list, object or map, and a list of one where an object is due as that object. It holds for
	// members, never for the top: whoever asked for a list knows what comes.
	OneAsList Option = 1 << iota
	// Foreign is for types of the caller's own: names are matched without regard to case, as encoding/json does, and an
	// error of the caller's own UnmarshalJSON is an error, not an odd member.
	Foreign
	// EmptyLists writes nil slices as [] and nil maps as {}, where null is due otherwise.
	EmptyLists
)

func join(options []Option) (all Option) {
	for _, option := range options {
		all |= option
	}
	return all
}

// The options of the library, built once: building them costs more than reading a small object.
var (
	readOptions = jsonv2.JoinOptions(
		jsontext.AllowDuplicateNames(true), // the last counts
		jsontext.AllowInvalidUTF8(true),
	)
	foreignOptions = jsonv2.JoinOptions(
		readOptions,
		jsonv2.MatchCaseInsensitiveNames(true),
		jsonv1.MatchCaseSensitiveDelimiter(true), // or host_name would be read into host-name
	)
	writeOptions = jsonv2.JoinOptions(
		jsonv2.Deterministic(true),
		jsonv2.FormatNilSliceAsNull(true), // or null that was read would go back as []
		jsonv2.FormatNilMapAsNull(true),
		jsontext.PreserveRawStrings(true), // or \/ in a raw member would go back as /
		jsonv1.OmitEmptyWithLegacySemantics(true),
	)
	emptyListsOptions = jsonv2.JoinOptions(
		writeOptions,
		jsonv2.FormatNilSliceAsNull(false),
		jsonv2.FormatNilMapAsNull(false),
	)
)
