package spstest

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sps"
)

// audit is the store of recorded sessions. The sessions are made up when they are asked for: their number costs
// nothing. They are numbered from 0, the oldest, and listed newest first.
type audit struct {
	count    int
	generate func(n int) sps.AuditSession
	limit    int // matches that a search without a snapshot shows
	snapshot *snapshot
	taken    int // snapshots so far

	alerts    map[string][]sps.Alert
	channels  map[string][]sps.Channel
	events    map[string][]sps.Event
	downloads map[string][]sps.TrailDownload
	trails    map[string][]byte
	ended     map[int]bool // active sessions that were terminated
}

// snapshot is the store as it was at a moment.
type snapshot struct {
	id    string
	count int
	owner string // token, User-Agent and address
	until time.Time
}

const (
	snapshotLife = 5 * time.Minute
	sessionsPath = "/api/audit/sessions"
)

// SetAuditSessions fills the store with count recorded sessions, numbered from 0, the oldest, on. generate makes up a
// session by its number, always the same; nil makes one up every 20 minutes until now. Links may be left out. The ids
// are those of [AuditSessionID].
func (s *Server) SetAuditSessions(count int, generate func(n int) sps.AuditSession) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if generate == nil {
		generate = everyTwentyMinutes(s.Clock().Now().Add(-time.Duration(count) * 20 * time.Minute))
	}
	s.audit = audit{
		count: count, generate: generate, limit: 10_000,
		alerts: map[string][]sps.Alert{}, channels: map[string][]sps.Channel{}, events: map[string][]sps.Event{},
		downloads: map[string][]sps.TrailDownload{}, trails: map[string][]byte{}, ended: map[int]bool{},
	}
}

// AddAuditSessions records n more sessions: lists that are not in a snapshot move.
func (s *Server) AddAuditSessions(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.audit.count += n
}

// SetSearchLimit changes how many matches a search without a snapshot shows; 10,000 by default.
func (s *Server) SetSearchLimit(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.audit.limit = n
}

// AuditSessionID is the id of the recorded session with a number.
func AuditSessionID(n int) string { return "svc-" + strconv.Itoa(n) }

// SetAlerts gives a recorded session alerts.
func (s *Server) SetAlerts(id string, alerts ...sps.Alert) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.audit.alerts[id] = alerts
}

// SetChannels gives a recorded session channels.
func (s *Server) SetChannels(id string, channels ...sps.Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.audit.channels[id] = channels
}

// SetEvents gives a recorded session events. They are what a search in its content finds.
func (s *Server) SetEvents(id string, events ...sps.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.audit.events[id] = events
}

// SetTrail gives a recorded session an audit trail. Others have a short one that names them.
func (s *Server) SetTrail(id string, trail []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.audit.trails[id] = trail
}

func everyTwentyMinutes(begin time.Time) func(int) sps.AuditSession {
	protocols := []string{"SSH", "RDP", "SSH", "HTTP"}
	users := []string{"anna", "bela", "cili", "dora", "elek"}
	return func(n int) sps.AuditSession {
		start := begin.Add(time.Duration(n) * 20 * time.Minute).UTC().Truncate(time.Millisecond)
		seconds := 60 + n%600
		return sps.AuditSession{
			Client:       sps.Peer{IP: fmt.Sprintf("10.20.%d.%d", n/250%250, n%250), Port: int64(40000 + n%20000)},
			CreationTime: secureaccess.At(start),
			Duration:     int64(seconds),
			EndTime:      secureaccess.At(start.Add(time.Duration(seconds) * time.Second)),
			Origin:       "RECORDING",
			Protocol:     protocols[n%len(protocols)],
			Server:       sps.Peer{IP: fmt.Sprintf("10.30.0.%d", n%20), Name: fmt.Sprintf("server-%d.example.com", n%20), Port: 22},
			StartTime:    secureaccess.At(start),
			User:         sps.SessionUser{Name: users[n%len(users)], GatewayUsername: users[n%len(users)], ServerUsername: "root"},
			Verdict:      "ACCEPT",
		}
	}
}

// session makes up a recorded session, with its links.
func (a *audit) session(n int) sps.AuditSession {
	session := a.generate(n)
	session.Active = session.Active && !a.ended[n]
	path := sessionsPath + "/" + AuditSessionID(n)
	for link, end := range map[*sps.Link]string{
		&session.Alerts: "/alerts", &session.Channels: "/channels", &session.Events: "/events", &session.Indexing: "/indexing",
		&session.Recording.AuditTrail.Download: "/audit_trail",
	} {
		if link.Href == "" {
			link.Href = path + end
		}
	}
	return session
}

// number finds a recorded session by its id. It responds to the request when there is none.
func (s *Server) number(w http.ResponseWriter, r *http.Request, id string) (int, bool) {
	digits, ok := strings.CutPrefix(id, "svc-")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || n >= s.audit.count || AuditSessionID(n) != id {
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "there is no such session")
		return 0, false
	}
	return n, true
}

func (s *Server) auditSnapshot(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.audit.taken++
	s.audit.snapshot = &snapshot{
		id: "snapshot-" + strconv.Itoa(s.audit.taken), count: s.audit.count, owner: s.caller(r), until: s.Clock().Now().Add(snapshotLife),
	}
	fake.JSON(w, http.StatusOK, map[string]any{"snapshot": s.audit.snapshot.id})
}

// caller is whom a snapshot belongs to.
func (s *Server) caller(r *http.Request) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return s.sessionOf(r).user + " " + host + " " + r.UserAgent()
}

func (s *Server) auditList(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	query := r.URL.Query()
	oldestFirst := false
	switch query.Get("sort") {
	case "", "-start_time":
	case "start_time":
		oldestFirst = true
	default:
		refuse(w, r, http.StatusBadRequest, "InvalidQuery", "this server sorts by start_time or -start_time alone")
		return
	}
	count, limited := s.audit.count, true
	if id := query.Get("snapshot"); id != "" {
		taken, now := s.audit.snapshot, s.Clock().Now()
		if taken == nil || taken.id != id || taken.owner != s.caller(r) || !now.Before(taken.until) {
			refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "there is no such snapshot")
			return
		}
		taken.until = now.Add(snapshotLife)
		count, limited = taken.count, false
	}
	matches, err := s.audit.search(query, count)
	if err != nil {
		refuse(w, r, http.StatusBadRequest, "InvalidQuery", err.Error())
		return
	}
	total := count
	if matches != nil {
		total = len(matches)
	}
	whole := total
	if limited {
		total = min(total, s.audit.limit)
	}
	var fields []string
	if text := query.Get("fields"); text != "" {
		fields = strings.Split(text, ",")
	}
	if name := s.audit.unknown(fields); name != "" {
		refuse(w, r, http.StatusBadRequest, "InvalidQuery", fmt.Sprintf("a session has no member %q", name))
		return
	}
	limit, offset := pageOf(r)

	b := []byte(`{"items":[`)
	for i := offset; i < min(offset+limit, total); i++ {
		at := i
		if oldestFirst {
			at = whole - 1 - i
		}
		n := count - 1 - at
		if matches != nil {
			n = matches[at]
		}
		if i > offset {
			b = append(b, ',')
		}
		b = s.audit.appendItem(b, n, fields)
	}
	b = append(b, `],"meta":`...)
	meta := s.pageMeta(r.URL.Path, "/api/audit", query, limit, offset, total)
	meta.Fields = append([]string{}, fields...)
	data, _ := json.Marshal(meta)
	b = append(append(b, data...), '}')
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	_, _ = w.Write(b)
}

// unknown returns the first of some names that is no member of a session, neither by the model nor by the newest of
// those that there are; "" when all are known.
func (a *audit) unknown(fields []string) string {
	for _, name := range fields {
		known := false
		for field := range reflect.TypeFor[sps.AuditSession]().Fields() {
			tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			known = known || tag != "" && tag == name
		}
		for n := max(0, a.count-1000); n < a.count && !known; n++ {
			_, known = a.generate(n).Extra[name]
		}
		if !known {
			return name
		}
	}
	return ""
}

// appendItem writes an item of the list, by hand: there can be millions.
func (a *audit) appendItem(b []byte, n int, fields []string) []byte {
	b = append(b, '{')
	if len(fields) > 0 {
		var members map[string]json.RawMessage
		data, _ := secureaccess.Marshal(a.session(n))
		_ = json.Unmarshal(data, &members)
		chosen := map[string]json.RawMessage{}
		for _, name := range fields {
			if value, ok := members[name]; ok {
				chosen[name] = value
			}
		}
		data, _ = json.Marshal(chosen)
		b = append(append(append(b, `"body":`...), data...), ',')
	}
	b = append(b, `"key":"svc-`...)
	b = strconv.AppendInt(b, int64(n), 10)
	b = append(b, `","meta":{"href":"`+sessionsPath+`/svc-`...)
	b = strconv.AppendInt(b, int64(n), 10)
	return append(b, `"}}`...)
}

func pageOf(r *http.Request) (limit, offset int) {
	limit, offset = fake.QueryInt(r, "limit", 500), max(fake.QueryInt(r, "offset", 0), 0)
	if limit <= 0 {
		limit = 500
	}
	return min(limit, 10_000), offset
}

// pageMeta makes the links of a page: these do lead to pages.
func (s *Server) pageMeta(path, parent string, query url.Values, limit, offset, total int) sps.PageMeta {
	link := func(offset int) string {
		values := url.Values{}
		for name, value := range query {
			values[name] = value
		}
		values.Set("limit", strconv.Itoa(limit))
		values.Set("offset", strconv.Itoa(offset))
		return path + "?" + values.Encode()
	}
	meta := sps.PageMeta{
		Href: path, Parent: parent, First: link(0), Last: link(max(total-1, 0) / limit * limit),
		Limit: limit, Offset: offset, MatchCount: total, RemainingSeconds: int64(s.remaining()),
	}
	if offset+limit < total {
		meta.Next = link(offset + limit)
	}
	if offset > 0 {
		meta.Previous = link(max(offset-limit, 0))
	}
	return meta
}
