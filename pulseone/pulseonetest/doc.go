// Package pulseonetest is a Pulse One in memory, to test programs against: a real HTTP server on this machine that
// checks passwords, cookies and Hawk signatures, lets sessions and credentials expire, keeps appliances and groups, and
// walks a published group through its states.
//
//	func TestRollOut(t *testing.T) {
//		server := pulseonetest.NewServer(t)
//		client, err := server.Client()
//		...
//	}
//
// Its clock stands still, except that [Server.Advance] moves it and that a client's pauses do, so that polls, retries
// and expiries take no time. [Server.Fail] makes requests fail.
//
// The workspaces of mobile devices have clients of their own: [Server.AddAndroid] and [Server.AddIOS] add one that is
// registered, [Server.Invite] prepares a registration.
//
// Operations without a state of their own get the example of the vendor's document as a response, and lists of that
// kind are cut into pages. Requests that the document forbids (an unknown query parameter, a missing member) are refused
// with 400, so that a program that passes here sends what is documented. Responses to signed requests are signed.
package pulseonetest
