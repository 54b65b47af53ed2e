package faults_test

import (
	"context"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/faults"
	"github.com/secureaccess-go/secureaccess/sps"
)

func init() {
	products = append(products, product{
		name:    "sps",
		secrets: []string{password, "sps-session-0123456789abcdef"},
		connect: func(base string, opts ...secureaccess.Option) (*client, error) {
			c, err := sps.New(base, sps.Password("admin", password), opts...)
			if err != nil {
				return nil, err
			}
			change := func(ctx context.Context, tx *sps.Tx) error {
				_, err := sps.Create(ctx, tx, sps.TimePolicies, sps.TimePolicy{Name: "nights"})
				return err
			}
			transact := func(ctx context.Context) error { return c.Transact(ctx, "a change", change) }
			return &client{close: c.Close, calls: map[string]func(context.Context) error{
				"read": func(ctx context.Context) error {
					o, err := sps.Get(ctx, c, sps.TimePolicies, "t1")
					return is(err, func() bool { return o.Body.Name == "nights" })
				},
				"list": func(ctx context.Context) error {
					l, err := sps.List(ctx, c, sps.TimePolicies)
					return is(err, func() bool { return len(l.Items) == 1 && l.Items[0].Key == "t1" })
				},
				"begin": transact, "write": transact, "commit": transact,
				"download": func(ctx context.Context) error { return fetch(c.Download(ctx, "/api/file")) },
			}}, nil
		},
		specs: []spec{
			{name: "read", kind: faults.Read, targets: []string{"GET /api/configuration/policies/time_policies/t1"}},
			{name: "list", kind: faults.Read, targets: []string{"GET /api/configuration/policies/time_policies"}},
			{name: "begin", kind: faults.Write, targets: []string{"POST /api/transaction", "DELETE /api/transaction"}, silent: true},
			{name: "write", kind: faults.Write, targets: []string{"POST /api/configuration/policies/time_policies"}},
			{name: "commit", kind: faults.Write, targets: []string{"PUT /api/transaction", "DELETE /api/transaction"}, silent: true},
			{name: "download", kind: faults.Download, targets: []string{"GET /api/file"}},
			{name: "sign-in", kind: faults.SignIn, targets: []string{"GET /api/authentication"}, silent: true},
		},
		good: map[string]string{
			"GET /api/authentication":                          `{}`,
			"GET /api/configuration/policies/time_policies/t1": `{"body":{"name":"nights"},"key":"t1","meta":{"href":"/api/configuration/policies/time_policies/t1"}}`,
			"GET /api/configuration/policies/time_policies":    `{"items":[{"key":"t1","meta":{"href":"/api/configuration/policies/time_policies/t1"}}],"meta":{"href":"/api/configuration/policies/time_policies"}}`,
			"POST /api/configuration/policies/time_policies":   `{"key":"t1","meta":{"href":"/api/configuration/policies/time_policies/t1"}}`,
			"POST /api/transaction":                            `{"meta":{"href":"/api/transaction"}}`,
			"GET /api/transaction":                             `{"body":{"status":"open","commit_message":"optional"},"meta":{"href":"/api/transaction"}}`,
			"PUT /api/transaction":                             `{"meta":{"href":"/api/transaction"}}`,
			"DELETE /api/transaction":                          `{"meta":{"href":"/api/transaction"}}`,
			"GET /api/file":                                    string(content),
		},
		header: map[string]http.Header{
			"GET /api/authentication": {"Set-Cookie": {"session_id=sps-session-0123456789abcdef; Path=/; Secure; HttpOnly"}},
			"GET /api/file":           {"Content-Type": {"application/octet-stream"}},
		},
	})
}
