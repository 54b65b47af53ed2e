// Package outfile writes files that are complete or absent: under another name first, readable by their owner alone, and
// never through a symbolic link.
package outfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
)

// File is a file that is being written. It has its name once it is committed.
type File struct {
	*os.File
	root       *os.Root
	part, name string
	done       bool
}

// Create begins a file in a directory, with mode 0600, to be written and read. name may lead through subdirectories, which have to be there. What has
// that name is replaced when the file is committed, a symbolic link itself and not what it leads to.
func Create(root *os.Root, name string) (*File, error) {
	for {
		part := path.Join(path.Dir(name), fmt.Sprintf(".%016x.part", rand.Uint64()))
		file, err := root.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		return &File{File: file, root: root, part: part, name: name}, nil
	}
}

// Commit gives the file its name, once its content is on the disk.
func (f *File) Commit() error {
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := f.root.Rename(f.part, f.name); err != nil {
		return err
	}
	f.done = true
	return nil
}

// Discard removes a file that was not committed; it does nothing to one that was.
func (f *File) Discard() {
	if !f.done {
		_ = f.Close()
		_ = f.root.Remove(f.part)
	}
}

// Write writes a whole file, unless its content is the same already, and reports whether it wrote.
func Write(root *os.Root, name string, content []byte) (wrote bool, err error) {
	if info, err := root.Lstat(name); err == nil && info.Mode().IsRegular() && info.Size() == int64(len(content)) {
		if old, err := root.ReadFile(name); err == nil && bytes.Equal(old, content) {
			return false, nil
		}
	}
	file, err := Create(root, name)
	if err != nil {
		return false, err
	}
	defer file.Discard()
	if _, err := file.File.Write(content); err != nil {
		return false, err
	}
	return true, file.Commit()
}
