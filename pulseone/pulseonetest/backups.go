package pulseonetest

import (
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// Backups returns what the server has, also backups that are still to be made.
func (s *Server) Backups() []pulseone.Backup {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walk()
	list := make([]pulseone.Backup, len(s.face.backups))
	for i, b := range s.face.backups {
		list[i] = consoleBackup(b.Backup)
	}
	return list
}

func consoleBackup(b pulseone.Backup) pulseone.Backup {
	return pulseone.Backup{
		ID: b.ID, Name: b.Name, Description: b.Description, ApplianceID: b.ApplianceID, Type: b.Type, Created: b.Created,
		ContentHash: b.ContentHash, ContentSize: b.ContentSize,
		ActiveESAPVersion: b.ActiveESAPVersion, InstalledESAPVersions: b.InstalledESAPVersions,
		ActivePulseDesktopVersion: b.ActivePulseDesktopVersion, InstalledPulseDesktopVersions: b.InstalledPulseDesktopVersions,
	}
}

// playBackup gives a backup content in its appliance's place. The lock is held.
func (s *Server) playBackup(b *backup, at time.Time) {
	if b == nil || b.file != "" {
		return
	}
	name, hash, size, err := s.store(strings.NewReader("the configuration of appliance " + b.ApplianceID))
	if err != nil {
		return
	}
	b.file, b.ContentHash, b.ContentSize = name, hash, size
	b.Created = secureaccess.At(at.UTC().Truncate(time.Second))
	b.ActiveESAPVersion, b.ActivePulseDesktopVersion = "5634", "3456"
}

// consoleBackupRoutes are those that no appliance asks for.
func (s *Server) consoleBackupRoutes() {
	s.api.Handle(func(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
		fake.JSON(w, http.StatusOK, map[string]any{"backups": s.Backups()})
	}, "pulseone.backups.list")
	one := handlerOf(s, "backup", "backup_id", s.backup)
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, b *backup, _ fake.Params) {
		// The length is that of the content.
		w.Header().Set("Content-Length", strconv.FormatInt(b.ContentSize, 10))
		w.WriteHeader(http.StatusOK)
	}), "pulseone.backups.head_metadata")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, b *backup, _ fake.Params) {
		s.face.backups = slices.DeleteFunc(s.face.backups, func(other *backup) bool { return b == other })
		if b.file != "" {
			_ = os.Remove(b.file)
		}
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.backups.delete")
}
