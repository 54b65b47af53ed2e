package pulseonetest

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// googleDomain is the enrollment of the domain with Android for Work.
type googleDomain struct {
	enrolled    bool
	signup      string // token of the one sign-up that goes on
	next        string // where it leads
	delegations map[string]string
	approvals   map[string]string // products by the URL that approves them
	approved    map[string]bool   // by product: also what it asks for later
}

// GoogleEnrolled reports whether the domain is enrolled with Android for Work.
func (s *Server) GoogleEnrolled() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mobile.domain.enrolled
}

// ApprovedProducts returns the approved products, and whether what they ask for later is approved as well.
func (s *Server) ApprovedProducts() map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	products := map[string]bool{}
	for product, forever := range s.mobile.domain.approved {
		products[product] = forever
	}
	return products
}

func (s *Server) googleRoutes() {
	s.mobile.domain.approved = map[string]bool{}
	s.api.Handle(s.enrollDomain, "pulseone.afw_domains.enroll")
	s.api.Handle(s.unenroll, "pulseone.afw_domains.unenroll")
	s.api.Handle(s.signupURL, "pulseone.afw_domains.create_signup_url")
	s.api.Handle(s.signupCallback, "pulseone.afw_domains.signup_callback")
	s.api.Handle(s.delegationURL, "pulseone.afw_domains.create_app_publishing_delegation_url")
	s.api.Handle(s.delegationCallback, "pulseone.afw_domains.custom_app_delegation_callback")
	s.api.Handle(s.approvalURL, "pulseone.afw_products.generate_approval_url")
	s.api.Handle(s.approve, "pulseone.afw_products.approve")
}

func (s *Server) enrollDomain(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body struct {
		Token string `json:"token"`
	}
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mobile.domain.enrolled {
		refuse(w, http.StatusBadRequest, "40000", "The domain is already enrolled.")
		return
	}
	s.mobile.domain.enrolled = true
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) unenroll(w http.ResponseWriter, _ *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.mobile.domain.enrolled {
		notFound(w, "enrollment")
		return
	}
	s.mobile.domain.enrolled = false
	w.WriteHeader(http.StatusNoContent)
}

type nextPage struct {
	Next string `json:"next"`
}

// signupURL begins a sign-up, and ends the one before.
func (s *Server) signupURL(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body nextPage
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mobile.domain.signup, s.mobile.domain.next = rand.Text(), body.Next
	fake.JSON(w, http.StatusOK, pulseone.BrowserURL{URL: "https://google.com/afw-domain-setup?t=" + s.mobile.domain.signup})
}

func (s *Server) signupCallback(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	domain := &s.mobile.domain
	if token := r.URL.Query().Get("token_id"); domain.signup == "" || token != domain.signup {
		refuse(w, http.StatusBadRequest, "40000", "the token is not valid")
		return
	}
	domain.signup, domain.enrolled = "", true
	w.Header().Set("Location", domain.next)
	w.WriteHeader(http.StatusSeeOther)
}

func (s *Server) delegationURL(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body nextPage
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	token := rand.Text()
	s.mobile.domain.delegations[token] = body.Next
	back := s.URL() + "/api/v1/afw/domains/custom-app-delegation-callback?t=" + token
	fake.JSON(w, http.StatusOK, pulseone.BrowserURL{
		URL: "https://play.google.com/apps/publish/delegatePrivateApp?service_account=pulse&continueUrl=" + url.QueryEscape(back),
	})
}

func (s *Server) delegationCallback(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	token := r.URL.Query().Get("t")
	next, ok := s.mobile.domain.delegations[token]
	if !ok {
		refuse(w, http.StatusBadRequest, "40000", "the token is not valid")
		return
	}
	delete(s.mobile.domain.delegations, token)
	w.Header().Set("Location", next)
	w.WriteHeader(http.StatusSeeOther)
}

func (s *Server) approvalURL(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	link := ""
	if _, done := s.mobile.domain.approved[p["product_id"]]; !done {
		link = "https://play.google.com/work/permissionsiframe?token=" + rand.Text()
		s.mobile.domain.approvals[link] = p["product_id"]
	}
	fake.JSON(w, http.StatusOK, pulseone.ApprovalURL{URL: link})
}

func (s *Server) approve(w http.ResponseWriter, r *http.Request, p fake.Params) {
	var body pulseone.ApprovalURL
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	product, ok := s.mobile.domain.approvals[body.URL]
	delete(s.mobile.domain.approvals, body.URL)
	if !ok || product != p["product_id"] {
		refuse(w, http.StatusBadRequest, "40000", "the URL approves nothing")
		return
	}
	s.mobile.domain.approved[product] = r.URL.Query().Get("approve_forever") == "true"
	w.WriteHeader(http.StatusNoContent)
}
