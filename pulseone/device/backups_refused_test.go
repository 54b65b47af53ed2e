package device_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// What is wrong with a backup is found before its metadata are stored.
func TestBackups_Upload_refused(t *testing.T) {
	const hash = "040f06fd774092478d450774f5ba30c5da78acc8" // of "content"
	opaque := secureaccess.Upload{Reader: onlyReader{strings.NewReader("content")}}
	for name, test := range map[string]struct {
		metadata device.BackupMetadata
		content  secureaccess.Upload
	}{
		"no content":             {device.BackupMetadata{ContentHash: hash, ContentSize: 7}, secureaccess.Upload{}},
		"nothing at all":         {device.BackupMetadata{}, secureaccess.Upload{}},
		"an empty backup":        {device.BackupMetadata{}, upload("")},
		"another size":           {device.BackupMetadata{ContentHash: hash, ContentSize: 8}, upload("content")},
		"another size, computed": {device.BackupMetadata{ContentSize: 8}, upload("content")},
		"two sizes":              {device.BackupMetadata{ContentHash: hash, ContentSize: 7}, secureaccess.Upload{Reader: opaque.Reader, Size: 8}},
		"a negative size":        {device.BackupMetadata{ContentHash: hash, ContentSize: -7}, opaque},
		"no size":                {device.BackupMetadata{ContentHash: hash}, opaque},
		"no SHA-1":               {device.BackupMetadata{ContentHash: hash[:32], ContentSize: 7}, upload("content")},
	} {
		client, bodies, _ := recording(t)
		if err := client.Backups.Upload(t.Context(), "b", test.metadata, test.content); !errors.Is(err, secureaccess.ErrInvalidArgument) || len(*bodies) != 0 {
			t.Errorf("%s: %v, and %d requests", name, err, len(*bodies))
		}
	}
	client, bodies, _ := recording(t)
	for _, metadata := range []device.BackupMetadata{{ContentHash: hash[:32], ContentSize: 7}, {ContentHash: hash}, {ContentSize: 7}} {
		if err := client.Backups.ReplaceMetadata(t.Context(), "b", metadata); !errors.Is(err, secureaccess.ErrInvalidArgument) || len(*bodies) != 0 {
			t.Errorf("%+v: %v, and %d requests", metadata, err, len(*bodies))
		}
	}
	if err := client.Backups.Upload(t.Context(), "b", device.BackupMetadata{ContentHash: hash}, upload("content")); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains((*bodies)[0], `"content_size":7`) {
		t.Errorf("the size is not that of the content: %s", (*bodies)[0])
	}
}

// A reader whose digest could not be taken stands where it stood.
func TestBackups_Upload_digestAgain(t *testing.T) {
	client, bodies, _ := recording(t)
	reader := strings.NewReader("HEADcontent")
	if _, err := reader.Seek(4, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	broken := &breaking{Reader: reader}
	content := secureaccess.Upload{Reader: broken}
	if err := client.Backups.Upload(t.Context(), "b", device.BackupMetadata{}, content); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Fatalf("a disk that fails: %v", err)
	}
	if err := client.Backups.Upload(t.Context(), "b", device.BackupMetadata{}, content); err != nil {
		t.Fatal(err)
	}
	if got := (*bodies)[len(*bodies)-1]; got != "content" {
		t.Errorf("sent %q", got)
	}
}

// breaking fails once, in the middle.
type breaking struct {
	*strings.Reader
	reads int
}

func (b *breaking) Read(p []byte) (int, error) {
	if b.reads++; b.reads == 2 {
		return 0, errors.New("bad sector")
	}
	return b.Reader.Read(p[:min(len(p), 3)])
}

// A backup that has content already is only told from another one when that can be looked up.
func TestBackups_Upload_lookFails(t *testing.T) {
	server, client := newClient(t)
	id := emptyBackup(t, server, client)
	if err := client.Backups.Upload(t.Context(), id, device.BackupMetadata{}, upload("content")); err != nil {
		t.Fatal(err)
	}
	server.Fail(pulseonetest.Fault{Method: http.MethodGet, Status: http.StatusForbidden, Times: 1})
	err := client.Backups.Upload(t.Context(), id, device.BackupMetadata{}, upload("content"))
	if !errors.Is(err, secureaccess.ErrForbidden) || !errors.Is(err, device.ErrBackupHasContent) {
		t.Errorf("the failed look is lost: %v", err)
	}
}
