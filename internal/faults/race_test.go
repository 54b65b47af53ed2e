//go:build race

package faults_test

// The race detector takes several times as long: every third cell, so that each fault is still met by a third of all
// calls, and with -short every ninth.
const (
	share      = 3
	shareShort = 9
)
