package device

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// ActivitiesService uploads what happened on the appliance. Document: Cloud API - Uploading Activity Records.
type ActivitiesService struct{ appliance }

// Upload stores an activity and returns its id, which is the SHA-1 of its body: the same activity uploaded twice is one.
//
// PUT /api/v1/sa/{appliance_id}/activities/{activity_id}
//
// A time that is not set is now. When the attempts are used up, the document has the appliance drop the activity.
func (s *ActivitiesService) Upload(ctx context.Context, activity Activity) (id string, err error) {
	if activity.Time.IsZero() {
		activity.Time = secureaccess.At(s.rest.Clock().Now())
	}
	if whole := activity.Time.Truncate(time.Second); !whole.Equal(activity.Time.Time) {
		activity.Time = secureaccess.At(whole.UTC())
	}
	// What is hashed is what is sent: keys in order, no blanks, no escapes that JSON does not ask for.
	body, secrets, err := rest.EncodeFor(activity)
	if err != nil {
		return "", &secureaccess.ArgumentError{Argument: "activity", Reason: "cannot be encoded", Err: err}
	}
	sum := sha1.Sum(body)
	id = hex.EncodeToString(sum[:])
	op := rest.PUT("/api/v1/sa/{appliance_id}/activities/{activity_id}", s.id, id).BytesWith("application/json", body, secrets).
		Require("message", activity.Message).
		Require("severity", string(activity.Severity)).
		Require("activity_type", string(activity.ActivityType))
	return id, rest.Send(ctx, s.rest, op)
}

// Activity is something that happened on an appliance.
type Activity struct {
	// The fields stand in the order of their names on the wire, which makes the JSON canonical.

	ActivityType pulseone.ActivityType       `json:"activity_type"`
	Message      string                      `json:"message"` // for people
	Params       map[string]any              `json:"params,omitzero"`
	Reference    *pulseone.ActivityReference `json:"reference,omitzero"` // the notification or task that it belongs to; nil for none
	Severity     pulseone.Severity           `json:"severity"`
	Time         secureaccess.Time           `json:"time" alias:"timestamp"` // cut to the second
}
