package main

import (
	"crypto/tls"

	"github.com/secureaccess-go/secureaccess/ics/icstest"
	"github.com/secureaccess-go/secureaccess/msp/msptest"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// server is what the fakes of all products have.
type server interface {
	Start(address string, config *tls.Config) error
	Credentials() map[string]string
	Close()
}

// product is a product that can be served.
type product struct {
	name, title string
	new         func() server
	url         func(server) string
}

// products in the order of the documents, each with a little in it to look at.
var products = []product{
	{
		name: "pulseone", title: "Pulse One",
		new: func() server {
			s := pulseonetest.New()
			master := s.AddAppliance(pulseone.Appliance{Name: "headquarters"})
			branch := s.AddAppliance(pulseone.Appliance{Name: "branch"})
			s.AddGroup("offices", master, branch)
			return s
		},
		url: func(s server) string { return s.(*pulseonetest.Server).URL },
	},
	{
		name: "ics", title: "an Ivanti Connect Secure appliance",
		new: func() server { return icstest.New() },
		url: func(s server) string { return s.(*icstest.Server).URL },
	},
	{
		name: "msp", title: "the nSA MSP portal",
		new: func() server { return msptest.New() },
		url: func(s server) string { return s.(*msptest.Server).URL },
	},
	{
		name: "sase", title: "Harmony SASE",
		new: func() server { return sasetest.New() },
		url: func(s server) string { return s.(*sasetest.Server).BaseURL() },
	},
	{
		name: "sps", title: "a Safeguard for Privileged Sessions appliance",
		new: func() server { return spstest.New() },
		url: func(s server) string { return s.(*spstest.Server).URL },
	},
}
