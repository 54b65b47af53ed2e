// Package house holds the source code to the conventions in CONTRIBUTING.md, and the exported surface of every public
// package to the files in api/.
//
// Each convention is a [Rule]: a function over the parsed and type-checked module that returns violations. What breaks
// a rule today is listed in exceptions.txt, which only ever gets shorter; an entry that excuses nothing fails the test.
package house

//go:generate go run ./surface
