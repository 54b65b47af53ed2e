package sps

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// FirmwareService keeps the firmware of the appliance: images in slots, one of which the appliance runs. It needs no
// transaction.
type FirmwareService struct {
	client *Client
	rest   *rest.Client
}

// List lists what can be done with firmware, as links.
//
// GET /api/firmware
func (s *FirmwareService) List(ctx context.Context) (*Collection[json.RawMessage], error) {
	return checked(ctx, s.client, rest.GET("/api/firmware"), (*Collection[json.RawMessage]).check)
}

// ListSlots lists the firmware slots.
//
// GET /api/firmware/slots
func (s *FirmwareService) ListSlots(ctx context.Context) (*Collection[FirmwareSlot], error) {
	return checked(ctx, s.client, rest.GET("/api/firmware/slots"), (*Collection[FirmwareSlot]).check)
}

// GetSlot returns one firmware slot.
//
// GET /api/firmware/slots/{slot_id}
func (s *FirmwareService) GetSlot(ctx context.Context, slot string) (*Object[FirmwareSlot], error) {
	return read[FirmwareSlot](ctx, s.client, rest.GET("/api/firmware/slots/{slot_id}", slot))
}

// DeleteSlot empties a firmware slot, which must be neither the current one nor that of the next start.
//
// DELETE /api/firmware/slots/{slot_id}
func (s *FirmwareService) DeleteSlot(ctx context.Context, slot string) error {
	return rest.Send(ctx, s.rest, rest.DELETE("/api/firmware/slots/{slot_id}", slot))
}

// Upload sends a firmware image, an ISO file, to the first empty slot, and returns the slot with its key.
//
// POST /api/upload/firmware
func (s *FirmwareService) Upload(ctx context.Context, image secureaccess.Upload) (*Object[FirmwareSlot], error) {
	op := rest.POST("/api/upload/firmware")
	if image.Reader == nil {
		op.Refuse(&secureaccess.ArgumentError{Argument: "image", Reason: "has no reader"})
	}
	if image.Name == "" {
		image.Name = "firmware.iso"
	}
	op.Multipart(rest.Part{Name: "firmware", Content: image, ContentType: "application/x-iso9660-image"})
	return read[FirmwareSlot](ctx, s.client, op)
}

// Test tests an upgrade to the firmware of a slot without carrying it out. A test that fails is [CodeFirmwareTestFailed],
// an empty slot [CodeResourceNotFound].
//
// POST /api/firmware/test
func (s *FirmwareService) Test(ctx context.Context, slot string) (*Object[FirmwareTest], error) {
	op := rest.POST("/api/firmware/test").Require("slot", slot).JSON(firmwareTest{SlotID: slot})
	return checked(ctx, s.client, op, hasSummary)
}

// Upgrade upgrades the appliance to the firmware of a slot, which restarts it. It is never retried. The message goes
// into the appliance's record of changes; an empty one stands for none, where the appliance does not require one.
//
// POST /api/firmware/upgrade
func (s *FirmwareService) Upgrade(ctx context.Context, slot, message string) (*Object[FirmwareTest], error) {
	body := firmwareUpgrade{SlotID: slot}
	if message != "" {
		body.Message = &message
	}
	op := rest.POST("/api/firmware/upgrade").Require("slot", slot).JSON(body)
	return checked(ctx, s.client, op.Once(), hasSummary)
}

// hasSummary refuses a result without the record of the test: what says nothing is no proof that anything was tested.
func hasSummary(o *Object[FirmwareTest]) error {
	switch {
	case o.bodyErr != nil:
		return o.bodyErr
	case o.Body.TestSummary == "":
		return errors.New("it has no test_summary")
	}
	return nil
}

// ListFetches lists the downloads of firmware images by the appliance.
//
// GET /api/firmware/fetch
func (s *FirmwareService) ListFetches(ctx context.Context) (*Collection[FirmwareFetch], error) {
	return checked(ctx, s.client, rest.GET("/api/firmware/fetch"), (*Collection[FirmwareFetch]).check)
}

// GetFetch tells how far a download is.
//
// GET /api/firmware/fetch/{fetch_id}
func (s *FirmwareService) GetFetch(ctx context.Context, fetch string) (*Object[FirmwareFetch], error) {
	return read[FirmwareFetch](ctx, s.client, rest.GET("/api/firmware/fetch/{fetch_id}", fetch))
}

// Fetch has the appliance download a firmware image, and compare it with a SHA-256 checksum, in hexadecimal, unless that
// is "". The Key of the result is the id of the download. A password and a query in the address stay out of errors.
//
// POST /api/firmware/fetch
func (s *FirmwareService) Fetch(ctx context.Context, url, sha256 string) (*Written, error) {
	body := firmwareFetch{URL: url}
	if sha256 != "" {
		body.Checksum = &firmwareChecksum{SHA256: sha256}
	}
	op := rest.POST("/api/firmware/fetch").Require("url", url).JSON(body).Conceal(secretsOf(url)...)
	return checked(ctx, s.client, op, (*Written).check)
}

// secretsOf returns what of an address may be a credential: a password, the values of a signed query. Of an address that
// cannot be taken apart it is the whole.
func secretsOf(address string) []secureaccess.Secret {
	u, err := url.Parse(address)
	if err != nil {
		return []secureaccess.Secret{secureaccess.NewSecret(address)}
	}
	var secrets []secureaccess.Secret
	if password, ok := u.User.Password(); ok {
		secrets = append(secrets, secureaccess.NewSecret(password), secureaccess.NewSecret(u.User.Username()+":"+password))
	}
	if u.RawQuery != "" {
		secrets = append(secrets, secureaccess.NewSecret(u.RawQuery))
	}
	for _, values := range u.Query() {
		for _, value := range values {
			secrets = append(secrets, secureaccess.NewSecret(value))
		}
	}
	return secrets
}

// DeleteFetch cancels a download, or removes the record of one that is over: after a cancellation it takes a second
// call. Records are never removed by themselves.
//
// DELETE /api/firmware/fetch/{fetch_id}
func (s *FirmwareService) DeleteFetch(ctx context.Context, fetch string) error {
	return rest.Send(ctx, s.rest, rest.DELETE("/api/firmware/fetch/{fetch_id}", fetch).Once())
}

// WaitFetch polls until a download is finished. It fails with [ErrFirmwareFetchFailed] when the download fails or is
// canceled.
//
// GET /api/firmware/fetch/{fetch_id}
func (s *FirmwareService) WaitFetch(ctx context.Context, fetch string, opts *secureaccess.WaitOptions) (*Object[FirmwareFetch], error) {
	return rest.Poll(ctx, s.rest.Clock(), opts, "firmware download "+fetch, func(ctx context.Context) (*Object[FirmwareFetch], string, bool, error) {
		object, err := s.GetFetch(ctx, fetch)
		if err != nil {
			return nil, "", false, err
		}
		status := object.Body.Status
		switch status {
		case FirmwareFetchStatusFinished:
			return object, string(status), true, nil
		case FirmwareFetchStatusFailed, FirmwareFetchStatusCanceled:
			return object, string(status), false, &secureaccess.Error{
				Operation: secureaccess.Operation{Product: product, Method: http.MethodGet, Path: "/api/firmware/fetch/{fetch_id}"},
				Object:    fetch, Status: http.StatusOK, Attempts: 1, Err: ErrFirmwareFetchFailed,
			}
		}
		return object, string(status), false, nil
	})
}

// ErrFirmwareFetchFailed says that the appliance could not download a firmware image.
var ErrFirmwareFetchFailed = errors.New("the download of the firmware failed")

type firmwareTest struct {
	SlotID string `json:"slot_id"`
}

type firmwareUpgrade struct {
	SlotID  string  `json:"slot_id"`
	Message *string `json:"message"`
}

type firmwareFetch struct {
	URL      string            `json:"url"`
	Checksum *firmwareChecksum `json:"checksum,omitzero"`
}

type firmwareChecksum struct {
	SHA256 string `json:"sha256"`
}

// FirmwareSlot is a slot of the appliance; an empty one is zero.
type FirmwareSlot struct {
	AfterReboot  bool   `json:"after_reboot"` // the appliance starts from it next
	Current      bool   `json:"current"`      // the appliance runs it
	UpgradeNews  string `json:"upgrade_news"`
	UpgradeNotes string `json:"upgrade_notes"`
	Version      string `json:"version"` // "6.5.0"

	Extra secureaccess.Extra `json:",embed"`
}

// FirmwareTest is what a test of an upgrade, or the upgrade itself, has said.
type FirmwareTest struct {
	TestSummary string `json:"test_summary"` // one line for each step

	Extra secureaccess.Extra `json:",embed"`
}

// FirmwareFetchStatus is how far a download of firmware is.
type FirmwareFetchStatus string

// Values of FirmwareFetchStatus.
const (
	FirmwareFetchStatusQueued     FirmwareFetchStatus = "queued"
	FirmwareFetchStatusInProgress FirmwareFetchStatus = "in-progress"
	FirmwareFetchStatusFinished   FirmwareFetchStatus = "finished"
	FirmwareFetchStatusFailed     FirmwareFetchStatus = "failed"
	FirmwareFetchStatusCanceled   FirmwareFetchStatus = "cancelled"
)

// FirmwareFetch is a download of a firmware image by the appliance. The guide names its states; what else it has is in
// Extra.
type FirmwareFetch struct {
	Status FirmwareFetchStatus `json:"status"`

	Extra secureaccess.Extra `json:",embed"`
}
