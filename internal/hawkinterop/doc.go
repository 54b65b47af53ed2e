// Package hawkinterop holds no code, only the tests of package hawk against the scheme's reference implementation,
// @hapi/hawk, in both directions. They need node and that package; the script run in this folder installs it outside the
// source tree and runs them. Where either is missing, plain "go test" skips.
package hawkinterop
