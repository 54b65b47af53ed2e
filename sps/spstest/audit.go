package spstest

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
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
		downloads: map[string][]sps.TrailDownload{}, trails: map[string][]byte{},
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
			Client:       sps.Peer{IP: fmt.Sprintf("10.20.%d.%d", n/250%250, n%250), Port: secureaccess.Int(40000 + n%20000)},
			CreationTime: secureaccess.At(start),
			Duration:     secureaccess.Int(seconds),
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

// number finds a recorded session by its id. It answers the request when there is none.
func (s *Server) number(w http.ResponseWriter, r *http.Request, id string) (int, bool) {
	digits, ok := strings.CutPrefix(id, "svc-")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || n >= s.audit.count || AuditSessionID(n) != id {
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "there is no such session")
		return 0, false
	}
	return n, true
}

func (s *Server) auditSnapshot(w http.ResponseWriter, r *http.Request) {
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

func (s *Server) auditList(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	query := r.URL.Query()
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
	matches, err := s.audit.search(query.Get("q"), count)
	if err != nil {
		refuse(w, r, http.StatusBadRequest, "InvalidQuery", err.Error())
		return
	}
	total := count
	if matches != nil {
		total = len(matches)
	}
	if limited {
		total = min(total, s.audit.limit)
	}
	var fields []string
	if text := query.Get("fields"); text != "" {
		fields = strings.Split(text, ",")
	}
	limit, offset := pageOf(r)

	b := []byte(`{"items":[`)
	for i := offset; i < min(offset+limit, total); i++ {
		n := count - 1 - i
		if matches != nil {
			n = matches[i]
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

// appendItem writes an item of the list, by hand: there can be millions.
func (a *audit) appendItem(b []byte, n int, fields []string) []byte {
	b = append(b, '{')
	if len(fields) > 0 {
		var members map[string]json.RawMessage
		data, _ := json.Marshal(a.session(n))
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

// search returns the numbers of the sessions that a query matches, newest first; nil for the empty query. It knows
// terms of the form member:value, joined by AND.
func (a *audit) search(query string, count int) ([]int, error) {
	if query == "" {
		return nil, nil
	}
	terms := map[string]string{}
	for term := range strings.SplitSeq(query, " AND ") {
		name, value, ok := strings.Cut(term, ":")
		if !ok {
			return nil, fmt.Errorf("%q has no colon", term)
		}
		terms[name] = strings.Trim(value, `"`)
	}
	matches := []int{}
	for n := count - 1; n >= 0; n-- {
		data, _ := json.Marshal(a.session(n))
		var session any
		_ = json.Unmarshal(data, &session)
		fits := true
		for name, value := range terms {
			member := session
			for part := range strings.SplitSeq(name, ".") {
				object, _ := member.(map[string]any)
				member = object[part]
			}
			fits = fits && fmt.Sprint(member) == value
		}
		if fits {
			matches = append(matches, n)
		}
	}
	return matches, nil
}

func pageOf(r *http.Request) (limit, offset int) {
	limit, offset = fake.QueryInt(r, "limit", 500), max(fake.QueryInt(r, "offset", 0), 0)
	if limit <= 0 {
		limit = 500
	}
	return min(limit, 10_000), offset
}

// pageMeta makes the links of a page: these do lead to pages.
func (s *Server) pageMeta(path, parent string, query url.Values, limit, offset, total int) sps.AuditMeta {
	link := func(offset int) string {
		values := url.Values{}
		for name, value := range query {
			values[name] = value
		}
		values.Set("limit", strconv.Itoa(limit))
		values.Set("offset", strconv.Itoa(offset))
		return path + "?" + values.Encode()
	}
	meta := sps.AuditMeta{
		Href: path, Parent: parent, First: link(0), Last: link(max(total-1, 0) / limit * limit),
		Limit: limit, Offset: offset, MatchCount: total, RemainingSeconds: secureaccess.Int(s.remaining()),
	}
	if offset+limit < total {
		meta.Next = link(offset + limit)
	}
	if offset > 0 {
		meta.Previous = link(max(offset-limit, 0))
	}
	return meta
}

func (s *Server) auditGet(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.number(w, r, p["id"])
	if !ok {
		return
	}
	fake.JSON(w, http.StatusOK, map[string]any{
		"body": s.audit.session(n), "key": p["id"], "meta": map[string]any{"href": r.URL.Path, "parent": sessionsPath},
	})
}

// part answers with a page of what belongs to a recorded session.
func part[T any](s *Server, w http.ResponseWriter, r *http.Request, id string, all func() []T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.number(w, r, id); !ok {
		return
	}
	items := all()
	limit, offset := pageOf(r)
	page := append([]T{}, fake.Window(items, offset, limit)...)
	fake.JSON(w, http.StatusOK, sps.AuditPage[T]{
		Items: page, Meta: s.pageMeta(r.URL.Path, sessionsPath+"/"+id, r.URL.Query(), limit, offset, len(items)),
	})
}

func (s *Server) auditAlerts(w http.ResponseWriter, r *http.Request, p fake.Params) {
	part(s, w, r, p["id"], func() []sps.Alert { return s.audit.alerts[p["id"]] })
}

func (s *Server) auditEvents(w http.ResponseWriter, r *http.Request, p fake.Params) {
	part(s, w, r, p["id"], func() []sps.Event { return s.audit.events[p["id"]] })
}

func (s *Server) auditDownloads(w http.ResponseWriter, r *http.Request, p fake.Params) {
	part(s, w, r, p["id"], func() []sps.TrailDownload { return s.audit.downloads[p["id"]] })
}

func (s *Server) auditChannels(w http.ResponseWriter, r *http.Request, p fake.Params) {
	part(s, w, r, p["id"], func() []map[string]any {
		var items []map[string]any
		for i, channel := range s.audit.channels[p["id"]] {
			key := strconv.Itoa(i + 1)
			items = append(items, map[string]any{
				"key": key, "meta": map[string]any{"href": sessionsPath + "/" + p["id"] + "/channels/" + key}, "body": channel,
			})
		}
		return items
	})
}

func (s *Server) auditContent(w http.ResponseWriter, r *http.Request, p fake.Params) {
	query := r.URL.Query().Get("q")
	part(s, w, r, p["id"], func() []sps.Event {
		var found []sps.Event
		for _, event := range s.audit.events[p["id"]] {
			if query != "" && strings.Contains(event.Content, query) {
				found = append(found, event)
			}
		}
		return found
	})
}

func (s *Server) auditTrail(w http.ResponseWriter, r *http.Request, p fake.Params) {
	trail, ok := s.trail(w, r, p["id"])
	if ok {
		content(w, r, p["id"]+".srs", trail)
	}
}

// trail returns the audit trail of a session and notes who took it.
func (s *Server) trail(w http.ResponseWriter, r *http.Request, id string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.number(w, r, id); !ok {
		return nil, false
	}
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	s.audit.downloads[id] = append(s.audit.downloads[id], sps.TrailDownload{
		FromAPI: true, IPAddress: host, Time: secureaccess.At(s.Clock().Now().UTC()), Username: s.sessionOf(r).user,
	})
	if trail, ok := s.audit.trails[id]; ok {
		return trail, true
	}
	return []byte("audit trail of " + id), true
}
