package pulseone

import "github.com/secureaccess-go/secureaccess"

// The documented error codes of Pulse One: the HTTP status and two more digits. A server may send others. They are for
// [errors.Is]:
//
//	if errors.Is(err, pulseone.CodeTooManyItems) { ... }
const (
	CodePCLSUnknownLicenseKey               secureaccess.Code = "10000" // the licensing service does not know the license key
	CodePCLSLicenseKeyInUse                 secureaccess.Code = "10001" // another licensing server uses the license key
	CodeTooManyItems                        secureaccess.Code = "40001" // too many items in the request
	CodeHashMismatch                        secureaccess.Code = "40002" // the SHA-1 hash differs from that of the data
	CodeGroupMasterApplianceConflict        secureaccess.Code = "40003" // the master appliance conflicts with the group
	CodeGroupTargetApplianceConflict        secureaccess.Code = "40004" // a target appliance conflicts with the group
	CodeWrongAFWEnterpriseType              secureaccess.Code = "40005" // the operation does not fit the type of the enterprise
	CodeAFWNotEnrolled                      secureaccess.Code = "40013" // the domain is not enrolled with Android for Work
	CodeInvalidIPAddressRange               secureaccess.Code = "40014" // not an IPv4 or IPv6 range
	CodeCredentialRenewalRequired           secureaccess.Code = "40101" // credentials have to be renewed
	CodeSignatureDoesNotMatch               secureaccess.Code = "40301" // the signature does not match
	CodeRequestTimeTooSkewed                secureaccess.Code = "40302" // the time of the request is too far from the server's
	CodeCredentialsExpired                  secureaccess.Code = "40303" // credentials are past their end
	CodeRegistrationCodeInvalid             secureaccess.Code = "40304" // the registration code is wrong, expired or of another domain
	CodeInvalidCredentialClaim              secureaccess.Code = "40305" // a claim in the credentials is not valid
	CodeActiveSyncTokenError                secureaccess.Code = "40309" // the ActiveSync token does not match
	CodeConfigBlockNotFound                 secureaccess.Code = "40401" // a block of the commit is not valid
	CodeGoogleDeviceNotFound                secureaccess.Code = "40410" // Google does not know the device
	CodeConfigCommitConflict                secureaccess.Code = "40901" // the commit conflicts with the running one
	CodeSettingsVersionConflict             secureaccess.Code = "40902" // the settings have been changed since
	CodeOrchestrationStateTransitionInvalid secureaccess.Code = "40905" // the appliance cannot go from its state to the one asked for
	CodeSDPApplianceInvalid                 secureaccess.Code = "40906" // the SDP role is not possible
	CodeOrchestrationActionInvalid          secureaccess.Code = "40907" // the action is not possible now
	CodeIPOutOfRange                        secureaccess.Code = "40908" // your own address is outside the new range
	CodeSafetyNetVerificationFailed         secureaccess.Code = "50001" // Google could not verify the device
	CodeMDMPushCertificateNotConfigured     secureaccess.Code = "50002" // the domain has no MDM push certificate
	CodeApplianceNotOrchestrated            secureaccess.Code = "50031" // the appliance is not orchestrated
	CodeOrchestrationConfigMissing          secureaccess.Code = "50032" // the appliance has no orchestration configuration
	CodeITunesAPIUnavailable                secureaccess.Code = "50201" // iTunes is not available
	CodeGoogleAPIUnavailable                secureaccess.Code = "50202" // Google is not available
	CodeUnexpectedGoogleResponse            secureaccess.Code = "50203" // an unexpected response of Google's; try again
)
