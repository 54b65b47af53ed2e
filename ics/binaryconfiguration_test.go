package ics_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

// TestBinaryConfiguration_streamed exports 64 MiB from one appliance and imports them into another as they come, byte
// for byte, and measures what is live on the heap meanwhile, both appliances included.
func TestBinaryConfiguration_streamed(t *testing.T) {
	size := int64(64 << 20)
	if ics.RaceDetector {
		size = 24 << 20 // which takes as long then
	}
	from, reader := setUp(t)
	to, writer := setUp(t)
	from.SetBinaryConfigurationSize(size)
	if err := errors.Join(reader.SignIn(t.Context()), writer.SignIn(t.Context())); err != nil {
		t.Fatal(err)
	}

	before := heap()
	var peak, sampled int64
	sample := func(done int64) {
		if done-sampled >= 2<<20 {
			sampled = done
			peak = max(peak, heap()-before)
		}
	}
	var received, announced int64
	download, err := reader.BinaryConfiguration.Export(t.Context(), &ics.ExportOptions{
		Progress: func(n, size int64) { received, announced = n, size },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer download.Close()
	digest := sha256.New()
	result, err := writer.BinaryConfiguration.Import(t.Context(), secureaccess.Upload{
		Reader: io.TeeReader(download, digest), Progress: func(sent, _ int64) { sample(sent) },
	}, nil)
	if err != nil || len(result.Info) != 1 {
		t.Fatalf("%v, %v", result, err)
	}
	if received != announced || received < size/3*4 {
		t.Errorf("progress ended at %d of %d", received, announced)
	}

	content, _, err := from.BinaryConfiguration()
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	want := sha256.New()
	if _, err := io.Copy(want, content); err != nil {
		t.Fatal(err)
	}
	imports := to.Imports()
	if len(imports) != 1 || imports[0].Size != size || imports[0].SHA256 != hex.EncodeToString(want.Sum(nil)) || imports[0].SHA256 != hex.EncodeToString(digest.Sum(nil)) {
		t.Fatalf("what was imported is %+v", imports)
	}
	runtime.KeepAlive(download)
	t.Logf("%d MiB exported and imported, the live heap growing by at most %d KiB", size>>20, peak>>10)
	if sampled < size-4<<20 || peak > 8<<20 {
		t.Errorf("the heap grew by %d bytes, sampled up to %d", peak, sampled)
	}
}

// TestBinaryConfiguration_sizes goes around the edges of lines and blocks, with sizes known and unknown.
func TestBinaryConfiguration_sizes(t *testing.T) {
	server, client := setUp(t)
	for _, size := range []int{4, 5, 6, 47, 48, 49, 95, 96, 97, 12287, 12288, 12289, 100_000} {
		content := append([]byte("PK\x03\x04"), bytes.Repeat([]byte("0123456789"), size/10+1)...)[:size]
		server.SetBinaryConfiguration(content)
		got := export(t, client)
		if !bytes.Equal(got, content) {
			t.Fatalf("%d bytes were exported of %d", len(got), size)
		}
		for name, upload := range map[string]secureaccess.Upload{
			"seekable":     {Reader: bytes.NewReader(content)},
			"unknown size": {Reader: io.MultiReader(bytes.NewReader(content))},
			"known size":   {Reader: io.MultiReader(bytes.NewReader(content)), Size: int64(size)},
		} {
			if _, err := client.BinaryConfiguration.Import(t.Context(), upload, nil); err != nil {
				t.Fatalf("%d bytes, %s: %v", size, name, err)
			}
			imports := server.Imports()
			sum := sha256.Sum256(content)
			if last := imports[len(imports)-1]; last.SHA256 != hex.EncodeToString(sum[:]) || last.Mode != ics.ImportModeNormal {
				t.Errorf("%d bytes, %s: %+v arrived", size, name, last)
			}
			if got := export(t, client); !bytes.Equal(got, content) {
				t.Errorf("%d bytes, %s: %d come back", size, name, len(got))
			}
		}
	}
}

func export(t *testing.T, client *ics.Client) []byte {
	t.Helper()
	download, err := client.BinaryConfiguration.Export(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer download.Close()
	got, err := io.ReadAll(download)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestBinaryConfiguration_Import_wire checks what an import looks like: base64 in the lines that an export has, of announced length.
func TestBinaryConfiguration_Import_wire(t *testing.T) {
	content := bytes.Repeat([]byte("PK\x03\x04"), 25)
	var body, query, contentType string
	var length int64
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		body, query, contentType, length = string(data), r.URL.Query().Encode(), r.Header.Get("Content-Type"), r.ContentLength
		respond(w, 200, `{"result": {"info": [], "errors": []}}`)
	})
	opts := &ics.ImportOptions{Mode: ics.ImportModeFull, Password: secureaccess.NewSecret("a&b")}
	if _, err := client.BinaryConfiguration.Import(t.Context(), secureaccess.Upload{Reader: bytes.NewReader(content)}, opts); err != nil {
		t.Fatal(err)
	}
	if query != "import=full&password=a%26b" || contentType != "text/html; charset=utf-8" || length != int64(len(body)) {
		t.Errorf("%q, %q, %d of %d", query, contentType, length, len(body))
	}
	lines := strings.SplitAfter(body, "\n")
	if len(lines) != 4 || len(lines[0]) != 65 || len(lines[1]) != 65 || lines[3] != "" {
		t.Errorf("the lines are %q", lines)
	}
	if decoded, err := base64.StdEncoding.DecodeString(body); err != nil || !bytes.Equal(decoded, content) {
		t.Errorf("%q, %v", decoded, err)
	}
}

func TestBinaryConfiguration_Import_errors(t *testing.T) {
	server, client := setUp(t)
	_, err := client.BinaryConfiguration.Import(t.Context(), secureaccess.Upload{Reader: strings.NewReader("no archive")}, nil)
	if !errors.Is(err, ics.CodeConfigurationExtractFailed) || !errors.Is(err, ics.ErrRefused) {
		t.Errorf("content of another kind gives %v", err)
	}
	_, err = client.BinaryConfiguration.Import(t.Context(), secureaccess.Upload{Reader: strings.NewReader("PK\x03\x04")}, &ics.ImportOptions{Mode: "half"})
	if !errors.Is(err, ics.CodeInvalidImportMode) {
		t.Errorf("a mode that does not exist gives %v", err)
	}
	broken := errors.New("the disk is broken")
	_, err = client.BinaryConfiguration.Import(t.Context(), secureaccess.Upload{Reader: io.MultiReader(strings.NewReader("PK\x03\x04"), failing{broken})}, nil)
	if err == nil {
		t.Error("a source that breaks off is imported")
	}
	_, err = client.BinaryConfiguration.Import(t.Context(), secureaccess.Upload{Reader: io.MultiReader(strings.NewReader("PK\x03\x04")), Size: 10}, nil)
	if err == nil {
		t.Error("a source that ends early is imported")
	}
	if _, err := client.BinaryConfiguration.Import(t.Context(), secureaccess.Upload{}, nil); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no content gives %v", err)
	}
	if got := server.Imports(); len(got) != 0 {
		t.Errorf("%+v were imported", got)
	}
}

type failing struct{ err error }

func (r failing) Read([]byte) (int, error) { return 0, r.err }

// TestBinaryConfiguration_Export_errors has an export go wrong in all the ways that must not pass for a backup.
func TestBinaryConfiguration_Export_errors(t *testing.T) {
	text := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("PK\x03\x04"), 300))
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		atOnce  bool
		err     error
	}{
		"refusal with 200": {func(w http.ResponseWriter, _ *http.Request) {
			respond(w, 200, ` {"result": {"errors": [{"message": "busy"}]}}`)
		}, true, ics.ErrRefused},
		"refusal": {func(w http.ResponseWriter, _ *http.Request) { respond(w, 403, `{}`) }, true, secureaccess.ErrForbidden},
		"empty":   {func(w http.ResponseWriter, _ *http.Request) {}, true, secureaccess.ErrBadResponse},
		"a page": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<html>maintenance</html>")
		}, true, secureaccess.ErrBadResponse},
		"truncated": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "2000")
			_, _ = io.WriteString(w, text[:1000])
		}, false, io.ErrUnexpectedEOF},
		"half a block": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, text[:1001])
		}, false, secureaccess.ErrBadResponse},
	} {
		client := serve(t, c.handler)
		download, err := client.BinaryConfiguration.Export(t.Context(), nil)
		if (err != nil) != c.atOnce {
			t.Errorf("%s: %v at once", name, err)
			continue
		}
		if err == nil {
			_, err = io.Copy(io.Discard, download)
			_ = download.Close()
		}
		if failure, ok := errors.AsType[*secureaccess.Error](err); !ok || !errors.Is(err, c.err) || failure.Path != "/api/v1/system/binary-configuration" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Words are base64, and no configuration: neither at once nor in the reader may they pass for one.
func TestBinaryConfiguration_Export_words(t *testing.T) {
	archive := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("PK\x03\x04"), 30))
	other := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("\x9c\x01q\xfe"), 30))
	for body, ok := range map[string]struct{ plain, encrypted bool }{
		"Unauthorized":         {},
		"Unauthorized\r\n":     {},
		"busy":                 {},
		"Service Unavailable ": {},
		"The export of the system configuration is not possible at present please try again later": {},
		"UEsD":  {}, // three bytes of the signature
		other:   {encrypted: true},
		archive: {plain: true, encrypted: true},
		" \n" + archive[:64] + " \n" + archive[64:] + "\n": {plain: true, encrypted: true},
	} {
		client := serve(t, fixed(200, "text/html; charset=utf-8", body))
		for _, c := range []struct {
			password string
			ok       bool
		}{{"", ok.plain}, {"secret", ok.encrypted}} {
			download, err := client.BinaryConfiguration.Export(t.Context(), &ics.ExportOptions{Password: secureaccess.NewSecret(c.password)})
			if err == nil {
				_, err = io.Copy(io.Discard, download)
				_ = download.Close()
			}
			if c.ok && err != nil || !c.ok && !errors.Is(err, secureaccess.ErrBadResponse) {
				t.Errorf("%q with the password %q: %v", body, c.password, err)
			}
		}
	}
}

// An export that fails in the middle fails in the reader, and a fake can make it so.
func TestExportCutOff(t *testing.T) {
	server, client := setUp(t)
	server.Fail(icstest.Fault{Path: "/api/v1/system/binary-configuration", Truncate: 40_000})
	download, err := client.BinaryConfiguration.Export(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer download.Close()
	n, err := io.Copy(io.Discard, download)
	if !errors.Is(err, io.ErrUnexpectedEOF) || n > 30_000 {
		t.Errorf("%d bytes, then %v", n, err)
	}
}

// An import of content that can be rewound survives the renewal of the key.
func TestImportRenewsKey(t *testing.T) {
	server, client := setUp(t)
	if err := client.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.ExpireKeys()
	content := append([]byte("PK\x03\x04"), make([]byte, 3<<20)...)
	if _, err := client.BinaryConfiguration.Import(t.Context(), secureaccess.Upload{Reader: bytes.NewReader(content)}, &ics.ImportOptions{Mode: ics.ImportModeFull}); err != nil {
		t.Fatal(err)
	}
	if got := server.Imports(); len(got) != 1 || got[0].Size != int64(len(content)) || got[0].Mode != ics.ImportModeFull || server.KeysIssued() != 2 {
		t.Errorf("%+v, %d keys", got, server.KeysIssued())
	}
}
