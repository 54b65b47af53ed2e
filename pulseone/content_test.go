package pulseone_test

import (
	"crypto/md5"
	"encoding/hex"
	"io"
	"os"
	"runtime"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// stream is content of any size that takes no memory. It can be rewound to its beginning.
type stream struct{ size, at int64 }

func (s *stream) Read(p []byte) (int, error) {
	if s.at == s.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), s.size-s.at))
	clear(p[:n])
	s.at += int64(n)
	return n, nil
}

func (s *stream) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.size
	}
	s.at = offset
	return offset, nil
}

// heap watches how much memory is in use.
type heap struct {
	begin, most uint64
	passed      int64
}

func newHeap() *heap {
	h := &heap{}
	h.begin = h.inUse()
	return h
}

func (h *heap) inUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// pass takes a look every 16 MiB of content.
func (h *heap) pass(at int64) {
	if at-h.passed >= 16<<20 || at < h.passed {
		h.passed = at
		h.most = max(h.most, h.inUse())
	}
}

// growth is how much more was in use than in the beginning.
func (h *heap) growth() int64 { return int64(h.most) - int64(h.begin) }

// An image of any size takes no memory, up or down. The server, which is in this process, keeps it in a file. With
// LARGE_CONTENT=1 in the environment it is one of 1 GiB.
func TestFirmwares_memory(t *testing.T) {
	size := int64(128 << 20)
	if os.Getenv("LARGE_CONTENT") != "" {
		size = 1 << 30
	}
	sum := md5.New()
	if _, err := io.Copy(sum, &stream{size: size}); err != nil {
		t.Fatal(err)
	}
	hash := hex.EncodeToString(sum.Sum(nil))
	_, client := connect(t)
	up := newHeap()
	id := must(client.Firmwares.Upload(t.Context(), pulseone.FirmwareCreate{Version: "9.0R1", Type: pulseone.FirmwareTypeVPN, ContentHash: hash}, secureaccess.Upload{
		Reader: &stream{size: size}, Progress: func(sent, _ int64) { up.pass(sent) },
	}))(t)
	down := newHeap()
	download := must(client.Firmwares.Download(t.Context(), id))(t)
	got := int64(0)
	buffer := make([]byte, 64<<10)
	for {
		n, err := download.Read(buffer)
		got += int64(n)
		down.pass(got)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	check(t, download.Close())
	if got != size {
		t.Errorf("%d bytes came back", got)
	}
	t.Logf("%d MiB: the heap grew by %d KiB up and %d KiB down", size>>20, up.growth()>>10, down.growth()>>10)
	if most := max(up.growth(), down.growth()); most > 8<<20 {
		t.Errorf("the heap grew by %d bytes", most)
	}
}
