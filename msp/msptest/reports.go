package msptest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/msp"
)

// contentPath is where the storage keeps the content of reports.
const contentPath = "/usage-reports/"

type report struct {
	msp.Report
	content []byte
	kept    bool // cannot be deleted
}

// AddReport adds a report with a content of any kind, made now, and returns its id.
func (s *Server) AddReport(fileName string, content []byte) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addReport(fileName, s.Clock().Now(), bytes.Clone(content)).ID
}

// Reports returns the reports there are, the oldest first.
func (s *Server) Reports() []msp.Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runSchedule()
	list := make([]msp.Report, len(s.reports))
	for i, r := range s.reports {
		list[i] = r.Report
	}
	return list
}

// KeepReport makes the deletion of a report fail.
func (s *Server) KeepReport(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.reportOf(id); r != nil {
		r.kept = true
	}
}

// addReport adds a report. The lock is held.
func (s *Server) addReport(fileName string, created time.Time, content []byte) *report {
	r := &report{Report: msp.Report{ID: uuid(), FileName: fileName, Created: secureaccess.At(created.UTC())}, content: content}
	s.reports = append(s.reports, r)
	return r
}

// reportOf returns a report, nil if there is none. The lock is held.
func (s *Server) reportOf(id string) *report {
	for _, r := range s.reports {
		if bare(r.ID) == bare(id) {
			return r
		}
	}
	return nil
}

// summarize makes a report over all tenants. The lock is held.
func (s *Server) summarize(at time.Time) *report {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"tenant", "sub_domain", "product", "subscription", "total_users", "active_users"})
	for _, t := range s.tenants {
		counted := map[msp.Category]bool{}
		for _, sub := range t.Subscriptions {
			active := 0 // users are active in a product; on each of its lines they would be billed twice
			if !counted[sub.Category] {
				active, counted[sub.Category] = t.users[sub.Category], true
			}
			_ = w.Write([]string{
				t.Name, t.SubDomain, string(sub.Category), sub.DisplayName,
				strconv.Itoa(sub.TotalUsers), strconv.Itoa(active),
			})
		}
	}
	w.Flush()
	return s.addReport("usage-"+at.UTC().Format("20060102-150405")+".csv", at, b.Bytes())
}

// runSchedule makes the reports that have become due. The lock is held.
func (s *Server) runSchedule() {
	now := s.Clock().Now().UTC()
	day := s.scheduledTo.UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)
	s.scheduledTo = now
	for made := 0; !day.After(now) && made < 1000; day = day.AddDate(0, 0, 1) {
		if due(s.schedule, day) {
			s.summarize(day)
			made++
		}
	}
}

// due reports whether a schedule asks for a report on a day.
func due(schedule msp.Schedule, day time.Time) bool {
	switch {
	case schedule.Disabled:
		return false
	case schedule.Frequency == msp.FrequencyWeekly:
		return (int(day.Weekday())+6)%7 == schedule.StartDay
	case schedule.Frequency == msp.FrequencyMonthly:
		return day.Day() == schedule.StartDay
	}
	return true
}

func (s *Server) listReports(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	if refusePage(w, r) {
		return
	}
	list := s.Reports()
	fake.JSON(w, http.StatusOK, map[string]any{
		"total": len(list),
		"items": fake.Window(list, fake.QueryInt(r, "start", 0), fake.QueryInt(r, "limit", 20)),
	})
}

func (s *Server) createReport(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runSchedule()
	fake.JSON(w, http.StatusOK, s.summarize(s.Clock().Now()).Report)
}

// deleteReports deletes what it can and names the rest.
func (s *Server) deleteReports(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	type remaining struct {
		ID       string `json:"id"`
		FileName string `json:"file_name"`
	}
	var left []remaining
	var names []string
	for id := range strings.SplitSeq(r.URL.Query().Get("report_ids"), ",") {
		found := s.reportOf(id)
		switch {
		case found == nil:
			left = append(left, remaining{ID: id})
		case found.kept:
			left = append(left, remaining{found.ID, found.FileName})
			names = append(names, found.FileName)
		default:
			s.reports = slices.DeleteFunc(s.reports, func(r *report) bool { return r == found })
		}
	}
	if len(left) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	fake.JSON(w, http.StatusOK, map[string]any{"message": strings.Join(names, ", "), "total": len(left), "error": left})
}

// downloadURL hands out an address that serves whoever knows it, for a while.
func (s *Server) downloadURL(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.reportOf(p["report_id"])
	if found == nil {
		refuse(w, http.StatusNotFound, "there is no such report")
		return
	}
	expires := strconv.FormatInt(s.Clock().Now().Add(15*time.Minute).Unix(), 10)
	query := url.Values{"expires": {expires}, "signature": {s.sign(found.ID, expires)}}
	fake.JSON(w, http.StatusOK, map[string]string{"url": s.contentURL() + contentPath + found.ID + "?" + query.Encode()})
}

// contentURL is where the storage is: beside the portal, or the portal itself when another program serves it.
func (s *Server) contentURL() string {
	if u := s.storage.URL(); u != "" {
		return u
	}
	return s.URL()
}

func (s *Server) sign(id, expires string) string {
	mac := hmac.New(sha256.New, []byte(s.key))
	fmt.Fprintf(mac, "%s\n%s", id, expires)
	return hex.EncodeToString(mac.Sum(nil))
}

// serveContent is the storage: it knows signed addresses and nobody's session.
func (s *Server) serveContent(w http.ResponseWriter, r *http.Request) {
	deny := func(status int, code string) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
	}
	id, query := strings.TrimPrefix(r.URL.Path, contentPath), r.URL.Query()
	expires, err := strconv.ParseInt(query.Get("expires"), 10, 64)
	switch {
	case r.Method != http.MethodGet:
		deny(http.StatusMethodNotAllowed, "MethodNotAllowed")
		return
	case r.Header.Get("Cookie") != "", r.Header.Get("Authorization") != "":
		deny(http.StatusBadRequest, "CredentialsOfAnotherOrigin")
		return
	case err != nil, r.Header.Get("Content-Type") != "",
		!hmac.Equal([]byte(query.Get("signature")), []byte(s.sign(id, query.Get("expires")))):
		deny(http.StatusForbidden, "SignatureDoesNotMatch")
		return
	case s.Clock().Now().Unix() >= expires:
		deny(http.StatusForbidden, "Expired")
		return
	}
	s.mu.Lock()
	found := s.reportOf(id)
	s.mu.Unlock()
	if found == nil {
		deny(http.StatusNotFound, "NoSuchKey")
		return
	}
	if strings.HasSuffix(found.FileName, ".csv") {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	} else {
		w.Header().Set("Content-Type", "application/octet-stream")
	}
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": found.FileName}))
	w.Header().Set("Content-Length", strconv.Itoa(len(found.content)))
	_, _ = w.Write(found.content)
}

func (s *Server) getSchedule(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fake.JSON(w, http.StatusOK, s.schedule)
}

func (s *Server) setSchedule(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	wanted := msp.Daily()
	if !decode(w, r, &wanted) {
		return
	}
	low, high := 0, 28 // ignored for daily
	switch wanted.Frequency {
	case msp.FrequencyWeekly:
		low, high = 0, 6
	case msp.FrequencyMonthly:
		low, high = 1, 28
	}
	if wanted.StartDay < low || wanted.StartDay > high {
		refuse(w, http.StatusBadRequest, fmt.Sprintf("start_day is not between %d and %d", low, high))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runSchedule()
	s.schedule = wanted
	fake.JSON(w, http.StatusOK, wanted)
}
