package icstest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// Paging says how the list of sessions is cut into pages. The zero Paging is that of a current release.
type Paging struct {
	MaxPage      int  // sessions a page at most; 200 when 0
	ZeroBased    bool // start counts from 0 and not from 1
	IgnoreStart  bool // every page begins with the list, as in older releases
	NoLastRecord bool // is-last-record is not sent, as in older releases
}

// PageRequest is a page of sessions that was asked for.
type PageRequest struct{ Start, Number int }

// AddSession adds a session at the end of the list and returns it with what it lacks: an id, a user, a realm, times.
func (s *Server) AddSession(session ics.Session) ics.Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *s.insert(len(s.sessions), session)
}

// AddSessions adds n sessions of users user-1, user-2 and so on.
func (s *Server) AddSessions(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions = slices.Grow(s.sessions, n)
	for range n {
		s.insert(len(s.sessions), ics.Session{})
	}
}

// InsertSession adds a session at a place of the list, 0 being the front.
func (s *Server) InsertSession(at int, session ics.Session) ics.Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *s.insert(min(max(at, 0), len(s.sessions)), session)
}

// RemoveSession takes a session out of the list; false if there is none with that id.
func (s *Server) RemoveSession(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remove(id)
}

// RemoveSessionAt takes the session at a place out of the list and returns its id, "" if there is none.
func (s *Server) RemoveSessionAt(at int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at < 0 || at >= len(s.sessions) {
		return ""
	}
	id := s.sessions[at].ID
	s.sessions = slices.Delete(s.sessions, at, at+1)
	return id
}

// Sessions returns the sessions there are, in the order of the list.
func (s *Server) Sessions() []ics.Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]ics.Session, len(s.sessions))
	for i, session := range s.sessions {
		list[i] = *session
	}
	return list
}

// SessionCount counts the sessions there are.
func (s *Server) SessionCount() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}

// SetPaging makes the server page as another release does.
func (s *Server) SetPaging(p Paging) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paging = p
}

// AfterPage has f called after each page of sessions, before the next request: f may add and remove
// sessions. Nil ends that.
func (s *Server) AfterPage(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.afterPage = f
}

// Churn has sessions come and go while they are listed: after each page up to so many end and begin, at places that seed
// decides. It replaces what AfterPage set.
func (s *Server) Churn(insert, remove int, seed uint64) {
	random := rand.New(rand.NewPCG(seed, seed))
	var mu sync.Mutex // pages can be asked for at the same time
	s.AfterPage(func() {
		mu.Lock()
		defer mu.Unlock()
		for range random.IntN(remove + 1) {
			if n := s.SessionCount(); n > 0 {
				s.RemoveSessionAt(random.IntN(n))
			}
		}
		for range random.IntN(insert + 1) {
			s.InsertSession(random.IntN(s.SessionCount()+1), ics.Session{})
		}
	})
}

// PagesAsked returns the pages of sessions that were asked for so far.
func (s *Server) PagesAsked() []PageRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.pagesAsked)
}

// AddSessionCookie makes a session cookie (DSID) known, for [ics.SessionsService.Info].
func (s *Server) AddSessionCookie(dsid string, info ics.SessionInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cookies[dsid] = info
}

// insert adds a session. The lock is held.
func (s *Server) insert(at int, session ics.Session) *ics.Session {
	s.added++
	n := s.added
	if session.ID == "" {
		sum := sha256.Sum256(fmt.Appendf(nil, "session %d", n))
		session.ID = "sid" + hex.EncodeToString(sum[:20]) + "00000000"
	}
	setDefault(&session.User, fmt.Sprintf("user-%d", n))
	setDefault(&session.Realm, "Users")
	setDefault(&session.Roles, "Users")
	setDefault(&session.LoginNode, s.information.System.HostName)
	setDefault(&session.SourceIP, fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255))
	setDefault(&session.Agent, "Mozilla/5.0 (Windows NT 10.0; Win64; x64)")
	setDefault(&session.EndpointStatus, "Not Applicable\nPassed Policies: \nFailed Policies: \nEliminated Roles: ")
	setDefault(&session.AuthServer, "System Local")
	setDefault(&session.AuthServerType, "Local Authentication")
	began := s.Clock().Now().Add(-time.Hour)
	if session.SignInMicro == "" {
		session.SignInMicro = fmt.Sprintf("%d.%06d", began.Unix(), n%1000000)
	}
	if session.SignInTime.IsZero() {
		_ = session.SignInTime.UnmarshalJSON([]byte(began.UTC().Format(`"2006/01/02 15:04:05"`)))
	}
	s.sessions = slices.Insert(s.sessions, at, &session)
	return &session
}

func setDefault(value *string, fallback string) {
	if *value == "" {
		*value = fallback
	}
}

// remove takes a session out of the list. The lock is held.
func (s *Server) remove(id string) bool {
	at := slices.IndexFunc(s.sessions, func(session *ics.Session) bool { return session.ID == id })
	if at < 0 {
		return false
	}
	s.sessions = slices.Delete(s.sessions, at, at+1)
	return true
}

func (s *Server) listSessions(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	for _, name := range []string{"start", "number"} {
		if fake.QueryInt(r, name, 0) < 0 {
			refuse(w, http.StatusBadRequest, "Invalid value of "+name)
			return
		}
	}
	page, after := s.page(r)
	users := map[string]any{
		"active-user-records":          map[string]any{"active-user-record": page.Items},
		"total-matched-record-number":  page.Total,
		"total-returned-record-number": page.Returned,
		"user-login-permission":        page.LoginAllowed,
	}
	if page.Last != nil {
		users["is-last-record"] = *page.Last
	}
	fake.JSON(w, http.StatusOK, map[string]any{"active-users": users})
	if after != nil {
		after()
	}
}

func (s *Server) page(r *http.Request) (ics.SessionPage, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.sessions
	if name := r.URL.Query().Get("name"); name != "" {
		list = slices.DeleteFunc(slices.Clone(list), func(session *ics.Session) bool { return session.User != name })
	}
	asked := PageRequest{Start: fake.QueryInt(r, "start", 0), Number: fake.QueryInt(r, "number", 200)}
	s.pagesAsked = append(s.pagesAsked, asked)
	most := s.paging.MaxPage
	if most == 0 {
		most = 200
	}
	from := asked.Start
	if !s.paging.ZeroBased {
		from = max(from-1, 0)
	}
	if s.paging.IgnoreStart {
		from = 0
	}
	window := fake.Window(list, from, min(asked.Number, most))
	page := ics.SessionPage{
		Items:        make([]ics.Session, len(window)),
		Total:        len(list),
		Returned:     len(window),
		LoginAllowed: true,
	}
	for i, session := range window {
		page.Items[i] = *session
	}
	if !s.paging.NoLastRecord {
		last := from+len(window) >= len(list)
		page.Last = &last
	}
	return page, s.afterPage
}

func (s *Server) endSession(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	if !s.RemoveSession(p["session_id"]) {
		refuse(w, http.StatusNotFound, "Session does not exist")
		return
	}
	noContent(w)
}

func (s *Server) endSessions(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	s.sessions = nil
	s.mu.Unlock()
	noContent(w)
}

func (s *Server) sessionInfo(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	s.mu.Lock()
	info, ok := s.cookies[p["dsid"]]
	s.mu.Unlock()
	if !ok {
		fake.JSON(w, http.StatusNotFound, map[string]string{"error": "Invalid session"})
		return
	}
	fake.JSON(w, http.StatusOK, info)
}
