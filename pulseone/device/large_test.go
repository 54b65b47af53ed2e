package device_test

import (
	"io"
	"runtime"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

// heap keeps the most that was in use, looked at every 64 MiB.
type heap struct{ before, most, next int64 }

func inUse() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func (h *heap) look(passed int64) {
	if passed >= h.next {
		h.most, h.next = max(h.most, inUse()), passed+64<<20
	}
}

func (h *heap) growth() int64 { return h.most - h.before }

// TestBackups_large moves 1 GiB up and down. The server has it in a file, so that the heap is the client's.
func TestBackups_large(t *testing.T) {
	if testing.Short() {
		t.Skip("it moves 2 GiB")
	}
	const size = 1 << 30
	server, client := newClient(t)
	id := emptyBackup(t, server, client)

	up := &heap{before: inUse()}
	content := secureaccess.Upload{Reader: &pattern{size: size}, Progress: func(sent, _ int64) { up.look(sent) }}
	if err := client.Backups.Upload(t.Context(), id, device.BackupMetadata{}, content); err != nil {
		t.Fatal(err)
	}

	down := &heap{before: inUse()}
	download, err := client.Backups.Download(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer download.Close()
	buffer := make([]byte, 128<<10)
	var read int64
	for err == nil {
		var n int
		n, err = download.Read(buffer)
		read += int64(n)
		down.look(read)
	}
	if err != io.EOF || read != size {
		t.Errorf("%d bytes came, %v", read, err)
	}
	t.Logf("1 GiB: the heap grew by %d KiB on the way up, by %d KiB on the way down", up.growth()>>10, down.growth()>>10)
	const most = 8 << 20
	if up.growth() > most || down.growth() > most {
		t.Errorf("the heap grew by %d and %d bytes", up.growth(), down.growth())
	}
}
