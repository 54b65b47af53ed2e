package device

import (
	"context"
	"errors"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// ConfigsService reports which configuration the appliance runs and learns which one it is to run. Documents: Appliance
// Configuration, HEAD Commit; API for Configuration Upload and Download Status; Unity API - Appliance Configuration.
type ConfigsService struct{ appliance }

// GetHead returns which commit the appliance is running and which one it is to run. Both are empty before the first
// report; nothing prescribed means that the appliance is in sync.
//
// GET /api/v1/sa/{device_id}/configs/HEAD
func (s *ConfigsService) GetHead(ctx context.Context) (*pulseone.HeadCommit, error) {
	return rest.Do[pulseone.HeadCommit](ctx, s.rest, rest.GET("/api/v1/sa/{device_id}/configs/HEAD", s.id).MayBeEmpty())
}

// ReportHead tells Pulse One which commit the appliance is running, and thereby takes back what was prescribed. The
// commit must have been published to Pulse One before.
//
// PUT /api/v1/sa/{device_id}/configs/HEAD
func (s *ConfigsService) ReportHead(ctx context.Context, commit string) error {
	op := rest.PUT("/api/v1/sa/{device_id}/configs/HEAD", s.id).
		Require("commit", commit).JSON(pulseone.HeadCommit{Commit: commit})
	return rest.Send(ctx, s.rest, op)
}

// UpdateStatus reports how far the upload or the download of a configuration is. What is nil stays as it was.
//
// PUT /api/v1/sa/{appliance_id}/configs/status
func (s *ConfigsService) UpdateStatus(ctx context.Context, body ConfigStatusUpdate) error {
	return rest.Send(ctx, s.rest, rest.PUT("/api/v1/sa/{appliance_id}/configs/status", s.id).JSON(body))
}

// GetInitial returns the configuration that the appliance starts with. It is fetched once, after the registration.
//
// GET /api/v1/sa/{appliance_id}/config
func (s *ConfigsService) GetInitial(ctx context.Context) (*InitialConfig, error) {
	type envelope struct {
		ID     string         `json:"id"`
		Result *InitialConfig `json:"result"`
	}
	op := rest.GET("/api/v1/sa/{appliance_id}/config", s.id).KnownBy("result")
	response, err := rest.Checked(ctx, s.rest, op, func(e *envelope, _ http.Header) error {
		if e.Result == nil || e.Result.Config == nil {
			return errors.New("it has no result.config")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return response.Result, nil
}

// ConfigStatusUpdate is the progress of configurations on their way. A half that is nil is not sent.
type ConfigStatusUpdate struct {
	Upload   *pulseone.ConfigUpload   `json:"upload,omitzero"`
	Download *pulseone.ConfigDownload `json:"download,omitzero"`
}

// InitialConfig is what an appliance starts with.
type InitialConfig struct {
	Config []InitialConfigPayload `json:"config"`
}

// InitialConfigPayload is a part of a configuration. One of type "saml" has no other members: it asks an appliance that
// can do SAML to set it up.
type InitialConfigPayload struct {
	Type  string             `json:"type"` // "saml"; more values occur
	Extra secureaccess.Extra `json:",embed"`
}
