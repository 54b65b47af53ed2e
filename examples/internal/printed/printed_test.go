package printed

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// limited takes so many bytes, as a disk does that fills up.
type limited struct {
	left int
	bytes.Buffer
}

var errFull = errors.New("no space left")

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, errFull
	}
	l.left -= len(p)
	return l.Buffer.Write(p)
}

func TestWriter_Status(t *testing.T) {
	var stderr bytes.Buffer
	w := To(&limited{left: 100})
	_, _ = io.WriteString(w, "all of it")
	for status := range 4 {
		if got := w.Status("p", status, &stderr); got != status || stderr.Len() > 0 || w.Err() != nil {
			t.Errorf("%d became %d, %s", status, got, stderr.String())
		}
	}
	disk := &limited{left: 4}
	w = To(disk)
	for _, text := range []string{"abc", "def", "g"} {
		_, _ = io.WriteString(w, text)
	}
	if disk.String() != "abc" || !errors.Is(w.Err(), errFull) {
		t.Errorf("%q was written, %v", disk.String(), w.Err())
	}
	for status, want := range []int{1, 1, 2, 1} {
		stderr.Reset()
		if got := w.Status("p", status, &stderr); got != want || !strings.Contains(stderr.String(), "p: the output could not be written: no space left") {
			t.Errorf("%d became %d, %s", status, got, stderr.String())
		}
	}
}

type short struct{}

func (short) Write([]byte) (int, error) { return 0, nil }

func TestWriter_Write_short(t *testing.T) {
	w := To(short{})
	if _, err := io.WriteString(w, "x"); !errors.Is(err, io.ErrShortWrite) || w.Err() == nil {
		t.Errorf("%v", err)
	}
}
