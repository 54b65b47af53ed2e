package ics

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// BinaryConfigurationService backs up and restores the whole configuration of an appliance, as a stream: tens of megabytes
// pass through without being held.
type BinaryConfigurationService struct{ rest *rest.Client }

const binaryConfigurationPath = "/api/v1/system/binary-configuration"

// Export returns the system and user configuration, a ZIP archive in the vendor's own format. It travels as base64 and is
// decoded as it is read: the Size of the download is not known before its end. What is read is the whole
// configuration only when the reader ends with [io.EOF]; a response that breaks off, is no base64 or is empty ends with
// an error. A page or a text in place of the configuration fails at once, also a text that could pass for base64:
// without a password, what does not begin as a ZIP archive is none.
//
// GET /api/v1/system/binary-configuration
//
// Document: Backing Up Binary Configuration.
func (s *BinaryConfigurationService) Export(ctx context.Context, opts *ExportOptions) (*secureaccess.Download, error) {
	op := rest.GET(binaryConfigurationPath).Accept("")
	var progress func(int64, int64)
	encrypted := opts != nil && !opts.Password.IsZero()
	op.RefusedIf(func(head []byte) bool { return isNoConfiguration(head, encrypted) })
	if opts != nil {
		op.Param("password", opts.Password.Reveal()).Conceal(opts.Password)
		progress = opts.Progress
	}
	encoded, err := rest.Fetch(ctx, s.rest, op)
	if err != nil {
		return nil, err
	}
	wire := &countingReader{reader: encoded, size: max(encoded.Size, 0), progress: progress}
	return &secureaccess.Download{
		ReadCloser:  &configurationReader{Reader: base64.NewDecoder(base64.StdEncoding, blankless{wire}), Closer: encoded},
		Size:        -1,
		ContentType: "application/octet-stream",
		Name:        encoded.Name,
	}, nil
}

// Import restores a configuration that was exported. It is encoded as it is sent. Content that is no configuration fails with
// [CodeConfigurationExtractFailed].
//
// PUT /api/v1/system/binary-configuration
//
// A reader that cannot be rewound is sent once, even where the key turns out to have expired: a small call before, such as
// [SystemService.Information], makes sure of the key.
// Restoring can be repeated, but a full restoration can cost the appliance its address, so that one is never retried.
// Document: Restoring Binary Configuration.
func (s *BinaryConfigurationService) Import(ctx context.Context, content secureaccess.Upload, opts *ImportOptions) (*Result, error) {
	mode := ImportModeNormal
	var password secureaccess.Secret
	if opts != nil {
		password = opts.Password
		if opts.Mode != "" {
			mode = opts.Mode
		}
	}
	op := rest.PUT(binaryConfigurationPath).
		Param("import", string(mode)).
		Param("password", password.Reveal()).Conceal(password).
		Upload("text/html; charset=utf-8", content).
		Transform(func(r io.Reader) io.Reader { return &base64Lines{source: r} }, base64LinesLen)
	if mode == ImportModeFull {
		op.Once()
	}
	return write(ctx, s.rest, op)
}

// ExportOptions say how a configuration is exported.
type ExportOptions struct {
	// Password encrypts the export. The document calls it optional and does not show how it travels: it is sent as a
	// parameter of the query.
	Password secureaccess.Secret

	// Progress, if set, is called as the response arrives, with the bytes of base64 received and their number in all, 0
	// when unknown. It must not block.
	Progress func(received, size int64)
}

// ImportOptions say how a configuration is imported.
type ImportOptions struct {
	Mode     ImportMode          // ImportModeNormal by default
	Password secureaccess.Secret // of the export, sent as [ExportOptions] says
}

// ImportMode says how much of a configuration is restored.
type ImportMode string

// Values of ImportMode.
const (
	ImportModeNormal ImportMode = "normal" // without addresses, network and cluster
	ImportModeFull   ImportMode = "full"   // everything
)

// signature begins a configuration, which is a ZIP archive.
const signature = "PK\x03\x04"

// isNoConfiguration reports whether the beginning of a response shows that it is no export: a refusal, which is an object, a
// page, or a text. Words such as "Unauthorized" are base64 as well, so that the content has to begin as an archive does.
func isNoConfiguration(head []byte, encrypted bool) bool {
	if bytes.ContainsFunc(head, isNoBase64) {
		return true
	}
	text := bytes.Join(bytes.Fields(head), nil)
	begin := make([]byte, 2*len(signature))
	n, _ := base64.StdEncoding.Decode(begin, text[:min(len(text), base64.StdEncoding.EncodedLen(len(signature)))])
	n = min(n, len(signature))
	if string(begin[:n]) == signature[:n] {
		return false // a part of the signature is one that breaks off, as the reader will say
	}
	// The document does not show what a password makes of an export. Words are shorter than any, or have blanks between them.
	return !encrypted || len(text) < lineLength || hasWords(head)
}

// isNoBase64 reports whether a character stands in no base64, nor between its lines.
func isNoBase64(r rune) bool {
	return !strings.ContainsRune("+/= \t\r\n", r) && !(r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
}

// hasWords reports whether a line has blanks between other characters.
func hasWords(text []byte) bool {
	for line := range bytes.Lines(text) {
		if len(bytes.Fields(line)) > 1 {
			return true
		}
	}
	return false
}

// blankless drops the blanks that some releases write at the ends of lines. The decoder skips line ends itself.
type blankless struct{ io.Reader }

func (r blankless) Read(p []byte) (int, error) {
	for {
		n, err := r.Reader.Read(p)
		kept := p[:0]
		for _, c := range p[:n] {
			if c != ' ' && c != '\t' {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 || err != nil || n == 0 {
			return len(kept), err
		}
	}
}

// countingReader reports what is read of a response.
type countingReader struct {
	reader   io.Reader
	received int64
	size     int64
	progress func(received, size int64)
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.reader.Read(p)
	r.received += int64(n)
	if r.progress != nil && n > 0 {
		r.progress(r.received, r.size)
	}
	return n, err
}

// configurationReader is a configuration decoded. It names the operation in the errors of the decoder.
type configurationReader struct {
	io.Reader
	io.Closer
	read int64
}

func (r *configurationReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.read += int64(n)
	if err == nil || err == io.EOF && r.read >= int64(len(signature)) {
		return n, err
	}
	if own, ok := errors.AsType[*secureaccess.Error](err); ok {
		return n, own
	}
	if err == io.EOF && r.read == 0 {
		return n, badResponse("GET", binaryConfigurationPath, "it is empty")
	}
	if err == io.EOF {
		return n, badResponse("GET", binaryConfigurationPath, "it ends before a configuration begins")
	}
	return n, &secureaccess.Error{
		Operation: secureaccess.Operation{Product: product, Method: "GET", Path: binaryConfigurationPath},
		Err:       fmt.Errorf("%w: %w", secureaccess.ErrBadResponse, err),
	}
}

// The lines that the appliance writes hold 64 characters, which is 48 bytes.
const (
	lineBytes  = 48
	lineLength = 64
)

// base64Lines encodes what it reads as the appliance does: base64 in lines.
type base64Lines struct {
	source io.Reader
	in     [256 * lineBytes]byte
	out    [256 * (lineLength + 1)]byte
	ready  []byte // of out, not yet read
	err    error
}

func (r *base64Lines) Read(p []byte) (int, error) {
	if len(r.ready) == 0 && r.err == nil {
		n := 0
		for n < len(r.in) && r.err == nil {
			var m int
			m, r.err = r.source.Read(r.in[n:])
			n += m
		}
		// A source that breaks off has no last line: padding would make a whole of a part.
		if r.err == nil || r.err == io.EOF {
			r.ready = r.encode(r.in[:n])
		}
	}
	if len(r.ready) == 0 {
		return 0, r.err
	}
	n := copy(p, r.ready)
	r.ready = r.ready[n:]
	return n, nil
}

func (r *base64Lines) encode(data []byte) []byte {
	out := r.out[:0]
	for len(data) > 0 {
		line := data[:min(lineBytes, len(data))]
		data = data[len(line):]
		out = append(base64.StdEncoding.AppendEncode(out, line), '\n')
	}
	return out
}

// base64LinesLen is the length of n bytes as base64Lines writes them.
func base64LinesLen(n int64) int64 {
	return (n+2)/3*4 + (n+lineBytes-1)/lineBytes
}
