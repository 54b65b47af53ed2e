package workspace

import (
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// CodeGoogleAccountExists is the code of a Google account that exists already. The console has the same code for
// something else. The other codes of Pulse One are in package pulseone.
const CodeGoogleAccountExists secureaccess.Code = "40901"

// decodeError reads a refusal. What means something else to a workspace than to the console is told in its own words,
// and a Google account that exists is a conflict under either of the statuses that the document prints.
func decodeError(e *secureaccess.Error, header http.Header, body []byte) {
	api.DecodeError(e, header, body)
	if e.Status/100 == 2 && !api.Refuses(body) {
		e.Err = secureaccess.ErrBadResponse // a page in place of a profile, or a profile in place of a page
	}
	if e.Code != CodeGoogleAccountExists {
		return
	}
	e.Err = secureaccess.ErrConflict
	if len(rest.Reasons(body)) == 0 {
		e.Messages = []string{"the Google account exists already"}
	}
}
