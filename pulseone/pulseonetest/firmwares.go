package pulseonetest

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// firmware is a firmware with its content.
type firmware struct {
	pulseone.Firmware
	content *blob
}

// AddFirmware adds a firmware and returns its id: its own one, or the MD5 of the content.
func (s *Server) AddFirmware(f pulseone.Firmware, content []byte) string {
	kept, err := s.contents.save(strings.NewReader(string(content)))
	if err != nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.ID == "" {
		f.ID = kept.md5
	}
	s.keepFirmware(f, kept)
	return f.ID
}

// Firmwares returns what the server has.
func (s *Server) Firmwares() []pulseone.Firmware {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]pulseone.Firmware, len(s.firmwares))
	for i, f := range s.firmwares {
		list[i] = f.Firmware
	}
	return list
}

// keepFirmware adds a firmware. The lock is held.
func (s *Server) keepFirmware(f pulseone.Firmware, content *blob) {
	f.ContentSize = content.size
	f.Created = secureaccess.At(s.Clock().Now().UTC().Truncate(time.Second))
	s.firmwares = append(s.firmwares, &firmware{f, content})
}

// firmware finds a firmware. The lock is held.
func (s *Server) firmware(id string) *firmware {
	for _, f := range s.firmwares {
		if sameID(f.ID, id) {
			return f
		}
	}
	return nil
}

// sameKind finds another firmware of a version and type. The lock is held.
func (s *Server) sameKind(version string, t pulseone.FirmwareType, but *firmware) bool {
	return slices.ContainsFunc(s.firmwares, func(f *firmware) bool { return f != but && f.Version == version && f.Type == t })
}

func (s *Server) firmwareRoutes() {
	s.api.Handle(func(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
		list := s.Firmwares()
		fake.JSON(w, http.StatusOK, page[pulseone.Firmware]{Items: list, Total: len(list)})
	}, "pulseone.firmwares.list")
	s.api.Handle(s.uploadFirmware, "pulseone.firmwares.upload")
	one := handlerOf(s, "firmware", "firmware_id", s.firmware)
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, f *firmware, _ fake.Params) {
		fake.JSON(w, http.StatusOK, f.Firmware)
	}), "pulseone.firmwares.get")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, _ *firmware, _ fake.Params) {
		w.WriteHeader(http.StatusOK)
	}), "pulseone.firmwares.head")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, f *firmware, _ fake.Params) {
		w.Header().Set("Content-Length", strconv.FormatInt(f.content.size, 10))
		w.WriteHeader(http.StatusOK)
	}), "pulseone.firmwares.head_content")
	s.api.Handle(one(s.updateFirmware), "pulseone.firmwares.update")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, f *firmware, _ fake.Params) {
		s.firmwares = slices.DeleteFunc(s.firmwares, func(other *firmware) bool { return f == other })
		s.contents.drop(f.content)
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.firmwares.delete")
	s.api.Handle(func(w http.ResponseWriter, r *http.Request, p fake.Params) {
		s.mu.Lock()
		f := s.firmware(p["firmware_id"])
		s.mu.Unlock()
		if f == nil {
			notFound(w, "firmware")
			return
		}
		f.content.serve(w, r)
	}, "pulseone.firmwares.download_content")
}

func (s *Server) updateFirmware(w http.ResponseWriter, r *http.Request, f *firmware, _ fake.Params) {
	var body pulseone.FirmwareUpdate
	if !decode(w, r, &body) {
		return
	}
	changed := f.Firmware
	if body.Version != "" {
		changed.Version = body.Version
	}
	if body.Type != "" {
		changed.Type = body.Type
	}
	if body.Description != nil {
		changed.Description = *body.Description
	}
	if s.sameKind(changed.Version, changed.Type, f) {
		refuse(w, http.StatusConflict, "40900", "another firmware has this version and type")
		return
	}
	f.Firmware = changed
	w.WriteHeader(http.StatusNoContent)
}

// uploadFirmware reads the two parts as they come.
func (s *Server) uploadFirmware(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	metadata, content, err := s.readFirmware(r)
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body) // breaking off an upload would hide the response from its sender
		refuse(w, http.StatusBadRequest, "40000", err.Error())
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	problem := ""
	status := http.StatusConflict
	code := codeOf(status)
	switch {
	case !content.is(metadata.ContentHash):
		status, code, problem = http.StatusBadRequest, pulseone.CodeHashMismatch, "the content is not what content_hash says"
	case s.firmware(metadata.ContentHash) != nil:
		problem = "there is a firmware with this hash"
	case s.sameKind(metadata.Version, metadata.Type, nil):
		problem = "there is a firmware of this version and type"
	}
	if problem != "" {
		s.contents.drop(content)
		refuse(w, status, code, problem)
		return
	}
	s.keepFirmware(pulseone.Firmware{
		ID: metadata.ContentHash, Description: metadata.Description, Version: metadata.Version, Type: metadata.Type,
	}, content)
	fake.JSON(w, http.StatusOK, map[string]string{"firmware_id": metadata.ContentHash})
}

// readFirmware reads an upload to its end. A body that breaks off brings nothing.
func (s *Server) readFirmware(r *http.Request) (metadata pulseone.FirmwareCreate, content *blob, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return metadata, nil, err
	}
	defer func() {
		if err != nil {
			s.contents.drop(content)
		}
	}()
	for {
		part, err := parts.NextPart()
		switch {
		case err == io.EOF && content != nil:
			return metadata, content, nil
		case err == io.EOF:
			return metadata, content, errors.New("the part content is missing")
		case err != nil:
			return metadata, content, err
		}
		switch name := partName(part); {
		case name == "metadata":
			data, err := io.ReadAll(io.LimitReader(part, inMemory))
			if err == nil {
				err = checkFirmware(data, &metadata)
			}
			if err != nil {
				return metadata, content, err
			}
		case name != "content" || content != nil:
			return metadata, content, errors.New("a part is neither metadata nor content")
		case metadata.ContentHash == "":
			return metadata, content, errors.New("the part metadata comes first")
		default:
			if content, err = s.contents.save(part); err != nil {
				return metadata, content, err
			}
		}
	}
}

// checkFirmware reads the metadata of an upload, which the contract of the request does not reach into.
func checkFirmware(data []byte, metadata *pulseone.FirmwareCreate) error {
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return errors.New("the part metadata is no JSON")
	}
	shape := contract.MustLoad("pulseone").Shape("ApplianceFirmwareMetadataUpdateEntity")
	if problems := shape.Check("metadata", value); len(problems) > 0 {
		return errors.New(strings.Join(problems, "; "))
	}
	if err := json.Unmarshal(data, metadata); err != nil || metadata.ContentHash == "" || metadata.Version == "" || metadata.Type == "" {
		return errors.New("the part metadata has no version, type or content_hash")
	}
	return nil
}

// partName is the name of a part, also where its disposition is that of the document's example, multipart/form-data.
func partName(part *multipart.Part) string {
	disposition := strings.Replace(part.Header.Get("Content-Disposition"), "multipart/form-data", "form-data", 1)
	_, parameters, err := mime.ParseMediaType(disposition)
	if err != nil {
		return ""
	}
	return parameters["name"]
}
