package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// TestSession_helperProcess is a program that makes one call, with the session of a FileStore.
func TestSession_helperProcess(t *testing.T) {
	base, dir := os.Getenv("SECUREACCESS_TEST_SERVER"), os.Getenv("SECUREACCESS_TEST_STORE")
	if base == "" {
		t.Skip("runs in another process only")
	}
	store, err := secureaccess.FileStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := &Session[string]{
		Obtain: func(ctx context.Context, _ string, _ bool) (string, error) {
			req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/sign-in", nil)
			if err != nil {
				return "", err
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return "", err
			}
			defer func() { _ = resp.Body.Close() }()
			token, err := io.ReadAll(resp.Body)
			return string(token), err
		},
		Belongs: func(string, *url.URL) bool { return true },
		Send: func(req *http.Request, token string) (*http.Response, error) {
			req.Header.Set("Authorization", token)
			return http.DefaultTransport.RoundTrip(req)
		},
		Refused: func(resp *http.Response) bool { return resp.StatusCode == 401 },
		Clock:   secureaccess.SystemClock(),
		Sharing: Sharing[string]{
			Store: store, Key: StoreKey("test", base),
			Encode: func(token string) ([]byte, error) { return json.Marshal(token) },
			Decode: func(data []byte) (token string, err error) { err = json.Unmarshal(data, &token); return token, err },
			Report: func(_ context.Context, action string, err error) { t.Errorf("%s: %v", action, err) },
		},
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/call", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := s.Transport(http.DefaultTransport).RoundTrip(req)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%v, %v", resp, err)
	}
	_ = resp.Body.Close()
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// signInServer gives out tokens. hold is called in each sign-in, with its number.
func signInServer(t *testing.T, signIns *atomic.Int32, hold func(n int32)) *server {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch token := r.Header.Get("Authorization"); {
		case r.URL.Path == "/sign-in":
			n := signIns.Add(1)
			hold(n)
			_, _ = fmt.Fprintf(w, "token-%d", n)
		case token == fmt.Sprintf("token-%d", signIns.Load()):
		default:
			w.WriteHeader(401)
		}
	})
}

func program(s *server, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestSession_helperProcess$")
	cmd.Env = append(os.Environ(), "SECUREACCESS_TEST_SERVER="+s.URL, "SECUREACCESS_TEST_STORE="+dir)
	return cmd
}

func TestSession_store_twoPrograms(t *testing.T) {
	var signIns atomic.Int32
	s := signInServer(t, &signIns, func(int32) {})
	dir := t.TempDir() + "/sessions"
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if out, err := program(s, dir).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	wg.Wait()
	if out, err := program(s, dir).CombinedOutput(); err != nil {
		t.Errorf("a later one: %v\n%s", err, out)
	}
	if n := signIns.Load(); n != 1 {
		t.Errorf("%d sign-ins", n)
	}
}

func TestSession_store_programKilledWhileItSignsIn(t *testing.T) {
	var signIns atomic.Int32
	signingIn, dead := make(chan struct{}), make(chan struct{})
	s := signInServer(t, &signIns, func(n int32) {
		if n == 1 {
			close(signingIn)
			<-dead
		}
	})
	dir := t.TempDir() + "/sessions"
	victim := program(s, dir)
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	<-signingIn // and holds the lock
	other := program(s, dir)
	var out []byte
	var err error
	var wg sync.WaitGroup
	wg.Go(func() { out, err = other.CombinedOutput() })
	if kerr := victim.Process.Kill(); kerr != nil {
		t.Error(kerr)
	}
	_ = victim.Wait()
	close(dead)
	wg.Wait()
	if err != nil || signIns.Load() != 2 {
		t.Errorf("%v after %d sign-ins\n%s", err, signIns.Load(), out)
	}
}
