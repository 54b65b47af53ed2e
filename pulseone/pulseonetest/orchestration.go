package pulseonetest

import (
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// orchestration is how an appliance is deployed, as it came, since updates name single members of it.
type orchestration struct {
	config map[string]any
}

// hidden are the members of appliance_config that the server does not show.
var hidden = []string{"admin_password", "secondary_admin_password", "auth_code"}

func (s *Server) orchestrationRoutes() {
	of := handlerOf(s, "appliance", "appliance_id", s.appliance)
	// configured is for what needs a configuration.
	configured := func(respond func(http.ResponseWriter, *http.Request, *appliance)) fake.Handler {
		return of(func(w http.ResponseWriter, r *http.Request, a *appliance, _ fake.Params) {
			if a.deployment == nil {
				notFound(w, "orchestration configuration")
				return
			}
			respond(w, r, a)
		})
	}
	s.api.Handle(of(s.createOrchestration), "pulseone.orchestration.create")
	s.api.Handle(configured(func(w http.ResponseWriter, _ *http.Request, a *appliance) {
		// Here alone the service account is called id, as in the document's example.
		seen := a.deployment.view(a)
		seen["id"] = seen["service_account_id"]
		delete(seen, "service_account_id")
		fake.JSON(w, http.StatusOK, seen)
	}), "pulseone.orchestration.get")
	s.api.Handle(configured(s.updateOrchestration), "pulseone.orchestration.update")
	s.api.Handle(configured(func(w http.ResponseWriter, _ *http.Request, a *appliance) {
		w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
		w.Header().Set("Content-Disposition", "attachment; filename=vsphere_user_data.txt")
		_, _ = fmt.Fprint(w, a.deployment.text(s.URL(), a, s.initialConfigToken(a)))
	}), "pulseone.orchestration.init_config")
}

func (s *Server) createOrchestration(w http.ResponseWriter, r *http.Request, a *appliance, _ fake.Params) {
	var config map[string]any
	if !decode(w, r, &config) {
		return
	}
	if config == nil {
		refuse(w, http.StatusBadRequest, "40000", "the body is no configuration")
		return
	}
	o := &orchestration{config}
	o.member("appliance_config")["secondary_admin_password"] = rand.Text()
	if _, ok := config["deployment_config"].(map[string]any); ok {
		o.member("deployment_config")["id"] = s.newID()
	}
	a.deployment = o
	fake.JSON(w, http.StatusOK, o.view(a))
}

// updateOrchestration changes what the body names. A deployment configuration is named by its id.
func (s *Server) updateOrchestration(w http.ResponseWriter, r *http.Request, a *appliance) {
	var body map[string]any
	if !decode(w, r, &body) {
		return
	}
	if deployment, ok := body["deployment_config"].(map[string]any); ok {
		if id, _ := deployment["id"].(string); id != a.deployment.member("deployment_config")["id"] {
			notFound(w, "deployment configuration")
			return
		}
	}
	merge(a.deployment.config, body)
	w.WriteHeader(http.StatusNoContent)
}

// merge sets members of an object, and of the objects in it.
func merge(into, from map[string]any) {
	for name, value := range from {
		inner, ok := value.(map[string]any)
		own, both := into[name].(map[string]any)
		if ok && both {
			merge(own, inner)
			continue
		}
		into[name] = value
	}
}

// member returns an object in the configuration, which is there then.
func (o *orchestration) member(name string) map[string]any {
	inner, ok := o.config[name].(map[string]any)
	if !ok {
		inner = map[string]any{}
		o.config[name] = inner
	}
	return inner
}

// view is the configuration as it is shown.
func (o *orchestration) view(a *appliance) map[string]any {
	seen := maps.Clone(o.config)
	seen["appliance_id"] = a.ID
	if config, ok := seen["appliance_config"].(map[string]any); ok {
		shown := maps.Clone(config)
		maps.DeleteFunc(shown, func(name string, _ any) bool { return slices.Contains(hidden, name) })
		seen["appliance_config"] = shown
	}
	return seen
}

// text is what a virtual appliance is deployed with.
func (o *orchestration) text(base string, a *appliance, token string) string {
	value := func(name string) string {
		if text, ok := o.member("appliance_config")[name].(string); ok && text != "" {
			return text
		}
		return "None"
	}
	return "vaPrimaryDNS=" + value("primary_dns") + ";vaSecondaryDNS=" + value("secondary_dns") +
		";vaAdminUsername=" + value("admin_username") + ";vaAdminPassword=" + value("admin_password") +
		";vaManagementIPAddress=" + value("management_ip_address") + ";vaAcceptLicenseAgreement=y;vaAdminEnableREST=y" +
		";vaConfigURL='" + base + "/api/v1/sa/" + a.ID + "/orchestration/initial-config?t=" + token + "';"
}
