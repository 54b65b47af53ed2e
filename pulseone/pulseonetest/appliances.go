package pulseonetest

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// appliance is an appliance with what Pulse One knows of its configuration.
type appliance struct {
	pulseone.Appliance
	commits    []commit  // oldest first; the last is what it is running
	prescribed string    // to be run
	runsAt     time.Time // when it is
	outcome    Outcome
	publish    *publish
	plays      pulseone.TaskStatus // how tasks end that the server works off in its place; "": it does not
	deployment *orchestration      // nil: none
}

type commit struct {
	id   string
	date time.Time
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// AddAppliance adds an appliance and returns its id. What is left empty is filled in; it is registered and online, and
// runs a configuration of its own, unless it says otherwise.
func (s *Server) AddAppliance(a pulseone.Appliance) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.State == "" {
		a.State, a.NotificationChannelStatus = pulseone.ApplianceStateRegistered, pulseone.ChannelStatusOnline
	}
	if a.Type == "" {
		a.Type = pulseone.ApplianceTypeVPN
	}
	added := s.add(a)
	if added.State == pulseone.ApplianceStateRegistered {
		s.commit(added)
	}
	return added.ID
}

// add keeps an appliance. The lock is held.
func (s *Server) add(a pulseone.Appliance) *appliance {
	if a.ID == "" {
		a.ID = s.newID()
	}
	now := secureaccess.At(s.Clock().Now().UTC().Truncate(time.Second))
	if a.Created.IsZero() {
		a.Created = now
	}
	a.Updated = now
	added := &appliance{Appliance: a}
	s.appliances = append(s.appliances, added)
	return added
}

// newID makes a UUID, the same ones in every run. The lock is held.
func (s *Server) newID() string {
	s.serial++
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", s.serial, s.serial)
}

// commit gives an appliance a new configuration. The lock is held.
func (s *Server) commit(a *appliance) {
	s.serial++
	sum := sha1.Sum([]byte(a.ID + itoa(int64(s.serial))))
	s.run(a, hex.EncodeToString(sum[:]))
}

// run makes an appliance run a commit. One that it runs already is no new one. The lock is held.
func (s *Server) run(a *appliance, id string) {
	a.ConfigState = pulseone.ConfigStateInSync
	if len(a.commits) > 0 && a.ApplianceCommitID == id {
		return
	}
	a.commits = append(a.commits, commit{id: id, date: s.Clock().Now().UTC().Truncate(time.Second)})
	a.ApplianceCommitID = id
	a.ConfigSize = 1389
	a.ConfigCreated = secureaccess.At(a.commits[len(a.commits)-1].date)
}

// Appliances returns what the server has.
func (s *Server) Appliances() []pulseone.Appliance {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walk()
	list := make([]pulseone.Appliance, len(s.appliances))
	for i, a := range s.appliances {
		list[i] = a.Appliance
	}
	return list
}

// SetPending gives an appliance a pending commit, which waits for an administrator.
func (s *Server) SetPending(applianceID, commit string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.appliance(applianceID); a != nil {
		a.PendingCommitID = commit
	}
}

// appliance finds an appliance by its id, with or without dashes. The lock is held.
func (s *Server) appliance(id string) *appliance {
	for _, a := range s.appliances {
		if sameID(a.ID, id) {
			return a
		}
	}
	return nil
}

// dropAppliance removes an appliance with all that is its own: what it may sign with and register with, its place in its
// group, its connections and what it reported. Its tasks and backups stay. The lock is held.
func (s *Server) dropAppliance(a *appliance) {
	s.appliances = slices.DeleteFunc(s.appliances, func(b *appliance) bool { return a == b })
	for _, g := range s.groups {
		g.remove(a.ID)
		if sameID(g.MasterApplianceID, a.ID) {
			g.MasterApplianceID = ""
		}
	}
	maps.DeleteFunc(s.credentials, func(_ string, c *credentials) bool { return c.appliance == a.ID })
	maps.DeleteFunc(s.face.codes, func(_, id string) bool { return id == a.ID })
	delete(s.face.tokens, a.ID)
	delete(s.face.reports, a.ID)
	for l := range s.face.listeners {
		if l.appliance == a.ID {
			l.end()
		}
	}
}

func sameID(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, "-", ""), strings.ReplaceAll(b, "-", ""))
}

func (s *Server) applianceRoutes() {
	s.api.Handle(s.listAppliances, "pulseone.appliances.list")
	s.api.Handle(s.createAppliance, "pulseone.appliances.create")
	one := handlerOf(s, "appliance", "appliance_id", s.appliance)
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, a *appliance, _ fake.Params) {
		fake.JSON(w, http.StatusOK, a.Appliance)
	}), "pulseone.appliances.get")
	s.api.Handle(one(s.updateAppliance), "pulseone.appliances.update")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, a *appliance, _ fake.Params) {
		s.dropAppliance(a)
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.appliances.delete")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, a *appliance, _ fake.Params) {
		fake.JSON(w, http.StatusOK, s.registration(a))
	}), "pulseone.appliances.renew_registration_code")
	s.api.Handle(one(func(w http.ResponseWriter, _ *http.Request, _ *appliance, _ fake.Params) {
		w.WriteHeader(http.StatusNoContent)
	}), "pulseone.appliances.reboot")
	s.api.Handle(one(s.orchestrate), "pulseone.appliances.command")
}

func (s *Server) listAppliances(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walk()
	limit := fake.QueryInt(r, "limit", 10)
	if limit > 100 {
		refuse(w, http.StatusBadRequest, "40000", "limit is over 100")
		return
	}
	matching := []pulseone.Appliance{}
	for _, a := range s.appliances {
		if matches(a, r) {
			matching = append(matching, a.Appliance)
		}
	}
	fake.JSON(w, http.StatusOK, page[pulseone.Appliance]{
		Items: fake.Window(matching, fake.QueryInt(r, "start", 0), limit), Total: len(matching),
	})
}

func matches(a *appliance, r *http.Request) bool {
	query := r.URL.Query()
	search := strings.ToLower(query.Get("search"))
	if !strings.Contains(strings.ToLower(a.Name+"\n"+a.Model+"\n"+a.ApplianceVersion), search) {
		return false
	}
	kind := ""
	if a.Orchestration != nil {
		kind = string(a.Orchestration.Type)
	}
	return chosen(query.Get("sdp_mode"), string(a.SDPMode)) && chosen(query.Get("orchestration_type"), kind)
}

// chosen reports whether a filter of a value, "all" or "none" lets a value through.
func chosen(filter, value string) bool {
	switch filter {
	case "":
		return true
	case "all":
		return value != ""
	case "none":
		return value == ""
	}
	return filter == value
}

func (s *Server) createAppliance(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body pulseone.OrchestratedApplianceCreate
	if !decode(w, r, &body) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.roleIsFree(body.SDPMode) {
		refuse(w, http.StatusConflict, pulseone.CodeSDPApplianceInvalid, "the SDP role is not possible")
		return
	}
	created := pulseone.Appliance{
		Name: body.Name, SDPMode: body.SDPMode, State: pulseone.ApplianceStateUnregistered, NotificationChannelStatus: pulseone.ChannelStatusOffline,
	}
	if body.DMI != nil {
		created.DMI = &pulseone.DMI{Username: body.DMI.Username, IPAddress: body.DMI.IPAddress, Port: body.DMI.Port}
	}
	if body.Orchestration.Type == "" {
		fake.JSON(w, http.StatusOK, s.registration(s.add(created)))
		return
	}
	created.Orchestration = &pulseone.Orchestration{Type: body.Orchestration.Type, State: pulseone.OrchestrationStateCreated}
	fake.JSON(w, http.StatusOK, s.add(created).Appliance)
}

// roleIsFree reports whether another appliance can have an SDP role: there is one controller, and gateways need it.
// The lock is held.
func (s *Server) roleIsFree(mode pulseone.SDPMode) bool {
	controller := slices.ContainsFunc(s.appliances, func(a *appliance) bool { return a.SDPMode == pulseone.SDPModeController })
	switch mode {
	case pulseone.SDPModeController:
		return !controller
	case pulseone.SDPModeGateway:
		return controller
	}
	return true
}

// registration gives an appliance a code to register with, in place of those that it had. The lock is held.
func (s *Server) registration(a *appliance) pulseone.Registration {
	s.serial++
	maps.DeleteFunc(s.face.codes, func(_, id string) bool { return id == a.ID })
	code := fmt.Sprintf("JZTAet96%d", s.serial)
	s.face.codes[code] = a.ID
	return pulseone.Registration{
		APIURL:           s.apiBase(),
		RegistrationCode: secureaccess.NewSecret(code),
	}
}

func (s *Server) updateAppliance(w http.ResponseWriter, r *http.Request, a *appliance, _ fake.Params) {
	var body pulseone.ApplianceUpdate
	if !decode(w, r, &body) {
		return
	}
	if body.SDPMode != "" && (a.SDPMode == body.SDPMode || !s.roleIsFree(body.SDPMode)) {
		refuse(w, http.StatusConflict, pulseone.CodeSDPApplianceInvalid, "the SDP role is not possible")
		return
	}
	if body.GroupID != "" {
		g := s.group(body.GroupID)
		if g == nil {
			notFound(w, "group")
			return
		}
		s.join(g, a)
	}
	if body.Name != "" {
		a.Name = body.Name
	}
	if body.SDPMode != "" {
		a.SDPMode = body.SDPMode
	}
	a.Updated = secureaccess.At(s.Clock().Now().UTC().Truncate(time.Second))
	fake.JSON(w, http.StatusOK, a.Appliance)
}

// orchestrate starts, stops, updates or destroys.
func (s *Server) orchestrate(w http.ResponseWriter, _ *http.Request, a *appliance, p fake.Params) {
	const stopped = pulseone.OrchestrationState("stopped")
	if a.Orchestration == nil {
		refuse(w, http.StatusInternalServerError, pulseone.CodeApplianceNotOrchestrated, "not an orchestrated appliance")
		return
	}
	if a.deployment == nil && p["action"] == "start" {
		refuse(w, http.StatusInternalServerError, pulseone.CodeOrchestrationConfigMissing, "there is no orchestration configuration yet")
		return
	}
	started := a.Orchestration.State == pulseone.OrchestrationStateStarted
	switch p["action"] {
	case "start":
		if started {
			refuse(w, http.StatusConflict, pulseone.CodeOrchestrationStateTransitionInvalid, "it is started")
			return
		}
		a.Orchestration.State = pulseone.OrchestrationStateStarted
	case "stop", "update":
		if !started {
			refuse(w, http.StatusConflict, pulseone.CodeOrchestrationStateTransitionInvalid, "it is not started")
			return
		}
		if p["action"] == "stop" {
			a.Orchestration.State = stopped
		}
	case "destroy":
		if a.SDPMode == pulseone.SDPModeController && slices.ContainsFunc(s.appliances, func(b *appliance) bool { return b.SDPMode == pulseone.SDPModeGateway }) {
			refuse(w, http.StatusConflict, pulseone.CodeOrchestrationActionInvalid, "a gateway is active")
			return
		}
		s.dropAppliance(a)
	default:
		notFound(w, "command")
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
