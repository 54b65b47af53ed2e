package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
)

const uploadBuffer = 64 << 10

// Quick reports whether reads of r end by themselves: from memory and from regular files. Everything else, a pipe, a
// terminal, a connection, a reader of a type of the caller's, can block for any time.
func Quick(r io.Reader) bool {
	for {
		switch reader := r.(type) {
		case *bytes.Reader, *bytes.Buffer, *strings.Reader:
			return true
		case *os.File:
			info, err := reader.Stat()
			return err == nil && info.Mode().IsRegular()
		case *io.LimitedReader:
			r = reader.R
		case *io.SectionReader:
			at, _, _ := reader.Outer()
			inner, ok := at.(io.Reader)
			if !ok {
				return false
			}
			r = inner
		default:
			return false
		}
	}
}

// Upload is the body of a request that reads from a reader of the caller's and does not wait for it when the request
// is over. net/http waits for the Read of a body before it returns, whatever the context says: a pipe that nobody
// writes to would hold the call for ever.
//
// A goroutine reads ahead by one buffer, so that reading and sending overlap. When the request ends while the reader
// blocks, the goroutine outlives it until that Read returns; the reader must not be used before [Upload.Released].
// An Upload is for one attempt and is read by one goroutine at a time; Close may be called from any, at any time.
type Upload struct {
	ctx    context.Context
	source io.Reader
	filled chan chunk
	free   chan []byte

	rest  []byte // of the chunk that is being read
	chunk []byte
	err   error

	mu       sync.Mutex
	started  bool
	isClosed bool
	closed   chan struct{}
	released chan struct{}
}

type chunk struct {
	data []byte
	err  error
}

var errUploadClosed = errors.New("transport: upload closed")

// NewUpload returns a body that reads from source until ctx is done. Nothing is read before the first Read. Errors of
// source arrive as [BodyError]. Readers that are [Quick] do not need one.
func NewUpload(ctx context.Context, source io.Reader) *Upload {
	return &Upload{
		ctx:      ctx,
		source:   source,
		closed:   make(chan struct{}),
		released: make(chan struct{}),
	}
}

// Read returns what is there, and waits for the source, the end of the context or Close when there is nothing.
func (u *Upload) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(u.rest) == 0 {
		if u.chunk != nil {
			u.free <- u.chunk // as many as there are buffers fit
			u.chunk = nil
		}
		if u.err != nil {
			return 0, u.err
		}
		if !u.start() {
			return 0, errUploadClosed
		}
		select {
		case c := <-u.filled:
			u.chunk, u.rest, u.err = c.data[:cap(c.data)], c.data, c.err
		case <-u.ctx.Done():
			return 0, u.ctx.Err()
		case <-u.closed:
			return 0, errUploadClosed
		}
	}
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	if len(u.rest) == 0 && u.err != nil {
		return n, u.err
	}
	return n, nil
}

// start begins to read, once. It reports false after Close.
func (u *Upload) start() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.isClosed {
		return false
	}
	if !u.started {
		u.started = true
		u.filled, u.free = make(chan chunk, 2), make(chan []byte, 2)
		u.free <- make([]byte, uploadBuffer)
		u.free <- make([]byte, uploadBuffer)
		go u.fill()
	}
	return true
}

func (u *Upload) fill() {
	defer close(u.released)
	for {
		var buf []byte
		select {
		case buf = <-u.free:
		case <-u.ctx.Done():
			return
		case <-u.closed:
			return
		}
		n, err := read(u.source, buf)
		if err != nil && err != io.EOF {
			err = &BodyError{err}
		}
		u.filled <- chunk{buf[:n], err}
		if err != nil {
			return
		}
	}
}

// read reads at least a byte, unless it fails.
func read(source io.Reader, buf []byte) (int, error) {
	for range 100 {
		n, err := source.Read(buf)
		if n < 0 || n > len(buf) {
			return 0, errors.New("the reader reports a count that cannot be")
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// Close ends the reading. It does not wait for the source and does not close it.
func (u *Upload) Close() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.isClosed {
		return nil
	}
	u.isClosed = true
	close(u.closed)
	if !u.started {
		close(u.released)
	}
	return nil
}

// Released is closed once nothing of the Upload uses the source any more. That takes Close, the end of the context or
// the end of the source.
func (u *Upload) Released() <-chan struct{} { return u.released }
