package pulseone

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// send carries out an operation for its effect, which a server can refuse under a good status too.
func send(ctx context.Context, c *rest.Client, op *rest.Op) error {
	return rest.Send(ctx, c, op.RefusedIf(refused))
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
