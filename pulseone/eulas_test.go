package pulseone_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/pulseone/pulseonetest"
)

func TestEULAs_Sign(t *testing.T) {
	server, client := connect(t)
	ctx := t.Context()
	const user = "88d40618-6039-42cf-bf87-243b0b2dceae"
	if unsigned := must(client.EULAs.GetUnsigned(ctx, user))(t); unsigned != nil {
		t.Errorf("without agreements: %+v", unsigned)
	}
	old, current := server.AddEULA("2015"), server.AddEULA("2016")
	unsigned := must(client.EULAs.GetUnsigned(ctx, user))(t)
	if unsigned == nil || unsigned.ID != current {
		t.Fatalf("got %+v", unsigned)
	}
	check(t, client.EULAs.Sign(ctx, user, unsigned.ID))
	if unsigned := must(client.EULAs.GetUnsigned(ctx, user))(t); unsigned != nil {
		t.Errorf("signed: %+v", unsigned)
	}
	if last := must(client.EULAs.GetLastSigned(ctx, user))(t); last == nil || last.ID != current {
		t.Errorf("got %+v", last)
	}
	list := must(client.EULAs.List(ctx, user))(t)
	if len(list) != 2 || list[0].Agrees || !list[0].Signed.IsZero() || !list[1].Agrees || list[1].Signed.IsZero() {
		t.Errorf("got %+v", list)
	}
	if e := must(client.EULAs.Get(ctx, user, old))(t); e.Content != "2015" || e.Agrees {
		t.Errorf("got %+v", e)
	}
}

// No content means none: no error, and no empty id. 404 stays what it is, since the user may be the one not found.
func TestEULAs_none(t *testing.T) {
	server, client := connect(t)
	for name, get := range map[string]func() (*pulseone.EULAReference, error){
		"signed":   func() (*pulseone.EULAReference, error) { return client.EULAs.GetLastSigned(t.Context(), "user") },
		"unsigned": func() (*pulseone.EULAReference, error) { return client.EULAs.GetUnsigned(t.Context(), "user") },
	} {
		server.Fail(fault204)
		if got, err := get(); got != nil || err != nil {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
		server.Fail(pulseonetest.Fault{Path: "/api/v1/users/user/eulas/" + name, Status: http.StatusNotFound})
		if _, err := get(); !errors.Is(err, secureaccess.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEULAs_reservedWords(t *testing.T) {
	tap := &wiretap{}
	_, client := connect(t, secureaccess.WithTransport(tap))
	for _, word := range []string{"signed", "unsigned", ""} {
		if _, err := client.EULAs.Get(t.Context(), "user", word); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%q: %v", word, err)
		}
		if err := client.EULAs.Sign(t.Context(), "user", word); !errors.Is(err, secureaccess.ErrInvalidArgument) {
			t.Errorf("%q: %v", word, err)
		}
	}
	if len(tap.requests) > 0 {
		t.Errorf("%d requests", len(tap.requests))
	}
}
