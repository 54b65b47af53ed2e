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

// Report calls Progress, if there is one. The Wait methods call it.
func (o *WaitOptions) Report(state string) {
	if o != nil && o.Progress != nil {
		o.Progress(state)
	}
}
