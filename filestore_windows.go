package secureaccess

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"unsafe"
)

const (
	canLockFiles = true
	lockToRead   = true // a file that somebody reads cannot be replaced
)

var procLockFileEx = syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")

const (
	lockFileExclusive       = 0x2
	lockFileFailImmediately = 0x1
	errorLockViolation      = syscall.Errno(33)
)

// checkPrivate has nothing to check: modes say nothing about who can read a directory.
func checkPrivate(string, fs.FileInfo) error { return nil }

// openNoFollow opens a regular file and follows no symbolic link at its end.
func openNoFollow(path string, flag int, perm fs.FileMode) (*os.File, error) {
	info, err := os.Lstat(path)
	if err == nil && !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	f, err := os.OpenFile(path, flag, perm)
	if err != nil {
		return nil, err
	}
	if !isAt(f, path) { // a link took its place in between
		_ = f.Close()
		return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("replaced while it was opened")}
	}
	return checkRegular(f)
}

// tryLock takes the lock of f if nobody holds it.
func tryLock(f *os.File) (bool, error) {
	var at syscall.Overlapped
	ok, _, err := procLockFileEx.Call(f.Fd(), lockFileExclusive|lockFileFailImmediately, 0, 1, 0,
		uintptr(unsafe.Pointer(&at)))
	switch {
	case ok != 0:
		return true, nil
	case errors.Is(err, errorLockViolation):
		return false, nil
	}
	return false, err
}

func syncDir(string) {}
