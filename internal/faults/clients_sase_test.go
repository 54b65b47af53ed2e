package faults_test

import (
	"context"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/faults"
	"github.com/secureaccess-go/secureaccess/sase"
)

func init() {
	products = append(products, product{
		name:    "sase",
		secrets: []string{"sase-key-0123456789&\"<é>/+", "sase-token-0123456789abcdef"},
		connect: func(base string, opts ...secureaccess.Option) (*client, error) {
			c, err := sase.New(base, sase.APIKey("sase-key-0123456789&\"<é>/+"), opts...)
			if err != nil {
				return nil, err
			}
			return &client{close: c.Close, calls: map[string]func(context.Context) error{
				"read": func(ctx context.Context) error {
					h, err := c.Networks.Health(ctx, "n1")
					return is(err, func() bool { return len(h.Health) == 1 && h.Health[0].Status.Up() })
				},
				"list": func(ctx context.Context) error {
					l, err := c.Users.List(ctx, nil)
					return is(err, func() bool { return len(l.Items) == 1 && l.Items[0].ID == "u1" })
				},
				"write": func(ctx context.Context) error {
					_, err := c.Groups.Create(ctx, sase.GroupCreate{Name: "branch"})
					return err
				},
			}}, nil
		},
		specs: []spec{
			{name: "read", kind: faults.Read, targets: []string{"GET /v1/networks/n1"}},
			{name: "list", kind: faults.Read, targets: []string{"GET /v1/users"}},
			{name: "write", kind: faults.Write, targets: []string{"POST /v1/groups"}},
			{name: "sign-in", kind: faults.SignIn, targets: []string{"POST /v1/auth/authorize"}},
		},
		good: map[string]string{
			"POST /v1/auth/authorize": `{"data":{"tokenType":"Bearer","accessToken":"sase-token-0123456789abcdef","accessTokenExpire":4102444800}}`,
			"GET /v1/networks/n1":     `{"health":[{"type":"gateway","meta":{},"status":true}]}`,
			"GET /v1/users":           `{"data":[{"id":"u1","email":"u@example.com"}],"page":1,"totalPage":1,"itemsTotal":1}`,
			"POST /v1/groups":         `{"id":"g1","name":"branch"}`,
		},
	})
}
