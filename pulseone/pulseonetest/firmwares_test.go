package pulseonetest_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// Metadata are looked at as all bodies are, although they are a part of one. The hash is the MD5 of "content".
func TestServer_firmwareMetadata(t *testing.T) {
	server := pulseonetest.NewServer(t)
	for metadata, want := range map[string]string{
		`{"version":"9.0R1","type":"VPN","content_hash":"9a0364b9e99bb480dd25e1f0284c8555","size":7}`: "metadata.size",
		`{"version":9,"type":"VPN","content_hash":"9a0364b9e99bb480dd25e1f0284c8555"}`:                "metadata.version is a number",
		`{"version":"9.0R1","type":"ICS","content_hash":"9a0364b9e99bb480dd25e1f0284c8555"}`:          "metadata.type",
		`{"version":"9.0R1","content_hash":"9a0364b9e99bb480dd25e1f0284c8555"}`:                       "no version, type or content_hash",
		`[]`:  "metadata",
		`9.0`: "metadata",
		`{`:   "no JSON",
		`{"version":"9.0R1","type":"VPN","description":"","content_hash":"9a0364b9e99bb480dd25e1f0284c8555"}`: "firmware_id",
	} {
		var body bytes.Buffer
		parts := multipart.NewWriter(&body)
		_ = parts.WriteField("metadata", metadata)
		file, _ := parts.CreateFormFile("content", "90R1-PCS.pkg")
		_, _ = file.Write([]byte("content"))
		_ = parts.Close()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL()+"/api/v1/sa/firmwares", &body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", parts.FormDataContentType())
		resp, said := send(t, server, server.IssueCredentials(), req)
		if (resp.StatusCode == http.StatusOK) != (want == "firmware_id") || !strings.Contains(said, want) {
			t.Errorf("%s: %d %s", metadata, resp.StatusCode, said)
		}
	}
	if got := len(server.Firmwares()); got != 1 {
		t.Errorf("%d firmwares are stored", got)
	}
}
