package pulseonetest

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
)

// inMemory is the most of a content that is kept in memory.
const inMemory = 1 << 20

// contents keeps content, and what is larger than that in files: the memory of a program must not grow with the content
// that it sends to a server in the same process.
type contents struct {
	mu  sync.Mutex
	dir string // "" before the first file
}

// blob is content that is kept.
type blob struct {
	size      int64
	md5, sha1 string
	small     []byte // nil: it is in the file
	path      string
}

// save keeps what comes from a reader.
func (c *contents) save(from io.Reader) (*blob, error) {
	m, h := md5.New(), sha1.New()
	b := &blob{}
	var head bytes.Buffer
	size, err := io.Copy(io.MultiWriter(&head, m, h), io.LimitReader(from, inMemory+1))
	if err != nil {
		return nil, err
	}
	b.small = head.Bytes()
	if size > inMemory {
		rest, err := c.file(b, io.TeeReader(from, io.MultiWriter(m, h)))
		if err != nil {
			c.drop(b)
			return nil, err
		}
		b.small = nil
		size += rest
	}
	b.size, b.md5, b.sha1 = size, hex.EncodeToString(m.Sum(nil)), hex.EncodeToString(h.Sum(nil))
	return b, nil
}

// file writes what of a blob is in memory, and the rest, to a file of its own.
func (c *contents) file(b *blob, rest io.Reader) (n int64, err error) {
	dir, err := c.directory()
	if err != nil {
		return 0, err
	}
	file, err := os.CreateTemp(dir, "content-*")
	if err != nil {
		return 0, err
	}
	b.path = file.Name()
	if _, err = file.Write(b.small); err == nil {
		n, err = io.Copy(file, rest)
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return n, err
}

func (c *contents) directory() (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir == "" {
		dir, err := os.MkdirTemp("", "pulseonetest-")
		if err != nil {
			return "", err
		}
		c.dir = dir
	}
	return c.dir, nil
}

// drop removes content that nobody asks for any more.
func (c *contents) drop(b *blob) {
	if b != nil && b.path != "" {
		_ = os.Remove(b.path)
	}
}

// clear removes all files.
func (c *contents) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dir != "" {
		_ = os.RemoveAll(c.dir)
		c.dir = ""
	}
}

// is reports whether a digest, in hex digits, is that of the content. A text that is no digest says nothing of it.
func (b *blob) is(digest string) bool {
	switch len(digest) {
	case 2 * md5.Size:
		return sameID(digest, b.md5)
	case 2 * sha1.Size:
		return sameID(digest, b.sha1)
	}
	return true
}

// serve responds with the content. No lock is held meanwhile.
func (b *blob) serve(w http.ResponseWriter, r *http.Request) {
	content := io.Reader(bytes.NewReader(b.small))
	if b.small == nil {
		file, err := os.Open(b.path)
		if err != nil {
			refuse(w, http.StatusInternalServerError, "50000", "the content went with the server that was closed")
			return
		}
		defer func() { _ = file.Close() }()
		content = file
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(b.size, 10))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, content)
	}
}
