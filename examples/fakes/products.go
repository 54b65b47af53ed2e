package main

import (
	"fmt"
	"time"

	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
	"github.com/secureaccess-go/secureaccess/msp"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
	"github.com/secureaccess-go/secureaccess/secureaccesstest"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// product is a product that can be served.
type product struct {
	name, title string
	expires     string // what expire ends
	new         func() served
}

// served is a server with what only its product knows.
type served struct {
	secureaccesstest.Server
	url    func() string // what clients take
	expire func()        // ends what clients are signed in with
}

// products in the order of the documents, each with a little in it to look at.
var products = []product{
	{
		name: "pulseone", title: "Pulse One", expires: "the console's sessions and all Hawk credentials",
		new: func() served {
			s := pulseonetest.New()
			master := s.AddAppliance(pulseone.Appliance{Name: "headquarters"})
			branch := s.AddAppliance(pulseone.Appliance{Name: "branch"})
			s.AddGroup("offices", master, branch)
			return served{s, s.URL, func() { s.ExpireCredentials(); s.EndSessions() }}
		},
	},
	{
		name: "ics", title: "an Ivanti Connect Secure appliance", expires: "the API keys that sign-ins have issued",
		new: func() served {
			s := icstest.New()
			for i, user := range []string{"anna", "bela", "anna"} {
				s.AddSession(ics.Session{User: user, SourceIP: fmt.Sprintf("192.0.2.%d", i+1)})
			}
			s.AddSessionCookie("anna-dsid", ics.SessionInfo{Username: "anna", Roles: []string{"Users"}})
			return served{s, s.URL, s.ExpireKeys}
		},
	},
	{
		name: "msp", title: "the nSA MSP portal", expires: "the sessions",
		new: func() served {
			s := msptest.New()
			s.AddTenant(msp.Tenant{SubDomain: "acme", Name: "Acme"})
			s.AddReport("usage.csv", []byte("tenant,active_users\nAcme,12\n"))
			return served{s, s.URL, s.EndSessions}
		},
	},
	{
		name: "sase", title: "Harmony SASE", expires: "the access tokens",
		new: func() served {
			s := sasetest.New()
			ada := s.AddUser(sase.User{Email: "ada@example.com", FirstName: "Ada", LastName: "Lovelace"})
			s.AddGroup(sase.Group{Name: "Staff", Users: []string{ada.ID}})
			s.AddNetwork(sase.Network{
				Name: "office", Regions: []sase.NetworkRegion{{Name: "Frankfurt", Instances: []sase.NetworkInstance{{}, {}}}},
			})
			return served{s, s.BaseURL, s.KillTokens}
		},
	},
	{
		name: "sps", title: "a Safeguard for Privileged Sessions appliance", expires: "the sessions and the open transaction",
		new: func() served {
			s := spstest.New() // with a thousand recorded sessions
			_ = s.AddObject("policies/time_policies", "office-hours", map[string]any{"name": "office hours"})
			return served{s, s.URL, s.EndSessions}
		},
	},
}

// moment is a time to advance by, as the control server takes it.
func moment(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err == nil && d <= 0 {
		err = fmt.Errorf("%s is not in the future", text)
	}
	return d, err
}
