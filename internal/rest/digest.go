package rest

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"hash"
	"io"
	"strings"
	"sync"

	"github.com/secureaccess-go/secureaccess"
)

// Sum follows content on its way, and compares it at its end with what was announced of it.
type Sum struct {
	algorithm string
	want      string
	wantSize  int64

	mu    sync.Mutex // a pipe can still be read when the call is over
	hash  hash.Hash  // nil: the digest is none that is known
	size  int64
	ended bool
}

// NewSum returns a Sum for content with a digest, in hex digits whose number tells the algorithm: 32 are MD5, 40 SHA-1.
// Others are identifiers that say nothing of the content. size is in bytes, negative when it is not known.
func NewSum(digest string, size int64) *Sum {
	s := &Sum{want: strings.ToLower(digest), wantSize: max(size, -1)}
	if _, err := hex.DecodeString(digest); err != nil {
		return s
	}
	switch len(digest) {
	case 2 * md5.Size:
		s.algorithm, s.hash = "MD5", md5.New()
	case 2 * sha1.Size:
		s.algorithm, s.hash = "SHA-1", sha1.New()
	}
	return s
}

// Whole reports whether the content was read to its end by the attempt that read it last.
func (s *Sum) Whole() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// Size is how many bytes were read by the attempt that read last.
func (s *Sum) Size() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size
}

func (s *Sum) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size, s.ended = 0, false
	if s.hash != nil {
		s.hash.Reset()
	}
}

// add takes note of what was read, with its error, and returns what the reader shall have. At the end of content that is
// not what was announced that is a failure instead of the end, and none of the bytes: those that come with an error would
// be sent before it.
func (s *Sum) add(p []byte, err error) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size += int64(len(p))
	if s.hash != nil {
		s.hash.Write(p)
	}
	if err != io.EOF && (s.wantSize < 0 || s.size <= s.wantSize) {
		return len(p), err
	}
	got := ""
	if s.hash != nil {
		got = hex.EncodeToString(s.hash.Sum(nil))
	}
	if s.wantSize >= 0 && s.size != s.wantSize || s.hash != nil && got != s.want {
		failure := &secureaccess.DigestError{Algorithm: s.algorithm, Got: got, WantSize: s.wantSize, GotSize: s.size}
		if s.hash != nil {
			failure.Want = s.want
		}
		return 0, failure
	}
	s.ended = true
	return len(p), err
}

// download returns a body that fails at its end when it is not what was announced.
func (s *Sum) download(body io.ReadCloser) io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{readerFunc(func(p []byte) (int, error) {
		n, err := body.Read(p)
		return s.add(p[:n], err)
	}), body}
}

// Verify makes [Fetch] compare the content with what was announced of it. The reader fails with
// [secureaccess.ErrDigestMismatch] instead of its end where it is something else.
func (o *Op) Verify(sum *Sum) *Op {
	o.sum = sum
	return o
}

// UploadVerified is [Op.Upload] for content that is compared with sum while it is read. It fails at the end of content
// that is something else, before its last bytes are sent: the server never has the whole of it.
func (o *Op) UploadVerified(contentType string, content secureaccess.Upload, sum *Sum) *Op {
	return o.upload(contentType, content, sum)
}
