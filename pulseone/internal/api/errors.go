package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// The codes that the layers below the services act on.
const (
	CodeCredentialRenewalRequired secureaccess.Code = "40101"
	CodeRequestTimeTooSkewed      secureaccess.Code = "40302"
	CodeCredentialsExpired        secureaccess.Code = "40303"
)

// meanings has the text of each code, for a server that sends one without a message: a test compares it with the comments
// of the codes in package pulseone.
var meanings = map[secureaccess.Code]string{
	"10000": "the licensing service does not know the license key",
	"10001": "another licensing server uses the license key",
	"40001": "too many items in the request",
	"40002": "the SHA-1 hash differs from that of the data",
	"40003": "the master appliance conflicts with the group",
	"40004": "a target appliance conflicts with the group",
	"40005": "the operation does not fit the type of the enterprise",
	"40013": "the domain is not enrolled with Android for Work",
	"40014": "not an IPv4 or IPv6 range",
	"40101": "credentials have to be renewed",
	"40301": "the signature does not match",
	"40302": "the time of the request is too far from the server's",
	"40303": "credentials are past their end",
	"40304": "the registration code is wrong, expired or of another domain",
	"40305": "a claim in the credentials is not valid",
	"40309": "the ActiveSync token does not match",
	"40401": "a block of the commit is not valid",
	"40410": "Google does not know the device",
	"40901": "the commit conflicts with the running one",
	"40902": "the settings have been changed since",
	"40905": "the appliance cannot go from its state to the one asked for",
	"40906": "the SDP role is not possible",
	"40907": "the action is not possible now",
	"40908": "your own address is outside the new range",
	"50001": "Google could not verify the device",
	"50002": "the domain has no MDM push certificate",
	"50031": "the appliance is not orchestrated",
	"50032": "the appliance has no orchestration configuration",
	"50201": "iTunes is not available",
	"50202": "Google is not available",
	"50203": "an unexpected response of Google's; try again",
}

// DecodeError reads the error body {"code", "message", "id"}, and whatever else stands where it should be.
func DecodeError(e *secureaccess.Error, header http.Header, body []byte) {
	var said struct {
		Message json.RawMessage `json:"message"`
		ID      json.RawMessage `json:"id"`
	}
	_ = json.Unmarshal(body, &said) // nothing of a proxy's page
	if e.Messages = rest.Reasons(body); len(e.Messages) == 0 {
		e.Messages = rest.PlainReason(header.Get("Content-Type"), body)
	}
	if id := scalar(said.ID); e.RequestID == "" {
		e.RequestID = id
	}
	e.Code = CodeIn(body)
	if meaning := meanings[e.Code]; meaning != "" && len(e.Messages) == 0 {
		e.Messages = []string{meaning}
	}
}

// Permanent recognizes the failures under the status 500 that say that something has not been set up. Others may go away
// by themselves.
func Permanent(resp *http.Response) bool {
	if resp.StatusCode != http.StatusInternalServerError {
		return false
	}
	switch CodeIn(rest.Peek(resp, 64<<10)) {
	case "50002", "50031", "50032":
		return true
	}
	return false
}

// CodeIn returns the error code in a body, "" if there is none.
func CodeIn(body []byte) secureaccess.Code {
	var said struct {
		Code json.RawMessage `json:"code"`
	}
	_ = json.Unmarshal(body, &said)
	code := scalar(said.Code)
	if n, err := strconv.Atoi(code); err != nil || n <= 0 {
		return "" // what is no number is no code
	}
	return secureaccess.Code(code)
}

// Refuses reports whether the body of a response with a good status has the code of an error: a client's, 400##, or the
// server's, 500##.
func Refuses(body []byte) bool {
	code := CodeIn(body)
	return len(code) == 5 && "400" <= code[:3] && code[:3] <= "599"
}

// scalar returns the text of a JSON string or number.
func scalar(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	var number json.Number
	if json.Unmarshal(value, &number) == nil {
		return number.String()
	}
	return ""
}
