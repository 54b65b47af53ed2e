package pulseone

import (
	"context"
	"crypto/md5"
	"errors"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// FirmwaresService manages the stored firmware of appliances, and their ESAP packages, which are firmwares of another
// type. The id of a firmware is an opaque text; mostly it is the digest of the content. Document: Managed Appliance
// firmware management API.
type FirmwaresService struct{ rest *rest.Client }

// List returns all firmwares. The server does not page.
//
// GET /api/v1/sa/firmwares
//
// Permission: admin.appliances.firmware|READ. Document: GET /api/v1/sa/firmwares.
func (s *FirmwaresService) List(ctx context.Context) (*secureaccess.Page[Firmware], error) {
	return whole[Firmware](ctx, s.rest, rest.GET("/api/v1/sa/firmwares"))
}

// Get returns the metadata of one firmware.
//
// GET /api/v1/sa/firmwares/{firmware_id}
//
// Permission: admin.appliances.firmware|READ. Document: GET /api/v1/sa/firmwares/{firmware_id}.
func (s *FirmwaresService) Get(ctx context.Context, id string) (*Firmware, error) {
	return rest.Do[Firmware](ctx, s.rest, rest.GET("/api/v1/sa/firmwares/{firmware_id}", id))
}

// Exists reports whether there is a firmware with this id.
//
// HEAD /api/v1/sa/firmwares/{firmware_id}
//
// GET /api/v1/sa/firmwares/{firmware_id}
//
// The second is sent where the first is forbidden, see [FirmwaresService.ContentSize]. Permission: admin.appliances.firmware|READ. Document: HEAD /api/v1/sa/firmwares/{firmware_id}.
func (s *FirmwaresService) Exists(ctx context.Context, id string) (bool, error) {
	_, err := contentLength(ctx, s.rest, s.there(id), func() *rest.Op { return rest.HEAD("/api/v1/sa/firmwares/{firmware_id}", id) })
	if errors.Is(err, secureaccess.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// ContentSize returns the size of a firmware's content in bytes, -1 when the server does not say. A firmware that is not
// there is [secureaccess.ErrNotFound].
//
// HEAD /api/v1/sa/firmwares/{firmware_id}/content
//
// GET /api/v1/sa/firmwares/{firmware_id}
//
// The response to a HEAD cannot say that credentials have expired: where it is forbidden, the second operation renews
// them if need be, and the first is sent again if that one is allowed. Permission: admin.appliances.firmware|READ.
// Document: HEAD /api/v1/sa/firmwares/{firmware_id}/content.
func (s *FirmwaresService) ContentSize(ctx context.Context, id string) (int64, error) {
	return contentLength(ctx, s.rest, s.there(id), func() *rest.Op { return rest.HEAD("/api/v1/sa/firmwares/{firmware_id}/content", id) })
}

// there asks for a firmware by an operation whose refusal has a code.
func (s *FirmwaresService) there(id string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.Get(ctx, id)
		return err
	}
}

// Upload stores a firmware and returns its id, which is the ContentHash. The content is sent as it is read.
//
// POST /api/v1/sa/firmwares
//
// GET /api/v1/sa/firmwares/{firmware_id}
//
// A ContentHash of 32 hex digits is compared as MD5, one of 40 as SHA-1, while the content is read; with another digest
// the upload is broken off before its end, and the error is [secureaccess.ErrDigestMismatch]. Other texts are sent
// unseen. An empty one is replaced by the MD5 of the content, which is read twice then and has to be an [io.Seeker].
//
// As long as the content has not gone out whole, a failed upload is repeated as the retry policy has it. After that the
// firmware is asked for by its hash, and the upload has succeeded if it is there with this version, type and size. A
// firmware of the same version and type, or with the same hash, is [secureaccess.ErrConflict]; in a program that starts
// again after a failure it may be the program's own. Permission: admin.appliances.firmwares|WRITE. Document: POST
// /api/v1/sa/firmwares.
func (s *FirmwaresService) Upload(ctx context.Context, body FirmwareCreate, content secureaccess.Upload) (string, error) {
	op := rest.POST("/api/v1/sa/firmwares").RepeatableUntilSent().Require("version", body.Version).Require("type", string(body.Type))
	if content.Reader == nil {
		op.Refuse(&secureaccess.ArgumentError{Argument: "content", Reason: "has no Reader"})
	} else if body.ContentHash == "" {
		var err error
		body.ContentHash, _, err = api.Digest(ctx, content, md5.New())
		op.Refuse(err)
	}
	metadata, err := secureaccess.Marshal(body)
	sum := rest.NewSum(body.ContentHash, -1)
	op.Refuse(err).Multipart(rest.Part{Name: "metadata", Value: string(metadata)}, rest.Part{Name: "content", Content: content, Sum: sum})
	created, err := rest.Do[firmwareCreated](ctx, s.rest, op)
	if err == nil {
		return created.ID, nil
	}
	if !sum.Whole() || !mayHaveArrived(err) {
		return "", err
	}
	found, getErr := s.Get(ctx, body.ContentHash)
	if getErr != nil || found.Version != body.Version || found.Type != body.Type || found.ContentSize != sum.Size() {
		return "", err
	}
	return found.ID, nil
}

// mayHaveArrived reports whether an upload that went out whole may be stored although it failed: nobody knows what
// became of it, or an earlier attempt may be what it conflicts with.
func mayHaveArrived(err error) bool {
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if !ok {
		return false
	}
	switch {
	case failure.Status == http.StatusConflict:
		return failure.Attempts > 1
	case failure.Status == http.StatusRequestTimeout:
		return true
	}
	return failure.Status == 0 || failure.Status/100 == 2 || failure.Status >= 500
}

// Update changes the metadata of a firmware. Whether the server keeps what the body leaves out is not documented.
//
// PUT /api/v1/sa/firmwares/{firmware_id}
//
// Another firmware with this version and type is [secureaccess.ErrConflict]. Permission:
// admin.appliances.firmwares|WRITE. Document: PUT /api/v1/sa/firmwares/{firmware_id}.
func (s *FirmwaresService) Update(ctx context.Context, id string, body FirmwareUpdate) error {
	return send(ctx, s.rest, rest.PUT("/api/v1/sa/firmwares/{firmware_id}", id).JSON(body))
}

// Delete removes a firmware, metadata and content.
//
// DELETE /api/v1/sa/firmwares/{firmware_id}
//
// Permission: admin.appliances.firmware|DELETE. Document: DELETE /api/v1/sa/firmwares/{firmware_id}.
func (s *FirmwaresService) Delete(ctx context.Context, id string) error {
	return send(ctx, s.rest, rest.DELETE("/api/v1/sa/firmwares/{firmware_id}", id))
}

// Download returns the content of a firmware, after a look at its metadata. At its end the content is compared with the
// size there, and with the id where that is a digest, 32 hex digits of MD5 or 40 of SHA-1: the reader fails with
// [secureaccess.ErrDigestMismatch] where it is something else. What is read before the end is not yet compared.
//
// GET /api/v1/sa/firmwares/{firmware_id}
//
// GET /api/v1/sa/firmwares/{firmware_id}/content
//
// Permission: admin.appliances.firmware|READ. Document: GET /api/v1/sa/firmwares/{firmware_id}/content.
func (s *FirmwaresService) Download(ctx context.Context, id string) (*secureaccess.Download, error) {
	metadata, err := s.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	size := metadata.ContentSize
	if size == 0 {
		size = -1
	}
	op := rest.GET("/api/v1/sa/firmwares/{firmware_id}/content", id).Accept("application/octet-stream, */*")
	return rest.Fetch(ctx, s.rest, op.Verify(rest.NewSum(metadata.ID, size)))
}

// Firmware is the metadata of a firmware, or of an ESAP package.
type Firmware struct {
	ID          string            `json:"firmware_id"` // the content_hash that it was uploaded with; opaque
	Description string            `json:"description,omitzero"`
	Version     string            `json:"version,omitzero"` // "9.0R1-HF2"
	Type        FirmwareType      `json:"type,omitzero"`
	ContentSize int64             `json:"content_size,omitzero"` // in bytes
	Created     secureaccess.Time `json:"created,omitzero"`
}

// FirmwareType is what a firmware is for.
type FirmwareType string

// Values of FirmwareType.
const (
	FirmwareTypeVPN  FirmwareType = "VPN"  // Connect Secure
	FirmwareTypeNAC  FirmwareType = "NAC"  // Policy Secure
	FirmwareTypeESAP FirmwareType = "ESAP" // a package of the Endpoint Security Assessment Plug-in
)

// FirmwareCreate describes a firmware that is uploaded.
type FirmwareCreate struct {
	Description string       `json:"description,omitzero"`
	Version     string       `json:"version"` // "9.0R1-HF2"; with the type it is unique
	Type        FirmwareType `json:"type"`

	// ContentHash is the digest that the publisher of the firmware names: MD5 in the document's words, SHA-1 in its
	// examples. It becomes the id.
	ContentHash string `json:"content_hash"`
}

// FirmwareUpdate is what can be changed of a firmware. What is empty is not sent.
type FirmwareUpdate struct {
	Description *string      `json:"description,omitzero"`
	Version     string       `json:"version,omitzero"`
	Type        FirmwareType `json:"type,omitzero"`
	ContentHash string       `json:"content_hash,omitzero"` // the example does not send it
}

type firmwareCreated struct {
	ID string `json:"firmware_id"`
}
