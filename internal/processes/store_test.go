package processes_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// startServer starts a product's server and returns it with what its clients need to know.
func startServer(t *testing.T, product string) (server *process, env []string) {
	t.Helper()
	env = []string{productVariable + "=" + product, storeVariable + "=" + filepath.Join(t.TempDir(), "sessions")}
	server = start(t, "the server", "server", env...)
	url, ok := strings.CutPrefix(server.hear(), "listens at ")
	if !ok {
		t.Fatal("the server does not listen")
	}
	return server, append(env, serverVariable+"="+url)
}

func startClient(t *testing.T, name string, env []string) *process {
	t.Helper()
	p := start(t, name, "client", env...)
	p.expect("ready")
	return p
}

// Programs that are started together, with no session in their store, sign in once for all. Those that come later do
// not at all.
func TestProcesses_oneSignIn(t *testing.T) {
	for product := range programs {
		t.Run(product, func(t *testing.T) {
			server, env := startServer(t, product)
			var clients []*process
			for i := range 3 {
				clients = append(clients, startClient(t, fmt.Sprint("client ", i+1), env))
			}
			for _, client := range clients {
				client.tell("call")
			}
			server.expect("sign-in 1")
			server.tell("release")
			for _, client := range clients {
				client.expect("done")
			}
			later := startClient(t, "a later client", env)
			later.tell("call")
			later.expect("done")
			server.tell("count")
			server.expect("1 sign-ins began, 1 passed")
		})
	}
}

// A program that is killed while it signs in does not keep the others waiting.
func TestProcesses_killedWhileSigningIn(t *testing.T) {
	for product := range programs {
		t.Run(product, func(t *testing.T) {
			server, env := startServer(t, product)
			victim, other := startClient(t, "the victim", env), startClient(t, "the other", env)
			victim.tell("call")
			server.expect("sign-in 1") // which holds the lock of the store
			other.tell("call")
			victim.kill()
			server.expect("sign-in 2")
			server.tell("release")
			other.expect("done")
			later := startClient(t, "a later client", env)
			later.tell("call")
			later.expect("done")
			server.tell("count")
			server.expect("2 sign-ins began, 1 passed")
		})
	}
}

// Nor does one that is killed when it has signed in: the session serves.
func TestProcesses_killedLater(t *testing.T) {
	for product := range programs {
		t.Run(product, func(t *testing.T) {
			server, env := startServer(t, product)
			victim := startClient(t, "the victim", env)
			victim.tell("call")
			server.expect("sign-in 1")
			server.tell("release")
			victim.expect("done")
			victim.kill()
			other := startClient(t, "the other", env)
			other.tell("call")
			other.expect("done")
			server.tell("count")
			server.expect("1 sign-ins began, 1 passed")
		})
	}
}
