package pulseone

import (
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// among puts a filter by appliances on an operation, none without ids.
func among(op *rest.Op, applianceIDs []string) *rest.Op {
	if len(applianceIDs) == 0 {
		return op
	}
	return op.RequireEach("appliance_ids", applianceIDs).Param("appliance_ids", strings.Join(applianceIDs, ","))
}

// rfc3339 is a point in time as most filters take it, "" for none. A fraction is kept.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// epoch is a point in time in whole seconds, as the statistics of CloudSecure take it, "" for none.
func epoch(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.Unix(), 10)
}

// number is a number that is sent unless it is 0.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
