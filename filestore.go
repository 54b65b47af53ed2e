package secureaccess

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// FileStore keeps sessions as files in the directory dir, which processes of one user on one machine share. The
// directory is made when it is missing, readable by its owner alone (0700); one that others can enter, that belongs to
// somebody else or is a symbolic link is an error, here and in every later call.
//
// Sessions are stored as plain text: who can read the files can use the sessions until they end. Files are for their
// owner alone (0600), which on Windows depends on the directory's access list: choose one in the user's profile.
// [EncryptedStore] over a FileStore keeps them from whoever gets at the files but not at the key.
//
// Writes replace a file as a whole: a process that is killed leaves the record as it was before or after. Locks are
// those of the operating system (flock, LockFileEx), so they end with the process that holds them; their files stay,
// and deleting the directory while programs use it can cost a sign-in twice. Waiting for a lock ends with the context,
// and after 30 seconds. The directory should be local: some network file systems do not lock.
//
// FileStore returns an error on systems without such locks.
func FileStore(dir string) (SessionStore, error) {
	if dir == "" {
		return nil, &ArgumentError{Argument: "store directory", Reason: "is empty"}
	}
	if !canLockFiles {
		return nil, &ArgumentError{Argument: "store directory", Reason: "cannot be locked on this system"}
	}
	// Relative paths would lead elsewhere after a change of the working directory.
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, &ArgumentError{Argument: "store directory", Reason: "has no absolute path", Err: err}
	}
	s := &fileStore{dir: dir}
	if err := s.checkDir(); err != nil {
		return nil, &ArgumentError{Argument: "store directory", Reason: "cannot be used", Err: err}
	}
	return s, nil
}

const (
	maxStoreKey    = 128
	maxStoreRecord = 1 << 20
	storeLockWait  = 30 * time.Second

	// recordFormat begins every record. Version, end in Unix milliseconds (0: none) and a line end follow, then the
	// data.
	recordFormat = "secureaccess-session/1"
)

type fileStore struct{ dir string }

// checkDir makes the directory, or checks the one that is there.
func (s *fileStore) checkDir() error {
	info, err := os.Lstat(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(s.dir, 0o700); err != nil {
			return err
		}
		info, err = os.Lstat(s.dir)
	}
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a symbolic link", s.dir)
	case !info.IsDir():
		return fmt.Errorf("%s is not a directory", s.dir)
	}
	return checkPrivate(s.dir, info)
}

// path returns where the record of key is. The names of locks and of records being written append to it, and no key
// can lead to them, since keys hold no dot.
func (s *fileStore) path(key string) (string, error) {
	if key == "" || len(key) > maxStoreKey {
		return "", &ArgumentError{Argument: "session key", Reason: "is empty or longer than 128 bytes"}
	}
	for _, c := range []byte(key) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != ':' && c != '_' && c != '-' {
			return "", &ArgumentError{Argument: "session key", Reason: `has other characters than a-z, 0-9, ":", "_" and "-"`}
		}
	}
	// The prefix keeps the names clear of those that Windows reserves, the dot stands for what it forbids.
	return filepath.Join(s.dir, "session-"+strings.ReplaceAll(key, ":", ".")), nil
}

// Load returns the record of key. One that cannot be understood counts as none.
func (s *fileStore) Load(ctx context.Context, key string) (data []byte, version string, err error) {
	path, err := s.prepare(ctx, key)
	if err != nil {
		return nil, "", err
	}
	if lockToRead {
		unlock, err := s.lock(ctx, path+".lock")
		if err != nil {
			return nil, "", err
		}
		defer unlock()
	}
	return readRecord(path)
}

// Save replaces the record of key by way of a file beside it.
func (s *fileStore) Save(ctx context.Context, key string, data []byte, version string, ttl time.Duration) (string, error) {
	path, err := s.prepare(ctx, key)
	if err != nil {
		return "", err
	}
	if len(data) > maxStoreRecord {
		return "", &ArgumentError{Argument: "session data", Reason: "is larger than 1 MiB"}
	}
	unlock, err := s.lock(ctx, path+".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if err := checkVersion(path, version); err != nil {
		return "", err
	}
	fresh := rand.Text()
	var end int64
	if ttl > 0 {
		end = time.Now().Add(ttl).UnixMilli()
	}
	record := fmt.Appendf(nil, "%s %s %d\n", recordFormat, fresh, end)
	if err := s.replace(path, append(record, data...)); err != nil {
		return "", err
	}
	return fresh, nil
}

// Delete removes the record of key.
func (s *fileStore) Delete(ctx context.Context, key, version string) error {
	path, err := s.prepare(ctx, key)
	if err != nil {
		return err
	}
	unlock, err := s.lock(ctx, path+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	if version != "" {
		_, current, err := readRecord(path)
		switch {
		case err != nil:
			return err
		case current != "" && current != version:
			return ErrStoreConflict
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Lock takes the lock of sign-ins, which is another one than that of writes. The lease is not needed: the system
// releases what a dead process held.
func (s *fileStore) Lock(ctx context.Context, key string, _ time.Duration) (func(), error) {
	path, err := s.prepare(ctx, key)
	if err != nil {
		return nil, err
	}
	return s.lock(ctx, path+".signin.lock")
}

func (s *fileStore) prepare(ctx context.Context, key string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	path, err := s.path(key)
	if err != nil {
		return "", err
	}
	return path, s.checkDir()
}

func checkVersion(path, version string) error {
	_, current, err := readRecord(path)
	if err == nil && current != version {
		err = ErrStoreConflict
	}
	return err
}

// readRecord reads the file at path; nil, "", nil when there is none, or none that is in force.
func readRecord(path string) (data []byte, version string, err error) {
	f, err := openNoFollow(path, os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = f.Close() }()
	all, err := io.ReadAll(io.LimitReader(f, maxStoreRecord+1024))
	if err != nil {
		return nil, "", err
	}
	head, data, _ := bytes.Cut(all, []byte("\n"))
	words := strings.Split(string(head), " ")
	if len(words) != 3 || words[0] != recordFormat || words[1] == "" || len(data) > maxStoreRecord {
		return nil, "", nil
	}
	end, err := strconv.ParseInt(words[2], 10, 64)
	if err != nil || end != 0 && time.Now().UnixMilli() >= end {
		return nil, "", nil
	}
	return data, words[1], nil
}

// replace writes the file at path as a whole. The lock of writes is held, so what stands beside it is left over from a
// process that was killed.
func (s *fileStore) replace(path string, record []byte) (err error) {
	beside := path + ".new"
	if err := os.Remove(beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := openNoFollow(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(beside)
		}
	}()
	_, err = f.Write(record)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		return err
	}
	syncDir(s.dir)
	return nil
}

// lock waits for the lock of the file at path, which it makes when it is missing and which is never removed: two
// processes could otherwise lock two files of one name.
func (s *fileStore) lock(ctx context.Context, path string) (unlock func(), err error) {
	var timeout <-chan time.Time
	for pause := 2 * time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		f, err := openNoFollow(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		locked, err := tryLock(f)
		if err == nil && locked && isAt(f, path) {
			return sync.OnceFunc(func() { _ = f.Close() }), nil // which ends the lock
		}
		_ = f.Close()
		if err != nil {
			return nil, &fs.PathError{Op: "lock", Path: path, Err: err}
		}
		if timeout == nil {
			timer := time.NewTimer(storeLockWait)
			defer timer.Stop()
			timeout = timer.C
		}
		next := time.NewTimer(pause)
		select {
		case <-next.C:
		case <-ctx.Done():
			next.Stop()
			return nil, ctx.Err()
		case <-timeout:
			next.Stop()
			return nil, &fs.PathError{Op: "lock", Path: path, Err: errLockHeld}
		}
	}
}

var errLockHeld = errors.New("another process has held it for 30 seconds")

// isAt reports whether f is still the file at path, which somebody may have deleted while it was being locked.
func isAt(f *os.File, path string) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(path)
	return err == nil && os.SameFile(mine, there)
}

// checkRegular closes f unless it is a regular file.
func checkRegular(f *os.File) (*os.File, error) {
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: f.Name(), Err: errors.New("not a regular file")}
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}
