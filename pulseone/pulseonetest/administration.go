package pulseonetest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// administration is what the console knows of its customers and users beyond their devices.
type administration struct {
	policies     []*pulseone.Policy
	lastPolicy   int64
	emailDomains []pulseone.EmailDomain
	domains      []*domain
	eulas        []pulseone.EULA                 // the last one is the current one
	signed       map[string]map[string]time.Time // by user and agreement
	provisioned  []string
}

// domain is a customer's domain.
type domain struct {
	pulseone.ManagedDomain
	deleted bool
}

// AddEmailDomain adds an email domain to a customer's domain, and returns its id. The domain of all users is 1.
func (s *Server) AddEmailDomain(domainID int64, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	added := pulseone.EmailDomain{
		ID: s.newID(), EmailDomain: name, DomainID: domainID, Created: secureaccess.At(s.Clock().Now().UTC().Truncate(time.Second)),
	}
	s.admin.emailDomains = append(s.admin.emailDomains, added)
	return added.ID
}

// AddDomain adds a customer's domain, and returns its id. The server is then the provider's host as well.
func (s *Server) AddDomain(d pulseone.ManagedDomain) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.ID == 0 {
		d.ID = int64(len(s.admin.domains)) + 1
	}
	s.admin.domains = append(s.admin.domains, &domain{ManagedDomain: d})
	return d.ID
}

// MarkDomainDeleted deletes a domain as an administrator does: it can be recovered.
func (s *Server) MarkDomainDeleted(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.domain(strconv.FormatInt(id, 10)); d != nil {
		d.deleted = true
	}
}

// AddEULA makes a license agreement the current one, which all users have to sign, and returns its id.
func (s *Server) AddEULA(content string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	added := pulseone.EULA{ID: s.newID(), Content: content, Created: secureaccess.At(s.Clock().Now().UTC().Truncate(time.Second))}
	s.admin.eulas = append(s.admin.eulas, added)
	return added.ID
}

// ProvisionedEmails returns the addresses that workspaces were asked for, and emails sent to.
func (s *Server) ProvisionedEmails() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.admin.provisioned)
}

func (s *Server) administrationRoutes() {
	s.admin.signed = map[string]map[string]time.Time{}
	s.policyRoutes()
	s.eulaRoutes()
	s.domainRoutes()
	s.api.Handle(startRegistration, "pulseone.registration.start")
	s.api.Handle(s.provisionWorkspace, "pulseone.registration.provision_workspace")
}

// domain finds a customer's domain. The lock is held.
func (s *Server) domain(id string) *domain {
	for _, d := range s.admin.domains {
		if strconv.FormatInt(d.ID, 10) == id {
			return d
		}
	}
	return nil
}

func (s *Server) domainRoutes() {
	s.api.Handle(s.listDomains, "pulseone.domains.list")
	s.api.Handle(handlerOf(s, "domain", "domain_id", s.domain)(func(w http.ResponseWriter, _ *http.Request, d *domain, _ fake.Params) {
		d.deleted = false
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.domains.recover")
	s.api.Handle(s.lookUpDomain, "pulseone.domains.lookup")
	s.api.Handle(func(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.mobile.domain.enrolled = false
		fake.JSON(w, http.StatusOK, map[string]string{"msg": "Un-enrolled Google AFW domain."})
	}, "pulseone.domains.afw_unenroll")
	s.api.Handle(s.listEmailDomains, "pulseone.email_domains.list")
	s.api.Handle(s.withEmailDomain(func(w http.ResponseWriter, i int) {
		fake.JSON(w, http.StatusOK, s.admin.emailDomains[i])
	}), "pulseone.email_domains.get")
	s.api.Handle(s.withEmailDomain(func(w http.ResponseWriter, i int) {
		s.admin.emailDomains = slices.Delete(s.admin.emailDomains, i, i+1)
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.email_domains.delete")
}

// listDomains counts those of the page alone, which the document leaves open.
func (s *Server) listDomains(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []pulseone.ManagedDomain{}
	query := r.URL.Query()
	for _, d := range s.admin.domains {
		if d.deleted == (query.Get("deleted") == "True") && strings.Contains(d.Name, query.Get("q")) {
			found = append(found, d.ManagedDomain)
		}
	}
	found = fake.Window(found, fake.QueryInt(r, "start", 0), fake.QueryInt(r, "limit", 10))
	fake.JSON(w, http.StatusOK, map[string]any{"data": found, "total": len(found)})
}

func (s *Server) lookUpDomain(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.knowsEmail(r.URL.Query().Get("email_domain")) {
		notFound(w, "email domain")
		return
	}
	fake.JSON(w, http.StatusOK, pulseone.DomainInfo{Name: r.Host, URL: s.URL()})
}

// knowsEmail reports whether the customer has an email domain. The lock is held.
func (s *Server) knowsEmail(name string) bool {
	return slices.ContainsFunc(s.admin.emailDomains, func(d pulseone.EmailDomain) bool { return strings.EqualFold(d.EmailDomain, name) })
}

func (s *Server) listEmailDomains(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []pulseone.EmailDomain{}
	for _, d := range s.admin.emailDomains {
		if strconv.FormatInt(d.DomainID, 10) == p["domain_id"] {
			found = append(found, d)
		}
	}
	fake.JSON(w, http.StatusOK, map[string]any{"items": found})
}

// withEmailDomain makes a handler of what is given the place of an email domain in the list, with the lock held.
func (s *Server) withEmailDomain(respond func(w http.ResponseWriter, i int)) fake.Handler {
	return func(w http.ResponseWriter, _ *http.Request, p fake.Params) {
		s.mu.Lock()
		defer s.mu.Unlock()
		i := slices.IndexFunc(s.admin.emailDomains, func(d pulseone.EmailDomain) bool {
			return sameID(d.ID, p["email_domain_id"]) && strconv.FormatInt(d.DomainID, 10) == p["domain_id"]
		})
		if i < 0 {
			notFound(w, "email domain")
			return
		}
		respond(w, i)
	}
}

// startRegistration goes by the browser, as the document has it.
func startRegistration(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	browser := r.Header.Get("User-Agent")
	switch {
	case strings.Contains(browser, "Android"):
		w.Header().Set("Location", "market://details?id=net.pulsesecure.workspace")
	case strings.Contains(browser, "iPad"), strings.Contains(browser, "iPhone"):
		w.Header().Set("Location", "/ios/enroll")
	default:
		htmlPage(w, http.StatusOK, "Your device is not supported.")
		return
	}
	w.WriteHeader(http.StatusFound)
}

func (s *Server) provisionWorkspace(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	email := r.PostFormValue("provision_email")
	_, name, _ := strings.Cut(email, "@")
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.knowsEmail(name) {
		htmlPage(w, http.StatusNotFound, "Sign up with us.")
		return
	}
	s.admin.provisioned = append(s.admin.provisioned, email)
	htmlPage(w, http.StatusOK, "Look into your mailbox.")
}

func htmlPage(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("<html><body>" + text + "</body></html>"))
}
