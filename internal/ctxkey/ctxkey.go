// Package ctxkey names the context values that package secureaccess sets and internal/rest reads, or the other way
// round, so that neither has to export how.
package ctxkey

// Capture is the key of the *secureaccess.Exchange that a caller wants filled.
type Capture struct{}

// Operation is the key of the secureaccess.Operation that a request belongs to.
type Operation struct{}
