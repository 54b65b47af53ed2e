package contract

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed *.json
var files embed.FS

// Products are the names of the contract's files, in the order of the documents.
var Products = [...]string{"pulseone", "ics", "msp", "sase", "sps"}

// Beyond are the files with what public sources say beyond the documents, by the product that they belong to.
var Beyond = map[string][]string{"sase": {"sase-2.3", "sase-3"}, "ics": {"ics-beyond"}, "sps": {"sps-beyond"}}

// Names are the names of all files: the products, then what stands beyond their documents.
func Names() []string {
	names := Products[:]
	for _, product := range Products {
		names = append(slices.Clip(names), Beyond[product]...)
	}
	return names
}

// Family are the contracts of a product: that of its document, and those beyond it.
func Family(product string) []*Contract {
	family := []*Contract{MustLoad(product)}
	for _, name := range Beyond[product] {
		family = append(family, MustLoad(name))
	}
	return family
}

// Load returns the contract of that name, one of [Names]. It is read once.
func Load(product string) (*Contract, error) {
	load, ok := loaders[product]
	if !ok {
		return nil, fmt.Errorf("contract: no product %q", product)
	}
	return load()
}

// MustLoad is Load for the names in [Names]; the files are part of this package, and its tests read them all.
func MustLoad(product string) *Contract {
	c, err := Load(product)
	if err != nil {
		panic(err)
	}
	return c
}

var loaders = func() map[string]func() (*Contract, error) {
	all := map[string]func() (*Contract, error){}
	for _, product := range Names() {
		all[product] = sync.OnceValues(func() (*Contract, error) { return read(product) })
	}
	return all
}()

func read(product string) (*Contract, error) {
	data, err := files.ReadFile(product + ".json")
	if err != nil {
		return nil, err
	}
	c := &Contract{Name: product, entities: map[string]*Entity{}, endpoints: map[string]*Endpoint{}}
	if err := json.Unmarshal(data, c); err != nil {
		return nil, fmt.Errorf("contract: %s.json: %w", product, err)
	}
	for _, e := range c.Entities {
		c.entities[e.Name] = e
	}
	for _, e := range c.Endpoints {
		e.contract = c
		c.endpoints[e.ID] = e
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
		if base.Name != e.BaseURI && base.URI != e.BaseURI {
			continue
		}
		// {host} and the like stand where a URL has its host.
		u, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(base.URI))
		if err != nil {
			return err
		}
		b.WriteString(regexp.QuoteMeta(strings.TrimRight(u.EscapedPath(), "/")))
		break
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
	e, ok := c.endpoints[id]
	return e, ok
}

// Documented reports whether the operation stands in the vendor's document.
func (e *Endpoint) Documented() bool { return e.Origin != "research" }

// Contract returns the contract that the operation stands in.
func (e *Endpoint) Contract() *Contract { return e.contract }

// Entity returns the data structure of that name.
func (c *Contract) Entity(name string) (*Entity, bool) {
	e, ok := c.entities[name]
	return e, ok
}

// Find returns the operation with that id, whichever contract it stands in.
func Find(id string) (*Endpoint, bool) {
	product, _, _ := strings.Cut(id, ".")
	if !slices.Contains(Products[:], product) {
		return nil, false
	}
	for _, c := range Family(product) {
		if e, ok := c.Endpoint(id); ok {
			return e, true
		}
	}
	return nil, false
}
