package json

import (
	"io"
	"sync"
)

const (
	firstRead  = 8 << 10 // what is reserved before anything has been read
	mostKept   = 1 << 20 // larger buffers are not kept for the next response
	mostAtOnce = 4 << 20 // what is reserved at most before more has come
)

// Buffer holds a response while it is read. Nothing that [Unmarshal] reads points into it.
type Buffer struct{ data []byte }

var buffers = sync.Pool{New: func() any { return &Buffer{data: make([]byte, 0, firstRead)} }}

// Read reads r to its end, at most limit bytes; a negative limit is none. More is ErrTooLarge. With an error too the
// buffer is there, with what came before. Memory is reserved as bytes arrive: what a server announces reserves nothing.
func Read(r io.Reader, limit int64) (*Buffer, error) {
	b := buffers.Get().(*Buffer)
	b.data = b.data[:0]
	for {
		if len(b.data) == cap(b.data) {
			// Twice as much, as append would do, though not without end: what is not filled is only reserved.
			grown := make([]byte, len(b.data), len(b.data)+min(len(b.data), mostAtOnce))
			copy(grown, b.data)
			b.data = grown
		}
		n, err := r.Read(b.data[len(b.data):cap(b.data)])
		b.data = b.data[:len(b.data)+n]
		if limit >= 0 && int64(len(b.data)) > limit {
			b.data = b.data[:limit]
			return b, &Error{Kind: ErrTooLarge}
		}
		switch {
		case err == io.EOF:
			return b, nil
		case err != nil:
			return b, err
		}
	}
}

// Bytes returns what was read. It is valid until [Buffer.Release].
func (b *Buffer) Bytes() []byte {
	if b == nil {
		return nil
	}
	return b.data
}

// Release gives the buffer back. It must not be used after that. A nil buffer is released already.
func (b *Buffer) Release() {
	if b != nil && cap(b.data) <= mostKept {
		buffers.Put(b)
	}
}
