package contract_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/secureaccess-go/secureaccess/ics"
)

func init() { covers("ics", icsNamedUsers) }

func icsNamedUsers(t *testing.T, r *recorder) []call {
	users := icsClient(t, r).NamedUsers
	return []call{
		{id: "ics.named_users.list", at: "/named-users", do: func(ctx context.Context) (any, error) { return users.List(ctx) }},
		{id: "ics.named_users.list_server", do: func(ctx context.Context) (any, error) { return users.ListServer(ctx) }},
		{id: "ics.named_users.list_server_product", at: "/named-users", do: func(ctx context.Context) (any, error) {
			client := icsClient(t, r, saying(r, `{"named-users": [{"User": "dev1", "Role": "Users"}]}`))
			list, err := client.NamedUsers.ListServerProduct(ctx, ics.LicensedProductICS)
			if err == nil && (len(list) != 1 || list[0].User != "dev1") {
				err = fmt.Errorf("the users are %v", list)
			}
			return list, err
		}},
		{id: "ics.named_users.remove", at: "/result", do: func(ctx context.Context) (any, error) {
			return users.Remove(ctx, []string{"dev1", "dev2"}, true)
		}},
		{id: "ics.named_users.remove_all", at: "/result", do: func(ctx context.Context) (any, error) { return users.RemoveAll(ctx, false) }},
		{id: "ics.named_users.remove_server", at: "/result", do: func(ctx context.Context) (any, error) {
			return users.RemoveServer(ctx, ics.LicensedProductICS, []string{"dev1", "dev3"})
		}},
		{id: "ics.named_users.remove_all_server", at: "/result", do: func(ctx context.Context) (any, error) {
			return users.RemoveAllServer(ctx, ics.LicensedProductICS)
		}},
	}
}
