// Package leak checks that a package's tests leave no goroutine behind, and with it no connection: net/http keeps two
// goroutines for each.
//
//	func TestMain(m *testing.M) { leak.Main(m) }
package leak

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
)

// Main runs the tests, and fails if goroutines are left when they are done.
func Main(m *testing.M) {
	code := m.Run()
	if left := Left(); code == 0 && len(left) > 0 {
		fmt.Printf("%d goroutines outlive the tests:\n\n%s\n", len(left), strings.Join(left, "\n\n"))
		code = 1
	}
	os.Exit(code)
}

// Left returns the stacks of goroutines that are running beside the caller's and the runtime's own. They get some turns
// to come to an end first: what was closed just now has yet to notice.
func Left() []string {
	// Connections of tests that use the default client are idle by now, and not ours.
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	var left []string
	for range 2000 {
		if left = running(); len(left) == 0 {
			return nil
		}
		runtime.GC() // takes a moment, and lets the others run
	}
	return left
}

func running() []string {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	_, others, _ := strings.Cut(string(buf), "\n\n") // the first is this one
	var stacks []string
	for stack := range strings.SplitSeq(others, "\n\n") {
		if stack != "" && !ownOf(stack) {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}

// ownOf reports whether a goroutine belongs to the testing package or the runtime.
func ownOf(stack string) bool {
	for _, name := range []string{
		"testing.(*M).", "testing.tRunner", "testing.runFuzzing", "testing.(*F).", "runtime.goexit0", "os/signal.signal_recv",
		"os/signal.loop", "runtime/trace", "runtime.ReadTrace", "runtime.ensureSigM", "internal/fuzz",
	} {
		if strings.Contains(stack, name) {
			return true
		}
	}
	return false
}
