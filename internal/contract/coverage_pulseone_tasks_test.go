package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() { covers("pulseone", pulseoneTasks) }

// taskBody is the documented body of an operation that creates tasks; the methods take what is in it.
type taskBody[P any] struct {
	Params P `json:"params"`
}

func pulseoneTasks(t *testing.T, r *recorder) []call {
	tasks := pulseoneClient(t, r).Tasks
	backup := example[taskBody[pulseone.BackupTaskCreate]](t, "pulseone.tasks.create_backup").Params
	restore := example[taskBody[pulseone.RestoreTaskCreate]](t, "pulseone.tasks.create_restore").Params
	esap := example[taskBody[pulseone.ESAPTaskCreate]](t, "pulseone.tasks.create_add_esap").Params
	groupESAP := example[taskBody[pulseone.ESAPTaskCreate]](t, "pulseone.tasks.create_group_add_esap").Params
	upgrade := example[taskBody[pulseone.UpgradeTaskCreate]](t, "pulseone.tasks.create_upgrade").Params
	groupUpgrade := example[taskBody[pulseone.UpgradeTaskCreate]](t, "pulseone.tasks.create_group_upgrade").Params
	const id = "16417bca-efef-11e5-8e5a-0242ac13000c"
	total := map[string]string{"/total": "the result is the list alone, which is never cut"}
	return []call{
		{id: "pulseone.tasks.list", do: func(ctx context.Context) (any, error) { return tasks.List(ctx, pulseoneAppliance) }},
		{id: "pulseone.tasks.get", do: func(ctx context.Context) (any, error) { return tasks.Get(ctx, id) }},
		{id: "pulseone.tasks.create_backup", do: func(ctx context.Context) (any, error) { return tasks.CreateBackup(ctx, pulseoneAppliance, backup) }},
		{id: "pulseone.tasks.create_restore", do: func(ctx context.Context) (any, error) { return tasks.CreateRestore(ctx, pulseoneAppliance, restore) }},
		{id: "pulseone.tasks.create_add_esap", do: func(ctx context.Context) (any, error) { return tasks.CreateESAP(ctx, pulseoneAppliance, esap) }},
		{id: "pulseone.tasks.create_group_add_esap", at: "/items", without: total, do: func(ctx context.Context) (any, error) {
			return tasks.CreateGroupESAP(ctx, pulseoneGroup, groupESAP)
		}},
		{id: "pulseone.tasks.create_upgrade", do: func(ctx context.Context) (any, error) { return tasks.CreateUpgrade(ctx, pulseoneAppliance, upgrade) }},
		{id: "pulseone.tasks.create_group_upgrade", at: "/items", without: total, do: func(ctx context.Context) (any, error) {
			return tasks.CreateGroupUpgrade(ctx, pulseoneGroup, groupUpgrade)
		}},
		{id: "pulseone.tasks.cancel", do: func(ctx context.Context) (any, error) { return nothing(tasks.Cancel(ctx, id)) }},
		{id: "pulseone.tasks.content", do: func(ctx context.Context) (any, error) { return content(tasks.DownloadContent(ctx, id)) }},
	}
}
