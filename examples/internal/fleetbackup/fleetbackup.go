// Package fleetbackup has the appliances of a domain back themselves up to Pulse One, side by side, and remembers how far
// each is, so that a run that was interrupted goes on where it was.
package fleetbackup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/examples/internal/outfile"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// Entry is how far the backup of one appliance is.
type Entry struct {
	ApplianceID string    `json:"appliance_id"`
	Appliance   string    `json:"appliance"` // its name
	TaskID      string    `json:"task_id,omitempty"`
	BackupID    string    `json:"backup_id,omitempty"`
	SHA1        string    `json:"sha1,omitempty"` // of the content; "" until it is there
	Size        int64     `json:"size,omitempty"`
	Finished    time.Time `json:"finished,omitzero"`

	Resumed bool  `json:"-"` // the task is of an earlier run
	Before  bool  `json:"-"` // an earlier run finished it
	Skipped bool  `json:"-"` // it cannot take a task now
	Err     error `json:"-"`
}

// Done reports whether the backup is stored.
func (e *Entry) Done() bool { return e.SHA1 != "" }

// Run is a run over a domain. The zero values of what is optional are left out or defaults.
type Run struct {
	Client   *pulseone.Client
	Name     string        // of the backups; a run with the name of an earlier one continues it
	Parallel int           // appliances at a time
	Timeout  time.Duration // for one appliance
	Offline  bool          // also for appliances that are offline: they take their task when they come back

	Root *os.Root // directory of the record; nil: none is kept
	File string   // name of the record in it

	Wait     *secureaccess.WaitOptions
	Progress func(appliance, state string) // optional; called from several goroutines

	mu      sync.Mutex
	entries []*Entry
}

// record is a run in its file.
type record struct {
	Name    string   `json:"name"`
	Entries []*Entry `json:"appliances"`
}

// Do backs up all appliances and returns how far each is. An appliance that fails does not stop the others: the error is
// of what concerns all of them.
func (r *Run) Do(ctx context.Context) ([]*Entry, error) {
	known, err := r.load()
	if err != nil {
		return nil, err
	}
	var work []*Entry
	for appliance, err := range r.Client.Appliances.All(ctx, nil) {
		if err != nil {
			return nil, err
		}
		if appliance.State != pulseone.ApplianceStateRegistered {
			continue // nobody is there to take a task
		}
		entry := &Entry{ApplianceID: appliance.ID}
		if old := known[appliance.ID]; old != nil {
			entry = old
			entry.Before, entry.Resumed = old.Done(), old.TaskID != ""
		}
		entry.Appliance = appliance.Name
		entry.Skipped = !entry.Resumed && !r.Offline && appliance.NotificationChannelStatus == pulseone.ChannelStatusOffline
		r.entries = append(r.entries, entry)
		if !entry.Done() && !entry.Skipped {
			work = append(work, entry)
		}
	}
	var running sync.WaitGroup
	slots := make(chan struct{}, max(r.Parallel, 1))
	for _, entry := range work {
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			ctx, cancel := context.WithTimeout(ctx, r.Timeout)
			defer cancel()
			if entry.Err = r.one(ctx, entry); entry.Err != nil {
				r.progress(entry, "failed")
			}
		})
	}
	running.Wait()
	return r.entries, nil
}

// one backs up one appliance. Whatever is known is recorded before the next step.
func (r *Run) one(ctx context.Context, e *Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if e.TaskID == "" {
		task, err := r.begin(ctx, e)
		if err != nil {
			return err
		}
		if err := r.update(func() { e.TaskID = task.ID }); err != nil {
			return err
		}
	}
	opts := secureaccess.WaitOptions{}
	if r.Wait != nil {
		opts = *r.Wait
	}
	last := ""
	opts.Progress = func(state string) {
		if state != last {
			last = state
			r.progress(e, state)
		}
	}
	task, err := r.Client.Tasks.Wait(ctx, e.TaskID, &opts)
	switch _, ended := errors.AsType[*pulseone.TaskError](err); {
	case ended, errors.Is(err, secureaccess.ErrNotFound):
		// Over without a backup, or lost in a failover: the next run begins a new task.
		return errors.Join(err, r.update(func() { e.TaskID = "" }))
	case err != nil:
		return err
	}
	backup, err := r.Client.Backups.Get(ctx, task.Params.BackupID)
	if err != nil {
		return err
	}
	if backup.ContentHash == "" {
		return fmt.Errorf("the task succeeded, and backup %s has no content", backup.ID)
	}
	return r.update(func() {
		e.BackupID, e.SHA1, e.Size, e.Finished = backup.ID, backup.ContentHash, backup.ContentSize, task.Completed.Time
	})
}

// begin creates the task, or finds the one that is open on the appliance: a run that was killed between the creation and
// its record has left one.
func (r *Run) begin(ctx context.Context, e *Entry) (*pulseone.Task, error) {
	task, err := r.Client.Tasks.CreateBackup(ctx, e.ApplianceID, pulseone.BackupTaskCreate{Name: r.Name})
	if !errors.Is(err, secureaccess.ErrConflict) {
		return task, err
	}
	open, listErr := r.Client.Tasks.List(ctx, e.ApplianceID)
	if listErr != nil {
		return nil, errors.Join(err, listErr)
	}
	for _, other := range open {
		if other.Type == pulseone.TaskTypeConfigBackup {
			e.Resumed = true
			return &pulseone.Task{ID: other.ID}, nil
		}
	}
	return nil, err // it has ended in between
}

func (r *Run) progress(e *Entry, state string) {
	if r.Progress != nil {
		r.Progress(e.Appliance, state)
	}
}

// load reads what earlier runs of the name have recorded.
func (r *Run) load() (map[string]*Entry, error) {
	if r.Root == nil {
		return nil, nil
	}
	data, err := r.Root.ReadFile(r.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var old record
	if err := json.Unmarshal(data, &old); err != nil {
		return nil, fmt.Errorf("%s is not the record of a run: %w", r.File, err)
	}
	known := map[string]*Entry{}
	if old.Name == r.Name {
		for _, entry := range old.Entries {
			if entry != nil {
				known[entry.ApplianceID] = entry
			}
		}
	}
	return known, nil
}

// update changes an entry and records all of them.
func (r *Run) update(change func()) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	if r.Root == nil {
		return nil
	}
	data, err := json.MarshalIndent(record{r.Name, r.entries}, "", "\t")
	if err != nil {
		return err
	}
	_, err = outfile.Write(r.Root, r.File, append(data, '\n'))
	return err
}
