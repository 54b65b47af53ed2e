package icstest

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"

	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// Import is a binary configuration that was imported.
type Import struct {
	Mode     ics.ImportMode
	Password string // as it was sent
	Size     int64
	SHA256   string // in hexadecimal digits
}

// binary is a binary configuration: something that can be read, again and again.
type binary struct {
	size int64
	open func() (io.ReadCloser, error)
}

// signature begins every binary configuration: they are ZIP archives.
const signature = "PK\x03\x04"

// SetBinaryConfiguration sets what is exported. It should be a ZIP archive: an import of anything else is refused, and a
// client takes anything else for no export.
func (s *Server) SetBinaryConfiguration(content []byte) {
	content = bytes.Clone(content)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.configuration = binary{int64(len(content)), func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	}}
}

// SetBinaryConfigurationSize makes what is exported so large, with a content that takes no memory: a ZIP archive of
// two files, or the beginning of one where the size is less than the 400 bytes or so that the smallest takes.
func (s *Server) SetBinaryConfigurationSize(size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.configuration = generated(size, 2)
}

// BinaryConfiguration returns what is exported at present, to be read and closed, and its size.
func (s *Server) BinaryConfiguration() (io.ReadCloser, int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	content, err := s.configuration.open()
	return content, s.configuration.size, err
}

// Imports returns the imports so far, the oldest first.
func (s *Server) Imports() []Import {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.imports)
}

func (s *Server) removeFiles() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range s.files {
		_ = os.Remove(name)
	}
	s.files = nil
}

// lineLength is how long the lines of base64 are.
const lineLength = 64

func (s *Server) exportBinary(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	content, size, err := s.BinaryConfiguration()
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	defer func() { _ = content.Close() }()
	characters := (size + 2) / 3 * 4
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.FormatInt(characters+(characters+lineLength-1)/lineLength, 10))
	out := bufio.NewWriter(w)
	in := make([]byte, lineLength/4*3)
	for {
		n, err := io.ReadFull(content, in)
		if n > 0 {
			if _, err := out.Write(append(base64.StdEncoding.AppendEncode(out.AvailableBuffer(), in[:n]), '\n')); err != nil {
				return // nobody reads any more
			}
		}
		if err != nil {
			break
		}
	}
	_ = out.Flush()
}

// errNoConfiguration is the documented refusal of content that is no configuration.
const errNoConfiguration = "Error - Failed to extract configuration files"

func (s *Server) importBinary(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	query := r.URL.Query()
	mode := ics.ImportMode(query.Get("import"))
	switch mode {
	case "":
		mode = ics.ImportModeNormal
	case ics.ImportModeNormal, ics.ImportModeFull:
	default:
		_, _ = io.Copy(io.Discard, r.Body)
		refuse(w, http.StatusOK, "Invalid import mode")
		return
	}
	file, err := os.CreateTemp("", "icstest-*.cfg")
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	s.mu.Lock()
	s.files = append(s.files, file.Name())
	s.mu.Unlock()

	digest := sha256.New()
	size, err := io.Copy(io.MultiWriter(file, digest), base64.NewDecoder(base64.StdEncoding, r.Body))
	err = errors.Join(err, file.Close())
	_, _ = io.Copy(io.Discard, r.Body)
	if err != nil || !begins(file.Name()) {
		refuse(w, http.StatusOK, errNoConfiguration)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.configuration = binary{size, func() (io.ReadCloser, error) { return os.Open(file.Name()) }}
	s.imports = append(s.imports, Import{Mode: mode, Password: query.Get("password"), Size: size, SHA256: hex.EncodeToString(digest.Sum(nil))})
	inform(w, http.StatusOK, completed)
}

// begins reports whether a file begins as binary configurations do.
func begins(name string) bool {
	file, err := os.Open(name)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	head := make([]byte, len(signature))
	_, err = io.ReadFull(file, head)
	return err == nil && string(head) == signature
}
