package ics

import (
	"context"
	"encoding/json"
	"net/url"
	"reflect"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ConfigurationService gives access to the whole configuration of an appliance, by path. What the vendor documents as
// operations has methods of its own: see the other services of [Client].
type ConfigurationService struct{ rest *rest.Client }

// configurationPath names all operations by path. Nothing below it is a parameter of its own, so that a log
// of operations does not hold the names of realms and roles.
const (
	configurationPath = "/api/v1/configuration/{path}"
	configurationRoot = "/api/v1/configuration"
)

// Path leads to a part of the configuration, one segment an element, such as
// {"administrators", "admin-roles", "admin-role", ".Administrators"}. Names are escaped as the appliance wants them: a
// slash stays inside its segment, a leading dot becomes %2E. The empty Path is the root, which can be read only.
type Path []string

// String writes the path for people, its names as they are.
func (p Path) String() string { return "/" + strings.Join(p, "/") }

// at gives an operation the path that it is about.
func at(op *rest.Op, path Path) *rest.Op {
	return op.Segments("path", path...).About(strings.Join(path, "/"))
}

// ParsePath reads the href of a list entry, such as "/api/v1/configuration/users/user-roles/user-role/Users". A query
// ("?expand") and the host of an absolute URL are left out of the path.
func ParsePath(href string) (Path, error) {
	refuse := func(reason string, err error) (Path, error) {
		return nil, &secureaccess.ArgumentError{Argument: "href", Reason: reason, Err: err}
	}
	u, err := url.Parse(href)
	if err != nil {
		return refuse("is no URL", nil) // the parser's words would quote it
	}
	below, ok := strings.CutPrefix(u.EscapedPath(), configurationRoot)
	if !ok || below != "" && below[0] != '/' {
		return refuse("does not lead into the configuration", nil)
	}
	below = strings.Trim(below, "/")
	if below == "" {
		return Path{}, nil
	}
	path := Path(strings.Split(below, "/"))
	for i, segment := range path {
		name, err := url.PathUnescape(segment)
		if err != nil {
			return refuse("is badly escaped", err)
		}
		if name == "" {
			return refuse("has an empty segment", nil)
		}
		path[i] = name
	}
	return path, nil
}

// Get returns the part of the configuration at path, as the appliance writes it. [GetConfiguration] decodes it.
//
// GET /api/v1/configuration/{path}
//
// GET /api/v1/configuration
func (s *ConfigurationService) Get(ctx context.Context, path Path, opts *ConfigurationOptions) (json.RawMessage, error) {
	part, err := GetConfiguration[json.RawMessage](ctx, s, path, opts)
	if err != nil {
		return nil, err
	}
	return *part, nil
}

// GetConfiguration returns the part of the configuration at path as a T. Members that T does not know are lost with
// it: to write back what was read, use a type that keeps them in a [secureaccess.Extra], or [ConfigurationService.Edit].
//
// GET /api/v1/configuration/{path}
//
// GET /api/v1/configuration
func GetConfiguration[T any](ctx context.Context, s *ConfigurationService, path Path, opts *ConfigurationOptions) (*T, error) {
	op := rest.GET(configurationRoot)
	if len(path) > 0 {
		op = at(rest.GET(configurationPath), path)
	}
	if reflect.TypeFor[T]().PkgPath() != reflect.TypeFor[Path]().PkgPath() {
		op.CallersType()
	}
	return read[T](ctx, s.rest, opts.apply(op).MayBeEmptyObject())
}

// Create adds value to the collection at path. Releases are known that respond to an entry which exists already with a
// success and say so in the warnings of the result.
//
// POST /api/v1/configuration/{path}
func (s *ConfigurationService) Create(ctx context.Context, path Path, value any) (*Result, error) {
	return write(ctx, s.rest, sendValue(at(rest.POST(configurationPath), path), value))
}

// Update changes the part of the configuration at path, or creates it there. The appliance keeps what value does not
// mention, but takes a list as the whole of it. Whether all releases keep it is not documented: what was read whole,
// changed and written back whole is safe.
//
// PUT /api/v1/configuration/{path}
func (s *ConfigurationService) Update(ctx context.Context, path Path, value any) (*Result, error) {
	return write(ctx, s.rest, sendValue(at(rest.PUT(configurationPath), path), value))
}

// sendValue makes value the body of an operation, unless it is null: that is no part of a configuration.
func sendValue(op *rest.Op, value any) *rest.Op {
	if v := reflect.ValueOf(value); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		op.Refuse(&secureaccess.ArgumentError{Argument: "value", Reason: "is nil"})
	}
	return send(op, value)
}

// Delete removes the part of the configuration at path.
//
// DELETE /api/v1/configuration/{path}
func (s *ConfigurationService) Delete(ctx context.Context, path Path) (*Result, error) {
	return write(ctx, s.rest, at(rest.DELETE(configurationPath), path))
}

// ConfigurationOptions say how much of a part of the configuration is wanted.
type ConfigurationOptions struct {
	Expand          bool     // what lies below too, not only references to it
	ExcludePackages bool     // without the vendor's ESAP and client packages
	Flags           []string // further query parameters without a value, as a release may have them
}

func (o *ConfigurationOptions) apply(op *rest.Op) *rest.Op {
	if o == nil {
		return op
	}
	if o.Expand {
		op.Flag("expand")
	}
	if o.ExcludePackages {
		op.Flag("excludePulsePackages")
	}
	for _, flag := range o.Flags {
		op.Require("flag", flag).Flag(flag)
	}
	return op
}
