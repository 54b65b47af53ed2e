package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() { covers("pulseone", pulseoneSession) }

const (
	pulseoneAppliance = "f4287ae0-63b7-4c3c-b7e1-d3b3421ace0b"
	pulseoneGroup     = "9ed4cea1-2f7b-4832-b5c1-82505548807e"
)

// pulseoneClient has credentials already; only the session's operations sign in.
func pulseoneClient(t *testing.T, r *recorder) *pulseone.Client {
	t.Helper()
	credentials := hawk.Credentials{ID: "dh37fgj492je", Key: secureaccess.NewSecret("werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn")}
	client, err := pulseone.New(r.URL, pulseone.Hawk(credentials), r.options()...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// pulseoneConsole is a client for the console's own operations, which carry the cookie of a session.
func pulseoneConsole(t *testing.T, r *recorder) *pulseone.Client {
	t.Helper()
	client, err := pulseone.New(r.URL, pulseone.Password("mreynolds", "serenity"), r.options()...)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// asData gives a page the name on the wire that the document has for some lists.
func asData[T any](page *secureaccess.Page[T], err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return struct {
		Data  []T `json:"data"`
		Total int `json:"total"`
	}{page.Items, page.Total}, nil
}

func pulseoneSession(t *testing.T, r *recorder) []call {
	return []call{
		{id: "pulseone.auth.login", do: func(ctx context.Context) (any, error) { return pulseoneConsole(t, r).User(ctx) }},
		{id: "pulseone.auth.get_session", do: func(ctx context.Context) (any, error) { return pulseoneConsole(t, r).Session(ctx) }},
	}
}
