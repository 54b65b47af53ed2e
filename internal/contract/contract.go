// Package contract holds every documented operation of the five products as data, and the checks that read it: which
// operation a request is, whether it keeps to the contract, and whether an answer was decoded without loss.
//
// The fakes refuse what the contract forbids and answer with its examples; the coverage test of this package proves
// that each operation is reached by a typed method.
package contract

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

//go:generate go run ./table

//go:embed *.json
var files embed.FS

// Products are the names of the contract's files, in the order of the documents.
var Products = [...]string{"pulseone", "ics", "msp", "sase", "sps"}

// Contract is what is documented of one product.
type Contract struct {
	Product    string      `json:"product"`
	BaseURIs   []BaseURI   `json:"base_uris"`
	Endpoints  []*Endpoint `json:"endpoints"`
	Entities   []*Entity   `json:"entities"`
	ErrorCodes []ErrorCode `json:"error_codes"`

	entities map[string]*Entity
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
	ID         string        `json:"id"`
	Title      string        `json:"title"`
	Section    string        `json:"section"`
	Origin     string        `json:"origin"` // "research": not in the vendor's document
	BaseURI    string        `json:"base_uri"`
	Audience   string        `json:"audience"`
	Auth       string        `json:"auth"` // "none", "hawk", "basic_api_key", ...
	Method     string        `json:"method"`
	Path       string        `json:"path"`
	PathParams []Field       `json:"path_params"`
	Query      []Field       `json:"query"`
	Headers    []Field       `json:"headers"`
	Request    *RequestBody  `json:"request"`
	Responses  []Response    `json:"responses"`
	Errors     []ErrorAnswer `json:"errors"`

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
}

// Response describes a documented success.
type Response struct {
	Status      int             `json:"status"`
	ContentType string          `json:"content_type"`
	Entity      string          `json:"entity"`
	Example     json.RawMessage `json:"example"`
	Headers     []Field         `json:"response_headers"`
}

// ErrorAnswer is a documented refusal.
type ErrorAnswer struct {
	Status  int    `json:"status"`
	Code    int    `json:"code"`
	Meaning string `json:"meaning"`
}

// Entity is a documented data structure.
type Entity struct {
	Name      string  `json:"name"`
	Extends   string  `json:"extends"`
	VariantOf string  `json:"variant_of"`
	Fields    []Field `json:"fields"`
}

// Field is a member of an entity, a parameter or a header.
type Field struct {
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	Required   bool     `json:"required"`
	Entity     string   `json:"entity"`
	Items      string   `json:"items"`
	Enum       []any    `json:"enum"`
	EnumOpen   bool     `json:"enum_open"`
	Aliases    []string `json:"aliases"`
	Sensitive  bool     `json:"sensitive"`
	SampleOnly bool     `json:"sample_only"`
}

// Load returns the contract of a product. It is read once.
func Load(product string) (*Contract, error) {
	load, ok := loaders[product]
	if !ok {
		return nil, fmt.Errorf("contract: no product %q", product)
	}
	return load()
}

// MustLoad is Load for the names in [Products]; the files are part of this package, and its tests read them all.
func MustLoad(product string) *Contract {
	c, err := Load(product)
	if err != nil {
		panic(err)
	}
	return c
}

var loaders = func() map[string]func() (*Contract, error) {
	all := map[string]func() (*Contract, error){}
	for _, product := range Products {
		all[product] = sync.OnceValues(func() (*Contract, error) { return read(product) })
	}
	return all
}()

func read(product string) (*Contract, error) {
	data, err := files.ReadFile(product + ".json")
	if err != nil {
		return nil, err
	}
	c := &Contract{entities: map[string]*Entity{}}
	if err := json.Unmarshal(data, c); err != nil {
		return nil, fmt.Errorf("contract: %s.json: %w", product, err)
	}
	for _, e := range c.Entities {
		c.entities[e.Name] = e
	}
	for _, e := range c.Endpoints {
		e.contract = c
		if err := e.compile(); err != nil {
			return nil, fmt.Errorf("contract: %s: %w", e.ID, err)
		}
	}
	return c, nil
}

// compile makes the pattern that the operation's paths match, below the base that it names.
func (e *Endpoint) compile() error {
	var b strings.Builder
	b.WriteString("^")
	for _, base := range e.contract.BaseURIs {
		if base.Name != e.BaseURI {
			continue
		}
		// {host} and the like stand where a URL has its host.
		u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(base.URI))
		if err != nil {
			return err
		}
		b.WriteString(regexp.QuoteMeta(strings.TrimRight(u.EscapedPath(), "/")))
	}
	rest := e.Path
	for {
		before, after, found := strings.Cut(rest, "{")
		b.WriteString(regexp.QuoteMeta(before))
		e.literals += len(before)
		if !found {
			break
		}
		name, after, ok := strings.Cut(after, "}")
		if !ok {
			return fmt.Errorf("path %q is broken", e.Path)
		}
		segment := "([^/]+)"
		for _, p := range e.PathParams {
			if p.Name == name && p.Type == "path" {
				segment = "(.+)" // a path of its own
			}
		}
		b.WriteString(segment)
		rest = after
	}
	var err error
	e.pattern, err = regexp.Compile(b.String() + "$")
	return err
}

// Match returns the operations that a request with this method and escaped path can be, the most literal path first;
// several where the document has several under one path.
func (c *Contract) Match(method, escapedPath string) []*Endpoint {
	var found []*Endpoint
	for _, e := range c.Endpoints {
		if e.Method != method || !e.pattern.MatchString(escapedPath) {
			continue
		}
		switch {
		case len(found) == 0 || e.literals > found[0].literals:
			found = []*Endpoint{e}
		case e.literals == found[0].literals:
			found = append(found, e)
		}
	}
	return found
}

// Endpoint returns the operation with that id.
func (c *Contract) Endpoint(id string) (*Endpoint, bool) {
	for _, e := range c.Endpoints {
		if e.ID == id {
			return e, true
		}
	}
	return nil, false
}

// Documented reports whether the operation stands in the vendor's document.
func (e *Endpoint) Documented() bool { return e.Origin != "research" }
