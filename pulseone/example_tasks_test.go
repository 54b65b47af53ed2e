package pulseone_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

func ExampleTasksService_Wait() {
	server, client := memory()
	defer server.Close()
	appliance := server.AddAppliance(pulseone.Appliance{Name: "branch"})
	server.PlayAppliance(appliance, pulseone.TaskStatusSuccess) // in the place of a real one

	ctx := context.Background()
	task, err := client.Tasks.CreateBackup(ctx, appliance, pulseone.BackupTaskCreate{Name: "before the move"})
	if err != nil {
		fmt.Println(err)
		return
	}
	task, err = client.Tasks.Wait(ctx, task.ID, &secureaccess.WaitOptions{Interval: time.Second})
	if err != nil {
		fmt.Println(err)
		return
	}
	backup, err := client.Backups.Get(ctx, task.Params.BackupID)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(backup.Name, task.Status, backup.ContentSize > 0)
	// Output: before the move success true
}

func ExampleFirmwaresService_Upload() {
	server, client := memory()
	defer server.Close()

	image := strings.NewReader("the content of a firmware") // or a file
	id, err := client.Firmwares.Upload(context.Background(), pulseone.FirmwareCreate{
		Version: "9.0R1-HF2", Type: pulseone.FirmwareTypeVPN, ContentHash: "3bbc3f0c05d4329622f6c5966a1bde1c", // from the publisher
	}, secureaccess.Upload{Reader: image, Name: "90R1-PCS.pkg", Progress: func(sent, size int64) {
		fmt.Println(sent, "of", size, "bytes")
	}})
	fmt.Println(id, err)
	// Output:
	// 25 of 25 bytes
	// 3bbc3f0c05d4329622f6c5966a1bde1c <nil>
}

func ExampleSchedulesService_Create() {
	server, client := memory()
	defer server.Close()
	master := server.AddAppliance(pulseone.Appliance{Name: "headquarters"})
	group := server.AddGroup("offices", master)

	schedule, err := client.Schedules.Create(context.Background(), pulseone.ScheduleCreate{
		GroupID: group,
		Once:    secureaccess.At(time.Date(2026, 9, 5, 2, 0, 0, 0, time.UTC)),
		Task: pulseone.ScheduledTask{
			Type: pulseone.TaskTypeFirmwareInstall, Params: pulseone.ScheduledTaskParams{FirmwareID: "3bbc3f0c05d4329622f6c5966a1bde1c"},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(schedule.Enabled, schedule.Once)
	// Output: true 2026-09-05 02:00:00 +0000 UTC
}

func ExampleActivitiesService_AllBySeverity() {
	server, client := memory()
	defer server.Close()
	branch := server.AddAppliance(pulseone.Appliance{Name: "branch"})
	server.AddActivity(branch, device.Activity{
		Message: "Program dshealthstatsunity recently failed.", Severity: pulseone.SeverityCritical, ActivityType: pulseone.ActivityTypeSystemEventLogged,
	})

	critical := &pulseone.ActivityListBySeverityOptions{Severity: pulseone.SeverityCritical}
	for activity, err := range client.Activities.AllBySeverity(context.Background(), critical) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(activity.Appliance.Name+":", activity.Message)
	}
	// Output: branch: Program dshealthstatsunity recently failed.
}

func ExampleBackupsService_List() {
	server, client := memory()
	defer server.Close()
	server.AddBackup(server.AddAppliance(pulseone.Appliance{Name: "branch"}), []byte("the configuration"))

	backups, err := client.Backups.List(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, backup := range backups {
		fmt.Println(backup.ContentSize, "bytes of a", backup.Type)
	}
	// Output: 17 bytes of a VPN
}

func ExampleOrchestrationService_Update() {
	server, client := memory()
	defer server.Close()
	appliance := server.AddAppliance(pulseone.Appliance{Name: "branch"})

	ctx := context.Background()
	_, err := client.Orchestration.Create(ctx, appliance, pulseone.OrchestrationConfigCreate{
		ApplianceConfig: &pulseone.OrchestrationApplianceConfig{AdminUsername: "admin", PrimaryDNS: "10.0.0.53"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	// What is not named stays as it is.
	err = client.Orchestration.Update(ctx, appliance, pulseone.OrchestrationConfigUpdate{
		ApplianceConfig: &pulseone.OrchestrationApplianceConfigUpdate{PrimaryDNS: new("10.0.0.54")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	config, err := client.Orchestration.Get(ctx, appliance)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(config.ApplianceConfig.AdminUsername, config.ApplianceConfig.PrimaryDNS)
	// Output: admin 10.0.0.54
}
