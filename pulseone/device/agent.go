package device

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// Handler carries out a task. Nil is success, an error is failure. Its context ends when the task is canceled, with
// [ErrTaskCanceled] as its cause, and when the agent's does: a handler that returns an error then has stopped the task.
type Handler func(ctx context.Context, job *Job) error

// ErrTaskCanceled is the cause of the end of a handler's context when the task was canceled at the console.
var ErrTaskCanceled = errors.New("the task was canceled")

// Agent works off the tasks of an appliance: it listens to notifications, fetches tasks one by one, hands each to the
// handler of its type and reports what became of it. The fields must not change once it runs.
//
// It keeps to the document's rules for faults. What cannot be fetched or begun is left alone, as the server announces it
// again; a task is known by its id and handled once, however often it is announced; when its final report did not arrive,
// the report is repeated, not the task; a server that forgot the task gets no report. While there is no connection for
// notifications, each attempt to make one is followed by a look at the next task.
//
// What an agent has handled it does not remember beyond [Agent.Run]: a task that was interrupted is handled again by the
// next one.
type Agent struct {
	Client   *Client
	Handlers map[pulseone.TaskType]Handler

	// Fallback handles tasks of other types. Without it they are reported as failed, with an activity that says so.
	Fallback Handler

	// OnNotification, if set, is given the notifications that are not about tasks, one at a time. While it is busy, 256
	// are kept; more are dropped, which OnError is told, so that they do not stand in the way of those about tasks. It
	// has to return when its context ends.
	OnNotification func(ctx context.Context, n Notification)

	// OnDone, if set, is told what became of a task that was handled. err is the handler's.
	OnDone func(task Task, status pulseone.TaskStatus, err error)

	// OnError, if set, is told what failed and was left alone: fetching a task, a report, an activity. It is called from
	// several goroutines.
	OnError func(err error)

	Notifications NotificationOptions
}

// Run works until ctx ends, waits for the handler that runs then, and returns nil. It returns an error when it cannot go
// on: the credentials are refused, or notifications have no address.
//
// GET /api/v1/sa/{appliance_id}/tasks/next
//
// PUT /api/v1/sa/tasks/{task_id}/status
//
// PUT /api/v1/sa/{appliance_id}/activities/{activity_id}
func (a *Agent) Run(ctx context.Context) error {
	if a.Client == nil {
		return &secureaccess.ArgumentError{Argument: "agent", Reason: "has no client"}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := &worker{agent: a, wake: make(chan struct{}, 1), others: make(chan Notification, queued)}
	w.stop = func(err error) { cancel(&fatal{err}) }
	var running sync.WaitGroup
	running.Go(func() { w.work(ctx) })
	running.Go(func() { w.tell(ctx) })
	for n, err := range a.Client.Notifications(ctx, w.options()) {
		if err != nil {
			w.stop(err)
			break
		}
		w.dispatch(ctx, n)
	}
	running.Wait()
	if stopped, ok := context.Cause(ctx).(*fatal); ok {
		return stopped.err
	}
	return nil
}

// fatal is why an agent cannot go on.
type fatal struct{ err error }

func (f *fatal) Error() string { return f.err.Error() }

// worker is an agent that runs.
type worker struct {
	agent  *Agent
	wake   chan struct{} // there may be a task
	others chan Notification
	stop   func(error)

	mu      sync.Mutex
	current *Job
	done    finished
}

// options adds to the caller's that a connection which is made, or not, is a reason to look for a task.
func (w *worker) options() *NotificationOptions {
	opts := w.agent.Notifications
	connected, disconnected := opts.OnConnect, opts.OnDisconnect
	opts.OnConnect = func() {
		w.look()
		if connected != nil {
			connected()
		}
	}
	opts.OnDisconnect = func(err error, pause time.Duration) {
		w.look()
		if disconnected != nil {
			disconnected(err, pause)
		}
	}
	return &opts
}

// look makes the worker ask for the next task, once for all reasons that come before it does.
func (w *worker) look() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *worker) dispatch(ctx context.Context, n Notification) {
	switch n := n.(type) {
	case TaskNotification:
		w.look()
	case TaskCancelNotification:
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.current != nil && sameID(w.current.Task.ID, n.TaskID) {
			w.current.requestCancel()
		}
	default:
		if w.agent.OnNotification == nil {
			return
		}
		select {
		case w.others <- n:
		default:
			w.failed(ctx, errNotificationDropped)
		}
	}
}

var errNotificationDropped = errors.New("a notification was dropped, since OnNotification is too slow")

// tell passes on what is not about tasks.
func (w *worker) tell(ctx context.Context) {
	for {
		select {
		case n := <-w.others:
			w.agent.OnNotification(ctx, n)
		case <-ctx.Done():
			return
		}
	}
}

// failed tells the agent's owner about an error that nothing is done about, and stops the agent when the credentials
// are refused. The end of a context is no news.
func (w *worker) failed(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return
	}
	if w.agent.OnError != nil {
		w.agent.OnError(err)
	}
	if refusedCredentials(err) {
		w.stop(err)
	}
}

// sameID compares ids, which come with and without dashes.
func sameID(a, b string) bool { return plainID(a) == plainID(b) }

func plainID(id string) string { return strings.ToLower(strings.ReplaceAll(id, "-", "")) }

// remembered is how many tasks a worker knows to be over. The server announces one at a time.
const remembered = 1000

// finished holds the tasks that are over, with the status that was to be reported.
type finished struct {
	status map[string]pulseone.TaskStatus
	order  []string // the oldest first
}

func (f *finished) add(id string, status pulseone.TaskStatus) {
	id = plainID(id)
	if f.status == nil {
		f.status = map[string]pulseone.TaskStatus{}
	}
	if _, known := f.status[id]; !known {
		if len(f.order) == remembered {
			delete(f.status, f.order[0])
			f.order = append(f.order[:0], f.order[1:]...)
		}
		f.order = append(f.order, id)
	}
	f.status[id] = status
}

func (f *finished) get(id string) (pulseone.TaskStatus, bool) {
	status, ok := f.status[plainID(id)]
	return status, ok
}
