// Package transport is the lowest layer of a client: what sends the requests and makes errors in our own words of what
// goes wrong on the way. From the outside in:
//
//	log and count    every attempt is counted, and logged at debug level
//	middleware       the caller's, in the order given: the first is the outermost
//	failures         errors become a [Failure], bodies fail with one
//	own or given     our *http.Transport, or the caller's http.RoundTripper
//
// Middleware stands above our own transport, so that tracing does not cost the TLS options, and above the failures, so
// that it cannot log what servers put into errors.
package transport

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/ctxkey"
	"github.com/secureaccess-go/secureaccess/internal/redact"
	"github.com/secureaccess-go/secureaccess/internal/settings"
)

// longestText bounds the words of a middleware's own error.
const longestText = 1 << 10

// Call is the state of the call that a request belongs to, found in the request's context under ctxkey.Call{}.
type Call interface {
	// Operation returns the name of the operation: the path is its template.
	Operation() (product, method, path string)

	// Attempt counts the attempt that begins and returns its number, from 1.
	Attempt() int

	// Secrets returns what the call carries and no text may repeat. It may be nil.
	Secrets() *redact.Secrets
}

// New returns the layers for s. A request without a [Call] in its context is sent without being counted or logged.
// Clients that share the result share its connections. Its CloseIdleConnections closes the idle connections of a
// transport of our own and leaves those of a given one alone, which serves others too. s must not be changed afterwards.
func New(s *settings.Settings) http.RoundTripper {
	base := newWire(s)
	next := http.RoundTripper(base)
	for i := len(s.Middleware) - 1; i >= 0; i-- {
		if wrapped := s.Middleware[i](next); wrapped != nil {
			next = wrapped
		}
	}
	return &observer{next: next, base: base, log: s.Logger, clock: s.Clock}
}

// observer counts and logs the attempts of a call.
type observer struct {
	next  http.RoundTripper
	base  *wire
	log   *slog.Logger
	clock settings.Clock
}

func (o *observer) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	call, _ := ctx.Value(ctxkey.Call{}).(Call)
	if call == nil {
		return o.send(req, nil)
	}
	attempt := call.Attempt()
	if o.log == nil || !o.log.Enabled(ctx, slog.LevelDebug) {
		return o.send(req, call)
	}
	begun := o.now()
	resp, err := o.send(req, call)
	product, _, path := call.Operation()
	attrs := make([]slog.Attr, 0, 6)
	attrs = append(attrs,
		slog.String("product", product), slog.String("method", req.Method), slog.String("path", path),
		slog.Int("attempt", attempt), slog.Duration("duration", o.now().Sub(begun)))
	if err != nil {
		attrs = append(attrs, slog.String("error", logged(err)))
	} else {
		attrs = append(attrs, slog.Int("status", resp.StatusCode))
	}
	o.log.LogAttrs(ctx, slog.LevelDebug, "secureaccess attempt", attrs...)
	return resp, err
}

func (o *observer) now() time.Time {
	if o.clock == nil {
		return time.Now()
	}
	return o.clock.Now()
}

// logged is what the log says of an error: its class, no address and no text of anybody else.
func logged(err error) string {
	if class := ClassOf(err); class != "" {
		return string(class)
	}
	return "reading the request body failed"
}

// send passes the request on. Whatever fails in the caller's middleware becomes a Failure as well.
func (o *observer) send(req *http.Request, call Call) (*http.Response, error) {
	resp, err := o.next.RoundTrip(req)
	if err == nil && resp == nil {
		return nil, &Failure{class: ForeignFailed, detail: "no response and no error"}
	}
	if err == nil {
		if resp.Body == nil {
			resp.Body = http.NoBody
		}
		return resp, nil
	}
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	return nil, o.failure(req.Context(), call, err)
}

func (o *observer) failure(ctx context.Context, call Call, err error) error {
	switch err.(type) {
	case *Failure, *BodyError:
		return err
	}
	classified := Classify(ctx, err)
	f, ok := errors.AsType[*Failure](classified)
	if !ok {
		return classified
	}
	if _, wraps := errors.AsType[*Failure](err); !wraps && f.class != Failed {
		return f // of a transport that the middleware has for itself
	}
	// The words are the middleware's, around ours or its own: no text of the other side has reached it as an error.
	var secrets *redact.Secrets
	if call != nil {
		secrets = call.Secrets()
	}
	own := *f
	own.text = secrets.Line(err.Error(), longestText)
	if own.class == Failed {
		own.class = MiddlewareFailed
	}
	own.is = func(target error) bool {
		return f.Is(target) || target != context.Canceled && target != context.DeadlineExceeded && errors.Is(err, target)
	}
	return &own
}

// CloseIdleConnections spares the caller's transport, which serves others too.
func (o *observer) CloseIdleConnections() { o.base.CloseIdleConnections() }
