package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() {
	products["pulseone"] = pulseoneCalls
}

// pulseoneCalls has the calls of the console's side. The login is made for real, against the recorder's examples; the
// others use credentials that are there already.
func pulseoneCalls(t *testing.T, r *recorder) []call {
	const (
		applianceID = "f4287ae0-63b7-4c3c-b7e1-d3b3421ace0b"
		groupID     = "9ed4cea1-2f7b-4832-b5c1-82505548807e"
		running     = "6962ca575e339134ea0ccf76720e13a7992ee0f8"
		prescribed  = "115ae467ed7f8b79a506ca9ce6642fa814237d46"
	)
	credentials := hawk.Credentials{ID: "dh37fgj492je", Key: secureaccess.NewSecret("werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")}
	client, err := pulseone.New(r.URL, pulseone.Hawk(credentials), r.options()...)
	if err != nil {
		t.Fatal(err)
	}
	console := func() *pulseone.Client {
		client, err := pulseone.New(r.URL, pulseone.Password("mreynolds", "serenity"), r.options()...)
		if err != nil {
			t.Fatal(err)
		}
		return client
	}
	// The page of a list that is asked for whole.
	items := func(list any, err error) (any, error) { return map[string]any{"items": list}, err }
	nothing := func(err error) (any, error) { return nil, err }

	return append([]call{
		{id: "pulseone.auth.login", do: func(ctx context.Context) (any, error) {
			return console().LogIn(ctx)
		}},
		{id: "pulseone.auth.get_session", do: func(ctx context.Context) (any, error) {
			return console().Session(ctx)
		}},

		{id: "pulseone.appliances.list", do: func(ctx context.Context) (any, error) {
			return client.Appliances.List(ctx, &pulseone.ApplianceListOptions{
				Search: "Excellent", SDPMode: pulseone.SDPModeGateway, OrchestrationType: pulseone.OrchestratedAWS, Start: 1, Limit: 100,
			})
		}},
		{id: "pulseone.appliances.get", do: func(ctx context.Context) (any, error) {
			return client.Appliances.Get(ctx, applianceID)
		}},
		{id: "pulseone.appliances.create", responses: []int{0}, do: func(ctx context.Context) (any, error) {
			return client.Appliances.Create(ctx, &pulseone.ApplianceCreate{
				Name: "Example Appliance",
				DMI: &pulseone.DMI{
					Username: "admindb", Password: secureaccess.NewSecret("testpassword"), IPAddress: "10.204.54.6", Port: 830,
				},
			})
		}},
		{id: "pulseone.appliances.create", responses: []int{1}, ownBody: true, do: func(ctx context.Context) (any, error) {
			return client.Appliances.CreateOrchestrated(ctx, &pulseone.OrchestratedApplianceCreate{
				Name: "Example Appliance", SDPMode: pulseone.SDPController,
				Orchestration: pulseone.Orchestration{Type: pulseone.OrchestrationAWS},
			})
		}},
		{id: "pulseone.appliances.update", do: func(ctx context.Context) (any, error) {
			return client.Appliances.Update(ctx, applianceID, &pulseone.ApplianceUpdate{
				GroupID: groupID, Name: "Excellent Appliance", SDPMode: pulseone.SDPGateway,
			})
		}},
		{id: "pulseone.appliances.delete", do: func(ctx context.Context) (any, error) {
			return nothing(client.Appliances.Delete(ctx, applianceID))
		}},
		{id: "pulseone.appliances.renew_registration_code", do: func(ctx context.Context) (any, error) {
			return client.Appliances.RenewRegistrationCode(ctx, applianceID)
		}},
		{id: "pulseone.appliances.reboot", do: func(ctx context.Context) (any, error) {
			return nothing(client.Appliances.Reboot(ctx, applianceID))
		}},
		{id: "pulseone.appliances.command", do: func(ctx context.Context) (any, error) {
			return nothing(client.Appliances.Start(ctx, applianceID))
		}},
		{id: "pulseone.appliances.command", do: func(ctx context.Context) (any, error) {
			return nothing(client.Appliances.Stop(ctx, applianceID))
		}},
		{id: "pulseone.appliances.command", do: func(ctx context.Context) (any, error) {
			return nothing(client.Appliances.UpdateOrchestrated(ctx, applianceID))
		}},
		{id: "pulseone.appliances.command", do: func(ctx context.Context) (any, error) {
			return nothing(client.Appliances.Destroy(ctx, applianceID))
		}},

		{id: "pulseone.appliance_groups.list", do: func(ctx context.Context) (any, error) {
			return items(client.Groups.List(ctx))
		}},
		{id: "pulseone.appliance_groups.get", do: func(ctx context.Context) (any, error) {
			return client.Groups.Get(ctx, groupID)
		}},
		{id: "pulseone.appliance_groups.create", do: func(ctx context.Context) (any, error) {
			return client.Groups.Create(ctx, &pulseone.GroupCreate{Name: "Foo Bar", Description: "Awesome group for appliances."})
		}},
		{id: "pulseone.appliance_groups.update", do: func(ctx context.Context) (any, error) {
			return client.Groups.Update(ctx, groupID, &pulseone.GroupUpdate{
				Name: "Foo Bar Baz", Description: new("Amazing group for appliances."),
			})
		}},
		{id: "pulseone.appliance_groups.delete", do: func(ctx context.Context) (any, error) {
			return nothing(client.Groups.Delete(ctx, groupID))
		}},
		{id: "pulseone.appliance_groups.list_members", do: func(ctx context.Context) (any, error) {
			return client.Groups.Members(ctx, groupID)
		}},
		{id: "pulseone.appliance_groups.add_member", do: func(ctx context.Context) (any, error) {
			return nothing(client.Groups.AddMember(ctx, groupID, applianceID))
		}},
		{id: "pulseone.appliance_groups.remove_member", do: func(ctx context.Context) (any, error) {
			return nothing(client.Groups.RemoveMember(ctx, groupID, applianceID))
		}},
		{id: "pulseone.appliance_groups.add_members", do: func(ctx context.Context) (any, error) {
			return nothing(client.Groups.AddMembers(ctx, groupID,
				"dc42aa5d-2bc4-4c4b-bbac-10a1cfdb9c1a", "9165d9ad-6eee-42fd-b308-3c2728989988"))
		}},
		{id: "pulseone.appliance_groups.get_config", do: func(ctx context.Context) (any, error) {
			return client.Groups.Config(ctx, groupID)
		}},
		{id: "pulseone.appliance_groups.update_config", do: func(ctx context.Context) (any, error) {
			return nothing(client.Groups.UpdateConfig(ctx, groupID, &pulseone.GroupConfigUpdate{
				MasterApplianceID: "53202f78-16b3-4171-9ecc-99b8890e3af9",
				BlockTypes:        []string{"system.configuration.security", "user-roles.user-role"},
			}))
		}},
		{id: "pulseone.appliance_groups.publish", ownBody: true, do: func(ctx context.Context) (any, error) {
			return nothing(client.Groups.Publish(ctx, groupID))
		}},
		{id: "pulseone.appliance_groups.publish", do: func(ctx context.Context) (any, error) {
			return nothing(client.Groups.Publish(ctx, groupID, "c1e6e13b-0c76-49ec-a08a-5bcdfe66268b"))
		}},

		{id: "pulseone.appliance_configs.get_head", do: func(ctx context.Context) (any, error) {
			return client.Configs.Head(ctx, applianceID)
		}},
		{id: "pulseone.appliance_configs.put_head", do: func(ctx context.Context) (any, error) {
			return nothing(client.Configs.ReportHead(ctx, applianceID, running))
		}},
		{id: "pulseone.appliance_configs.rollback_head", do: func(ctx context.Context) (any, error) {
			return nothing(client.Configs.Rollback(ctx, applianceID, running, prescribed))
		}},
		{id: "pulseone.appliance_configs.roll_forward_head", do: func(ctx context.Context) (any, error) {
			return nothing(client.Configs.RollForward(ctx, applianceID, running))
		}},
		{id: "pulseone.appliance_configs.promote_head", do: func(ctx context.Context) (any, error) {
			return nothing(client.Configs.Promote(ctx, applianceID, running, prescribed))
		}},
		{id: "pulseone.appliance_configs.list_commits", do: func(ctx context.Context) (any, error) {
			return items(client.Configs.Commits(ctx, applianceID))
		}},
		{id: "pulseone.appliance_configs.diff_commits", do: func(ctx context.Context) (any, error) {
			return items(client.Configs.Diff(ctx, running, prescribed))
		}},

		{id: "pulseone.appliance_clusters.list", do: func(ctx context.Context) (any, error) {
			return items(client.Clusters.List(ctx))
		}},
		{id: "pulseone.cluster.info", do: func(ctx context.Context) (any, error) {
			return client.Clusters.Info(ctx)
		}},
	}, icsSessionCalls(t, r)...)
}
