// Package icstest is a Connect Secure appliance in memory: a real HTTP server on this machine to test programs against,
// with realms to sign in to, keys that expire, sessions that come and go while they are listed, a configuration tree, a
// cluster, licenses in both roles, certificates and backups of any size.
//
//	server := icstest.NewServer(t)
//	server.AddSessions(1000)
//	client, err := server.Client()
//
// It responds as the document says and refuses what the document forbids. Where the document is silent it has to decide:
//
//   - a refusal is {"result": {"errors": [...]}} with 400, 401, 403, 404 or 422; that of an import has 200, as does the
//     refusal of a VIP failover, which is documented so
//   - a key lives while it is used at least once in the idle timeout of the role .Administrators, 10 minutes at first
//   - a page of sessions has at most 200; their list is in the order in which they were added or inserted
//   - the code of a second factor comes as the password of Basic authentication, beside the realm and the resume id
//   - PUT merges objects and replaces lists; POST of an entry that exists gives 201 with an error in its result
//   - entries of lists are known by their name, username, node or address, the first of these that they have
//   - the old sign-in takes GET and POST; a slash at the end of a path counts for nothing
//   - entries that hold more than values are listed by name and href, unless expanded
//   - a signed certificate comes as PEM, DER or {"cert": "..."}, and takes the place of one with its subject
//   - what was imported is what is exported from then on, in either mode; at first it is a ZIP archive of random content
package icstest
