//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package secureaccess

import (
	"errors"
	"io/fs"
	"os"
)

const (
	canLockFiles = false
	lockToRead   = true
)

func checkPrivate(string, fs.FileInfo) error { return nil }

func openNoFollow(path string, flag int, perm fs.FileMode) (*os.File, error) {
	return os.OpenFile(path, flag, perm)
}

func tryLock(*os.File) (bool, error) { return false, errors.ErrUnsupported }

func syncDir(string) {}
