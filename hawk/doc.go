// Package hawk signs HTTP requests with the Hawk scheme and verifies them, on both sides of the connection.
//
// Hawk proves that a sender knows a key without sending it: each request carries a MAC over its method, target, host,
// port, time and a nonce, and, where asked for, over a hash of its body. The server can sign its answer in the same way.
//
// A client puts a [Transport] under its http.Client. It signs every request afresh, follows the server's clock where
// that differs from this machine's, signs nothing that leaves the allowed origin, and checks signed answers:
//
//	client := &http.Client{Transport: &hawk.Transport{
//		Credentials: func(context.Context) (hawk.Credentials, error) { return credentials, nil },
//		Origin:      hawk.SameOrigin(base),
//	}}
//
// A server asks a [Verifier] about each request. [Signer] and [CheckResponse] are the parts below a Transport, for
// programs that send requests in a way of their own.
//
// What is signed is the request target as it stands on the wire, byte for byte. Grammar, limits, order of checks and
// words are those of the reference implementation, @hapi/hawk; where this package is stricter, the documentation says
// so. Bewits, which are signed links, and the signing of messages outside HTTP are not implemented.
package hawk
