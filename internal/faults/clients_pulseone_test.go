package faults_test

import (
	"context"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/faults"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() {
	products = append(products, product{
		name:    "pulseone",
		secrets: []string{password, "pulseone-session-0123456789", "hawk-key-0123456789abcdef"},
		connect: func(base string, opts ...secureaccess.Option) (*client, error) {
			c, err := pulseone.New(base, pulseone.Password("admin", password), opts...)
			if err != nil {
				return nil, err
			}
			return &client{close: c.Close, calls: map[string]func(context.Context) error{
				"read": func(ctx context.Context) error {
					g, err := c.Groups.Get(ctx, "g1")
					return is(err, func() bool { return g.Name == "branch" })
				},
				"list": func(ctx context.Context) error {
					page, err := c.Appliances.List(ctx, nil)
					return is(err, func() bool { return len(page.Items) == 1 && page.Items[0].Name == "gateway" })
				},
				"write": func(ctx context.Context) error {
					_, err := c.Groups.Create(ctx, pulseone.GroupCreate{Name: "branch"})
					return err
				},
			}}, nil
		},
		specs: []spec{
			{name: "read", kind: faults.Read, targets: []string{"GET /api/v1/sa/groups/g1"}},
			{name: "list", kind: faults.Read, targets: []string{"GET /api/v1/sa"}},
			{name: "write", kind: faults.Write, targets: []string{"POST /api/v1/sa/groups"}},
			{name: "sign-in", kind: faults.SignIn, targets: []string{"POST /api/login"}},
			{name: "session", kind: faults.SignIn, targets: []string{"GET /api/session"}},
		},
		good: map[string]string{
			"POST /api/login":          `{"id":"u1","username":"admin","display_name":"Admin","roles":[],"session_timeout":1200}`,
			"GET /api/session":         `{"domain":{"allow_security_appliances":true,"entitlements":["appliances"]},"user":{"id":"u1","username":"admin"},"api_url":"{base}","credentials":{"type":"hawk","algorithm":"HS256","id":"hawk-id","secret":"hawk-key-0123456789abcdef","expires":4102444800}}`,
			"GET /api/v1/sa/groups/g1": `{"id":"g1","name":"branch"}`,
			"GET /api/v1/sa":           `{"items":[{"id":"a1","name":"gateway"}],"total":1}`,
			"POST /api/v1/sa/groups":   `{"id":"g1","name":"branch"}`,
		},
		header: map[string]http.Header{"POST /api/login": {"Set-Cookie": {"session=pulseone-session-0123456789; Path=/; HttpOnly"}}},
	})
}
