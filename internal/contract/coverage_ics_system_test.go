package contract_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func init() { covers("ics", icsSystem) }

func icsSystem(t *testing.T, r *recorder) []call {
	c := icsClient(t, r)
	password := secureaccess.NewSecret("pass word")
	upload := func() secureaccess.Upload { return secureaccess.Upload{Reader: bytes.NewReader([]byte("PK\x03\x04"))} }
	return []call{
		{id: "ics.licenses.get_server_lease_information", at: "/leased-license-counts", do: func(ctx context.Context) (any, error) { return c.Licenses.ListServerLeases(ctx) }},
		{id: "ics.licenses.pull_client_lease_state", at: "/result", do: func(ctx context.Context) (any, error) {
			return c.Licenses.PullLeaseState(ctx)
		}},
		{id: "ics.system.get_information", do: func(ctx context.Context) (any, error) { return c.System.Info(ctx) }},
		{id: "ics.system.healthcheck", do: func(ctx context.Context) (any, error) { return c.System.Health(ctx) }},
		{id: "ics.system.healthcheck_all", do: func(ctx context.Context) (any, error) { return c.System.HealthFigures(ctx) }},
		{id: "ics.system.healthcheck_sbr", do: func(ctx context.Context) (any, error) { return c.System.RADIUSHealth(ctx) }},
		{id: "ics.host_checker.get_esap_config", do: func(ctx context.Context) (any, error) { return c.HostChecker.GetESAP(ctx, nil) }},

		{id: "ics.system.export_binary_configuration", do: func(ctx context.Context) (any, error) {
			client := icsClient(t, r, saying(r, base64.StdEncoding.EncodeToString([]byte("PK\x03\x04system.cfg"))))
			download, err := client.BinaryConfiguration.Export(ctx, &ics.ExportOptions{Password: password})
			if err != nil {
				return nil, err
			}
			defer download.Close()
			var content bytes.Buffer
			if _, err := content.ReadFrom(download); err != nil || content.String() != "PK\x03\x04system.cfg" {
				return nil, fmt.Errorf("%q came, with %v", content.String(), err)
			}
			return nil, nil
		}},
		{id: "ics.system.import_binary_configuration_normal", at: "/result", do: func(ctx context.Context) (any, error) {
			return c.BinaryConfiguration.Import(ctx, upload(), &ics.ImportOptions{Password: password})
		}},
		{id: "ics.system.import_binary_configuration_full", at: "/result", do: func(ctx context.Context) (any, error) {
			return c.BinaryConfiguration.Import(ctx, upload(), &ics.ImportOptions{Mode: ics.ImportModeFull, Password: password})
		}},
	}
}
