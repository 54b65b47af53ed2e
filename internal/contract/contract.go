// Package contract holds every documented operation of the five products as data, and the checks that read it: which
// operation a request is, whether it keeps to the contract, and whether a response was decoded without loss.
//
// The fakes reject what the contract forbids and respond with its examples; the coverage test of this package proves
// that each operation is reached by a typed method.
package contract

import (
	"encoding/json"
	"regexp"
)

//go:generate go run ./table
//go:generate go run ./reserved
//go:generate go run ./endpoints

// Contract is what is documented of one product.
type Contract struct {
	Product    string      `json:"product"`
	BaseURIs   []BaseURI   `json:"base_uris"`
	Endpoints  []*Endpoint `json:"endpoints"`
	Entities   []*Entity   `json:"entities"`
	ErrorCodes []ErrorCode `json:"error_codes"`

	// Name is what [Load] knows the contract by: the product's name, or that of a file beyond its document.
	Name string `json:"-"`

	entities  map[string]*Entity
	endpoints map[string]*Endpoint
}

// BaseURI is a base that paths of a product hang below.
type BaseURI struct {
	Name string `json:"name"`
	URI  string `json:"uri"`
}

// ErrorCode is a code that a product documents; some products name failures and give no number.
type ErrorCode struct {
	Code    int    `json:"code"`
	Status  int    `json:"status"`
	Name    string `json:"name"`
	Meaning string `json:"meaning"`
}

// Endpoint is one documented operation. Several may share method and path: they are documented as different things.
type Endpoint struct {
	ID         string          `json:"id"`
	Title      string          `json:"title"`
	Section    string          `json:"section"`
	Origin     string          `json:"origin"` // "research": not in the vendor's document
	BaseURI    string          `json:"base_uri"`
	Audience   string          `json:"audience"`
	AlsoFor    []string        `json:"also_audience"` // further audiences
	Auth       string          `json:"auth"`          // "none", "hawk", "basic_api_key", ...
	Method     string          `json:"method"`
	Path       string          `json:"path"`
	PathParams []Field         `json:"path_params"`
	Query      []Field         `json:"query"`
	Headers    []Field         `json:"headers"`
	Request    *RequestBody    `json:"request"`
	Responses  []Response      `json:"responses"`
	Errors     []ErrorResponse `json:"errors"`
	Pagination any             `json:"pagination"`
	Permission string          `json:"permission"`
	Conflicts  []string        `json:"conflicts"`
	Note       string          `json:"note"`

	// TransactionRequired is set on what Safeguard takes in a transaction only.
	TransactionRequired bool `json:"transaction_required"`

	contract *Contract
	pattern  *regexp.Regexp
	literals int // literal characters of the path: the more, the better a match
}

// RequestBody describes what an operation sends.
type RequestBody struct {
	ContentType  string          `json:"content_type"`
	Required     bool            `json:"required"`
	Entity       string          `json:"entity"`
	ListOf       string          `json:"list_of"`
	ListKey      string          `json:"list_key"`
	BodyEntity   string          `json:"body_entity"`
	InlineFields []Field         `json:"inline_fields"`
	Example      json.RawMessage `json:"example"`
	MoreExamples []Example       `json:"more_examples"`
	Variants     []Example       `json:"examples"` // all bodies, Example among them

	// Encoding is the content coding that the body may come in, and has to come in when EncodingRequired is set.
	Encoding         string `json:"body_encoding"`
	EncodingRequired bool   `json:"body_encoding_required"`
}

// Response describes a documented success.
type Response struct {
	Status       int             `json:"status"`
	ContentType  string          `json:"content_type"`
	Entity       string          `json:"entity"`
	EntityAt     string          `json:"entity_at"` // where the entity stands: "body" or "items[].body"
	ListOf       string          `json:"list_of"`
	ListKey      string          `json:"list_key"`
	MapOf        string          `json:"map_of"`
	InlineFields []Field         `json:"inline_fields"`
	Example      json.RawMessage `json:"example"`
	Headers      []Field         `json:"response_headers"`
	Note         string          `json:"note"`

	// Shapes are the forms that the whole body may have, the documented one first: "collection", "array",
	// "single_task", "enveloped", "flat", "multipart", "bare". Alternates are further bodies that have to decode.
	Shapes     []string          `json:"wire_shapes"`
	Alternates []json.RawMessage `json:"alternate_examples"`
	Variants   []Example         `json:"examples"` // all bodies, Example among them
}

// Example is one of several documented bodies.
type Example struct {
	Case  string          `json:"case"`
	Title string          `json:"title"`
	Value json.RawMessage `json:"value"`
}

// ErrorResponse is a documented failure.
type ErrorResponse struct {
	Status  int    `json:"status"`
	Code    int    `json:"code"`
	Meaning string `json:"meaning"`
}

// Entity is a documented data structure.
type Entity struct {
	Name       string  `json:"name"`
	Extends    string  `json:"extends"`
	VariantOf  string  `json:"variant_of"`
	Underlying string  `json:"underlying"` // not an object but this scalar, or "map"
	Certainty  string  `json:"certainty"`
	Complete   bool    `json:"complete"`
	Note       string  `json:"note"`
	OneOf      []any   `json:"one_of"`
	Fields     []Field `json:"fields"`
}

// Open reports whether members beyond the described ones are to be expected: the sources do not show the whole entity.
func (e *Entity) Open() bool {
	return len(e.Fields) == 0 || len(e.OneOf) > 0 || e.Certainty != "" && !e.Complete
}

// Field is a member of an entity, a parameter or a header.
type Field struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Format   string `json:"format"`
	Required bool   `json:"required"`
	Nullable bool   `json:"nullable"`
	ReadOnly bool   `json:"read_only"`
	Entity   string `json:"entity"`
	Items    string `json:"items"`
	Enum     []any  `json:"enum"`

	// Meanings says what the values of the enumeration stand for.
	Meanings map[string]string `json:"enum_meanings"`

	EnumOpen bool     `json:"enum_open"`
	Aliases  []string `json:"aliases"`
	OneOf    []any    `json:"one_of"`
	Note     string   `json:"note"`

	// WireTypes are other JSON types that the value comes in.
	WireTypes []string `json:"wire_types"`

	Min      *float64 `json:"min"`
	Max      *float64 `json:"max"`
	MinItems *int     `json:"min_items"`
	MaxItems *int     `json:"max_items"`

	Sensitive       bool   `json:"sensitive"`
	SampleOnly      bool   `json:"sample_only"`      // in an example only: accepted, not sent
	CaseInsensitive bool   `json:"case_insensitive"` // values are compared without regard to case
	EnumAppliesTo   string `json:"enum_applies_to"`  // "keys": the enumeration lists the keys of a map
	Missing         string `json:"missing"`          // what the server does, short of refusing, when a required member is absent
	Shape           string `json:"shape"`            // the member is there in that one of the response's wire shapes only
	Example         any    `json:"example"`          // of a response header
}
