// Package api holds what the three sides of Pulse One share: how requests are signed, what a refusal looks like, which
// refusals ask for new credentials, and the console's cookies.
package api
