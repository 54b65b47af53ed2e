package contract_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() { covers("pulseone", pulseoneFirmwares) }

func pulseoneFirmwares(t *testing.T, r *recorder) []call {
	firmwares := pulseoneClient(t, r).Firmwares
	update := example[pulseone.FirmwareUpdate](t, "pulseone.firmwares.update")
	upload := example[struct {
		Metadata pulseone.FirmwareCreate `json:"metadata"`
		Content  json.RawMessage         `json:"content"` // not in the example, which is JSON
	}](t, "pulseone.firmwares.upload").Metadata
	upload.ContentHash = "9a0364b9e99bb480dd25e1f0284c8555" // of the content below
	const id = "088623438e5e50d53b7cfe8d50943b90ea1989a8"
	return []call{
		{id: "pulseone.firmwares.list", do: func(ctx context.Context) (any, error) { return firmwares.List(ctx) }},
		{id: "pulseone.firmwares.get", do: func(ctx context.Context) (any, error) { return firmwares.Get(ctx, id) }},
		{id: "pulseone.firmwares.head", do: func(ctx context.Context) (any, error) { return firmwares.Exists(ctx, id) }},
		{id: "pulseone.firmwares.head_content", do: func(ctx context.Context) (any, error) { return firmwares.ContentSize(ctx, id) }},
		{id: "pulseone.firmwares.upload", at: "/firmware_id", do: func(ctx context.Context) (any, error) {
			return firmwares.Upload(ctx, upload, secureaccess.Upload{Reader: strings.NewReader("content"), Name: "90R1-PCS.pkg"})
		}},
		{id: "pulseone.firmwares.update", do: func(ctx context.Context) (any, error) { return nothing(firmwares.Update(ctx, id, update)) }},
		{id: "pulseone.firmwares.delete", do: func(ctx context.Context) (any, error) { return nothing(firmwares.Delete(ctx, id)) }},
		{id: "pulseone.firmwares.download_content", do: func(ctx context.Context) (any, error) {
			return content(firmwares.Download(ctx, id))
		}},
	}
}

// content is the result of a method that returns content. The document shows none: that what the recorder brings is
// not the content announced is noticed.
func content(download *secureaccess.Download, err error) (any, error) {
	if errors.Is(err, secureaccess.ErrBadResponse) || errors.Is(err, secureaccess.ErrDigestMismatch) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(download)
	if errors.Is(err, secureaccess.ErrDigestMismatch) {
		err = nil
	}
	return data, errors.Join(err, download.Close())
}
