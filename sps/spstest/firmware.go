package spstest

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sps"
)

// firmware is what is in the slots, and what the appliance downloads.
type firmware struct {
	slots   []sps.FirmwareSlot
	fetches map[string]*fetch
}

type fetch struct {
	url      string
	until    time.Time
	canceled bool
}

const (
	slotCount = 4
	fetchTime = 10 * time.Second // that a download takes
)

func newFirmware() firmware {
	slots := make([]sps.FirmwareSlot, slotCount)
	slots[0] = sps.FirmwareSlot{Current: true, AfterReboot: true, Version: "8.0.0"}
	return firmware{slots: slots, fetches: map[string]*fetch{}}
}

// FirmwareSlots returns what is in the firmware slots, the first of which has the key "1".
func (s *Server) FirmwareSlots() []sps.FirmwareSlot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]sps.FirmwareSlot(nil), s.firmware.slots...)
}

func (s *Server) firmwareRoutes(api *fake.API) {
	api.HandlePath(s.slotList, "GET", "/api/firmware/slots")
	api.HandlePath(s.slotGet, "GET", "/api/firmware/slots/{slot_id}")
	api.HandlePath(s.slotDelete, "DELETE", "/api/firmware/slots/{slot_id}")
	api.HandlePath(s.firmwareUpload, "POST", "/api/upload/firmware")
	api.HandlePath(s.firmwareTest, "POST", "/api/firmware/test")
	api.HandlePath(s.firmwareUpgrade, "POST", "/api/firmware/upgrade")
	api.HandlePath(s.fetchCreate, "POST", "/api/firmware/fetch")
	api.HandlePath(s.fetchList, "GET", "/api/firmware/fetch")
	api.HandlePath(s.fetchGet, "GET", "/api/firmware/fetch/{fetch_id}")
	api.HandlePath(s.fetchDelete, "DELETE", "/api/firmware/fetch/{fetch_id}")
}

// item is an object as lists have it.
func item(key, href string, body any) map[string]any {
	return map[string]any{"key": key, "meta": map[string]any{"href": href}, "body": body}
}

// slotBody is a slot as responses have it: an empty one has no members.
func slotBody(slot sps.FirmwareSlot) any {
	if slot.Version == "" {
		return map[string]any{}
	}
	return slot
}

// slot finds a slot. It responds to the request when there is none.
func (s *Server) slot(w http.ResponseWriter, r *http.Request, key string) (int, bool) {
	n, err := strconv.Atoi(key)
	if err != nil || n < 1 || n > len(s.firmware.slots) {
		refuse(w, r, http.StatusNotFound, string(sps.CodeResourceNotFound), "there is no such slot")
		return 0, false
	}
	return n - 1, true
}

func (s *Server) slotList(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := make([]map[string]any, len(s.firmware.slots))
	for i, slot := range s.firmware.slots {
		key := strconv.Itoa(i + 1)
		items[i] = item(key, "/api/firmware/slots/"+key, slotBody(slot))
	}
	fake.JSON(w, http.StatusOK, map[string]any{"items": items, "meta": map[string]any{"href": "/api/firmware/slots", "parent": "/api/firmware"}})
}

func (s *Server) slotGet(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, ok := s.slot(w, r, p["slot_id"]); ok {
		fake.JSON(w, http.StatusOK, item(p["slot_id"], r.URL.Path, slotBody(s.firmware.slots[i])))
	}
}

func (s *Server) slotDelete(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.slot(w, r, p["slot_id"])
	switch {
	case !ok:
		return
	case s.firmware.slots[i].Current || s.firmware.slots[i].AfterReboot:
		refuse(w, r, http.StatusBadRequest, "InUse", "the slot is in use")
		return
	}
	s.firmware.slots[i] = sps.FirmwareSlot{}
	fake.JSON(w, http.StatusOK, map[string]any{"meta": map[string]any{"href": r.URL.Path}})
}

// firmwareUpload takes an image as the guide sends it, as a part of a form, and as the vendor's tools do, as it is.
func (s *Server) firmwareUpload(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	size, err := imageSize(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	free := -1
	for i := range s.firmware.slots {
		if free < 0 && s.firmware.slots[i].Version == "" {
			free = i
		}
	}
	switch {
	case err != nil || size == 0:
		refuse(w, r, http.StatusBadRequest, string(sps.CodeIncompleteRequestBody), "there is no image in the request")
		return
	case free < 0:
		refuse(w, r, http.StatusBadRequest, "NoEmptySlot", "no slot is empty")
		return
	}
	key := strconv.Itoa(free + 1)
	slot := sps.FirmwareSlot{Version: "8.0." + key, UpgradeNotes: strconv.FormatInt(size, 10) + " bytes"}
	s.firmware.slots[free] = slot
	response := item(key, "/api/upload/firmware", slot)
	response["meta"] = map[string]any{
		"href": "/api/upload/firmware", "slot": "/api/firmware/slots/" + key, "test": "/api/firmware/test", "upgrade": "/api/firmware/upgrade",
	}
	fake.JSON(w, http.StatusOK, response)
}

func imageSize(r *http.Request) (int64, error) {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if mediaType != "multipart/form-data" {
		return io.Copy(io.Discard, r.Body)
	}
	form, err := r.MultipartReader()
	if err != nil {
		return 0, err
	}
	for {
		part, err := form.NextPart()
		if err != nil {
			return 0, errors.New("there is no part called firmware")
		}
		if part.FormName() == "firmware" {
			return io.Copy(io.Discard, part)
		}
	}
}

// asked reads the slot that a test or an upgrade is about. It responds to the request when there is none.
func (s *Server) asked(w http.ResponseWriter, r *http.Request) (slot int, message string, ok bool) {
	data, ok := body(w, r)
	if !ok {
		return 0, "", false
	}
	var request struct {
		Slot    any     `json:"slot_id"` // its key, quoted or not
		Message *string `json:"message"`
	}
	if json.Unmarshal(data, &request) != nil || request.Slot == nil {
		refuse(w, r, http.StatusBadRequest, string(sps.CodeIncompleteRequestBody), "slot_id is missing")
		return 0, "", false
	}
	key, isText := request.Slot.(string)
	if n, isNumber := request.Slot.(float64); !isText && isNumber {
		key = strconv.Itoa(int(n))
	}
	slot, ok = s.slot(w, r, key)
	if ok && s.firmware.slots[slot].Version == "" {
		refuse(w, r, http.StatusNotFound, string(sps.CodeResourceNotFound), "the slot is empty")
		return 0, "", false
	}
	if request.Message != nil {
		message = *request.Message
	}
	return slot, message, ok
}

func (s *Server) firmwareTest(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slot, _, ok := s.asked(w, r); ok {
		fake.JSON(w, http.StatusOK, item(strconv.Itoa(slot+1), r.URL.Path, sps.FirmwareTest{TestSummary: "HA check started\nHA check finished"}))
	}
}

func (s *Server) firmwareUpgrade(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	slot, message, ok := s.asked(w, r)
	switch {
	case !ok:
		return
	case message == "" && s.messageRequired():
		refuse(w, r, http.StatusBadRequest, "CommitMessageRequired", "a commit message is required")
		return
	}
	for i := range s.firmware.slots {
		s.firmware.slots[i].Current, s.firmware.slots[i].AfterReboot = i == slot, i == slot
	}
	fake.JSON(w, http.StatusOK, item(strconv.Itoa(slot+1), r.URL.Path, sps.FirmwareTest{TestSummary: "HA check started\nHA check finished"}))
}

func (s *Server) fetchCreate(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	data, ok := body(w, r)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var request struct {
		URL string `json:"url"`
	}
	if json.Unmarshal(data, &request) != nil || request.URL == "" {
		refuse(w, r, http.StatusBadRequest, string(sps.CodeIncompleteRequestBody), "url is missing")
		return
	}
	key := s.newKey()
	s.firmware.fetches[key] = &fetch{url: request.URL, until: s.Clock().Now().Add(fetchTime)}
	fake.JSON(w, http.StatusAccepted, map[string]any{"key": key, "meta": map[string]any{"href": "/api/firmware/fetch/" + key}})
}

// fetchBody is a download as responses have it.
func (s *Server) fetchBody(f *fetch) map[string]any {
	status := sps.FirmwareFetchStatusInProgress
	switch {
	case f.canceled:
		status = sps.FirmwareFetchStatusCanceled
	case !s.Clock().Now().Before(f.until):
		status = sps.FirmwareFetchStatusFinished
	}
	return map[string]any{"status": status, "url": f.url}
}

func (s *Server) fetchList(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := []map[string]any{}
	for key, f := range s.firmware.fetches {
		items = append(items, item(key, r.URL.Path+"/"+key, s.fetchBody(f)))
	}
	fake.JSON(w, http.StatusOK, map[string]any{"items": items, "meta": map[string]any{"href": r.URL.Path, "parent": "/api/firmware"}})
}

func (s *Server) fetchGet(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.firmware.fetches[p["fetch_id"]]
	if f == nil {
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "there is no such download")
		return
	}
	fake.JSON(w, http.StatusOK, item(p["fetch_id"], r.URL.Path, s.fetchBody(f)))
}

// fetchDelete cancels a download, and forgets one that is over.
func (s *Server) fetchDelete(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.firmware.fetches[p["fetch_id"]]
	switch {
	case f == nil:
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "there is no such download")
		return
	case f.canceled || !s.Clock().Now().Before(f.until):
		delete(s.firmware.fetches, p["fetch_id"])
	default:
		f.canceled = true
	}
	fake.JSON(w, http.StatusOK, map[string]any{"meta": map[string]any{"href": r.URL.Path}})
}
