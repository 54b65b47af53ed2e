// Package ctxkey names the two context values of the module, so that neither package secureaccess nor the layers below
// have to export how they find each other's.
package ctxkey

// Capture is the key of the *secureaccess.Exchange that a caller wants filled.
type Capture struct{}

// Call is the key of the state of the call that a request belongs to.
type Call struct{}
