package leak_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/leak"
)

func TestLeft(t *testing.T) {
	if left := leak.Left(); len(left) > 0 {
		t.Fatalf("before anything ran: %v", left)
	}
	server := httptest.NewServer(http.NotFoundHandler())
	client := &http.Client{Transport: &http.Transport{}}
	resp, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if len(leak.Left()) == 0 {
		t.Error("a connection and a server went unnoticed")
	}
	resp.Body.Close()
	client.CloseIdleConnections()
	server.Close()
	if left := leak.Left(); len(left) > 0 {
		t.Errorf("after everything was closed: %v", left)
	}
}
