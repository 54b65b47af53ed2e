package contract_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

func init() { covers("pulseone", pulseoneDevice) }

// applianceClient is the client of the appliance of the documented examples.
func applianceClient(t *testing.T, r *recorder) *device.Client {
	t.Helper()
	client, err := device.New(device.Credentials{
		Hawk:     device.HawkCredentials{ID: "dh37fgj492je", Secret: secureaccess.NewSecret("werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")},
		DeviceID: "771b4124-f1b6-46ca-8035-172355924e02", APIURL: r.URL,
	}, r.options()...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func pulseoneDevice(t *testing.T, r *recorder) []call {
	c := applianceClient(t, r)
	const (
		commit = "6962ca575e339134ea0ccf76720e13a7992ee0f8"
		task   = "fbb2a630-42fb-48c8-ab8f-0f72c9746e08"
		backup = "28374bca-efef-11f5-8e5b-0242ac13000d"
	)
	registration := example[device.Registration](t, "pulseone.registration.register")
	code := secureaccess.NewSecret("735o488ebcdd8fb0c4623a6awqsce39adkei9")
	activity := example[device.Activity](t, "pulseone.activities.upload")
	logged := example[device.Activity](t, "pulseone.activities.upload", 1)
	metadata := example[device.BackupMetadata](t, "pulseone.backups.put_metadata")
	content := func() secureaccess.Upload { return secureaccess.Upload{Reader: strings.NewReader("content")} }
	health := example[struct {
		Stats []device.HealthSample `json:"stats"`
	}](t, "pulseone.health_stats.submit")
	endpoints := example[struct {
		Stats []device.EndpointSample `json:"stats"`
	}](t, "pulseone.endpoint_stats.submit")
	cloudSecure := example[struct {
		Total int                        `json:"total"`
		Items []device.CloudSecureRecord `json:"items"`
	}](t, "pulseone.cloudsecure.submit")
	mappings := example[device.CloudSecureMappings](t, "pulseone.cloudsecure.submit_mappings")
	access := example[struct {
		Total int                   `json:"total"`
		Items []device.AccessRecord `json:"items"`
	}](t, "pulseone.access.push_history")
	profiled := example[[]device.ProfiledEndpoint](t, "pulseone.profiler.push")
	info := example[device.InfoUpdate](t, "pulseone.appliance_info.update")
	status := example[device.ConfigStatusUpdate](t, "pulseone.config_status.update")
	envelope := map[string]string{"/id": "names the response, which nothing refers to"}
	return []call{
		{id: "pulseone.registration.register", at: "/result", without: envelope, do: func(ctx context.Context) (any, error) {
			return device.Register(ctx, r.URL, registration, r.options()...)
		}},
		{id: "pulseone.orchestration.fetch_initial_config", do: func(ctx context.Context) (any, error) {
			_, err := device.FetchInitialConfig(ctx, r.URL, "31374bca-efef-11f5-8esd-0242as7h60d", code, r.options()...)
			return nothing(err)
		}},
		{id: "pulseone.appliance_config.get", at: "/result", without: envelope, do: func(ctx context.Context) (any, error) { return c.Configs.GetInitial(ctx) }},
		{id: "pulseone.appliance_configs.get_head", do: func(ctx context.Context) (any, error) { return c.Configs.GetHead(ctx) }},
		{id: "pulseone.appliance_configs.put_head", do: func(ctx context.Context) (any, error) { return nothing(c.Configs.ReportHead(ctx, commit)) }},
		{id: "pulseone.config_status.update", do: func(ctx context.Context) (any, error) { return nothing(c.Configs.UpdateStatus(ctx, status)) }},

		{id: "pulseone.tasks.next", do: func(ctx context.Context) (any, error) { return c.Tasks.Next(ctx) }},
		{id: "pulseone.tasks.update_status", do: func(ctx context.Context) (any, error) {
			return nothing(c.Tasks.UpdateStatus(ctx, task, pulseone.TaskStatusInProgressCancelable))
		}},
		{id: "pulseone.activities.upload", do: func(ctx context.Context) (any, error) {
			_, err := c.Activities.Upload(ctx, activity)
			return nothing(err)
		}},
		{id: "pulseone.activities.upload", body: 1, do: func(ctx context.Context) (any, error) {
			_, err := c.Activities.Upload(ctx, logged)
			return nothing(err)
		}},
		{id: "pulseone.appliance_info.update", do: func(ctx context.Context) (any, error) { return nothing(c.Info.Update(ctx, info)) }},

		{id: "pulseone.backups.put_metadata", do: func(ctx context.Context) (any, error) {
			return nothing(c.Backups.ReplaceMetadata(ctx, backup, metadata))
		}},
		{id: "pulseone.backups.upload_content", do: func(ctx context.Context) (any, error) {
			return nothing(c.Backups.UploadContent(ctx, backup, content()))
		}},
		{id: "pulseone.backups.download_content", do: func(ctx context.Context) (any, error) {
			// The document shows no content, which must never pass for a backup.
			_, err := c.Backups.Download(ctx, backup)
			if errors.Is(err, secureaccess.ErrBadResponse) {
				err = nil
			}
			return nothing(err)
		}},

		{id: "pulseone.health_stats.submit", do: func(ctx context.Context) (any, error) { return nothing(c.Stats.SubmitHealth(ctx, health.Stats)) }},
		{id: "pulseone.endpoint_stats.submit", do: func(ctx context.Context) (any, error) {
			return nothing(c.Stats.SubmitEndpoints(ctx, endpoints.Stats))
		}},
		{id: "pulseone.cloudsecure.submit", do: func(ctx context.Context) (any, error) {
			return nothing(c.Stats.SubmitCloudSecure(ctx, cloudSecure.Items))
		}},
		{id: "pulseone.cloudsecure.submit_mappings", do: func(ctx context.Context) (any, error) {
			return nothing(c.Stats.SubmitCloudSecureMappings(ctx, mappings))
		}},
		{id: "pulseone.access.push_history", do: func(ctx context.Context) (any, error) { return nothing(c.Access.PushHistory(ctx, access.Items)) }},
		{id: "pulseone.profiler.push", do: func(ctx context.Context) (any, error) { return nothing(c.Profiler.Push(ctx, profiled)) }},
	}
}
