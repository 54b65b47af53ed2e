// Package allocs holds no code, only the test that counts what a call allocates. The race detector allocates too, so
// the test is left out under -race.
package allocs
