package contract_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/msp"
)

func init() {
	covers("msp", mspTenants)
	covers("msp", mspReports)
}

func mspClient(t *testing.T, r *recorder) *msp.Client {
	t.Helper()
	client, err := msp.New(r.URL, msp.DSID("ready-to-use"), r.options()...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func mspTenants(t *testing.T, r *recorder) []call {
	tenants := mspClient(t, r).Tenants
	create := example[msp.TenantCreate](t, "msp.tenants.create")
	update := example[msp.TenantUpdate](t, "msp.tenants.update")
	const id = "627df11ad9424389b788d97337c894a6"
	return []call{
		{id: "msp.tenants.create", do: func(ctx context.Context) (any, error) { return nothing(tenants.Create(ctx, create)) }},
		{id: "msp.tenants.list", do: func(ctx context.Context) (any, error) {
			return tenants.List(ctx, &msp.PageOptions{Start: 20, Limit: 20})
		}},
		{id: "msp.tenants.request_cap_increase", at: "/id", do: func(ctx context.Context) (any, error) { return tenants.RequestCapIncrease(ctx) }},
		{id: "msp.tenants.update", do: func(ctx context.Context) (any, error) { return tenants.Update(ctx, id, update) }},
	}
}

func mspReports(t *testing.T, r *recorder) []call {
	c := mspClient(t, r)
	ids := []string{"e274bf3ebe3841a88ade1630515624c6", "e362bf3ebe3841a88adeb823915684c2"}
	weekly := msp.Weekly(time.Thursday)
	weekly.Disabled = true
	return []call{
		{id: "msp.reports.create_usage", do: func(ctx context.Context) (any, error) { return c.Reports.Create(ctx) }},
		{id: "msp.reports.list_usage", do: func(ctx context.Context) (any, error) {
			page, err := c.Reports.List(ctx, &msp.PageOptions{Start: 20, Limit: 20})
			if err != nil {
				return nil, err
			}
			return struct { // a Page leaves out a total of 0
				Items any `json:"items"`
				Total int `json:"total"`
			}{page.Items, page.Total}, nil
		}},
		{id: "msp.reports.delete_usage", responses: []int{0}, do: func(ctx context.Context) (any, error) {
			return nothing(c.Reports.Delete(ctx, ids...))
		}},
		{id: "msp.reports.delete_usage", responses: []int{1}, do: func(ctx context.Context) (any, error) {
			err := c.Reports.Delete(ctx, ids...)
			if remaining, ok := errors.AsType[*msp.NotDeletedError](err); ok {
				return remaining, nil
			}
			return nil, fmt.Errorf("%v is not the error of a deletion", err)
		}},
		{id: "msp.reports.get_usage_download_url", at: "/url", do: func(ctx context.Context) (any, error) {
			return c.Reports.DownloadURL(ctx, "827df11ad9424389b788d97337c894a8")
		}},
		{id: "msp.reports.create_usage_schedule", do: func(ctx context.Context) (any, error) { return c.Schedule.Replace(ctx, weekly) }},
		{id: "msp.reports.get_usage_schedule", do: func(ctx context.Context) (any, error) { return c.Schedule.Get(ctx) }},
	}
}
