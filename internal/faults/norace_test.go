//go:build !race

package faults_test

// All cells, and with -short every third.
const (
	share      = 1
	shareShort = 3
)
