package secureaccess

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/ctxkey"
)

// Operation names one documented operation. It has few values, so it suits metrics, spans and logs.
type Operation struct {
	Product string // package name: "pulseone", "ics", ...
	Method  string // "GET"
	Path    string // documented path: "/api/v1/sa/{appliance_id}"
}

// String returns "pulseone: GET /api/v1/sa/{appliance_id}".
func (o Operation) String() string {
	product := o.Product
	if product == "" {
		product = "secureaccess"
	}
	if o.Method == "" && o.Path == "" {
		return product
	}
	return product + ": " + strings.TrimSpace(o.Method+" "+o.Path)
}

// OperationOf returns the operation that a request's context belongs to. A middleware given with [WithMiddleware] or a
// transport given with [WithTransport] finds there what to call a span, without the ids that the URL holds.
func OperationOf(ctx context.Context) (Operation, bool) {
	call, ok := ctx.Value(ctxkey.Call{}).(interface {
		Operation() (product, method, path string)
	})
	if !ok {
		return Operation{}, false
	}
	product, method, path := call.Operation()
	return Operation{product, method, path}, true
}

// Exchange is what a call looked like on the wire, for those who ask with [Capture].
type Exchange struct {
	Operation
	Status    int           // of the last response; 0 when none arrived
	Header    http.Header   // of the last response, without cookies and authentication headers
	RequestID string        // the server's own name for the request, where it gives one
	Attempts  int           // how often the request was sent; 0 when it was refused before
	Duration  time.Duration // from the first attempt to the end of the last response, pauses included

	// Unread lists the members of the response that had a form in which they could not be read, as JSON pointers
	// ("/items/3/expires"). They are zero in the result.
	Unread []string
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
