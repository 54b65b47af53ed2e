//go:build !race

package ics

// RaceDetector says whether the tests run under the race detector.
const RaceDetector = false
