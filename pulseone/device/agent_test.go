package device_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

const reboot = pulseone.TaskTypeConfigReboot

// outcome is what an agent says of a task.
type outcome struct {
	id     string
	status pulseone.TaskStatus
	err    error
}

// start runs an agent with a handler for reboots until the test ends. done is told of each task that is over.
func start(t *testing.T, client *device.Client, handler device.Handler, change func(*device.Agent)) (done chan outcome, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(patient(t))
	done = make(chan outcome, 2000)
	agent := &device.Agent{
		Client: client, Handlers: map[pulseone.TaskType]device.Handler{reboot: handler},
		OnDone: func(task device.Task, status pulseone.TaskStatus, err error) { done <- outcome{task.ID, status, err} },
	}
	if change != nil {
		change(agent)
	}
	ended := make(chan error, 1)
	go func() { ended <- agent.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = stop() })
	return done, stop
}

func wait[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-patient(t).Done():
		t.Fatal("nothing happens")
		panic("unreachable")
	}
}

// waitFor looks until something that another goroutine does is done.
func waitFor(t *testing.T, what func() bool) {
	t.Helper()
	for ctx := patient(t); !what(); time.Sleep(time.Millisecond) {
		if ctx.Err() != nil {
			t.Fatal("nothing happens")
		}
	}
}

func succeed(context.Context, *device.Job) error { return nil }

func TestAgent_Run(t *testing.T) {
	server, client := newClient(t)
	handled := make(chan string, 10)
	done, stop := start(t, client, func(ctx context.Context, job *device.Job) error {
		job.Progress(ctx, pulseone.SeverityInformational, "Going down")
		handled <- job.Task.ID
		if err := job.Hold(ctx); err != nil {
			return err
		}
		return job.Hold(ctx) // again
	}, nil)
	id := server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	if got := wait(t, done); got.id != id || got.status != pulseone.TaskStatusSuccess || got.err != nil {
		t.Errorf("the task ended with %+v", got)
	}
	waitFor(t, func() bool { return slices.Contains(server.TaskHistory(id), pulseone.TaskStatusSuccess) })
	want := []pulseone.TaskStatus{"pending", "in_progress_cancellable", "in_progress_not_cancellable", "success"}
	if got := server.TaskHistory(id); !slices.Equal(got, want) {
		t.Errorf("the statuses are %v", got)
	}
	activities := server.Activities(client.DeviceID())
	if len(activities) != 1 || activities[0].Message != "Going down" || activities[0].Reference.ID != id || activities[0].ActivityType != pulseone.ActivityTypeApplianceTask {
		t.Errorf("the activities are %+v", activities)
	}
	if err := stop(); err != nil {
		t.Errorf("the agent ended with %v", err)
	}
	if len(handled) != 1 {
		t.Errorf("the task was handled %d times", len(handled))
	}
}

func TestAgent_Run_failure(t *testing.T) {
	server, client := newClient(t)
	done, _ := start(t, client, func(context.Context, *device.Job) error { return errors.New("disk full \xff") }, nil)
	failing := server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	unknown := server.AddTask(client.DeviceID(), device.Task{Type: "something.new"})
	for _, want := range []string{failing, unknown} {
		if got := wait(t, done); got.id != want || got.status != pulseone.TaskStatusFailed {
			t.Errorf("the task ended with %+v", got)
		}
	}
	waitFor(t, func() bool { return len(server.TaskHistory(unknown)) == 3 })
	activities := server.Activities(client.DeviceID())
	if len(activities) != 2 || activities[0].Message != "The task failed: disk full " || activities[1].ActivityType != pulseone.ActivityTypeOperationNotPerformed {
		t.Errorf("the activities are %+v", activities)
	}
}

func TestAgent_Run_cancel(t *testing.T) {
	server, client := newClient(t)
	running := make(chan struct{})
	done, _ := start(t, client, func(ctx context.Context, job *device.Job) error {
		close(running)
		<-ctx.Done()
		if err := job.Hold(ctx); !errors.Is(err, device.ErrTaskCanceled) {
			t.Errorf("Hold after the cancellation: %v", err)
		}
		return context.Cause(ctx)
	}, nil)
	id := server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	wait(t, running)
	if !server.CancelTask(id) {
		t.Fatal("the task cannot be canceled")
	}
	server.Announce() // the notification comes twice
	if got := wait(t, done); got.status != pulseone.TaskStatusCanceled || !errors.Is(got.err, device.ErrTaskCanceled) {
		t.Errorf("the task ended with %+v", got)
	}
	want := []pulseone.TaskStatus{"pending", "in_progress_cancellable", "cancelling", "cancelled"}
	waitFor(t, func() bool { return slices.Equal(server.TaskHistory(id), want) })
}

func TestAgent_Run_cancelTooLate(t *testing.T) {
	server, client := newClient(t)
	held, finish := make(chan struct{}), make(chan struct{})
	done, _ := start(t, client, func(ctx context.Context, job *device.Job) error {
		if err := job.Hold(ctx); err != nil {
			return err
		}
		close(held)
		select {
		case <-finish:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}, nil)
	id := server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	wait(t, held)
	before := len(server.TaskHistory(id))
	if server.CancelTask(id) {
		t.Error("a task that is not cancelable can be canceled")
	}
	// It may cross the report on its way.
	server.Notify(client.DeviceID(), map[string]any{
		"id": "n", "type": device.NotificationTypeTaskCancel, "params": map[string]string{"task_id": strings.ToUpper(id)},
	})
	server.Notify(client.DeviceID(), map[string]any{"id": "n", "type": device.NotificationTypeTaskCancel, "params": map[string]string{"task_id": "another"}})
	close(finish)
	if got := wait(t, done); got.status != pulseone.TaskStatusSuccess || before != 3 {
		t.Errorf("the task ended with %+v", got)
	}
}

// TestAgent_Run_finalReport: a task whose final report is lost is not handled again; the report is repeated.
func TestAgent_Run_finalReport(t *testing.T) {
	server, client := newClient(t)
	var once sync.Once
	times := 0
	errs := make(chan error, 100)
	done, _ := start(t, client, func(context.Context, *device.Job) error {
		times++
		once.Do(func() {
			server.Fail(pulseonetest.Fault{Method: http.MethodPut, Status: http.StatusBadGateway, Times: 5})
		})
		return nil
	}, func(a *device.Agent) { a.OnError = func(err error) { errs <- err } })
	id := server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	wait(t, done)
	if err := wait(t, errs); !errors.Is(err, secureaccess.ErrServer) {
		t.Errorf("the report ended with %v", err)
	}
	server.Notify(client.DeviceID(), map[string]any{"id": "n", "type": device.NotificationTypeTask})
	waitFor(t, func() bool { return slices.Contains(server.TaskHistory(id), pulseone.TaskStatusSuccess) })
	if times != 1 {
		t.Errorf("the task was handled %d times", times)
	}
}

// TestAgent_Run_forgotten: a server that has lost the task gets no report, and the agent is ready for the next.
func TestAgent_Run_forgotten(t *testing.T) {
	server, client := newClient(t)
	var errs []error
	done, stop := start(t, client, func(_ context.Context, job *device.Job) error {
		server.ForgetTask(job.Task.ID)
		return nil
	}, func(a *device.Agent) { a.OnError = func(err error) { errs = append(errs, err) } })
	server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	wait(t, done)
	server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	wait(t, done)
	if err := stop(); err != nil || len(errs) != 0 {
		t.Errorf("%v, %v", err, errs)
	}
}

// TestAgent_Run_ignored: what cannot be fetched or begun is left alone until the server announces it again.
func TestAgent_Run_ignored(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPut} {
		server, client := newClient(t)
		errs := make(chan error, 10)
		done, _ := start(t, client, succeed, func(a *device.Agent) { a.OnError = func(err error) { errs <- err } })
		waitFor(t, func() bool { return server.Listeners() == 1 })
		server.Fail(pulseonetest.Fault{Method: method, Path: "/api/v1/sa/", Status: http.StatusBadGateway, Times: 5})
		id := server.AddTask(client.DeviceID(), device.Task{Type: reboot})
		wait(t, errs)
		server.Announce()
		if got := wait(t, done); got.id != id || got.status != pulseone.TaskStatusSuccess {
			t.Errorf("%s: the task ended with %+v", method, got)
		}
	}
}

// TestAgent_Run_interrupted: the end of the agent ends the handler. Its task is not over, and the next agent handles it.
func TestAgent_Run_interrupted(t *testing.T) {
	t.Run("context", func(t *testing.T) { interrupt(t, context.Canceled) })
	t.Run("own words", func(t *testing.T) { interrupt(t, errors.New("signal: killed")) }) // of a program that the handler ran
}

// interrupt ends an agent while a handler is busy, which returns err.
func interrupt(t *testing.T, err error) {
	server, client := newClient(t)
	running := make(chan struct{})
	_, stop := start(t, client, func(ctx context.Context, _ *device.Job) error {
		close(running)
		<-ctx.Done()
		return err
	}, nil)
	id := server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	wait(t, running)
	if err := stop(); err != nil {
		t.Error(err)
	}
	if got := server.TaskHistory(id); got[len(got)-1] != pulseone.TaskStatusInProgressCancelable {
		t.Errorf("the statuses are %v", got)
	}
	done, stop := start(t, client, succeed, nil)
	if got := wait(t, done); got.id != id {
		t.Errorf("the next agent handled %+v", got)
	}
	if err := stop(); err != nil { // while the report may be under way: it arrives all the same
		t.Error(err)
	}
	if got := server.TaskHistory(id); got[len(got)-1] != pulseone.TaskStatusSuccess {
		t.Errorf("the statuses are %v", got)
	}
}

func TestAgent_Run_credentials(t *testing.T) {
	server, client := newClient(t)
	done, stop := start(t, client, succeed, nil)
	server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	wait(t, done)
	waitFor(t, func() bool { return server.Listeners() == 1 })
	server.ExpireDevice(client.DeviceID(), time.Hour)
	server.Notify(client.DeviceID(), map[string]any{"type": device.NotificationTypeTask})
	waitFor(t, func() bool { return server.Listeners() == 0 }) // it has ended by itself
	if err := stop(); !errors.Is(err, pulseone.CodeCredentialsExpired) {
		t.Errorf("the agent ended with %v", err)
	}
	if err := (&device.Agent{}).Run(t.Context()); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("without a client: %v", err)
	}
}

func TestAgent_OnNotification(t *testing.T) {
	server, client := newClient(t)
	got := make(chan device.Notification, 10)
	_, _ = start(t, client, succeed, func(a *device.Agent) {
		a.OnNotification = func(_ context.Context, n device.Notification) { got <- n }
	})
	waitFor(t, func() bool { return server.Listeners() == 1 })
	server.Notify(client.DeviceID(), map[string]any{"id": "h", "type": device.NotificationTypeHealthPull})
	server.Notify(client.DeviceID(), map[string]any{"id": "t", "type": device.NotificationTypeTask})
	server.Notify(client.DeviceID(), map[string]any{"id": "o", "type": "other"})
	for _, want := range []string{"h", "o"} {
		if n := wait(t, got); n.Header().ID != want {
			t.Errorf("%+v came, not %s", n, want)
		}
	}
}

// A callback that does not come back keeps nobody from canceling a task.
func TestAgent_OnNotification_stuck(t *testing.T) {
	server, client := newClient(t)
	running, dropped := make(chan struct{}), make(chan error, 10)
	done, _ := start(t, client, func(ctx context.Context, _ *device.Job) error {
		close(running)
		<-ctx.Done()
		return context.Cause(ctx)
	}, func(a *device.Agent) {
		a.OnNotification = func(ctx context.Context, _ device.Notification) { <-ctx.Done() }
		a.OnError = func(err error) {
			select {
			case dropped <- err:
			default:
			}
		}
	})
	id := server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	wait(t, running)
	for range 1000 {
		server.Notify(client.DeviceID(), map[string]any{"id": "o", "type": "other"})
	}
	if err := wait(t, dropped); !strings.Contains(err.Error(), "dropped") {
		t.Errorf("%v", err)
	}
	server.CancelTask(id)
	if got := wait(t, done); got.status != pulseone.TaskStatusCanceled {
		t.Errorf("the task ended with %+v", got)
	}
}

// A task is the same when its id is spelled in another way.
func TestAgent_Run_spelledOtherwise(t *testing.T) {
	server, client := newClient(t)
	var handled atomic.Int32
	done, _ := start(t, client, func(context.Context, *device.Job) error {
		handled.Add(1)
		return nil
	}, nil)
	id := server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	wait(t, done)
	waitFor(t, func() bool { return slices.Contains(server.TaskHistory(id), pulseone.TaskStatusSuccess) })
	other := strings.ToUpper(strings.ReplaceAll(id, "-", ""))
	server.Fail(pulseonetest.Fault{Method: http.MethodGet, Path: "/api/v1/sa/", Status: http.StatusOK, Body: `{"id":"` + other + `","type":"` + string(reboot) + `"}`})
	server.Notify(client.DeviceID(), map[string]any{"id": "again", "type": device.NotificationTypeTask})
	next := server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	// One look can see to both announcements, and find the task that is over. Like the real thing, the server says it again.
	waitFor(t, func() bool {
		server.Announce()
		return len(done) > 0
	})
	if got := <-done; got.id != next || handled.Load() != 2 {
		t.Errorf("%+v, handled %d times", got, handled.Load())
	}
}

// TestAgent_Run_broken works off a task for each of 1,000 messages while 20 connections break, and handles each once,
// although the server announces what it got no reaction to again.
func TestAgent_Run_broken(t *testing.T) {
	server, client := newClient(t)
	const messages, breaks = 1000, 20
	var mu sync.Mutex
	handled := map[string]int{}
	connections := 0
	done, stop := start(t, client, func(_ context.Context, job *device.Job) error {
		mu.Lock()
		defer mu.Unlock()
		handled[job.Task.ID]++
		return nil
	}, func(a *device.Agent) { a.Notifications.OnConnect = func() { connections++ } })
	for i := range messages {
		if i%(messages/breaks) == 0 {
			waitFor(t, func() bool { return server.Listeners() == 1 })
			server.BreakNotifications()
		}
		server.AddTask(client.DeviceID(), device.Task{Type: reboot})
		if i%10 == 0 {
			server.Announce()
		}
	}
	over := map[string]bool{}
	for range messages {
		got := wait(t, done)
		if over[got.id] || got.status != pulseone.TaskStatusSuccess {
			t.Errorf("%+v", got)
		}
		over[got.id] = true
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if connections < breaks || len(handled) != messages {
		t.Errorf("%d tasks over %d connections", len(handled), connections)
	}
	for id, times := range handled {
		if times != 1 {
			t.Errorf("task %s was handled %d times", id, times)
		}
	}
	t.Logf("%d tasks over %d connections", len(handled), connections)
	waitFor(t, func() bool { return server.Listeners() == 0 })
}

func ExampleAgent() {
	server, client := exampleClient()
	defer server.Close()
	backUp := func(ctx context.Context, job *device.Job) error {
		job.Progress(ctx, pulseone.SeverityInformational, "Started to take the configuration backup")
		content := secureaccess.Upload{Reader: strings.NewReader("the configuration")}
		return client.Backups.Upload(ctx, job.Task.Params.BackupID, device.BackupMetadata{}, content)
	}
	ctx, cancel := context.WithCancel(exampleContext)
	defer cancel()
	agent := &device.Agent{
		Client:   client,
		Handlers: map[pulseone.TaskType]device.Handler{pulseone.TaskTypeConfigBackup: backUp},
		OnDone: func(task device.Task, status pulseone.TaskStatus, err error) {
			fmt.Println(task.Type, status, err)
			cancel() // a program would go on
		},
	}
	server.AddTask(client.DeviceID(), device.Task{Type: pulseone.TaskTypeConfigBackup})
	fmt.Println(agent.Run(ctx))
	// Output:
	// system.operations.appliance.config.backup success <nil>
	// <nil>
}

// A handler that ends its goroutine has failed, and the agent goes on.
func TestAgent_Run_handlerExits(t *testing.T) {
	server, client := newClient(t)
	first := true
	done, _ := start(t, client, func(context.Context, *device.Job) error {
		if first {
			first = false
			runtime.Goexit()
		}
		return nil
	}, nil)
	failing := server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	if got := wait(t, done); got.id != failing || got.status != pulseone.TaskStatusFailed || got.err == nil {
		t.Errorf("the task ended with %+v", got)
	}
	next := server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	if got := wait(t, done); got.id != next || got.status != pulseone.TaskStatusSuccess {
		t.Errorf("the next task ended with %+v", got)
	}
}

// What became of a task is reported before the activity about it, which may take all the time that is left.
func TestAgent_Run_reportFirst(t *testing.T) {
	server, client := newClient(t)
	var id string
	histories := make(chan []pulseone.TaskStatus, 10)
	_, _ = start(t, client, func(_ context.Context, job *device.Job) error {
		id = job.Task.ID
		server.Fail(pulseonetest.Fault{Method: http.MethodPut, Path: "/api/v1/sa/" + client.DeviceID() + "/activities/", Status: http.StatusForbidden})
		return errors.New("disk full")
	}, func(a *device.Agent) { a.OnError = func(error) { histories <- server.TaskHistory(id) } })
	server.AddTask(client.DeviceID(), device.Task{Type: reboot})
	if got := wait(t, histories); got[len(got)-1] != pulseone.TaskStatusFailed {
		t.Errorf("when the activity failed the statuses were %v", got)
	}
}
