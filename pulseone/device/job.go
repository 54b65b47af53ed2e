package device

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess/pulseone"
)

// lastReport is how long a final report may take after the agent's context has ended.
const lastReport = 10 * time.Second

// Job is a task that a [Handler] carries out.
type Job struct {
	Task Task

	worker  *worker
	cancels chan struct{} // the console wants it canceled

	mu       sync.Mutex
	held     bool // it cannot be canceled any more
	canceled bool
}

// Progress uploads an activity about the task: finer than its status, for people. One that cannot be uploaded is dropped.
//
// PUT /api/v1/sa/{appliance_id}/activities/{activity_id}
func (j *Job) Progress(ctx context.Context, severity pulseone.Severity, message string) {
	j.activity(ctx, pulseone.ActivityTypeApplianceTask, severity, message)
}

// Hold reports that the task cannot be canceled from here on. It returns [ErrTaskCanceled] when that came too late: the
// task was canceled, and the handler has to stop it.
//
// PUT /api/v1/sa/tasks/{task_id}/status
func (j *Job) Hold(ctx context.Context) error {
	j.mu.Lock()
	if j.canceled {
		j.mu.Unlock()
		return ErrTaskCanceled
	}
	before := j.held
	j.held = true
	j.mu.Unlock()
	if !before {
		j.report(ctx, pulseone.TaskStatusInProgressNotCancelable)
	}
	return nil
}

func (j *Job) activity(ctx context.Context, kind pulseone.ActivityType, severity pulseone.Severity, message string) {
	_, err := j.worker.agent.Client.Activities.Upload(ctx, Activity{
		ActivityType: kind, Severity: severity, Message: bounded(message), Reference: j.Task.Reference(),
	})
	j.worker.failed(ctx, err)
}

// bounded makes a message that can be sent of what may be anything.
func bounded(message string) string {
	const most = 1 << 10
	return strings.ToValidUTF8(message[:min(len(message), most)], "")
}

// report tells the server the status of the task. Failures are left alone.
func (j *Job) report(ctx context.Context, status pulseone.TaskStatus) bool {
	err := j.worker.agent.Client.Tasks.UpdateStatus(ctx, j.Task.ID, status)
	if status.Final() {
		ctx = context.WithoutCancel(ctx) // that it was lost is news however that came about
	}
	j.worker.failed(ctx, err)
	return err == nil
}

// requestCancel never waits: requests that come while one is seen to are the same.
func (j *Job) requestCancel() {
	select {
	case j.cancels <- struct{}{}:
	default:
	}
}

// obey sees to requests to cancel the task until its handler has returned.
func (j *Job) obey(ctx context.Context, handled <-chan struct{}, cancel context.CancelCauseFunc) {
	reported := false
	for {
		select {
		case <-handled:
			return
		case <-j.cancels:
		}
		j.mu.Lock()
		j.canceled = !j.held
		canceled := j.canceled
		j.mu.Unlock()
		switch {
		case !canceled:
			j.report(ctx, pulseone.TaskStatusInProgressNotCancelable)
		case !reported: // the request comes again until the report arrives
			cancel(ErrTaskCanceled)
			reported = j.report(ctx, pulseone.TaskStatusCanceling)
		}
	}
}

// work handles tasks, one by one, until ctx ends.
func (w *worker) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
		}
		for ctx.Err() == nil && w.next(ctx) {
		}
	}
}

// next handles the next task and reports whether to ask for another at once.
func (w *worker) next(ctx context.Context) (more bool) {
	task, err := w.agent.Client.Tasks.Next(ctx)
	if err != nil || task == nil {
		w.failed(ctx, err)
		return false
	}
	job := &Job{Task: *task, worker: w, cancels: make(chan struct{}, 1)}
	if status, over := w.done.get(task.ID); over {
		// Its final report did not arrive, or the server takes a while. It may go on to return the task: do not insist.
		job.report(ctx, status)
		return false
	}
	w.begin(job)
	defer w.begin(nil)
	if !job.report(ctx, pulseone.TaskStatusInProgressCancelable) {
		return false
	}
	status, err := job.handle(ctx)
	if status == "" { // interrupted: whoever runs next handles it
		return false
	}
	w.done.add(task.ID, status)
	if w.agent.OnDone != nil {
		w.agent.OnDone(*task, status, err)
	}
	last, cancel := lingering(ctx)
	defer cancel()
	arrived := job.report(last, status)
	if status == pulseone.TaskStatusFailed && err != nil {
		job.activity(last, pulseone.ActivityTypeApplianceTask, pulseone.SeverityError, "The task failed: "+err.Error())
	}
	return arrived
}

// begin makes a job the one that is canceled by notifications.
func (w *worker) begin(j *Job) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = j
}

// errHandlerExited is the failure of a handler that ended its goroutine, as runtime.Goexit does.
var errHandlerExited = errors.New("the handler ended without returning")

// handle runs the handler and returns the final status, "" for a task that the end of ctx has interrupted.
func (j *Job) handle(ctx context.Context) (pulseone.TaskStatus, error) {
	handler, ok := j.worker.agent.Handlers[j.Task.Type]
	if !ok || handler == nil {
		handler = j.worker.agent.Fallback
	}
	if handler == nil {
		j.activity(ctx, pulseone.ActivityTypeOperationNotPerformed, pulseone.SeverityError, "This appliance has no handler for tasks of this type.")
		return pulseone.TaskStatusFailed, nil
	}
	during, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	handled, obeyed := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(obeyed)
		j.obey(ctx, handled, cancel)
	}()
	err := errHandlerExited
	go func() {
		defer close(handled)
		err = handler(during, j)
	}()
	<-handled
	interrupted := ctx.Err() != nil
	<-obeyed // reports arrive in their order
	switch {
	case err == nil:
		return pulseone.TaskStatusSuccess, nil
	case context.Cause(during) == ErrTaskCanceled, errors.Is(err, ErrTaskCanceled):
		return pulseone.TaskStatusCanceled, err
	case interrupted: // whatever the error says: it may be what the end of the context looks like to a program or a disk
		return "", err
	}
	return pulseone.TaskStatusFailed, err
}

// lingering returns a context that lasts a little longer than ctx, for a report that should not be lost with it.
func lingering(ctx context.Context) (context.Context, context.CancelFunc) {
	last, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(lastReport, cancel)
		context.AfterFunc(last, func() { timer.Stop() })
	})
	return last, func() {
		stop()
		cancel()
	}
}
