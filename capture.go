package secureaccess

import (
	"context"
	"net/http"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/ctxkey"
)

// Operation names one documented operation. It has few values, so it suits metrics, spans and logs.
type Operation struct {
	Product string // package name: "pulseone", "ics", ...
	Method  string // "GET"
	Path    string // documented template: "/api/v1/sa/{appliance_id}"
}

// OperationOf returns the operation that a request's context belongs to. A transport given with [WithTransport] finds
// there what to call a span, without the ids that the URL holds.
func OperationOf(ctx context.Context) (Operation, bool) {
	op, ok := ctx.Value(ctxkey.Operation{}).(Operation)
	return op, ok
}

// Exchange is what a call looked like on the wire, for those who ask with [Capture].
type Exchange struct {
	Operation
	Status    int           // of the last answer; 0 when none arrived
	Header    http.Header   // of the last answer, without cookies and authentication headers
	RequestID string        // the server's own name for the request, where it gives one
	Attempts  int           // how often the request was sent; 0 when it was refused before
	Duration  time.Duration // from the first attempt to the end of the last answer's header, pauses included
}

// Capture returns a context under which the next call fills into. Later calls under the same context overwrite it,
// so captured contexts are for one call at a time, whether it fails or not.
//
//	var info secureaccess.Exchange
//	appliance, err := client.Appliances.Get(secureaccess.Capture(ctx, &info), id)
//	log.Println(info.Status, info.Attempts)
func Capture(ctx context.Context, into *Exchange) context.Context {
	return context.WithValue(ctx, ctxkey.Capture{}, into)
}
