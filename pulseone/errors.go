package pulseone

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/secureaccess-go/secureaccess"
)

// Code is an error code of Pulse One: the HTTP status and two more digits. Codes are errors, for [errors.Is]:
//
//	if errors.Is(err, pulseone.CodeTooManyItems) { ... }
type Code int

// The documented codes. A server may send others.
const (
	CodePCLSUnknownLicenseKey               Code = 10000 // the licensing service does not know the license key
	CodePCLSLicenseKeyInUse                 Code = 10001 // another licensing server uses the license key
	CodeTooManyItems                        Code = 40001 // too many items in the request
	CodeHashMismatch                        Code = 40002 // the SHA-1 hash differs from that of the data
	CodeGroupMasterApplianceConflict        Code = 40003 // the master appliance conflicts with the group
	CodeGroupTargetApplianceConflict        Code = 40004 // a target appliance conflicts with the group
	CodeWrongAFWEnterpriseType              Code = 40005 // the operation does not fit the type of the enterprise
	CodeAFWNotEnrolled                      Code = 40013 // the domain is not enrolled with Android for Work
	CodeInvalidIPAddressRange               Code = 40014 // not an IPv4 or IPv6 range
	CodeCredentialRenewalRequired           Code = 40101 // credentials have to be renewed
	CodeSignatureDoesNotMatch               Code = 40301 // the signature does not match
	CodeRequestTimeTooSkewed                Code = 40302 // the time of the request is too far from the server's
	CodeCredentialsExpired                  Code = 40303 // credentials are past their end
	CodeRegistrationCodeInvalid             Code = 40304 // the registration code is wrong, expired or of another domain
	CodeInvalidCredentialClaim              Code = 40305 // a claim in the credentials is not valid
	CodeActiveSyncTokenError                Code = 40309 // the ActiveSync token does not match
	CodeConfigBlockNotFound                 Code = 40401 // a block of the commit is not valid
	CodeGoogleDeviceNotFound                Code = 40410 // Google does not know the device
	CodeConfigCommitConflict                Code = 40901 // the commit conflicts with the running one
	CodeSettingsVersionConflict             Code = 40902 // the settings have been changed since
	CodeOrchestrationStateTransitionInvalid Code = 40905 // the appliance cannot go from its state to the one asked for
	CodeSDPApplianceInvalid                 Code = 40906 // the SDP role is not possible
	CodeOrchestrationActionInvalid          Code = 40907 // the action is not possible now
	CodeIPOutOfRange                        Code = 40908 // your own address is outside the new range
	CodeSafetyNetVerificationFailed         Code = 50001 // Google could not verify the device
	CodeMDMPushCertificateNotConfigured     Code = 50002 // the domain has no MDM push certificate
	CodeApplianceNotOrchestrated            Code = 50031 // the appliance is not orchestrated
	CodeOrchestrationConfigMissing          Code = 50032 // the appliance has no orchestration configuration
	CodeITunesAPIUnavailable                Code = 50201 // iTunes is not available
	CodeGoogleAPIUnavailable                Code = 50202 // Google is not available
	CodeUnexpectedGoogleResponse            Code = 50203 // Google answered unexpectedly; try again
)

// meanings are the texts of the codes.
var meanings = map[Code]string{
	CodePCLSUnknownLicenseKey:               "the licensing service does not know the license key",
	CodePCLSLicenseKeyInUse:                 "another licensing server uses the license key",
	CodeTooManyItems:                        "too many items in the request",
	CodeHashMismatch:                        "the SHA-1 hash differs from that of the data",
	CodeGroupMasterApplianceConflict:        "the master appliance conflicts with the group",
	CodeGroupTargetApplianceConflict:        "a target appliance conflicts with the group",
	CodeWrongAFWEnterpriseType:              "the operation does not fit the type of the enterprise",
	CodeAFWNotEnrolled:                      "the domain is not enrolled with Android for Work",
	CodeInvalidIPAddressRange:               "not an IPv4 or IPv6 range",
	CodeCredentialRenewalRequired:           "credentials have to be renewed",
	CodeSignatureDoesNotMatch:               "the signature does not match",
	CodeRequestTimeTooSkewed:                "the time of the request is too far from the server's",
	CodeCredentialsExpired:                  "credentials are past their end",
	CodeRegistrationCodeInvalid:             "the registration code is wrong, expired or of another domain",
	CodeInvalidCredentialClaim:              "a claim in the credentials is not valid",
	CodeActiveSyncTokenError:                "the ActiveSync token does not match",
	CodeConfigBlockNotFound:                 "a block of the commit is not valid",
	CodeGoogleDeviceNotFound:                "Google does not know the device",
	CodeConfigCommitConflict:                "the commit conflicts with the running one",
	CodeSettingsVersionConflict:             "the settings have been changed since",
	CodeOrchestrationStateTransitionInvalid: "the appliance cannot go from its state to the one asked for",
	CodeSDPApplianceInvalid:                 "the SDP role is not possible",
	CodeOrchestrationActionInvalid:          "the action is not possible now",
	CodeIPOutOfRange:                        "your own address is outside the new range",
	CodeSafetyNetVerificationFailed:         "Google could not verify the device",
	CodeMDMPushCertificateNotConfigured:     "the domain has no MDM push certificate",
	CodeApplianceNotOrchestrated:            "the appliance is not orchestrated",
	CodeOrchestrationConfigMissing:          "the appliance has no orchestration configuration",
	CodeITunesAPIUnavailable:                "iTunes is not available",
	CodeGoogleAPIUnavailable:                "Google is not available",
	CodeUnexpectedGoogleResponse:            "Google answered unexpectedly; try again",
}

// Error gives number and meaning.
func (c Code) Error() string {
	if meaning, ok := meanings[c]; ok {
		return strconv.Itoa(int(c)) + " " + meaning
	}
	return "code " + strconv.Itoa(int(c))
}

// decodeError reads the error body {"code", "message", "id"}.
func decodeError(e *secureaccess.Error, _ http.Header, body []byte) {
	var answer struct {
		Message string `json:"message"`
		ID      string `json:"id"`
	}
	_ = json.Unmarshal(body, &answer) // nothing of a proxy's page, and of an odd object what can be read
	if answer.Message != "" {
		e.Messages = []string{answer.Message}
	}
	if e.RequestID == "" {
		e.RequestID = answer.ID
	}
	if code := codeIn(body); code != 0 {
		e.Code = strconv.Itoa(int(code))
		e.Err = code
	}
}
