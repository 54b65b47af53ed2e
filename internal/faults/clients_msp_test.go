package faults_test

import (
	"context"
	"net/http"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/faults"
	"github.com/secureaccess-go/secureaccess/msp"
)

func init() {
	products = append(products, product{
		name:    "msp",
		pages:   true,
		secrets: []string{password, "msp-dsid-0123456789abcdef", "signature-0123456789"},
		connect: func(base string, opts ...secureaccess.Option) (*client, error) {
			c, err := msp.New(base, msp.Password("admin", password), opts...)
			if err != nil {
				return nil, err
			}
			return &client{close: c.Close, calls: map[string]func(context.Context) error{
				"read": func(ctx context.Context) error {
					s, err := c.Reports.DownloadURL(ctx, "r1")
					return is(err, func() bool { return strings.HasSuffix(s, "/content?sig=signature-0123456789") })
				},
				"list": func(ctx context.Context) error {
					page, err := c.Tenants.List(ctx, nil)
					return is(err, func() bool { return len(page.Items) == 1 && page.Items[0].Name == "Customer" })
				},
				"write": func(ctx context.Context) error {
					return c.Tenants.Create(ctx, msp.TenantCreate{SubDomain: "customer", Name: "Customer"})
				},
				"download": func(ctx context.Context) error { return fetch(c.Reports.DownloadReport(ctx, "r1")) },
			}}, nil
		},
		specs: []spec{
			{name: "read", kind: faults.Read, targets: []string{"GET /api/msp/reports/usage/r1/download-url"}},
			{name: "list", kind: faults.Read, targets: []string{"GET /api/msp/tenants"}},
			{name: "write", kind: faults.Write, targets: []string{"POST /api/msp/tenants"}, silent: true},
			{name: "download", kind: faults.Download, targets: []string{"GET /content"}},
			{name: "sign-in", kind: faults.SignIn, targets: []string{"POST /dana-na/auth/url_1/login.cgi"}},
			{name: "sign-in page", kind: faults.SignIn, targets: []string{"GET /login/msp"}},
		},
		good: map[string]string{
			"GET /login/msp":                             `<html><body><form action="login.cgi"><input type="password" name="password"></form></body></html>`,
			"POST /dana-na/auth/url_1/login.cgi":         `<html><body>Welcome</body></html>`,
			"GET /api/msp/reports/usage/r1/download-url": `{"url":"{base}/content?sig=signature-0123456789"}`,
			"GET /content":                               string(content),
			"GET /api/msp/tenants":                       `{"total":1,"tenants":[{"sub_domain":"customer","name":"Customer","status":"active","login_url":"https://customer.example.net"}],"users":{},"tenant_stats":{},"tenant_cap_limit":10}`,
			"POST /api/msp/tenants":                      `{}`,
			"GET /api/my-session/logout":                 `{}`,
		},
		header: map[string]http.Header{
			"GET /login/msp":                     {"Content-Type": {"text/html"}, "Set-Cookie": {"DSSIGNIN=url_1; path=/dana-na/"}},
			"POST /dana-na/auth/url_1/login.cgi": {"Content-Type": {"text/html"}, "Set-Cookie": {"DSID=msp-dsid-0123456789abcdef; path=/; secure"}},
			"GET /content":                       {"Content-Type": {"application/octet-stream"}},
		},
	})
}
