//go:build !race

package allocs_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// The most that one call may allocate on a transport that responds without a connection. Of each, about 20 are
// http.Client's and the canned response's; internal/bench compares with the same call on net/http alone. Lower a number
// when the code does better. Raise one only for a reason that the commit names.
const (
	keyCall  = 25
	hawkCall = 30
)

func TestAllocs(t *testing.T) {
	keyed, err := ics.New("https://vpn.example.com", ics.APIKey("0123456789"),
		secureaccess.WithTransport(canned(`{"system-information":{"host-name":"gateway","os-version":"22.7R2"}}`)))
	if err != nil {
		t.Fatal(err)
	}
	credentials := hawk.Credentials{ID: "0123456789", Key: secureaccess.NewSecret("a key of a session"), Algorithm: hawk.AlgorithmSHA256}
	signed, err := pulseone.New("https://api.pulseone.net", pulseone.Hawk(credentials),
		secureaccess.WithTransport(canned(`{"id":"0123456789abcdef","name":"a name"}`)))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		most float64
		call func(context.Context) error
	}{
		"key":  {keyCall, func(ctx context.Context) error { _, err := keyed.System.Info(ctx); return err }},
		"Hawk": {hawkCall, func(ctx context.Context) error { _, err := signed.Appliances.Get(ctx, "0123456789abcdef"); return err }},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			got := testing.AllocsPerRun(500, func() {
				if err := test.call(ctx); err != nil {
					t.Fatal(err)
				}
			})
			t.Logf("%v allocations of %v", got, test.most)
			if got > test.most {
				t.Errorf("a call allocates %v times, want at most %v", got, test.most)
			}
		})
	}
}

// canned is the response to every request. It costs the same on every call.
type canned string

func (c canned) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(strings.NewReader(string(c))),
		ContentLength: int64(len(c)),
		Request:       req,
	}, nil
}
