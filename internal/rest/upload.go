package rest

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/transport"
)

// uploadBody makes a body of content, which several attempts share: each one that begins ends the one before. The content
// is compared with sum, nil for nothing.
func uploadBody(content secureaccess.Upload, sum *Sum) (*body, error) {
	if content.Reader == nil {
		return nil, &secureaccess.ArgumentError{Argument: "content", Reason: "has no Reader"}
	}
	if content.Size < 0 {
		return nil, &secureaccess.ArgumentError{Argument: "content", Reason: "has a negative Size"}
	}
	src := &source{reader: content.Reader, sum: sum, progress: content.Progress, size: content.Size}
	if seeker, ok := content.Reader.(io.Seeker); ok {
		// Pipes and terminals are files that only claim to seek.
		if start, err := seeker.Seek(0, io.SeekCurrent); err == nil {
			src.seeker, src.start = seeker, start
			end, err := seeker.Seek(0, io.SeekEnd)
			if err == nil {
				_, err = seeker.Seek(start, io.SeekStart)
			}
			if err != nil {
				return nil, &secureaccess.ArgumentError{Argument: "content", Reason: "cannot be rewound", Err: err}
			}
			src.size = max(end-start, 0)
		}
	}
	sized, hasLen := content.Reader.(interface{ Len() int })
	if hasLen && src.seeker == nil {
		src.size = int64(sized.Len())
	}
	src.quick = transport.Quick(content.Reader)
	known := src.seeker != nil || hasLen
	if known && content.Size > 0 && content.Size != src.size {
		return nil, &secureaccess.ArgumentError{Argument: "content", Reason: fmt.Sprintf("has a Size of %d and holds %d bytes", content.Size, src.size)}
	}
	b := &body{size: src.size, open: src.open, once: src.seeker == nil, waits: !src.quick, spent: src.spent, cut: src.cut, end: src.end}
	if !known && src.size == 0 {
		b.size = -1
	}
	return b, nil
}

// source is content shared by the attempts of one call. An attempt that is over can still be reading, since a server
// may respond before it has read everything: opening the next one, or the end of the call, cuts it off.
type source struct {
	reader   io.Reader
	seeker   io.Seeker // nil: the reader can be read once
	sum      *Sum      // nil: none
	start    int64
	size     int64 // 0: unknown, or nothing
	quick    bool  // the reader is memory or a regular file, and does not wait for anybody
	progress func(sent, size int64)

	reading sync.Mutex // held while the reader works, which can take as long as a pipe is silent
	mu      sync.Mutex // guards what follows; held for no longer than progress takes
	current *sourceReader
	read    bool // ever: it may not stand at start
	whole   bool // the current reader has read everything
}

func (s *source) spent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read && s.seeker == nil
}

// open gives the content to a new attempt, which begins it anew when it first reads: an earlier one may still be
// waiting for the reader.
func (s *source) open() (io.Reader, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read && s.seeker == nil {
		return nil, secureaccess.ErrNotRepeatable
	}
	s.current, s.whole = &sourceReader{source: s, rewind: s.read}, false
	return s.current, nil
}

// begin reports whether r may read, and takes note that it does.
func (s *source) begin(r *sourceReader) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != r {
		return false
	}
	s.read = true
	return true
}

// cut ends the reading of the attempt that is over, and reports whether something was left to read. A reader that can be
// read once is not asked, nor one that is busy: nobody waits for it here.
func (s *source) cut() bool {
	if s.seeker == nil {
		return false
	}
	if s.quick {
		s.reading.Lock()
	} else if !s.reading.TryLock() {
		return false
	}
	defer s.reading.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = nil
	return !s.whole
}

// report tells the caller of n more bytes that r has sent, unless r is not the current one any more: when end has
// returned, the caller hears of nothing.
func (s *source) report(r *sourceReader, n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.sent += int64(n)
	if s.current == r && (err == io.EOF || err == nil && s.size > 0 && r.sent == s.size) {
		s.whole = true
	}
	if s.current == r && s.progress != nil && n > 0 {
		s.progress(r.sent, s.size)
	}
}

// end gives the reader back to the caller, where it stood: nothing reads it when end returns, save one that may block for
// ever.
func (s *source) end() {
	s.mu.Lock()
	s.current = nil
	s.mu.Unlock()
	if s.quick {
		s.reading.Lock()
	} else if !s.reading.TryLock() {
		return
	}
	defer s.reading.Unlock()
	if s.seeker != nil {
		_, _ = s.seeker.Seek(s.start, io.SeekStart) // what cannot go back fails when it is uploaded again
	}
}

type sourceReader struct {
	source *source
	sent   int64
	rewind bool
}

var errSuperseded = errors.New("rest: a later attempt reads this body")

func (r *sourceReader) Read(p []byte) (int, error) {
	s := r.source
	s.reading.Lock()
	defer s.reading.Unlock()
	if !s.begin(r) {
		if s.size > 0 && r.sent == s.size {
			return 0, io.EOF // net/http asks once more after the last byte; its connection is still good
		}
		return 0, errSuperseded
	}
	if r.rewind {
		if _, err := s.seeker.Seek(s.start, io.SeekStart); err != nil {
			return 0, unreadable(err)
		}
		r.rewind = false
		if s.sum != nil {
			s.sum.reset()
		}
	}
	n, err := s.next(p)
	if s.size > 0 {
		n, err = r.measure(n, err)
	}
	if err != nil && err != io.EOF {
		err = unreadable(err)
	}
	s.report(r, n, err)
	return n, err
}

// next reads on, and takes the sum of what comes.
func (s *source) next(p []byte) (int, error) {
	n, err := s.reader.Read(p)
	if s.sum == nil {
		return n, err
	}
	return s.sum.add(p[:n], err)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// measure compares what was read with the size that was announced. It holds back the last bytes until it is certain
// that none follow: the server would take a content cut off there for the whole.
func (r *sourceReader) measure(n int, err error) (int, error) {
	size := r.source.size
	switch sent := r.sent + int64(n); {
	case err != nil && err != io.EOF:
		return n, err
	case sent < size && err == io.EOF:
		return n, fmt.Errorf("it is shorter than its Size: %w", io.ErrUnexpectedEOF)
	case sent < size:
		return n, nil
	case sent == size && err == io.EOF:
		return n, err
	case sent == size && n > 0:
		var more [1]byte
		switch _, err := io.ReadFull(readerFunc(r.source.next), more[:]); err {
		case io.EOF:
			return n, io.EOF
		case nil:
		default:
			return 0, err
		}
	case sent == size:
		return 0, nil
	}
	return 0, errors.New("it is longer than its Size")
}

// contentError is a failure of what the caller gave to send. It passes the layers below as the caller's own.
type contentError struct{ err error }

func unreadable(err error) error { return &transport.BodyError{Err: &contentError{err}} }

func (e *contentError) Error() string { return e.err.Error() }
func (e *contentError) Unwrap() error { return e.err }

// Permanent says that the next attempt would fail likewise.
func (e *contentError) Permanent() bool { return true }
