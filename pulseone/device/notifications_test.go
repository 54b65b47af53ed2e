package device_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// patient ends a test that would wait for ever.
func patient(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func TestClient_Notifications(t *testing.T) {
	server, client := newClient(t)
	ctx := patient(t)
	sent := []string{
		`{"id":"1","type":"system.operations.appliance.task"}`,
		`{"id":"2","type":"system.operations.appliance.task.cancel","params":{"task_id":"t"}}`,
		`{"id":"3","type":"stats.health.pull"}`,
		`{"id":"4","type":"system.health.stats"}`,
		`{"id":"5","type":"system.operations.appliance.reboot","more":true}`,
		`{"id":6,"type":"something.new","params":[1]}`,
		`hello`,
		``,
		`[]`,
		`{"id":"9","type":"system.operations.appliance.task.cancel"}`,
	}
	opts := &device.NotificationOptions{OnConnect: func() { // who is connected misses nothing
		for _, message := range sent {
			if reached := server.Notify(client.DeviceID(), []byte(message)); reached != 1 {
				t.Errorf("%s reached %d connections", message, reached)
			}
		}
	}}
	var got []string
	for n, err := range client.Notifications(ctx, opts) {
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("%T %s", n, n.Header().ID)
		switch n := n.(type) {
		case device.TaskCancelNotification:
			text += " " + n.TaskID
		case device.OtherNotification:
			text += " " + string(n.Raw)
		}
		if got = append(got, strings.TrimPrefix(text, "device.")); len(got) == len(sent) {
			break
		}
	}
	want := []string{
		"TaskNotification 1", "TaskCancelNotification 2 t", "HealthPullNotification 3", "HealthPullNotification 4", "RebootNotification 5",
		`OtherNotification 6 {"id":6,"type":"something.new","params":[1]}`, "OtherNotification  hello", "OtherNotification  ",
		"OtherNotification  []", "TaskCancelNotification 9 ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestClient_Notifications_broken pushes 1,000 messages while 20 connections break. The server repeats what was not seen,
// as Pulse One does; everything is seen in the end.
func TestClient_Notifications_broken(t *testing.T) {
	server, client := newClient(t)
	ctx, cancel := context.WithCancel(patient(t))
	defer cancel()
	const messages, breaks = 1000, 20
	unseen := make(chan string, messages)
	for i := range messages {
		unseen <- fmt.Sprint(i)
	}
	seen, connections := map[string]int{}, 0
	opts := &device.NotificationOptions{OnConnect: func() { connections++ }}
	feeding := make(chan struct{})
	back := make(chan string, messages)
	go func() {
		defer close(feeding)
		pushed, broken := 0, 0
		for {
			var id string
			select {
			case id = <-unseen:
			case <-ctx.Done():
				return
			}
			for ctx.Err() == nil && server.Notify(client.DeviceID(), map[string]string{"id": id, "type": "x"}) == 0 {
				time.Sleep(100 * time.Microsecond) // nobody listens
			}
			if pushed++; broken < breaks && pushed%(messages/breaks) == 0 {
				broken++
				server.BreakNotifications()
			}
			back <- id
		}
	}()
	go func() { // what was pushed into a connection that broke is pushed again
		for {
			select {
			case id := <-back:
				select {
				case unseen <- id:
				case <-ctx.Done():
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	for n, err := range client.Notifications(ctx, opts) {
		if err != nil {
			t.Fatal(err)
		}
		if seen[n.Header().ID]++; len(seen) == messages {
			break
		}
	}
	cancel()
	<-feeding
	if len(seen) != messages || connections <= breaks/2 {
		t.Errorf("%d messages were seen over %d connections", len(seen), connections)
	}
}

func TestClient_Notifications_ends(t *testing.T) {
	server, client := newClient(t)
	ctx, cancel := context.WithCancel(patient(t))
	opts := &device.NotificationOptions{OnConnect: cancel}
	for n, err := range client.Notifications(ctx, opts) {
		t.Errorf("the end of the context brings %v, %v", n, err)
	}
	for range client.Notifications(ctx, nil) {
		t.Error("a context that has ended brings something")
	}
	for server.Listeners() > 0 && t.Context().Err() == nil {
		time.Sleep(time.Millisecond)
	}
}

func TestClient_Notifications_refused(t *testing.T) {
	server, client := newClient(t)
	attempts := 0
	opts := &device.NotificationOptions{OnDisconnect: func(error, time.Duration) { attempts++ }}
	last := func(c *device.Client) (err error) {
		for _, err = range c.Notifications(patient(t), opts) {
		}
		return err
	}
	server.ExpireDevice(client.DeviceID(), time.Minute)
	err := last(client)
	if !errors.Is(err, secureaccess.ErrUnauthorized) || !errors.Is(err, pulseone.CodeCredentialRenewalRequired) || attempts != 0 {
		t.Errorf("expired: %v after %d attempts", err, attempts)
	}
	if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || failure.Path != "/api/v1/notifications" || failure.Host == "" {
		t.Errorf("the error is %+v", err)
	}
	closed := clientOf(t, server)
	if err := closed.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := last(closed); !errors.Is(err, secureaccess.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	nowhere, err := device.New(credentials(server.URL()))
	if err != nil {
		t.Fatal(err)
	}
	if err := last(nowhere); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("without an address: %v", err)
	}
}

func TestClient_Notifications_pauses(t *testing.T) {
	server, client := newClient(t)
	ctx, cancel := context.WithCancel(patient(t))
	defer cancel()
	server.Fail(pulseonetest.Fault{Path: "/api/v1/notifications", Status: http.StatusServiceUnavailable, Times: 8})
	var pauses []time.Duration
	opts := &device.NotificationOptions{
		MinPause: time.Second, MaxPause: 10 * time.Second, OnConnect: cancel,
		OnDisconnect: func(err error, pause time.Duration) {
			pauses = append(pauses, pause)
			if err == nil {
				t.Error("there is no error")
			}
		},
	}
	for _, err := range client.Notifications(ctx, opts) {
		t.Error(err)
	}
	want := []time.Duration{1, 2, 4, 8, 10, 10, 10, 10}
	if len(pauses) != len(want) {
		t.Fatalf("the pauses are %v", pauses)
	}
	for i, pause := range pauses {
		if most := want[i] * time.Second; pause > most || pause < most/2 {
			t.Errorf("pause %d is %s, of at most %s", i, pause, most)
		}
	}
}

// TestClient_Notifications_tls: a websocket needs HTTP/1.1, and the server speaks HTTP/2 as well; a Timeout is of
// attempts, not of connections.
func TestClient_Notifications_tls(t *testing.T) {
	server := pulseonetest.NewTLSServer(t)
	client := clientOf(t, server, secureaccess.WithHTTPClient(&http.Client{Timeout: time.Minute}))
	ctx, cancel := context.WithCancel(patient(t))
	defer cancel()
	if _, err := client.Tasks.Next(ctx); err != nil {
		t.Fatal(err)
	}
	connected := false
	opts := &device.NotificationOptions{OnConnect: func() { connected = true; cancel() }, OnDisconnect: func(err error, _ time.Duration) {
		t.Error(err)
		cancel()
	}}
	for _, err := range client.Notifications(ctx, opts) {
		t.Error(err)
	}
	if !connected {
		t.Error("no connection came about")
	}
}

// silent is a server whose connections bring so many messages and never a pong. written is closed when they are sent.
func silent(t *testing.T, messages int) (server *httptest.Server, written chan struct{}) {
	t.Helper()
	ended := make(chan struct{})
	written = make(chan struct{})
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		for i := range messages {
			if conn.Write(context.Background(), websocket.MessageText, fmt.Appendf(nil, `{"id":"%d"}`, i)) != nil {
				return
			}
		}
		close(written)
		<-ended // nothing reads
	}))
	t.Cleanup(func() {
		close(ended)
		server.Close()
	})
	return server, written
}

func TestClient_Notifications_dead(t *testing.T) {
	server, _ := silent(t, 0)
	c := credentials(server.URL)
	c.NotificationsURL = "ws" + strings.TrimPrefix(server.URL, "http") + "/n?secret=s3cr3t"
	client, err := device.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(patient(t))
	defer cancel()
	var ended error
	opts := &device.NotificationOptions{PingInterval: time.Millisecond, OnDisconnect: func(err error, _ time.Duration) {
		ended = err
		cancel()
	}}
	for _, err := range client.Notifications(ctx, opts) {
		t.Error(err)
	}
	if ended == nil || strings.Contains(ended.Error(), "s3cr3t") {
		t.Errorf("the connection ended with %v", ended)
	}
}

// TestClient_Notifications_slow: a consumer that takes its time loses nothing, and its connection is not taken for dead.
func TestClient_Notifications_slow(t *testing.T) {
	const messages = 2000 // more than are read ahead
	server, written := silent(t, messages)
	c := credentials(server.URL)
	c.NotificationsURL = "ws" + strings.TrimPrefix(server.URL, "http") + "/n"
	client, err := device.New(c)
	if err != nil {
		t.Fatal(err)
	}
	next := 0
	for n, err := range client.Notifications(patient(t), &device.NotificationOptions{PingInterval: -1}) {
		if err != nil || n.Header().ID != fmt.Sprint(next) {
			t.Fatalf("message %d is %v, %v", next, n, err)
		}
		if next++; next == 1 {
			<-written // the others fill the queue
		}
		if next == messages {
			break
		}
	}
	if next != messages {
		t.Errorf("%d messages came", next)
	}
}
