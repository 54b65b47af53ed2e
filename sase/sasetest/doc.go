// Package sasetest is an in-memory Check Point Harmony SASE to test programs against: a real HTTP server on this
// machine that keeps users, groups, licenses and networks, checks keys and tokens and lets them expire, pages, searches
// and sorts, and refuses what the documented API refuses.
//
//	server := sasetest.NewServer(t)
//	server.AddUser(sase.User{Email: "ada@example.com", FirstName: "Ada", LastName: "Lovelace"})
//	client, err := server.Client()
//
// Its clock stands still until [Server.Advance] moves it or a client of the server sleeps, so that expiries and pauses
// take no time. [Server.Fail] makes requests fail on the way; [Server.SetErrorShape] chooses the form of refusals, of
// which the parts of the real service have several. [New] is the same server for programs, with the machine's clock.
//
// Two habits of the real service are kept because programs stumble over them: the token comes from /api while
// everything else is below /api/rest, and totalPage tells the number of items.
package sasetest
