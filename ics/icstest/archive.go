package icstest

import (
	"archive/zip"
	"bytes"
	"io"
	"math/rand/v2"
	"time"
)

// generated is a binary configuration of any size that takes no memory: a ZIP archive of user.cfg and system.cfg, not
// compressed, the same for the same seed. What system.cfg holds makes up the size.
func generated(size int64, seed byte) binary {
	content := max(size-overhead(0), 0)
	content = max(size-overhead(content), 0)
	return binary{size, func() (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(newArchive(content, seed), size)), nil
	}}
}

// overhead is what an archive takes beside its content.
func overhead(content int64) int64 {
	if content < 1<<32-1<<10 {
		content = 0 // all below 4 GiB have the same
	}
	n, _ := io.Copy(io.Discard, &archive{left: content, source: zeros{}})
	return n - content
}

// archive is read as it is made.
type archive struct {
	left   int64 // of the content
	source io.Reader

	out  bytes.Buffer // made and not read yet
	zip  *zip.Writer  // nil at the beginning and after the end
	file io.Writer
	done bool
}

func newArchive(content int64, seed byte) io.Reader {
	return &archive{left: content, source: rand.NewChaCha8([32]byte{seed})}
}

func openArchive(out io.Writer) (*zip.Writer, io.Writer, error) {
	z := zip.NewWriter(out)
	create := func(name string) (io.Writer, error) {
		return z.CreateHeader(&zip.FileHeader{
			Name: name, Method: zip.Store, Modified: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC),
		})
	}
	users, err := create("user.cfg")
	if err == nil {
		_, err = io.WriteString(users, "users")
	}
	if err != nil {
		return nil, nil, err
	}
	system, err := create("system.cfg")
	return z, system, err
}

func (a *archive) Read(p []byte) (int, error) {
	for a.out.Len() == 0 && !a.done {
		if err := a.make(); err != nil {
			return 0, err
		}
	}
	return a.out.Read(p)
}

// make makes the next part.
func (a *archive) make() (err error) {
	if a.zip == nil {
		a.zip, a.file, err = openArchive(&a.out)
		return err
	}
	if a.left > 0 {
		n, err := io.CopyN(a.file, a.source, min(a.left, 32<<10))
		a.left -= n
		if err != nil {
			return err
		}
		return a.zip.Flush()
	}
	a.done = true
	return a.zip.Close()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
