package rest

import (
	"net/http"
	"time"
)

// OnOurClock puts a time that a server announces, on its own clock, on this machine's. The Date of the response shows
// how far the two are apart; without one they are taken to agree.
func OnOurClock(announced time.Time, header http.Header, now time.Time) time.Time {
	server, err := http.ParseTime(header.Get("Date"))
	if err != nil || announced.IsZero() {
		return announced
	}
	return now.Add(announced.Sub(server))
}
