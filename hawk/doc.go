// Package hawk signs HTTP requests with the Hawk scheme and verifies them, on both sides of the connection.
//
// Hawk proves that a sender knows a key without sending it: each request carries a MAC over its method, target, host,
// port, time and a nonce and, on demand, over a hash of its body. The server can sign its response in the same way.
//
// A client puts a [Transport] under its http.Client. It signs every request afresh, follows the server's clock where
// that differs from this machine's, signs nothing that leaves the allowed origin, and checks signed responses:
//
//	client := &http.Client{Transport: &hawk.Transport{
//		Credentials: func(context.Context) (hawk.Credentials, error) { return credentials, nil },
//		Origin:      hawk.SameOrigin(base),
//	}}
//
// A server wraps its handler in a [Handler], or asks a [Verifier] about each request. [Signer] and [CheckResponse] are
// the parts below a Transport, for programs that send requests in their own way.
//
// What is signed is the request target as it stands on the wire, byte for byte. Grammar, limits, order of checks and
// error messages are those of the reference implementation, @hapi/hawk; the documentation names the differences.
// Clients compute MACs with the standard library, servers with an independent implementation, github.com/hiyosi/hawk,
// so that the two sides cannot share a mistake. Bewits, which are signed links, and the signing of messages outside
// HTTP are not implemented.
package hawk
