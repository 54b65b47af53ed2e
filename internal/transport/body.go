package transport

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

// body fails with our own words: in the middle of a response, too, net/http quotes what came. It carries the limit of
// Bound as well, since most bodies get one.
type body struct {
	io.ReadCloser
	ctx   context.Context
	limit limit
}

func withBody(ctx context.Context, resp *http.Response) *http.Response {
	switch {
	case resp == nil: // the layer above tells
	case resp.Body == nil:
		resp.Body = http.NoBody
	case resp.Body == http.NoBody, resp.StatusCode == http.StatusSwitchingProtocols: // which is written to as well
	default:
		resp.Body = &body{ReadCloser: resp.Body, ctx: ctx}
	}
	return resp
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.limit.read(b.ReadCloser, p)
	if err != nil && err != io.EOF {
		err = bodyFailure(b.ctx, err)
	}
	return n, err
}

func bodyFailure(ctx context.Context, err error) error {
	err = Classify(ctx, err)
	if f, ok := err.(*Failure); ok && f.class == ClosedEarly {
		f.class = BrokenOff
	}
	return err
}

// Bound returns body with a limit of idle on every Read: one that brings nothing for so long closes the body and fails
// with a [Failure] of class [Stalled], as every Read after it. Time between the calls of Read does not count. With an
// idle of 0 or less, body itself is returned. It is called once for a body, before the first Read.
func Bound(rc io.ReadCloser, idle time.Duration) io.ReadCloser {
	if idle <= 0 || rc == http.NoBody {
		return rc
	}
	if own, ok := rc.(*body); ok {
		own.limit.idle = idle
		return own
	}
	return &bounded{ReadCloser: rc, limit: limit{idle: idle}}
}

type bounded struct {
	io.ReadCloser
	limit limit
}

func (b *bounded) Read(p []byte) (int, error) { return b.limit.read(b.ReadCloser, p) }

// limit is how long a Read may bring nothing. Its timer is not taken from a pool, where tests with testing/synctest
// would hand timers of one bubble to another.
type limit struct {
	idle    time.Duration // 0: any time
	timer   *time.Timer
	stalled bool
}

func (l *limit) read(rc io.ReadCloser, p []byte) (int, error) {
	if l.idle <= 0 {
		return rc.Read(p)
	}
	if l.stalled {
		return 0, stall()
	}
	if l.timer == nil {
		l.timer = time.AfterFunc(l.idle, func() { _ = rc.Close() })
	} else {
		l.timer.Reset(l.idle)
	}
	n, err := rc.Read(p)
	if l.timer.Stop() || err == io.EOF {
		return n, err
	}
	// The body is closed or about to be, whatever this Read has brought.
	l.stalled = true
	if n > 0 {
		return n, nil
	}
	return 0, stall()
}

func stall() error { return &Failure{class: Stalled} }

// Drain closes body, after reading so much of it that its connection can serve again: at most most bytes, for at most
// limit. It fails silently, since nobody wants what is read.
func Drain(body io.ReadCloser, most int64, limit time.Duration) {
	if body == http.NoBody {
		return
	}
	timer := time.AfterFunc(limit, func() { _ = body.Close() })
	buf := buffers.Get().(*[]byte)
	for most > 0 {
		n, err := body.Read((*buf)[:min(most, int64(len(*buf)))])
		if err != nil {
			break
		}
		most -= int64(n)
	}
	buffers.Put(buf)
	timer.Stop()
	_ = body.Close()
}

// ReadWithin reads at most n bytes of body, for at most limit. When that is over before they came, it closes the body
// and returns what came with a [Failure] of class [Stalled].
func ReadWithin(body io.ReadCloser, n int64, limit time.Duration) ([]byte, error) {
	if body == http.NoBody {
		return nil, nil
	}
	timer := time.AfterFunc(limit, func() { _ = body.Close() })
	data, err := io.ReadAll(io.LimitReader(body, n))
	if !timer.Stop() && err != nil {
		err = stall()
	}
	return data, err
}

var buffers = sync.Pool{New: func() any {
	buf := make([]byte, 4<<10)
	return &buf
}}
