package sps

import (
	"context"
	"encoding/json"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// UploadPlugin sends a plug-in, a ZIP file, or a new version of one. Its kind is in the file. The plug-ins that there are
// stand at [PluginsAA] and [PluginsCredentialstore]: [List], [Get] and, from 6.4 on, [Delete].
//
// POST /api/upload/plugins
func UploadPlugin(ctx context.Context, tx *Tx, archive secureaccess.Upload) (*Object[Plugin], error) {
	return read[Plugin](ctx, tx, rest.POST("/api/upload/plugins").Upload("application/zip", archive))
}

// PluginIntegrity compares a plug-in with what was uploaded, and returns what the appliance says, which public sources
// do not show. kind is that of the plug-in, "aa"; checks are of "zip_checksum", "zip_content" and "unregistered", none
// for all.
//
// GET /api/plugin/integrity
func (s *SystemService) PluginIntegrity(ctx context.Context, kind, key string, checks ...string) (json.RawMessage, error) {
	op := rest.GET("/api/plugin/integrity").Require("key", key).Require("kind", kind).Param("key", key).Param("plugin_type", kind)
	for _, check := range checks {
		op.Append("ops", check)
	}
	return anything(rest.Do[json.RawMessage](ctx, s.rest, op.MayBeEmpty()))
}

// anything returns a response of which no more is known.
func anything(response *json.RawMessage, err error) (json.RawMessage, error) {
	if err != nil {
		return nil, err
	}
	return *response, nil
}

// Plugin is a plug-in.
type Plugin struct {
	API         string `json:"api,omitzero"` // version of the interface to plug-ins
	Description string `json:"description,omitzero"`
	MaxVersion  string `json:"scb_max_version"` // of the appliance; "" for any
	Name        string `json:"name"`
	Path        string `json:"path,omitzero"` // on the appliance
	Version     string `json:"version,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}
