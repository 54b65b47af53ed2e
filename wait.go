package secureaccess

import "time"

// WaitOptions says how a Wait method polls. A nil *WaitOptions means the defaults. How long to wait in all is the
// context's business.
type WaitOptions struct {
	Interval    time.Duration // first pause; 2 s by default
	MaxInterval time.Duration // pauses grow by half up to this; 30 s by default

	// Progress, if set, is called with the state that each poll finds.
	Progress func(state string)
}

// WaitError is how a Wait method ends whose context ended first. It unwraps to the context's error.
type WaitError struct {
	Object string // what was waited for: "group 4711"
	State  string // what the last poll found; "" when none succeeded
	Err    error
}

// Error names the object, its last state and why the wait ended.
func (e *WaitError) Error() string {
	text := "waiting for " + e.Object
	if e.State != "" {
		text += ", last seen " + e.State
	}
	return text + ": " + e.Err.Error()
}

// Unwrap returns the context's error.
func (e *WaitError) Unwrap() error { return e.Err }
