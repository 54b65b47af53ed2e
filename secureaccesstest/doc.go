// Package secureaccesstest holds what the in-memory servers of all products have in common. The servers themselves
// are in the packages beside the clients:
//
//   - pulseone/pulseonetest: Pulse One
//   - ics/icstest: an Ivanti Connect Secure appliance
//   - msp/msptest: the MSP portal of Ivanti Neurons for Secure Access
//   - sase/sasetest: Harmony SASE
//   - sps/spstest: a Safeguard for Privileged Sessions appliance
//
// Each is a real HTTP server on this machine with its state in memory, and each is a [Server]:
//
//	server := sasetest.NewServer(t)      // ends with the test
//	client, err := server.Client()       // signs in, shares the server's clock, trusts its CA
//	server.Advance(time.Hour)            // sessions and credentials expire
//	server.Fail(secureaccesstest.Fault{Path: "/api/rest/v1/users", Status: 503, Times: 2})
//
// Three functions make a server in each of the packages:
//
//   - NewServer(t) starts one for a test, on a [Clock] that stands still; NewTLSServer(t) likewise with TLS
//   - New() returns one for a program, on the clock of this machine, to be started with Start or StartTLS
//   - NewStill() returns one for a program on a clock that stands still
//
// Requests are compared with the documented operations: what the document forbids is refused with the status and in
// the form in which the product refuses. What a server does not understand is refused too, never ignored. Documented
// operations for which a server keeps no state get the example of the document.
package secureaccesstest
