package pulseone

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// send carries out an operation for its effect, which a server can refuse under a good status too.
func send(ctx context.Context, c *rest.Client, op *rest.Op) error {
	return rest.Send(ctx, c, op.RefusedIf(refused))
}

// contentLength carries out a HEAD and returns the length that it announces, -1 for none. A HEAD is refused without a
// body, so that nobody knows whether its credentials have expired or its clock is off: get, whose refusal says so,
// settles both.
func contentLength(ctx context.Context, c *rest.Client, get func(context.Context) error, head func() *rest.Op) (int64, error) {
	n, err := api.ContentLength(ctx, c, head())
	if !errors.Is(err, secureaccess.ErrForbidden) {
		return n, err
	}
	if getErr := get(ctx); getErr != nil && !errors.Is(getErr, secureaccess.ErrNotFound) {
		return n, err
	}
	return api.ContentLength(ctx, c, head())
}

// refused recognizes a refusal under a good status: by its error code, or because it says that there was no success.
func refused(body []byte) bool {
	var said outcome
	return api.Refuses(body) || json.Unmarshal(body, &said) == nil && said.Success != nil && !bool(*said.Success)
}

// outcome is what the console says of an operation that it carried out or did not.
type outcome struct {
	Success *secureaccess.QuotedBool `json:"success"` // as a truth value or as text; nil where it does not say
	Message string                   `json:"msg"`
}
