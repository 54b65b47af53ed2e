package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// rollOut is one run of the program.
type rollOut struct {
	client *pulseone.Client
	out    io.Writer

	group, version, digest string
	kind                   pulseone.FirmwareType
	stage, install         time.Time
	stageSet               bool // the time of the staging matters to the caller

	image     io.Reader // nil: it has to be at Pulse One
	imageName string
}

// do brings about what is missing, or with apply false counts it.
func (r *rollOut) do(ctx context.Context, apply bool) (pending int, err error) {
	group, err := r.findGroup(ctx)
	if err != nil {
		return 0, err
	}
	if len(group.Members) == 0 && group.MasterApplianceID == "" {
		return 0, fmt.Errorf("the group %q has no appliances", group.Name)
	}
	r.say("group %s: %d members", group.Name, len(group.Members))

	firmware, err := r.findFirmware(ctx)
	if err != nil {
		return 0, err
	}
	switch {
	case firmware != "":
		r.say("firmware %s: at Pulse One as %s", r.version, firmware)
	case r.image == nil:
		return 0, fmt.Errorf("no firmware %s for %s is at Pulse One: name its -image", r.version, r.kind)
	case !apply:
		r.say("firmware %s: would be uploaded", r.version)
		pending++
	default:
		if firmware, err = r.upload(ctx); err != nil {
			return 0, err
		}
		r.say("firmware %s: uploaded as %s", r.version, firmware)
	}

	schedules, err := r.client.Schedules.List(ctx)
	if err != nil {
		return 0, err
	}
	for _, step := range []struct {
		name  string
		kind  pulseone.TaskType
		at    time.Time
		exact bool
	}{
		{"staging", pulseone.TaskTypeFirmwareStage, r.stage, r.stageSet},
		{"installation", pulseone.TaskTypeFirmwareInstall, r.install, true},
	} {
		if old := scheduled(schedules.Items, group.ID, firmware, step.kind); old != nil {
			r.say("%s: scheduled for %s already", step.name, old.Once.UTC().Format(time.RFC3339))
			if step.exact && !old.Once.Equal(step.at) {
				return 0, fmt.Errorf("the %s is scheduled for another time; delete schedule %s to set it anew", step.name, old.ID)
			}
			continue
		}
		at := step.at.UTC().Format(time.RFC3339)
		if !apply {
			r.say("%s: would be scheduled for %s", step.name, at)
			pending++
			continue
		}
		schedule, err := r.client.Schedules.Create(ctx, pulseone.ScheduleCreate{
			GroupID: group.ID, Once: secureaccess.At(step.at.UTC()), Comments: "made by " + program,
			Task: pulseone.ScheduledTask{Type: step.kind, Params: pulseone.ScheduledTaskParams{FirmwareID: firmware}},
		})
		if err != nil {
			return 0, err
		}
		r.say("%s: scheduled for %s, %s", step.name, at, schedule.ID)
	}
	return pending, nil
}

func (r *rollOut) findGroup(ctx context.Context) (*pulseone.Group, error) {
	groups, err := r.client.Groups.List(ctx)
	if err != nil {
		return nil, err
	}
	var found []pulseone.Group
	for _, group := range groups {
		if group.Name == r.group || sameID(group.ID, r.group) {
			found = append(found, group)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("there is no group %q", r.group)
	case 1:
		return &found[0], nil
	}
	return nil, fmt.Errorf("%d groups are called %q: use an id", len(found), r.group)
}

// findFirmware returns the id of the firmware, "" where Pulse One has none.
func (r *rollOut) findFirmware(ctx context.Context) (string, error) {
	firmwares, err := r.client.Firmwares.List(ctx)
	if err != nil {
		return "", err
	}
	for _, firmware := range firmwares.Items {
		if firmware.Version == r.version && firmware.Type == r.kind {
			if r.digest != "" && len(firmware.ID) == len(r.digest) && !strings.EqualFold(firmware.ID, r.digest) {
				return "", errors.New("the firmware at Pulse One has another digest")
			}
			return firmware.ID, nil
		}
	}
	return "", nil
}

// upload stores the image, and shows a line for each quarter.
func (r *rollOut) upload(ctx context.Context) (string, error) {
	quarters := int64(0)
	return r.client.Firmwares.Upload(ctx, pulseone.FirmwareCreate{Version: r.version, Type: r.kind, ContentHash: r.digest}, secureaccess.Upload{
		Reader: r.image, Name: filepath.Base(r.imageName),
		Progress: func(sent, size int64) {
			if size <= 0 {
				return
			}
			if done := sent * 4 / size; done > quarters {
				quarters = done
				r.say("upload: %d %% of %d bytes", done*25, size)
			}
		},
	})
}

// scheduled returns the schedule of a step that has not run yet, nil where there is none.
func scheduled(schedules []pulseone.Schedule, group, firmware string, kind pulseone.TaskType) *pulseone.Schedule {
	for i, s := range schedules {
		if s.Enabled && sameID(s.GroupID, group) && firmware != "" && s.Task.Params.FirmwareID == firmware && s.Task.Type == kind {
			return &schedules[i]
		}
	}
	return nil
}

// sameID compares ids, which come with and without dashes.
func sameID(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, "-", ""), strings.ReplaceAll(b, "-", ""))
}
