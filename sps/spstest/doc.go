// Package spstest is a Safeguard for Privileged Sessions to test against: a real HTTP server on this machine with its
// state in memory.
//
//	server := spstest.NewServer(t)
//	client, err := server.Client()
//
// It opens sessions and ends them after 20 minutes without a request, has one transaction at a time that nobody else
// sees into, refuses to delete what is built in or in use, drops members that it does not know without a word, and
// holds any number of recorded sessions. A server of [NewServer] has a clock that stands still but for
// [Server.Advance], and that a client made with [Server.Options] shares; [New] has the machine's.
//
// Searches take AND, OR, NOT, parentheses, quotes and the wildcards * and ?, over terms of the form member:value; in the
// content of a session, over values alone. Anything else is refused. The list of sessions takes start and end: those
// that were going on at some time between, and sort by start_time or -start_time, the default.
//
// Where no document tells how the appliance refuses something, the status and the type of the error are this package's
// own: 400 for objects that are in use, built in or not valid, 409 for a configuration that somebody else is changing,
// 404 for a snapshot that is over.
package spstest
