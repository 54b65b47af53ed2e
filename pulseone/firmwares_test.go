package pulseone_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// roundTrip is a layer of a client.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// layer puts a function between a client and its transport.
func layer(f func(req *http.Request, next http.RoundTripper) (*http.Response, error)) secureaccess.Option {
	return secureaccess.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) { return f(req, next) })
	})
}

// image makes content that no compression or luck gets right.
func image(size int) []byte {
	data := make([]byte, size)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(data)
	return data
}

func md5Of(data []byte) string {
	sum := md5.Sum(data)
	return hex.EncodeToString(sum[:])
}

func sha1Of(data []byte) string {
	sum := sha1.Sum(data)
	return hex.EncodeToString(sum[:])
}

func TestFirmwares_life(t *testing.T) {
	server, client := connect(t)
	ctx := t.Context()
	data := image(3 << 20)
	for _, body := range []pulseone.FirmwareCreate{
		{Version: "9.0R1", Type: pulseone.FirmwareTypeVPN, Description: "from the portal", ContentHash: sha1Of(data)},
		{Version: "9.0R2", Type: pulseone.FirmwareTypeNAC, ContentHash: strings.ToUpper(md5Of(data))},
		{Version: "3.4.5", Type: pulseone.FirmwareTypeESAP, ContentHash: "28374bca-efef-11f5-8e5b-0242ac13000e"},
	} {
		id := must(client.Firmwares.Upload(ctx, body, secureaccess.Upload{Reader: bytes.NewReader(data), Name: "/home/me/90R1-PCS.pkg"}))(t)
		if id != body.ContentHash {
			t.Errorf("%s is stored as %s", body.ContentHash, id)
		}
		stored := must(client.Firmwares.Get(ctx, id))(t)
		if stored.Version != body.Version || stored.Type != body.Type || stored.Description != body.Description || stored.ContentSize != int64(len(data)) {
			t.Errorf("got %+v", stored)
		}
		download := must(client.Firmwares.Download(ctx, id))(t)
		got, err := io.ReadAll(download)
		if err != nil || !bytes.Equal(got, data) || download.Size != int64(len(data)) {
			t.Errorf("downloaded %d bytes, %v", len(got), err)
		}
		check(t, download.Close())
		if size := must(client.Firmwares.ContentSize(ctx, id))(t); size != int64(len(data)) {
			t.Errorf("its size is %d", size)
		}
		if !must(client.Firmwares.Exists(ctx, id))(t) {
			t.Error("it is not there")
		}
	}
	page := must(client.Firmwares.List(ctx))(t)
	if page.Total != 3 || len(page.Items) != 3 || len(server.Firmwares()) != 3 {
		t.Errorf("got %+v", page)
	}
	id := page.Items[0].ID
	check(t, client.Firmwares.Update(ctx, id, pulseone.FirmwareUpdate{Version: "9.0R1-HF2", Description: new("")}))
	if got := must(client.Firmwares.Get(ctx, id))(t); got.Version != "9.0R1-HF2" || got.Type != pulseone.FirmwareTypeVPN || got.Description != "" {
		t.Errorf("got %+v", got)
	}
	err := client.Firmwares.Update(ctx, id, pulseone.FirmwareUpdate{Version: "9.0R2", Type: pulseone.FirmwareTypeNAC})
	if !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("made to be another: %v", err)
	}
	check(t, client.Firmwares.Delete(ctx, id))
	if must(client.Firmwares.Exists(ctx, id))(t) {
		t.Error("it is still there")
	}
	if _, err := client.Firmwares.ContentSize(ctx, id); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := client.Firmwares.Download(ctx, id); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// Content that is not what its publisher says never becomes a firmware, and one is sent once.
func TestFirmwares_Upload_digest(t *testing.T) {
	server, client := connect(t)
	data := image(2 << 20)
	for name, hash := range map[string]string{"MD5": md5Of([]byte("other")), "SHA-1": sha1Of([]byte("other"))} {
		for kind, reader := range map[string]io.Reader{"seeker": bytes.NewReader(data), "pipe": io.MultiReader(bytes.NewReader(data))} {
			_, err := client.Firmwares.Upload(t.Context(), pulseone.FirmwareCreate{Version: "9.0R1", Type: pulseone.FirmwareTypeVPN, ContentHash: hash}, secureaccess.Upload{Reader: reader})
			mismatch, ok := errors.AsType[*secureaccess.DigestError](err)
			if !ok || !errors.Is(err, secureaccess.ErrDigestMismatch) || mismatch.Algorithm != name || mismatch.Want != hash || mismatch.GotSize != int64(len(data)) {
				t.Errorf("%s, %s: %v", name, kind, err)
			}
			if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || failure.Attempts != 1 {
				t.Errorf("%s, %s: %v", name, kind, err)
			}
		}
	}
	if stored := server.Firmwares(); len(stored) > 0 {
		t.Errorf("stored %+v", stored)
	}
}

// Without a digest it is made, from where the reader stands.
func TestFirmwares_Upload_noHash(t *testing.T) {
	_, client := connect(t)
	data := image(200_000)
	reader := bytes.NewReader(append([]byte("header"), data...))
	_, err := reader.Seek(6, io.SeekStart)
	check(t, err)
	body := pulseone.FirmwareCreate{Version: "9.0R1", Type: pulseone.FirmwareTypeVPN}
	if id := must(client.Firmwares.Upload(t.Context(), body, secureaccess.Upload{Reader: reader}))(t); id != md5Of(data) {
		t.Errorf("got %s", id)
	}
	for name, content := range map[string]secureaccess.Upload{"no reader": {}, "pipe": {Reader: io.MultiReader(reader)}} {
		if _, err := client.Firmwares.Upload(t.Context(), body, content); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A connection that breaks before the content is out costs a repetition, where the reader can be rewound.
func TestFirmwares_Upload_broken(t *testing.T) {
	data := image(8 << 20)
	for name, reader := range map[string]io.Reader{"seeker": bytes.NewReader(data), "pipe": io.MultiReader(bytes.NewReader(data))} {
		attempts := 0
		server, client := connect(t, layer(func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
			if req.Method != http.MethodPost || !strings.HasSuffix(req.URL.Path, "/firmwares") {
				return next.RoundTrip(req)
			}
			if attempts++; attempts > 1 {
				return next.RoundTrip(req)
			}
			// The connection breaks at half.
			_, _ = io.CopyN(io.Discard, req.Body, int64(len(data)/2))
			_ = req.Body.Close()
			return nil, io.ErrUnexpectedEOF
		}))
		body := pulseone.FirmwareCreate{Version: "9.0R1", Type: pulseone.FirmwareTypeVPN, ContentHash: sha1Of(data)}
		_, err := client.Firmwares.Upload(t.Context(), body, secureaccess.Upload{Reader: reader, Size: int64(len(data))})
		switch stored := server.Firmwares(); {
		case name == "seeker" && (err != nil || attempts != 2 || len(stored) != 1):
			t.Errorf("%d attempts, %d stored, %v", attempts, len(stored), err)
		case name == "pipe" && (err == nil || attempts != 1 || len(stored) != 0):
			t.Errorf("pipe: %d attempts, %d stored, %v", attempts, len(stored), err)
		}
	}
}

// Once the content is out, nothing is sent again: what the server has by that hash decides.
func TestFirmwares_Upload_lost(t *testing.T) {
	data := image(300_000)
	body := pulseone.FirmwareCreate{Version: "9.0R1", Type: pulseone.FirmwareTypeVPN, ContentHash: sha1Of(data)}
	lose := func(arrives bool, status int) (server *pulseonetest.Server, posts, gets int, err error) {
		server, client := connect(t, layer(func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
			if !strings.Contains(req.URL.Path, "/firmwares") {
				return next.RoundTrip(req)
			}
			if req.Method != http.MethodPost {
				gets++
				return next.RoundTrip(req)
			}
			posts++
			if arrives {
				resp, err := next.RoundTrip(req)
				if err != nil {
					return nil, err
				}
				_ = resp.Body.Close()
			} else {
				_, _ = io.Copy(io.Discard, req.Body)
				_ = req.Body.Close()
			}
			if status == 0 {
				return nil, io.ErrUnexpectedEOF
			}
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: req}, nil
		}))
		_, err = client.Firmwares.Upload(t.Context(), body, secureaccess.Upload{Reader: bytes.NewReader(data)})
		return server, posts, gets, err
	}
	for _, status := range []int{0, http.StatusOK, http.StatusInternalServerError, http.StatusGatewayTimeout} {
		if server, posts, gets, err := lose(true, status); err != nil || posts != 1 || gets != 1 || len(server.Firmwares()) != 1 {
			t.Errorf("%d, it arrived: %v, %d POST, %d GET", status, err, posts, gets)
		}
		if server, posts, gets, err := lose(false, status); err == nil || posts != 1 || gets != 1 || len(server.Firmwares()) != 0 {
			t.Errorf("%d, it did not arrive: %v, %d POST, %d GET", status, err, posts, gets)
		}
	}
	if _, posts, gets, err := lose(false, http.StatusForbidden); !errors.Is(err, secureaccess.ErrForbidden) || posts != 1 || gets != 0 {
		t.Errorf("refused: %v, %d POST, %d GET", err, posts, gets)
	}
}

// A conflict of the first attempt is one; after an attempt of unknown outcome it may be one's own upload.
func TestFirmwares_Upload_conflict(t *testing.T) {
	data := image(300_000)
	body := pulseone.FirmwareCreate{Version: "9.0R1", Type: pulseone.FirmwareTypeVPN, ContentHash: sha1Of(data)}
	lost := false
	server, client := connect(t, layer(func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if lost && err == nil && req.Method == http.MethodPost && resp.StatusCode == http.StatusOK {
			lost = false
			_ = resp.Body.Close() // stored, and the response is one that asks for another attempt
			return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"1"}}, Body: http.NoBody, Request: req}, nil
		}
		return resp, err
	}))
	upload := func(body pulseone.FirmwareCreate) (string, error) {
		return client.Firmwares.Upload(t.Context(), body, secureaccess.Upload{Reader: bytes.NewReader(data)})
	}
	lost = true
	if id, err := upload(body); err != nil || id != body.ContentHash {
		t.Errorf("one's own: %s, %v", id, err)
	}
	if _, err := upload(body); !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("the same again: %v", err)
	}
	other := body
	other.ContentHash = md5Of(data)
	if _, err := upload(other); !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("the same version and type: %v", err)
	}
	if stored := server.Firmwares(); len(stored) != 1 {
		t.Errorf("stored %+v", stored)
	}
}

// The parts are named metadata and content, in this order, and the content goes by the file's name without its path.
func TestFirmwares_Upload_wire(t *testing.T) {
	sent := ""
	_, client := connect(t, layer(func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
		if req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/firmwares") {
			data, err := io.ReadAll(req.Body)
			if err != nil {
				return nil, err
			}
			sent = string(data)
			if int64(len(data)) != req.ContentLength {
				t.Errorf("announces %d bytes and has %d", req.ContentLength, len(data))
			}
			req.Body = io.NopCloser(bytes.NewReader(data))
		}
		return next.RoundTrip(req)
	}))
	body := pulseone.FirmwareCreate{Version: "9.0R1-HF2", Type: pulseone.FirmwareTypeVPN, ContentHash: "9a0364b9e99bb480dd25e1f0284c8555"}
	must(client.Firmwares.Upload(t.Context(), body, secureaccess.Upload{Reader: strings.NewReader("content"), Name: `C:\images\90R1-PCS.pkg`}))(t)
	boundary, _, _ := strings.Cut(sent, "\r\n")
	want := boundary + "\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n" +
		`{"version":"9.0R1-HF2","type":"VPN","content_hash":"9a0364b9e99bb480dd25e1f0284c8555"}` + "\r\n" +
		boundary + "\r\nContent-Disposition: form-data; name=\"content\"; filename=\"90R1-PCS.pkg\"\r\nContent-Type: application/octet-stream\r\n\r\ncontent\r\n" +
		boundary + "--\r\n"
	if sent != want {
		t.Errorf("sent %q, want %q", sent, want)
	}
}

// Content that changed on the way is refused at its end, also where it is shorter than announced.
func TestFirmwares_Download_corrupted(t *testing.T) {
	data := image(2 << 20)
	for name, damage := range map[string]func([]byte) []byte{
		"a bit":   func(data []byte) []byte { data[len(data)/2] ^= 1; return data },
		"shorter": func(data []byte) []byte { return data[:len(data)-1] },
		"longer":  func(data []byte) []byte { return append(data, 0) },
	} {
		server, client := connect(t, layer(func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err != nil || !strings.HasSuffix(req.URL.Path, "/content") {
				return resp, err
			}
			defer resp.Body.Close()
			data, err := io.ReadAll(resp.Body)
			data = damage(data)
			resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
			return resp, err
		}))
		id := server.AddFirmware(pulseone.Firmware{Version: "9.0R1", Type: pulseone.FirmwareTypeVPN}, data)
		download := must(client.Firmwares.Download(t.Context(), id))(t)
		_, err := io.Copy(io.Discard, download)
		check(t, download.Close())
		mismatch, ok := errors.AsType[*secureaccess.DigestError](err)
		if !ok || mismatch.WantSize != int64(len(data)) {
			t.Errorf("%s: %v", name, err)
		}
		if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || failure.Path != "/api/v1/sa/firmwares/{firmware_id}/content" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An id that is no digest says nothing of the content, and a 204 is no content.
func TestFirmwares_Download_opaque(t *testing.T) {
	server, client := connect(t)
	id := server.AddFirmware(pulseone.Firmware{ID: "28374bca-efef-11f5-8e5b-0242ac13000d", Version: "9.0R1"}, []byte("image"))
	download := must(client.Firmwares.Download(t.Context(), id))(t)
	if data, err := io.ReadAll(download); err != nil || string(data) != "image" {
		t.Errorf("got %q, %v", data, err)
	}
	check(t, download.Close())
	server.Fail(pulseonetest.Fault{Path: "/api/v1/sa/firmwares/" + id + "/content", Status: http.StatusNoContent})
	if _, err := client.Firmwares.Download(t.Context(), id); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("got %v", err)
	}
}
