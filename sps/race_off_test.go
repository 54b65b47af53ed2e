//go:build !race

package sps_test

const underRace = false
