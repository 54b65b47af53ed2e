// Package secureaccess holds what the clients of this module share: options, errors, secrets, paging, polling,
// content and the types of the wire.
//
// The clients themselves are in the packages beside it, one a product:
//
//   - pulseone: Pulse One, the console's side
//   - ics: Ivanti Connect Secure and Policy Secure appliances
//   - msp: Ivanti Neurons for Secure Access, the MSP portal
//   - sase: Check Point Harmony SASE
//   - sps: One Identity Safeguard for Privileged Sessions
//   - hawk: the Hawk scheme on its own, client and server
//
// All clients are made alike, behave alike on errors, retries and cancellation, and are safe for concurrent use.
// Beside each stands a package named after it with "test" at its end: an in-memory server to test programs against.
package secureaccess
