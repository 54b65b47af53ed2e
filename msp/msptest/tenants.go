package msptest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/msp"
)

type tenant struct {
	msp.Tenant
	id    string
	ready time.Time // when it is set up
	users map[msp.Category]int
}

// AddTenant adds a tenant and returns the id that an update takes. Without a status it is active, without a time it
// was created now.
func (s *Server) AddTenant(t msp.Tenant) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(t).id
}

// add adds a tenant. The lock is held.
func (s *Server) add(t msp.Tenant) *tenant {
	now := s.Clock().Now()
	if t.Status == "" {
		t.Status = msp.TenantStatusActive
	}
	if t.Created.IsZero() {
		t.Created = secureaccess.At(now)
	}
	if t.LoginURL == "" {
		t.LoginURL = "https://" + t.SubDomain + ".example.net/login/admin"
	}
	added := &tenant{Tenant: t, id: token(), ready: now.Add(s.setUpTime), users: map[msp.Category]int{}}
	s.tenants = append(s.tenants, added)
	return added
}

// Tenants returns the tenants as they are.
func (s *Server) Tenants() []msp.Tenant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listed()
}

// listed returns the tenants as the list shows them. The lock is held.
func (s *Server) listed() []msp.Tenant {
	now := s.Clock().Now()
	list := make([]msp.Tenant, 0, len(s.tenants))
	for _, t := range s.tenants {
		if t.Status == msp.TenantStatusInitializing && !now.Before(t.ready) {
			t.Status = msp.TenantStatusActive
		}
		shown := t.Tenant
		shown.Subscriptions = slices.Clone(t.Subscriptions)
		if s.revealIDs {
			shown.Extra = secureaccess.Extra{"id": json.RawMessage(strconv.Quote(t.id))}
		}
		list = append(list, shown)
	}
	return list
}

// SetTenantStatus changes the state of a tenant. One that is set to initializing becomes active after the time for
// setting up.
func (s *Server) SetTenantStatus(subDomain string, status msp.TenantStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.bySubDomain(subDomain); t != nil {
		t.Status, t.ready = status, s.Clock().Now().Add(s.setUpTime)
	}
}

// SetActiveUsers sets how many users of a tenant are active, which the list counts and reports show.
func (s *Server) SetActiveUsers(subDomain string, product msp.Category, users int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.bySubDomain(subDomain); t != nil {
		t.users[product] = users
	}
}

// SetTenantCap sets how many tenants there may be; 100 by default.
func (s *Server) SetTenantCap(limit int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tenantCap = limit
}

// SetSetUpTime sets how long a new tenant is initializing; a minute by default.
func (s *Server) SetSetUpTime(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setUpTime = d
}

// RevealTenantIDs makes the list show the ids of tenants, which the document does not.
func (s *Server) RevealTenantIDs() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revealIDs = true
}

// CapRequests returns the ids of the requests for a higher cap.
func (s *Server) CapRequests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.capRequests)
}

// bySubDomain returns a tenant, nil if there is none. The lock is held.
func (s *Server) bySubDomain(subDomain string) *tenant {
	for _, t := range s.tenants {
		if strings.EqualFold(t.SubDomain, subDomain) {
			return t
		}
	}
	return nil
}

func (s *Server) listTenants(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	if refusePage(w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.listed()
	page := msp.TenantPage{Total: len(list), CapLimit: s.tenantCap}
	for i, t := range list {
		switch t.Status {
		case msp.TenantStatusActive:
			page.Stats.Active++
		case msp.TenantStatusBlocked:
			page.Stats.Blocked++
		case msp.TenantStatusInitializing:
			page.Stats.Initializing++
		}
		page.Users.ZTA += s.tenants[i].users[msp.CategoryZTA]
		page.Users.PCS += s.tenants[i].users[msp.CategoryPCS]
	}
	page.Items = fake.Window(list, fake.QueryInt(r, "start", 0), fake.QueryInt(r, "limit", 20))
	fake.JSON(w, http.StatusOK, page)
}

func (s *Server) createTenant(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var wanted msp.TenantCreate
	if !decode(w, r, &wanted) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case wanted.SubDomain == "":
		refuse(w, http.StatusBadRequest, "sub_domain is missing")
	case s.bySubDomain(wanted.SubDomain) != nil:
		refuse(w, http.StatusConflict, "the subdomain is taken")
	case len(s.tenants) >= s.tenantCap:
		refuse(w, http.StatusBadRequest, "the limit of tenants is reached")
	default:
		s.add(msp.Tenant{
			SubDomain: wanted.SubDomain, User: wanted.User, Name: wanted.Name, Created: wanted.Created,
			Subscriptions: wanted.Subscriptions, Status: msp.TenantStatusInitializing,
		})
		w.WriteHeader(http.StatusAccepted)
	}
}

func (s *Server) updateTenant(w http.ResponseWriter, r *http.Request, p fake.Params) {
	var change msp.TenantUpdate
	if !decode(w, r, &change) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tenants {
		if t.id != bare(p["tenant_id"]) {
			continue
		}
		if change.Name != "" {
			t.Name = change.Name
		}
		if change.Subscriptions != nil {
			t.Subscriptions = change.Subscriptions
		}
		fake.JSON(w, http.StatusOK, msp.TenantConfig{Name: t.Name, Subscriptions: t.Subscriptions})
		return
	}
	refuse(w, http.StatusNotFound, "there is no such tenant")
}

func (s *Server) requestCap(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := token()
	s.capRequests = append(s.capRequests, id)
	fake.JSON(w, http.StatusOK, map[string]string{"id": id})
}
