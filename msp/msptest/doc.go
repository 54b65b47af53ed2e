// Package msptest is an MSP portal in memory: a real HTTP server on this machine to test programs against, with
// sign-in pages, sessions that end, tenants with a cap, reports with a content, and a schedule.
//
//	server := msptest.NewServer(t)
//	server.AddTenant(msp.Tenant{SubDomain: "acme", Name: "Acme"})
//	client, err := server.Client()
//
// It responds as the document says and refuses what the document forbids. Where the document is silent it has to decide:
//
//   - an administrator has one session; to continue at the page between ends the one before
//   - whoever signs in is let in, unless [Server.SetSignInPage] or [Server.SetLockout] says otherwise
//   - a session ends after 10 minutes without a call and after an hour in any case
//   - without a session the response to a call is 401, or what [Server.SetSignedOut] sets
//   - errors are {"error": "..."} with a status of 400 and above
//   - a tenant takes a minute to set up; the list of tenants holds no ids, unless [Server.RevealTenantIDs] was called
//   - a report is a CSV file with a line for each subscription of each tenant, of which the first of a product has the
//     users that are active in it; its download address is of another origin than the portal's, good for a quarter of an
//     hour, and refuses requests that carry a cookie
//   - scheduled reports are made at midnight UTC
package msptest
