package ics

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ConfigurationService is the door to the whole configuration of an appliance, by path. What the vendor documents as
// operations has methods of its own: see the other services of [Client].
type ConfigurationService struct{ rest *rest.Client }

// configurationPath names all operations of the general door. Nothing below it is a parameter of its own, so that a log
// of operations does not hold the names of realms and roles.
const configurationPath = "/api/v1/configuration/{path}"

// Path leads to a part of the configuration, one segment an element, such as
// {"administrators", "admin-roles", "admin-role", ".Administrators"}. Names are escaped as the appliance wants them: a
// slash stays inside its segment, a leading dot becomes %2E.
type Path []string

// ParsePath reads the href of a list entry, such as "/api/v1/configuration/users/user-roles/user-role/Users".
func ParsePath(href string) (Path, error) {
	refuse := func(reason string, err error) (Path, error) {
		return nil, &secureaccess.ArgumentError{Argument: "href", Reason: reason, Err: err}
	}
	rest, ok := strings.CutPrefix(href, "/api/v1/configuration/")
	if !ok {
		return refuse("does not lead into the configuration", nil)
	}
	path := Path(strings.Split(strings.TrimSuffix(rest, "/"), "/"))
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
func (s *ConfigurationService) Get(ctx context.Context, path Path, opts *ConfigurationOptions) (json.RawMessage, error) {
	part, err := GetConfiguration[json.RawMessage](ctx, s, path, opts)
	if err != nil {
		return nil, err
	}
	return *part, nil
}

// GetConfiguration returns the part of the configuration at path as a T. Members that T does not know are lost with
// it: to put back what was read, use a type that keeps them in an [Extra], or [ConfigurationService.Edit].
//
// GET /api/v1/configuration/{path}
func GetConfiguration[T any](ctx context.Context, s *ConfigurationService, path Path, opts *ConfigurationOptions) (*T, error) {
	return read[T](ctx, s.rest, opts.apply(rest.GET(configurationPath).Segments("path", path...)))
}

// Put changes the part of the configuration at path, or creates it there. The appliance keeps what value does not
// mention, but takes a list as the whole of it.
//
// PUT /api/v1/configuration/{path}
func (s *ConfigurationService) Put(ctx context.Context, path Path, value any) (*Result, error) {
	return write(ctx, s.rest, rest.PUT(configurationPath).Segments("path", path...).JSON(value))
}

// Post adds value to the collection at path. Releases are known that answer an entry which exists already with a
// success and say so in the result.
//
// POST /api/v1/configuration/{path}
func (s *ConfigurationService) Post(ctx context.Context, path Path, value any) (*Result, error) {
	return write(ctx, s.rest, rest.POST(configurationPath).Segments("path", path...).JSON(value))
}

// Delete removes the part of the configuration at path.
//
// DELETE /api/v1/configuration/{path}
func (s *ConfigurationService) Delete(ctx context.Context, path Path) (*Result, error) {
	return write(ctx, s.rest, rest.DELETE(configurationPath).Segments("path", path...))
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
