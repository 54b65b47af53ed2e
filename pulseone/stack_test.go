package pulseone_test

import (
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

const module = "github.com/secureaccess-go/secureaccess/"

// roomsOnStack returns the packages of this module that the caller stands below, the outermost first, each time one is
// entered. Tests and their transports do not count.
func roomsOnStack() []string {
	pcs := make([]uintptr, 256)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	var rooms []string
	for {
		frame, more := frames.Next()
		if rest, ok := strings.CutPrefix(frame.Function, module); ok && !strings.HasSuffix(frame.File, "_test.go") {
			directory, name := "", rest
			if i := strings.LastIndexByte(rest, '/'); i >= 0 {
				directory, name = rest[:i+1], rest[i+1:]
			}
			name, _, _ = strings.Cut(name, ".")
			if room := directory + name; len(rooms) == 0 || rooms[len(rooms)-1] != room {
				rooms = append(rooms, room)
			}
		}
		if !more {
			slices.Reverse(rooms)
			return rooms
		}
	}
}

// stack notes the rooms above it by the path of the request.
type stack struct {
	mu    sync.Mutex
	rooms map[string][]string
}

func (s *stack) RoundTrip(req *http.Request) (*http.Response, error) {
	rooms := roomsOnStack()
	s.mu.Lock()
	s.rooms[req.URL.Path] = rooms
	s.mu.Unlock()
	return http.DefaultTransport.RoundTrip(req)
}

// The way of a call: five rooms, each entered once.
func TestStack_fiveRooms(t *testing.T) {
	server := pulseonetest.NewServer(t)
	group := server.AddGroup("offices", "")
	stacks := &stack{rooms: map[string][]string{}}
	client := must(server.Client(secureaccess.WithTransport(stacks)))(t)
	t.Cleanup(func() { _ = client.Close(t.Context()) })
	must(client.Groups.Get(t.Context(), group))(t)
	must(client.Session(t.Context()))(t)
	must(client.Groups.Create(t.Context(), pulseone.GroupCreate{Name: "x"}))(t)

	signed := []string{"pulseone", "internal/rest", "pulseone/internal/api", "hawk", "internal/transport"}
	for path, want := range map[string][]string{
		"/api/v1/sa/groups/" + group: signed,
		"/api/v1/sa/groups":          signed,
		"/api/session":               {"pulseone", "internal/rest", "pulseone/internal/api", "internal/transport"},
	} {
		t.Logf("%s: %s", path, strings.Join(stacks.rooms[path], " -> "))
		if !slices.Equal(stacks.rooms[path], want) {
			t.Errorf("%s: %v, want %v", path, stacks.rooms[path], want)
		}
	}
}
