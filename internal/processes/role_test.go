package processes_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
	"github.com/secureaccess-go/secureaccess/sase"
	"github.com/secureaccess-go/secureaccess/sase/sasetest"
)

const (
	productVariable = "SECUREACCESS_TEST_PRODUCT"
	serverVariable  = "SECUREACCESS_TEST_SERVER"
	storeVariable   = "SECUREACCESS_TEST_STORE"
)

// program is a program of one product, and the server that it talks to.
type program struct {
	signIn string                        // path of the request that signs in
	server func(url string) http.Handler // that is reached at url
	call   func(server string, store secureaccess.SessionStore) error
}

var programs = map[string]program{
	"sase": {
		"/api/v1/auth/authorize",
		func(string) http.Handler { return sasetest.New() },
		func(server string, store secureaccess.SessionStore) error {
			key := sasetest.New().Credentials()["api_key"]
			client, err := sase.New(server+"/api/rest", sase.APIKey(key), secureaccess.WithSessionStore(store))
			if err != nil {
				return err
			}
			_, err = client.Addons.List(context.Background())
			return errors.Join(err, client.Close(context.Background()))
		},
	},
	"pulseone": {
		"/api/login",
		func(url string) http.Handler {
			s := pulseonetest.New()
			s.SetAPIURL(url)
			return s
		},
		func(server string, store secureaccess.SessionStore) error {
			c := pulseonetest.New().Credentials()
			client, err := pulseone.New(server, pulseone.Password(c["user"], c["password"]), secureaccess.WithSessionStore(store))
			if err != nil {
				return err
			}
			_, err = client.Appliances.List(context.Background(), nil)
			return errors.Join(err, client.Close(context.Background()))
		},
	},
	"ics": {
		"/api/v1/realm_auth",
		func(string) http.Handler { return icstest.New() },
		func(server string, store secureaccess.SessionStore) error {
			c := icstest.New().Credentials()
			client, err := ics.New(server, ics.Password(c["user"], c["password"], c["realm"]), secureaccess.WithSessionStore(store))
			if err != nil {
				return err
			}
			_, err = client.System.Info(context.Background())
			return errors.Join(err, client.Close(context.Background()))
		},
	},
}

// serve is a process with a product's server. It says where it listens, and counts the sign-ins that come: each waits
// until it is released.
func serve(commands *bufio.Scanner, events io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	p := programs[os.Getenv(productVariable)]
	h := &holding{next: p.server(url), path: p.signIn, events: events, release: make(chan struct{})}
	server := &http.Server{Handler: h}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	h.say("listens at " + url)
	for commands.Scan() {
		switch command := commands.Text(); command {
		case "release":
			h.release <- struct{}{}
		case "count":
			h.say(h.count())
		default:
			return fmt.Errorf("there is no command %q", command)
		}
	}
	return commands.Err()
}

// holding holds sign-ins back.
type holding struct {
	next    http.Handler
	path    string
	release chan struct{}

	mu     sync.Mutex
	events io.Writer
	began  int
	passed int
}

func (h *holding) say(event string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, _ = io.WriteString(h.events, event+"\n")
}

func (h *holding) count() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return fmt.Sprintf("%d sign-ins began, %d passed", h.began, h.passed)
}

func (h *holding) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != h.path {
		h.next.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body) // only then net/http watches whether the client is still there
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	h.mu.Lock()
	h.began++
	_, _ = fmt.Fprintf(h.events, "sign-in %d\n", h.began)
	h.mu.Unlock()
	select {
	case <-h.release:
	case <-r.Context().Done():
		return
	}
	h.mu.Lock()
	h.passed++
	h.mu.Unlock()
	h.next.ServeHTTP(w, r)
}

// call is a process with a program that makes one call when it is told to.
func call(commands *bufio.Scanner, events io.Writer) error {
	store, err := secureaccess.FileStore(os.Getenv(storeVariable))
	if err != nil {
		return err
	}
	p := programs[os.Getenv(productVariable)]
	_, _ = io.WriteString(events, "ready\n")
	for commands.Scan() {
		if err := p.call(os.Getenv(serverVariable), store); err != nil {
			return err
		}
		_, _ = io.WriteString(events, "done\n")
	}
	return commands.Err()
}
