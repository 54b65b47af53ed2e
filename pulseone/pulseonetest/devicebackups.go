package pulseonetest

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/device"
)

// backup is a backup, with its content in a file.
type backup struct {
	pulseone.Backup
	file string // "" before the content came
}

var errNoBackup = errors.New("pulseonetest: no such backup")

// AddBackup gives the server a backup of an appliance and returns its id, "" for an appliance that it does not have.
func (s *Server) AddBackup(applianceID string, content []byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.appliance(applianceID)
	if a == nil {
		return ""
	}
	b := s.addBackup(a)
	name, hash, size, err := s.store(bytes.NewReader(content))
	if err != nil {
		return ""
	}
	b.file, b.ContentHash, b.ContentSize = name, hash, size
	b.Created = secureaccess.At(s.Clock().Now().UTC())
	return b.ID
}

// BackupContent opens the content of a backup.
func (s *Server) BackupContent(backupID string) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.backup(backupID)
	if b == nil || b.file == "" {
		return nil, errNoBackup
	}
	return os.Open(b.file)
}

// CorruptBackup changes the last byte of a backup's content, and not its metadata.
func (s *Server) CorruptBackup(backupID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.backup(backupID)
	if b == nil || b.file == "" {
		return errNoBackup
	}
	f, err := os.OpenFile(b.file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	var last [1]byte
	if _, err := f.ReadAt(last[:], b.ContentSize-1); err != nil {
		return err
	}
	last[0] ^= 1
	_, err = f.WriteAt(last[:], b.ContentSize-1)
	return err
}

// addBackup makes a backup without metadata. The lock is held.
func (s *Server) addBackup(a *appliance) *backup {
	b := &backup{Backup: pulseone.Backup{ID: s.newID(), ApplianceID: a.ID, Type: a.Type}}
	s.face.backups = append(s.face.backups, b)
	return b
}

// backup finds a backup. The lock is held.
func (s *Server) backup(id string) *backup {
	for _, b := range s.face.backups {
		if sameID(b.ID, id) {
			return b
		}
	}
	return nil
}

// spoolDir returns the directory of content. The lock is held.
func (s *Server) spoolDir() (string, error) {
	if s.face.spool == "" {
		directory, err := os.MkdirTemp("", "pulseonetest-")
		if err != nil {
			return "", err
		}
		s.face.spool = directory
	}
	return s.face.spool, nil
}

// store writes content into a file. The lock is held, unless the directory is there.
func (s *Server) store(content io.Reader) (name, hash string, size int64, err error) {
	directory, err := s.spoolDir()
	if err != nil {
		return "", "", 0, err
	}
	return spool(directory, content)
}

// spool writes content into a file of a directory.
func spool(directory string, content io.Reader) (name, hash string, size int64, err error) {
	f, err := os.CreateTemp(directory, "content-")
	if err != nil {
		return "", "", 0, err
	}
	defer f.Close()
	sum := sha1.New()
	size, err = io.Copy(io.MultiWriter(f, sum), content)
	if err != nil {
		_ = os.Remove(f.Name())
		return "", "", 0, err
	}
	return f.Name(), hex.EncodeToString(sum.Sum(nil)), size, nil
}

func (s *Server) backupRoutes() {
	s.api.Handle(s.own(s.putMetadata), "pulseone.backups.put_metadata")
	s.api.Handle(s.getMetadata, "pulseone.backups.get_metadata")
	s.api.Handle(s.putContent, "pulseone.backups.upload_content")
	s.api.Handle(s.getContent, "pulseone.backups.download_content")
}

func (s *Server) putMetadata(w http.ResponseWriter, r *http.Request, _ *appliance, p fake.Params) {
	b := s.backup(p["backup_id"])
	var body device.BackupMetadata
	switch {
	case b == nil:
		notFound(w, "backup")
		return
	case b.file != "":
		refuse(w, http.StatusConflict, "40900", "the backup has content")
		return
	case !decode(w, r, &body):
		return
	}
	b.ActiveESAPVersion, b.InstalledESAPVersions = body.ActiveESAPVersion, body.InstalledESAPVersions
	b.ActivePulseDesktopVersion, b.InstalledPulseDesktopVersions = body.ActivePulseDesktopVersion, body.InstalledPulseDesktopVersions
	b.ContentHash, b.ContentSize = body.ContentHash, body.ContentSize
	b.Created = secureaccess.At(s.Clock().Now().UTC())
	w.WriteHeader(http.StatusOK)
}

func (s *Server) getMetadata(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.backup(p["backup_id"])
	if b == nil {
		notFound(w, "backup")
		return
	}
	fake.JSON(w, http.StatusOK, b.Backup)
}

// putContent takes the content as it comes, without the lock.
func (s *Server) putContent(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	caller, b := s.caller(r), s.backup(p["backup_id"])
	announced := b != nil && b.ContentHash != ""
	directory, err := s.spoolDir()
	s.mu.Unlock()
	switch {
	case caller == nil:
		refuse(w, http.StatusForbidden, "40300", "an appliance has to ask")
		return
	case b == nil:
		notFound(w, "backup")
		return
	case !announced:
		refuse(w, http.StatusConflict, "40900", "there are no metadata")
		return
	case err != nil:
		refuse(w, http.StatusInternalServerError, "50000", "content cannot be stored")
		return
	}
	name, hash, size, err := spool(directory, r.Body)
	if err != nil {
		refuse(w, http.StatusBadRequest, "40000", "the content broke off")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.EqualFold(hash, b.ContentHash) || size != b.ContentSize {
		_ = os.Remove(name)
		refuse(w, http.StatusConflict, "40900", "the content is not what the metadata say")
		return
	}
	if b.file != "" {
		_ = os.Remove(b.file)
	}
	b.file = name
	w.WriteHeader(http.StatusNoContent)
}

// getContent sends the content as it is read, without the lock.
func (s *Server) getContent(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	content, err := s.BackupContent(p["backup_id"])
	if err != nil {
		notFound(w, "backup")
		return
	}
	defer content.Close()
	if f, ok := content.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
		}
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.WriteHeader(http.StatusOK)
	_, _ = io.Copy(w, content)
}
