package sps_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

func TestCreatePassword(t *testing.T) {
	server, client := start(t)
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		password, err := sps.CreatePassword(ctx, tx, secureaccess.NewSecret("a <new> & long password"))
		if err != nil {
			return err
		}
		database := sps.LocalUserDatabase{Name: "gateway", Users: []*sps.LocalUser{{Username: "anna", Passwords: []sps.Ref{password.Ref()}}}}
		written, err := sps.Create(ctx, tx, sps.LocalUserDatabases, database)
		if err != nil {
			return err
		}
		if _, err := sps.Create(ctx, tx, sps.LocalUserDatabases, database); !errors.Is(err, secureaccess.ErrBadRequest) {
			t.Errorf("a password for a second use: %v", err)
		}
		if _, err := sps.Delete[json.RawMessage](ctx, tx, "passwords", password.Key); err == nil {
			t.Error("a password was deleted")
		}
		if _, err := sps.List[json.RawMessage](ctx, tx, "passwords"); err == nil {
			t.Error("passwords were listed")
		}
		shown, err := sps.Get[json.RawMessage](ctx, tx, "passwords", password.Key)
		if err != nil || strings.Contains(string(shown.Body), "long password") {
			t.Errorf("%s, %v", shown.Body, err)
		}
		// Another one for the same user.
		fresh, err := sps.CreatePassword(ctx, tx, secureaccess.NewSecret("another"))
		if err != nil {
			return err
		}
		read, err := sps.Get(ctx, tx, sps.LocalUserDatabases, written.Key)
		if err != nil {
			return err
		}
		if ref := read.Body.Users[0].Passwords[0]; ref != password.Ref() {
			t.Errorf("read %+v, made %+v", ref, password)
		}
		_, err = sps.Update(ctx, tx, read, func(d *sps.LocalUserDatabase) error {
			d.Users[0].Passwords = []sps.Ref{fresh.Ref()}
			return nil
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := server.Commits()[0].Changes; len(got) != 4 {
		t.Errorf("%d changes", len(got))
	}
}

func TestCreatePrivateKey_redacted(t *testing.T) {
	server, client := start(t)
	const secret = "-----BEGIN PRIVATE KEY-----"
	type vault struct {
		Name string              `json:"name"`
		PIN  secureaccess.Secret `json:"pin"`
	}
	server.AddObject("policies/vaults", "1", json.RawMessage(`{"name":"v","pin":"old and secret","more":1}`))
	type write struct {
		method string
		do     func(ctx context.Context, tx *sps.Tx) error
	}
	writes := map[string]write{
		"private key": {"POST", func(ctx context.Context, tx *sps.Tx) error {
			_, err := sps.CreatePrivateKey(ctx, tx, secureaccess.NewSecret(secret))
			return err
		}},
		"create": {"POST", func(ctx context.Context, tx *sps.Tx) error {
			_, err := sps.Create(ctx, tx, "policies/vaults", vault{Name: "w", PIN: secureaccess.NewSecret(secret)})
			return err
		}},
		"update": {"PUT", func(ctx context.Context, tx *sps.Tx) error {
			o, err := sps.Get[vault](ctx, tx, "policies/vaults", "1")
			if err != nil {
				return err
			}
			_, err = sps.Update(ctx, tx, o, func(v *vault) error { v.PIN = secureaccess.NewSecret(secret); return nil })
			return err
		}},
	}
	for name, write := range writes {
		t.Run(name, func(t *testing.T) {
			server.Fail(sps400(write.method, secret))
			err := client.Transact(t.Context(), "", write.do)
			e, ok := errors.AsType[*secureaccess.Error](err)
			if !ok || e.Status != 400 {
				t.Fatalf("got %v", err)
			}
			if printed := fmt.Sprintf("%v %+v %s %s", err, *e, e.Body, sps.Details(err)); strings.Contains(printed, "BEGIN") {
				t.Errorf("the error holds the secret: %s", printed)
			}
			if !strings.Contains(string(sps.Details(err)), "[redacted]") {
				t.Errorf("details: %s", sps.Details(err))
			}
			if err := client.Transact(t.Context(), "", write.do); err != nil {
				t.Errorf("without the fault: %v", err)
			}
		})
	}
	if got := string(server.Object("policies/vaults", "1")); got != `{"name":"v","pin":"`+secret+`","more":1}` {
		t.Errorf("stored %s", got)
	}
	o, err := sps.Get[vault](t.Context(), client, "policies/vaults", "1")
	if err != nil {
		t.Fatal(err)
	}
	if data, err := secureaccess.Marshal(o); err != nil || strings.Contains(string(data), secret) {
		t.Errorf("an object is logged as %s, %v", data, err)
	}
}

func TestCreatePassword_empty(t *testing.T) {
	_, client := start(t)
	tx, err := client.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sps.CreatePassword(t.Context(), tx, secureaccess.Secret{}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("password: %v", err)
	}
	if _, err := sps.CreatePrivateKey(t.Context(), tx, secureaccess.Secret{}); !errors.Is(err, secureaccess.ErrInvalidArgument) {
		t.Errorf("private key: %v", err)
	}
}

func TestContentPolicy_extra(t *testing.T) {
	server, client := start(t)
	const stored = `{"name":"cards","events":{"z":1.10},"active":true}`
	server.AddObject("policies/content_policies", "1", json.RawMessage(stored))
	err := client.Transact(t.Context(), "", func(ctx context.Context, tx *sps.Tx) error {
		policy, err := sps.Get(ctx, tx, sps.ContentPolicies, "1")
		if err != nil {
			return err
		}
		if policy.Body.Name != "cards" || string(policy.Body.Extra["active"]) != "true" || len(policy.Body.Extra) != 2 {
			t.Errorf("%+v", policy.Body)
		}
		if _, err = sps.Update(ctx, tx, policy, func(p *sps.ContentPolicy) error {
			p.Name = "credit cards"
			p.Extra["active"] = json.RawMessage("false")
			return nil
		}); err != nil {
			return err
		}
		_, err = sps.Create(ctx, tx, sps.TimePolicies, sps.TimePolicy{Name: "days", Mon: []sps.TimeInterval{{"8:00", "16:30"}}, Tue: []sps.TimeInterval{sps.WholeDay}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(server.Object("policies/content_policies", "1")); got != `{"name":"credit cards","events":{"z":1.10},"active":false}` {
		t.Errorf("stored %s", got)
	}
	key := server.Keys("policies/time_policies")[1]
	if got := string(server.Object("policies/time_policies", key)); got != `{"name":"days","Mon":[["8:00","16:30"]],"Tue":[["0:00","23:59"]],"Wed":[],"Thu":[],"Fri":[],"Sat":[],"Sun":[]}` {
		t.Errorf("stored %s", got)
	}
}
