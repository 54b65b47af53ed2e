package faults_test

import (
	"context"
	"encoding/base64"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/internal/faults"
)

func init() {
	products = append(products, product{
		name:    "ics",
		pages:   true,
		secrets: []string{password, "ics-key-0123456789abcdef"},
		connect: func(base string, opts ...secureaccess.Option) (*client, error) {
			return icsClient(base, ics.Password("admin", password, "Admin Users"), opts...)
		},
		specs: []spec{
			{name: "read", kind: faults.Read, targets: []string{"GET /api/v1/system/system-information"}},
			{name: "list", kind: faults.Read, targets: []string{"GET /api/v1/license/named-users"}},
			{name: "write", kind: faults.Write, targets: []string{"POST /api/v1/configuration/users/user-roles"}},
			{name: "download", kind: faults.Download, targets: []string{"GET /api/v1/system/binary-configuration"}},
			{name: "sign-in", kind: faults.SignIn, targets: []string{"POST /api/v1/realm_auth"}},
		},
		good: icsGood,
	}, product{
		name:    "ics-legacy",
		secrets: []string{password, "ics-key-0123456789abcdef"},
		connect: func(base string, opts ...secureaccess.Option) (*client, error) {
			return icsClient(base, ics.LegacyPassword("admin", password), opts...)
		},
		specs: []spec{{name: "sign-in", kind: faults.SignIn, targets: []string{"GET /api/v1/auth"}}},
		good:  icsGood,
	})
}

var icsGood = map[string]string{
	"POST /api/v1/realm_auth":                     `{"api_key":"ics-key-0123456789abcdef"}`,
	"GET /api/v1/auth":                            `{"api_key":"ics-key-0123456789abcdef"}`,
	"GET /api/v1/system/system-information":       `{"system-information":{"host-name":"gateway","os-version":"22.7R2"}}`,
	"GET /api/v1/license/named-users":             `{"named-users":[{"User":"joe"}]}`,
	"POST /api/v1/configuration/users/user-roles": `{"result":{"info":[{"message":"done"}]}}`,
	"GET /api/v1/system/binary-configuration":     base64.StdEncoding.EncodeToString(content),
}

func icsClient(base string, auth ics.Auth, opts ...secureaccess.Option) (*client, error) {
	c, err := ics.New(base, auth, opts...)
	if err != nil {
		return nil, err
	}
	return &client{close: c.Close, calls: map[string]func(context.Context) error{
		"read": func(ctx context.Context) error {
			i, err := c.System.Info(ctx)
			return is(err, func() bool { return i.System.HostName == "gateway" })
		},
		"list": func(ctx context.Context) error {
			users, err := c.NamedUsers.List(ctx)
			return is(err, func() bool { return len(users) == 1 })
		},
		"write": func(ctx context.Context) error {
			_, err := c.Configuration.Create(ctx, ics.Path{"users", "user-roles"}, map[string]string{"name": "guests"})
			return err
		},
		"download": func(ctx context.Context) error { return fetch(c.BinaryConfiguration.Export(ctx, nil)) },
	}}, nil
}
