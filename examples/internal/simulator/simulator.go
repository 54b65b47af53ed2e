// Package simulator is an appliance that exists in software only: it reports to Pulse One and works off its tasks.
package simulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

// What the appliance says of itself.
const (
	Model   = "PSA300"
	Version = "9.0R1-63949"
)

// Appliance is an appliance. Its fields must not change once it runs.
type Appliance struct {
	Client *device.Client

	// Config returns the configuration that is backed up, the same one each time as long as it does not change.
	Config func() []byte

	Report time.Duration // how often facts and health are reported; 2 minutes, as the document expects it, for 0
	Step   time.Duration // how long each step of a task takes

	// Log, if set, is given what happens, on one line each. It is called from several goroutines.
	Log func(format string, args ...any)

	// Done, if set, is called when a task is over.
	Done func(task device.Task, status pulseone.TaskStatus)
}

// Run reports and works off tasks until ctx ends, and returns nil then. It returns an error when the appliance cannot go
// on: its credentials are refused.
func (a *Appliance) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	agent := &device.Agent{
		Client: a.Client,
		Handlers: map[pulseone.TaskType]device.Handler{
			pulseone.TaskTypeConfigBackup:    a.backUp,
			pulseone.TaskTypeConfigRestore:   a.restore,
			pulseone.TaskTypeFirmwareStage:   a.pretend("Fetching the firmware", "Firmware in place"),
			pulseone.TaskTypeFirmwareInstall: a.pretend("Installing what is in place", "Restarted"),
			pulseone.TaskTypeFirmwareUpgrade: a.pretend("Fetching the firmware", "Installing it", "Restarted"),
		},
		OnNotification: a.obey,
		OnDone: func(task device.Task, status pulseone.TaskStatus, err error) {
			if err != nil {
				a.log("task %s: %s: %v", task.ID, status, err)
			} else {
				a.log("task %s: %s", task.ID, status)
			}
			if a.Done != nil {
				a.Done(task, status)
			}
		},
		OnError: func(err error) { a.log("left alone: %v", err) },
	}
	var reporting sync.WaitGroup
	reporting.Go(func() { a.report(ctx) })
	err := agent.Run(ctx)
	cancel()
	reporting.Wait()
	return err
}

// report sends facts and health, at once and then at intervals.
func (a *Appliance) report(ctx context.Context) {
	every := a.Report
	if every <= 0 {
		every = 2 * time.Minute
	}
	booted := secureaccess.At(time.Now())
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		err := a.Client.Info.Update(ctx, device.InfoUpdate{
			ApplianceVersion: Version, Model: Model, BootTimestamp: booted, IFMAP: pulseone.IFMAPNone,
			LicenseMode: pulseone.LicenseModeConcurrentUsers,
		})
		if err == nil {
			err = a.health(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil: // the next one is due soon
			a.log("left alone: %v", err)
		default:
			a.log("reported facts and health")
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (a *Appliance) health(ctx context.Context) error {
	return a.Client.Stats.SubmitHealth(ctx, []device.HealthSample{{
		Timestamp: secureaccess.At(time.Now()), ConcurrentUsers: new(rand.Int64N(200)),
		CPUUtilization: new(10 + 20*rand.Float64()), MemoryUtilization: new(30 + 10*rand.Float64()), DiskUtilization: new(42.0),
	}})
}

// obey sees to the notifications that are not about tasks.
func (a *Appliance) obey(ctx context.Context, n device.Notification) {
	if _, ok := n.(device.HealthPullNotification); ok {
		if err := a.health(ctx); err != nil && ctx.Err() == nil {
			a.log("left alone: %v", err)
		}
	}
}

// backUp uploads the configuration. It can be repeated: what is there already is compared.
func (a *Appliance) backUp(ctx context.Context, job *device.Job) error {
	a.log("task %s: backup %s", job.Task.ID, job.Task.Params.BackupID)
	job.Progress(ctx, pulseone.SeverityInformational, "Exporting the configuration")
	if err := a.wait(ctx); err != nil {
		return err
	}
	if err := job.Hold(ctx); err != nil { // a backup that is going up is not taken back
		return err
	}
	return a.Client.Backups.Upload(ctx, job.Task.Params.BackupID, device.BackupMetadata{
		ActiveESAPVersion: "3.2.4", ActivePulseDesktopVersion: "9.0.1",
	}, secureaccess.Upload{Reader: bytes.NewReader(a.Config())})
}

// restore fetches a backup to its end, where size and digest are compared, and does nothing with it.
func (a *Appliance) restore(ctx context.Context, job *device.Job) error {
	content, err := a.Client.Backups.Download(ctx, job.Task.Params.BackupID)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	size, err := io.Copy(io.Discard, content)
	if err != nil {
		return err
	}
	job.Progress(ctx, pulseone.SeverityInformational, fmt.Sprintf("Restored %d bytes", size))
	return nil
}

// pretend returns a handler that takes its time and says what an appliance would do.
func (a *Appliance) pretend(steps ...string) device.Handler {
	return func(ctx context.Context, job *device.Job) error {
		for _, step := range steps {
			a.log("task %s: %s", job.Task.ID, step)
			job.Progress(ctx, pulseone.SeverityInformational, step)
			if err := a.wait(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// wait lets a step take its time, unless the task is canceled.
func (a *Appliance) wait(ctx context.Context) error {
	timer := time.NewTimer(a.Step)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *Appliance) log(format string, args ...any) {
	if a.Log != nil {
		a.Log(format, args...)
	}
}
