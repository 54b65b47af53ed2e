package secureaccesstest

import (
	"net/http"
	"time"
)

// Fault is something that goes wrong with requests to a server; see [Server].
type Fault struct {
	// Method and Path choose requests; empty is any. Path is the beginning of an escaped path.
	Method, Path string

	After int // requests that pass first
	Times int // requests that fail then; 0 is one, negative all

	// Delay passes on the server's clock before anything else happens: on a clock that stands still it takes no time.
	Delay time.Duration

	// Then the first of these that is set happens. With none, the request is handled as if there were no fault.

	Reset    bool // the connection is reset without a response
	Status   int  // this response with Header and Body, instead of the server's
	Header   http.Header
	Body     string
	Truncate int // the server's response ends after so many bytes of its body
}
