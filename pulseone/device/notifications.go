package device

import (
	"context"
	"errors"
	"io"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// NotificationOptions say how notifications are listened to. Zero values are defaults.
type NotificationOptions struct {
	// PingInterval is how often the connection has to prove that it is alive; 30 seconds by default, negative is never.
	// It is of this machine's clock.
	PingInterval time.Duration

	// The pauses before the connection is made again grow from MinPause to MaxPause by doubling, each shortened at random
	// by up to half, and begin anew after a message; a second and a minute by default. A server that refuses a handshake
	// and asks for a longer pause gets it, up to five minutes.
	MinPause, MaxPause time.Duration

	OnConnect func() // called after each handshake

	// OnDisconnect is called when a connection ended, or could not be made, with the pause before the next.
	OnDisconnect func(err error, pause time.Duration)
}

const (
	defaultPing     = 30 * time.Second
	defaultMinPause = time.Second
	defaultMaxPause = time.Minute
	longestAsked    = 5 * time.Minute // a task may wait

	queued = 256 // messages that are read ahead of a slow consumer
)

func (o *NotificationOptions) effective() NotificationOptions {
	var e NotificationOptions
	if o != nil {
		e = *o
	}
	if e.PingInterval == 0 {
		e.PingInterval = defaultPing
	}
	if e.MinPause <= 0 {
		e.MinPause = defaultMinPause
	}
	if e.MaxPause <= 0 {
		e.MaxPause = defaultMaxPause
	}
	e.MaxPause = max(e.MaxPause, e.MinPause)
	return e
}

// Notifications iterates over what Pulse One pushes to the appliance, over a websocket at the address that the
// registration named. The handshake is signed. A connection that breaks is made again, after growing pauses, until ctx
// ends, and the iteration with it, without an error. What the server pushed while there was no connection is not seen,
// unless the server pushes it again: look for a task after each OnConnect, as an [Agent] does.
//
// The iteration ends with an error where making the connection again is of no use: the credentials are refused, the
// client is closed, or the registration named no address.
//
// A message may come more than once: the server repeats those that it gets no reaction to, with an id of its own choice.
// Messages that came before a connection broke are shown. Nothing is left running when the loop is left.
func (c *Client) Notifications(ctx context.Context, opts *NotificationOptions) iter.Seq2[Notification, error] {
	return func(yield func(Notification, error) bool) {
		if c.notifications == nil {
			yield(nil, &secureaccess.ArgumentError{Argument: "notifications URL", Reason: "is empty"})
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		l := &listener{client: c, opts: opts.effective(), queue: make(chan Notification, queued)}
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer close(l.queue)
			l.err = l.run(ctx)
		}()
		defer func() {
			cancel()
			<-done
		}()
		for n := range l.queue {
			if ctx.Err() != nil || !yield(n, nil) {
				return
			}
		}
		if ctx.Err() == nil {
			yield(nil, l.err)
		}
	}
}

// listener keeps a connection and passes on what comes.
type listener struct {
	client *Client
	opts   NotificationOptions
	queue  chan Notification
	err    error // why run ended; to be read when the queue is closed
}

// run makes connections until that is of no use, or until ctx ends.
func (l *listener) run(ctx context.Context) error {
	for failures := 0; ; failures++ {
		came, err := l.listen(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if hopeless(err) {
			return err
		}
		if came > 0 {
			failures = 0
		}
		pause := max(l.pause(failures), asked(err))
		if l.opts.OnDisconnect != nil {
			l.opts.OnDisconnect(err, pause)
		}
		if err := l.client.rest.Clock().Sleep(ctx, pause); err != nil {
			return err
		}
	}
}

// pause is the time before the next attempt.
func (l *listener) pause(failures int) time.Duration {
	pause := l.opts.MinPause
	for ; failures > 0 && pause < l.opts.MaxPause; failures-- {
		pause *= 2
	}
	pause = min(pause, l.opts.MaxPause)
	return pause - rand.N(pause/2+1)
}

// asked is the pause that the server wants before the next handshake, within what is bearable.
func asked(err error) time.Duration {
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if !ok {
		return 0
	}
	return min(failure.RetryAfter, longestAsked)
}

// hopeless reports whether another handshake would fail likewise, whatever the pause.
func hopeless(err error) bool {
	return refusedCredentials(err) || errors.Is(err, secureaccess.ErrClosed) || errors.Is(err, secureaccess.ErrInvalidArgument)
}

// refusedCredentials reports whether the server does not accept the credentials any more. A clock that is off is not
// that, nor a proxy that forbids something.
func refusedCredentials(err error) bool {
	if errors.Is(err, pulseone.CodeRequestTimeTooSkewed) {
		return false
	}
	return errors.Is(err, secureaccess.ErrUnauthorized) || errors.Is(err, pulseone.CodeSignatureDoesNotMatch) ||
		errors.Is(err, pulseone.CodeCredentialsExpired) || errors.Is(err, pulseone.CodeInvalidCredentialClaim)
}

// listen makes a connection and passes on its messages until it ends. came is their number.
func (l *listener) listen(ctx context.Context) (came int, err error) {
	conn, err := l.client.connect(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.close()
	if l.opts.OnConnect != nil {
		l.opts.OnConnect()
	}
	if l.opts.PingInterval > 0 {
		defer conn.keepAlive(ctx, l.opts.PingInterval)()
	}
	for {
		data, err := conn.read(ctx)
		if err != nil {
			return came, l.client.broken(err)
		}
		n := parseNotification(data)
		came++
		select {
		case l.queue <- n:
			continue
		default:
		}
		conn.busy.Store(true)
		select {
		case l.queue <- n:
			conn.busy.Store(false)
		case <-ctx.Done():
			return came, ctx.Err()
		}
	}
}

// broken is the error of a connection that ended.
func (c *Client) broken(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return &secureaccess.Error{
		Operation: secureaccess.Operation{Product: product, Method: "GET", Path: c.notifications.EscapedPath()},
		Host:      c.notifications.Host, Err: &connectionError{err},
	}
}

// connectionError is the end of a connection. Its words are ours: those of the other side could be anything.
type connectionError struct{ cause error }

func (e *connectionError) Error() string        { return "the connection for notifications ended" }
func (e *connectionError) Is(target error) bool { return errors.Is(e.cause, target) }
