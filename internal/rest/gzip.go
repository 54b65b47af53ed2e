package rest

import (
	"bytes"
	"compress/gzip"
	"io"
)

// Transform puts a filter in front of the body so far, such as an encoding. size tells the length of the outcome
// from that of the source, -1 for unknown.
func (o *Op) Transform(filter func(io.Reader) io.Reader, size func(int64) int64) *Op {
	if o.body == nil {
		return o
	}
	inner := o.body.open
	o.body.open = func() (io.Reader, error) {
		r, err := inner()
		if err != nil {
			return nil, err
		}
		return filter(r), nil
	}
	if o.body.size >= 0 {
		o.body.size = size(o.body.size)
	}
	return o
}

// Gzip compresses the body as it is read and says so in Content-Encoding.
func (o *Op) Gzip() *Op {
	o.Transform(func(r io.Reader) io.Reader { return newGzipReader(r) }, func(int64) int64 { return -1 })
	if o.body != nil {
		o.body.encoding = "gzip"
	}
	return o
}

// gzipReader compresses what it reads, a chunk at a time and without a goroutine.
type gzipReader struct {
	src  io.Reader
	out  bytes.Buffer
	w    *gzip.Writer
	in   []byte
	done bool
}

func newGzipReader(src io.Reader) *gzipReader {
	r := &gzipReader{src: src, in: make([]byte, 32<<10)}
	r.w = gzip.NewWriter(&r.out)
	return r
}

func (r *gzipReader) Read(p []byte) (int, error) {
	for r.out.Len() == 0 {
		if r.done {
			return 0, io.EOF
		}
		n, err := r.src.Read(r.in)
		if n > 0 {
			if _, werr := r.w.Write(r.in[:n]); werr != nil {
				return 0, werr
			}
		}
		if err == io.EOF {
			r.done = true
			err = r.w.Close()
		}
		if err != nil {
			return 0, err
		}
	}
	return r.out.Read(p)
}
