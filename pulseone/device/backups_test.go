package device_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

// emptyBackup returns the id of a backup that waits for its metadata.
func emptyBackup(t *testing.T, server *pulseonetest.Server, client *device.Client) string {
	t.Helper()
	server.AddTask(client.DeviceID(), device.Task{Type: pulseone.TaskTypeConfigBackup})
	task, err := client.Tasks.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return task.Params.BackupID
}

func stored(t *testing.T, server *pulseonetest.Server, id string) string {
	t.Helper()
	content, err := server.BackupContent(id)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	data, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func sha1Of(text string) string {
	sum := sha1.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

func upload(text string) secureaccess.Upload {
	return secureaccess.Upload{Reader: strings.NewReader(text)}
}

// onlyReader hides what else a reader can.
type onlyReader struct{ io.Reader }

func TestBackups_Upload(t *testing.T) {
	server, client := newClient(t)
	id := emptyBackup(t, server, client)
	reader := strings.NewReader("HEADcontent")
	if _, err := reader.Seek(4, io.SeekStart); err != nil { // what stands before is not part of the backup
		t.Fatal(err)
	}
	var last int64
	content := secureaccess.Upload{Reader: reader, Progress: func(sent, size int64) { last = sent*100 + size }}
	if err := client.Backups.Upload(t.Context(), id, device.BackupMetadata{ActiveESAPVersion: "5635"}, content); err != nil {
		t.Fatal(err)
	}
	if got := stored(t, server, id); got != "content" || last != 7*100+7 {
		t.Errorf("stored %q, progress %d", got, last)
	}
	backup, err := client.Backups.GetMetadata(t.Context(), id)
	if err != nil || backup.ContentHash != sha1Of("content") || backup.ContentSize != 7 || backup.ActiveESAPVersion != "5635" {
		t.Errorf("the metadata are %+v, %v", backup, err)
	}
	// The response to the first may have been lost: the same content again is a success, another is not.
	if err := client.Backups.Upload(t.Context(), id, device.BackupMetadata{}, upload("content")); err != nil {
		t.Errorf("the same again: %v", err)
	}
	err = client.Backups.Upload(t.Context(), id, device.BackupMetadata{}, upload("another"))
	if !errors.Is(err, device.ErrBackupHasContent) || !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("another content: %v", err)
	}
}

func TestBackups_conflicts(t *testing.T) {
	server, client := newClient(t)
	id := emptyBackup(t, server, client)
	if err := client.Backups.UploadContent(t.Context(), id, upload("content")); !errors.Is(err, device.ErrBackupContentRefused) {
		t.Errorf("content before metadata: %v", err)
	}
	metadata := device.BackupMetadata{ContentHash: sha1Of("content"), ContentSize: 7}
	if err := client.Backups.ReplaceMetadata(t.Context(), id, metadata); err != nil {
		t.Fatal(err)
	}
	if err := client.Backups.UploadContent(t.Context(), id, upload("another")); !errors.Is(err, device.ErrBackupContentRefused) {
		t.Errorf("content that differs: %v", err)
	}
	if err := client.Backups.UploadContent(t.Context(), "none", upload("x")); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("an unknown backup: %v", err)
	}
}

// TestBackups_Upload_digest: what is sent is compared with what was announced, and the server never has the whole of
// content that differs.
func TestBackups_Upload_digest(t *testing.T) {
	server, appliance := newClient(t)
	id := emptyBackup(t, server, appliance)
	wrong := device.BackupMetadata{ContentHash: sha1Of("another"), ContentSize: 7}
	for name, content := range map[string]secureaccess.Upload{"seeker": upload("content"), "reader": {Reader: onlyReader{strings.NewReader("content")}}} {
		err := appliance.Backups.Upload(t.Context(), id, wrong, content)
		bad, ok := errors.AsType[*secureaccess.DigestError](err)
		if !ok || !errors.Is(err, secureaccess.ErrDigestMismatch) || bad.Got != sha1Of("content") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := server.BackupContent(id); err == nil {
		t.Error("content that differs is stored")
	}
	if err := appliance.Backups.Upload(t.Context(), id, device.BackupMetadata{ContentHash: "abc"}, upload("content")); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("a digest that is no SHA-1: %v", err)
	}
	client, _, _ := recording(t) // takes everything
	right := device.BackupMetadata{ContentHash: strings.ToUpper(sha1Of("content")), ContentSize: 7}
	if err := client.Backups.Upload(t.Context(), "b", right, secureaccess.Upload{Reader: onlyReader{strings.NewReader("content")}}); err != nil {
		t.Errorf("a reader with known digest: %v", err)
	}
	err := client.Backups.Upload(t.Context(), "b", device.BackupMetadata{}, secureaccess.Upload{Reader: onlyReader{strings.NewReader("content")}})
	if !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("a reader without digest: %v", err)
	}
	if err := client.Backups.Upload(t.Context(), "b", device.BackupMetadata{}, secureaccess.Upload{}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("no reader: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := client.Backups.Upload(ended, "b", device.BackupMetadata{}, upload("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

func TestBackups_Download(t *testing.T) {
	server, client := newClient(t)
	text := strings.Repeat("content ", 10_000)
	id := server.AddBackup(client.DeviceID(), []byte(text))
	download, err := client.Backups.Download(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer download.Close()
	data, err := io.ReadAll(download)
	if err != nil || string(data) != text || download.Size != int64(len(text)) {
		t.Errorf("%d bytes of %d, %v", len(data), download.Size, err)
	}
}

func TestBackups_Download_refused(t *testing.T) {
	server, client := newClient(t)
	text := strings.Repeat("content ", 10_000)
	read := func(id string) (int, error) {
		download, err := client.Backups.Download(t.Context(), id)
		if err != nil {
			return 0, err
		}
		defer download.Close()
		n, err := io.Copy(io.Discard, download)
		if again, _ := download.Read(make([]byte, 1)); again != 0 {
			t.Error("there is more behind the end")
		}
		return int(n), err
	}
	id := server.AddBackup(client.DeviceID(), []byte(text))
	if err := server.CorruptBackup(id); err != nil {
		t.Fatal(err)
	}
	if _, err := read(id); !errors.Is(err, secureaccess.ErrDigestMismatch) {
		t.Errorf("corrupted: %v", err)
	}
	content := "/api/v1/sa/backups/" + id + "/content"
	for name, fault := range map[string]pulseonetest.Fault{
		"cut off":   {Path: content, Truncate: 1000},
		"too short": {Path: content, Status: http.StatusOK, Body: "content"},
		"204":       {Path: content, Status: http.StatusNoContent},
		"empty":     {Path: content, Status: http.StatusOK},
	} {
		server.Fail(fault)
		if n, err := read(id); err == nil || n == len(text) {
			t.Errorf("%s: %d bytes are a success", name, n)
		}
	}
	if _, err := read(emptyBackup(t, server, client)); !errors.Is(err, secureaccess.ErrBadResponse) {
		t.Errorf("without content: %v", err)
	}
}

// behind returns a client that reaches the server through a front that breaks the first upload of content in the middle.
func behind(t *testing.T, size int64) (server *pulseonetest.Server, client *device.Client, uploads *atomic.Int32) {
	t.Helper()
	server, uploads = pulseonetest.NewServer(t), new(atomic.Int32)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut || !strings.HasSuffix(r.URL.Path, "/content") || uploads.Add(1) > 1 {
			server.ServeHTTP(w, r)
			return
		}
		if _, err := io.CopyN(io.Discard, r.Body, size/2); err != nil {
			t.Error(err)
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}))
	t.Cleanup(front.Close)
	c := server.DeviceCredentials(server.AddAppliance(pulseone.Appliance{}))
	c.APIURL = front.URL
	client, err := device.New(c, server.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close(context.Background()) })
	return server, client, uploads
}

func TestBackups_Upload_brokenAtHalf(t *testing.T) {
	const size = 4 << 20
	server, client, uploads := behind(t, size)
	id := emptyBackup(t, server, client)
	content := &pattern{size: size}
	if err := client.Backups.Upload(t.Context(), id, device.BackupMetadata{}, secureaccess.Upload{Reader: content}); err != nil {
		t.Fatal(err)
	}
	if n := uploads.Load(); n != 2 {
		t.Errorf("the content was sent %d times", n)
	}
	if got := stored(t, server, id); sha1Of(got) != hashOf(t, &pattern{size: size}) {
		t.Error("the content differs")
	}
}

func TestBackups_Upload_brokenAtHalf_reader(t *testing.T) {
	const size = 4 << 20
	server, client, uploads := behind(t, size)
	id := emptyBackup(t, server, client)
	metadata := device.BackupMetadata{ContentHash: hashOf(t, &pattern{size: size}), ContentSize: size}
	err := client.Backups.Upload(t.Context(), id, metadata, secureaccess.Upload{Reader: onlyReader{&pattern{size: size}}})
	failure, ok := errors.AsType[*secureaccess.Error](err)
	if !ok || failure.Attempts != 1 || failure.Status != 0 || uploads.Load() != 1 {
		t.Fatalf("sent %d times: %v", uploads.Load(), err)
	}
	if errors.Is(err, secureaccess.ErrDigestMismatch) || !errors.Is(err, secureaccess.ErrNotRepeatable) || !strings.Contains(err.Error(), "connection") {
		t.Errorf("the error does not say what happened: %v", err)
	}
	t.Log(err)
	if _, err := server.BackupContent(id); err == nil {
		t.Error("half a backup is one")
	}
}

func hashOf(t *testing.T, r io.Reader) string {
	t.Helper()
	sum := sha1.New()
	if _, err := io.Copy(sum, r); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// pattern is content of any size that takes no memory. It can seek.
type pattern struct{ size, at int64 }

// block does not repeat within 64 KiB.
var block = func() []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < 1<<16; i++ {
		fmt.Fprintf(&b, "%06d ", i)
	}
	return b.Bytes()[:1<<16]
}()

func (p *pattern) Read(b []byte) (int, error) {
	if p.at >= p.size {
		return 0, io.EOF
	}
	n := copy(b[:min(int64(len(b)), p.size-p.at)], block[p.at%int64(len(block)):])
	p.at += int64(n)
	return n, nil
}

func (p *pattern) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += p.at
	case io.SeekEnd:
		offset += p.size
	}
	p.at = offset
	return offset, nil
}

func ExampleBackupsService_Upload() {
	server, client := exampleClient()
	defer server.Close()
	server.AddTask(client.DeviceID(), device.Task{Type: pulseone.TaskTypeConfigBackup})
	task, err := client.Tasks.Next(exampleContext)
	if err != nil {
		fmt.Println(err)
		return
	}
	file := strings.NewReader("the configuration") // an *os.File
	err = client.Backups.Upload(exampleContext, task.Params.BackupID, device.BackupMetadata{ActiveESAPVersion: "5635"}, secureaccess.Upload{Reader: file})
	if err != nil {
		fmt.Println(err)
		return
	}
	download, err := client.Backups.Download(exampleContext, task.Params.BackupID)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer download.Close()
	content, err := io.ReadAll(download) // its end is an error unless the digest is right
	fmt.Println(string(content), err)
	// Output:
	// the configuration <nil>
}
