package rest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"strings"
	"sync"

	"github.com/secureaccess-go/secureaccess"
)

// body is what a request carries. It can be opened again for every attempt, unless it is spent.
type body struct {
	contentType string
	encoding    string // Content-Encoding
	size        int64  // -1 when unknown
	open        func() (io.Reader, error)
	spent       func() bool // nil: never; else whether the body was read and cannot be read again
	once        bool        // the body cannot be read a second time
	end         func()      // nil: nothing to do; else gives the caller's readers back when the call is over
	secrets     []string
}

// JSON sends v.
func (o *Op) JSON(v any) *Op {
	data, secrets, err := encode(v)
	if err != nil {
		return o.Refuse(&secureaccess.ArgumentError{Argument: "body", Reason: "cannot be encoded", Err: err})
	}
	o.body = bytesBody("application/json", data)
	o.body.secrets = secrets
	return o
}

// Bytes sends data.
func (o *Op) Bytes(contentType string, data []byte) *Op {
	o.body = bytesBody(contentType, data)
	return o
}

// Form sends values as a form.
func (o *Op) Form(values url.Values) *Op {
	o.body = bytesBody("application/x-www-form-urlencoded", []byte(values.Encode()))
	return o
}

func bytesBody(contentType string, data []byte) *body {
	return &body{
		contentType: contentType,
		size:        int64(len(data)),
		open:        func() (io.Reader, error) { return bytes.NewReader(data), nil },
	}
}

// Upload sends content as it is read.
func (o *Op) Upload(contentType string, content secureaccess.Upload) *Op {
	b, err := uploadBody(content)
	if err != nil {
		return o.Refuse(err)
	}
	b.contentType = contentType
	o.body = b
	return o
}

// Part is a part of a multipart body: a field, or a file when Content has a Reader.
type Part struct {
	Name        string
	Value       string
	Content     secureaccess.Upload
	ContentType string // of a file; application/octet-stream by default
}

// Multipart sends parts as multipart/form-data, files as they are read. Where the sizes of all files are known the
// length of the whole is announced.
func (o *Op) Multipart(parts ...Part) *Op {
	b, err := multipartBody(parts)
	if err != nil {
		return o.Refuse(err)
	}
	o.body = b
	return o
}

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

// uploadBody makes a body of content, which several attempts share: each one that begins ends the one before.
func uploadBody(content secureaccess.Upload) (*body, error) {
	if content.Reader == nil {
		return nil, &secureaccess.ArgumentError{Argument: "content", Reason: "has no Reader"}
	}
	if content.Size < 0 {
		return nil, &secureaccess.ArgumentError{Argument: "content", Reason: "has a negative Size"}
	}
	src := &source{reader: content.Reader, progress: content.Progress, size: content.Size}
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
	src.quick = src.seeker != nil || hasLen
	if src.quick && content.Size > 0 && content.Size != src.size {
		return nil, &secureaccess.ArgumentError{Argument: "content", Reason: fmt.Sprintf("has a Size of %d and holds %d bytes", content.Size, src.size)}
	}
	b := &body{size: src.size, open: src.open, once: src.seeker == nil, spent: src.spent, end: src.end}
	if !src.quick && src.size == 0 {
		b.size = -1
	}
	return b, nil
}

// source is content shared by the attempts of one call. An attempt that is over can still be reading, since a server
// may answer before it has read everything: opening the next one, or the end of the call, cuts it off.
type source struct {
	reader   io.Reader
	seeker   io.Seeker // nil: the reader can be read once
	start    int64
	size     int64 // 0: unknown, or nothing
	quick    bool  // the reader is memory or a file, and does not wait for anybody
	progress func(sent, size int64)

	reading sync.Mutex // held while the reader works, which can take as long as a pipe is silent
	mu      sync.Mutex // guards what follows; never held for long
	current *sourceReader
	read    bool // since the last Seek
}

func (s *source) spent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read && s.seeker == nil
}

func (s *source) open() (io.Reader, error) {
	next := &sourceReader{source: s}
	s.mu.Lock()
	rewind := s.read
	if rewind && s.seeker == nil {
		s.mu.Unlock()
		return nil, secureaccess.ErrNotRepeatable
	}
	s.current, s.read = next, false
	s.mu.Unlock()
	if rewind {
		s.reading.Lock()
		defer s.reading.Unlock()
		if _, err := s.seeker.Seek(s.start, io.SeekStart); err != nil {
			return nil, &contentError{err}
		}
	}
	return next, nil
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

// end gives the reader back to the caller: nothing reads it when end returns, save one that may block for ever.
func (s *source) end() {
	s.mu.Lock()
	s.current = nil
	s.mu.Unlock()
	if s.quick {
		s.reading.Lock()
		defer s.reading.Unlock()
	}
}

type sourceReader struct {
	source *source
	sent   int64
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
	n, err := s.reader.Read(p)
	if s.size > 0 {
		n, err = r.measure(n, err)
	}
	if err != nil && err != io.EOF {
		err = &contentError{err}
	}
	r.sent += int64(n)
	if s.progress != nil && n > 0 {
		s.progress(r.sent, s.size)
	}
	return n, err
}

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
		switch _, err := io.ReadFull(r.source.reader, more[:]); err {
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

// contentError is a failure of what the caller gave to send.
type contentError struct{ err error }

func (e *contentError) Error() string { return "content cannot be read: " + e.err.Error() }
func (e *contentError) Unwrap() error { return e.err }

// Permanent says that the next attempt would fail likewise.
func (e *contentError) Permanent() bool { return true }

func multipartBody(parts []Part) (*body, error) {
	var skeleton bytes.Buffer
	w := multipart.NewWriter(&skeleton)
	type piece struct {
		text    []byte
		content *body
	}
	var pieces []piece
	b := &body{contentType: w.FormDataContentType()}
	cut := func(content *body) {
		text := bytes.Clone(skeleton.Bytes())
		skeleton.Reset()
		pieces = append(pieces, piece{text, content})
		b.size += int64(len(text))
	}
	unknown := false
	for _, part := range parts {
		if part.Content.Reader == nil {
			if err := w.WriteField(part.Name, part.Value); err != nil {
				return nil, err
			}
			continue
		}
		content, err := uploadBody(part.Content)
		if err != nil {
			return nil, err
		}
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", multipart.FileContentDisposition(part.Name, fileName(part.Content.Name)))
		header.Set("Content-Type", orDefault(part.ContentType, "application/octet-stream"))
		if _, err := w.CreatePart(header); err != nil {
			return nil, err
		}
		cut(content)
		b.once = b.once || content.once
		b.size += content.size
		unknown = unknown || content.size < 0
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	cut(nil)
	if unknown {
		b.size = -1
	}
	b.spent = func() bool {
		for _, p := range pieces {
			if p.content != nil && p.content.spent() {
				return true
			}
		}
		return false
	}
	b.end = func() {
		for _, p := range pieces {
			if p.content != nil {
				p.content.end()
			}
		}
	}
	b.open = func() (io.Reader, error) {
		readers := make([]io.Reader, 0, 2*len(pieces))
		for _, p := range pieces {
			readers = append(readers, bytes.NewReader(p.text))
			if p.content == nil {
				continue
			}
			r, err := p.content.open()
			if err != nil {
				return nil, err
			}
			readers = append(readers, r)
		}
		return io.MultiReader(readers...), nil
	}
	return b, nil
}

// fileName returns the last element of a path of any system: servers take what comes as a name.
func fileName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return orDefault(name, "file")
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
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
