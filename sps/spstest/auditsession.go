package spstest

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sps"
)

func (s *Server) auditGet(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.number(w, r, p["session_id"])
	if !ok {
		return
	}
	fake.JSON(w, http.StatusOK, map[string]any{
		"body": s.audit.session(n), "key": p["session_id"], "meta": map[string]any{"href": r.URL.Path, "parent": sessionsPath},
	})
}

// part responds with a page of what belongs to a recorded session.
func part[T any](s *Server, w http.ResponseWriter, r *http.Request, id string, all func() []T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.number(w, r, id); !ok {
		return
	}
	items := all()
	limit, offset := pageOf(r)
	page := append([]T{}, fake.Window(items, offset, limit)...)
	fake.JSON(w, http.StatusOK, sps.Page[T]{
		Items: page, Meta: s.pageMeta(r.URL.Path, sessionsPath+"/"+id, r.URL.Query(), limit, offset, len(items)),
	})
}

func (s *Server) auditAlerts(w http.ResponseWriter, r *http.Request, p fake.Params) {
	part(s, w, r, p["session_id"], func() []sps.Alert { return s.audit.alerts[p["session_id"]] })
}

func (s *Server) auditEvents(w http.ResponseWriter, r *http.Request, p fake.Params) {
	part(s, w, r, p["session_id"], func() []sps.Event { return s.audit.events[p["session_id"]] })
}

func (s *Server) auditDownloads(w http.ResponseWriter, r *http.Request, p fake.Params) {
	part(s, w, r, p["session_id"], func() []sps.TrailDownload { return s.audit.downloads[p["session_id"]] })
}

func (s *Server) auditChannels(w http.ResponseWriter, r *http.Request, p fake.Params) {
	part(s, w, r, p["session_id"], func() []map[string]any {
		var items []map[string]any
		for i, channel := range s.audit.channels[p["session_id"]] {
			key := channelKey(i)
			items = append(items, map[string]any{
				"key": key, "meta": map[string]any{"href": sessionsPath + "/" + p["session_id"] + "/channels/" + key}, "body": channel,
			})
		}
		return items
	})
}

// channelKey is the key of a session's channel with a number.
func channelKey(n int) string { return strconv.Itoa(n + 1) }

func (s *Server) auditContent(w http.ResponseWriter, r *http.Request, p fake.Params) {
	if r.URL.Query().Get("q") == "" { // by the guide an empty query, or none, finds nothing
		part(s, w, r, p["session_id"], func() []sps.Event { return nil })
		return
	}
	c, names, err := parseQuery(r.URL.Query().Get("q"))
	if i := slices.IndexFunc(names, func(name string) bool { return name != "" }); err == nil && i >= 0 {
		err = fmt.Errorf("the content of a session has no member %q", names[i])
	}
	if err != nil {
		refuse(w, r, http.StatusBadRequest, "InvalidQuery", err.Error())
		return
	}
	part(s, w, r, p["session_id"], func() []sps.Event {
		var found []sps.Event
		for _, event := range s.audit.events[p["session_id"]] {
			if c(func(t term) bool { return t.occursIn(event.Content) }) {
				found = append(found, event)
			}
		}
		return found
	})
}

// occursIn reports whether a text holds what the term asks for: a pattern is one of its words, anything else stands
// somewhere in it.
func (t term) occursIn(content string) bool {
	if !t.pattern {
		return strings.Contains(content, t.text)
	}
	return slices.ContainsFunc(strings.Fields(content), t.matches)
}

func (s *Server) auditTrail(w http.ResponseWriter, r *http.Request, p fake.Params) {
	trail, ok := s.trail(w, r, p["session_id"])
	if ok {
		name := p["session_id"] + ".zat"
		if r.URL.Query().Get("format") == "srs" {
			name = p["session_id"] + ".srs"
		}
		content(w, r, name, trail)
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
