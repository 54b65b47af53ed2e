//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package secureaccess

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

const (
	canLockFiles = true
	lockToRead   = false // a rename replaces the file under those who read it
)

// checkPrivate refuses a directory that somebody else owns or can enter.
func checkPrivate(dir string, info fs.FileInfo) error {
	if perm := info.Mode().Perm(); perm&0o077 != 0 {
		return fmt.Errorf("%s has mode %#o, and others than its owner must not enter it (0700)", dir, perm)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("%s belongs to another user", dir)
	}
	return nil
}

// openNoFollow opens a regular file and follows no symbolic link at its end. O_NONBLOCK keeps it from waiting for the
// other end of a pipe.
func openNoFollow(path string, flag int, perm fs.FileMode) (*os.File, error) {
	f, err := os.OpenFile(path, flag|syscall.O_NOFOLLOW|syscall.O_NONBLOCK|syscall.O_CLOEXEC, perm)
	if err != nil {
		return nil, err
	}
	return checkRegular(f)
}

// tryLock takes the lock of f if nobody holds it.
func tryLock(f *os.File) (bool, error) {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, err
		}
	}
}

// syncDir makes a rename durable. Systems that cannot are no reason to fail: what was written is there.
func syncDir(dir string) {
	if f, err := os.Open(dir); err == nil {
		_ = f.Sync()
		_ = f.Close()
	}
}
