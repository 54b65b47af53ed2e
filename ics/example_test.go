package ics_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/ics/icstest"
)

// appliance stands for one of yours.
func appliance() (server *icstest.Server, client *ics.Client) {
	server = icstest.New()
	if err := server.Start("127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	c := server.Credentials()
	client, err := ics.New(server.URL(), ics.Password(c["user"], c["password"], c["realm"]))
	if err != nil {
		log.Fatal(err)
	}
	return server, client
}

// All goes through any number of sessions, page by page.
func ExampleSessionsService_All() {
	server, client := appliance()
	defer server.Close()
	server.AddSessions(1000)

	n := 0
	for session, err := range client.Sessions.All(context.Background(), nil) {
		if err != nil {
			log.Fatal(err)
		}
		if session.Realm == "Users" {
			n++
		}
	}
	fmt.Println(n, "sessions")
	// Output: 1000 sessions
}

// A part of the configuration that has no method of its own is read through the Configuration.
func ExampleGetConfiguration() {
	server, client := appliance()
	defer server.Close()

	path := ics.Path{"administrators", "admin-roles", "admin-role", ".Administrators", "general", "session-options"}
	options, err := ics.GetConfiguration[ics.SessionOptions](context.Background(), client.Configuration, path, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(options.IdleTimeout, "minutes; also", string(options.Extra["max-timeout"]))
	// Output: 10 minutes; also "60"
}

// Edit changes entries of a list and keeps what it does not know.
func ExampleConfigurationService_Edit() {
	server, client := appliance()
	defer server.Close()

	path := ics.Path{"authentication", "auth-servers", "auth-server", "LDAPServer", "ldap", "server-catalog", "groups"}
	_, err := client.Configuration.Edit(context.Background(), path, "user-group", func(groups []json.RawMessage) ([]json.RawMessage, error) {
		return append(groups, json.RawMessage(`{"name": "Guests", "dn": "CN=Guests,DC=example,DC=com", "group-type": "static"}`)), nil
	})
	if errors.Is(err, ics.ErrConcurrentChange) {
		log.Fatal("somebody else is at it: try again")
	} else if err != nil {
		log.Fatal(err)
	}
	catalog, err := client.LDAPGroups.List(context.Background(), "LDAPServer")
	if err != nil {
		log.Fatal(err)
	}
	for _, group := range catalog.Items {
		fmt.Println(group.Name)
	}
	// Output:
	// Administrators
	// Guests
}

// A backup is read as it comes. It is whole when the reader ends without an error.
func ExampleBinaryConfigurationService_Export() {
	server, client := appliance()
	defer server.Close()
	server.SetBinaryConfiguration([]byte("PK\x03\x04 and so on"))

	download, err := client.BinaryConfiguration.Export(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer download.Close()
	n, err := io.Copy(io.Discard, download)
	fmt.Println(n, err)
	// Output: 14 <nil>
}

// Refusals that the vendor documents have codes.
func ExampleErrRefused() {
	server, client := appliance()
	defer server.Close()

	backup := secureaccess.Upload{Reader: strings.NewReader("not a backup")}
	_, err := client.BinaryConfiguration.Import(context.Background(), backup, nil)
	fmt.Println(errors.Is(err, ics.CodeConfigurationExtractFailed))
	// Output: true
}

// A realm is read whole, changed and written back; what the SDK does not know of it stays as it is.
func ExampleUserRealmsService_Replace() {
	server, client := appliance()
	defer server.Close()
	ctx := context.Background()

	realm, err := client.UserRealms.Get(ctx, "Users")
	if err != nil {
		log.Fatal(err)
	}
	realm.RoleMappingRules.Rules = append(realm.RoleMappingRules.Rules, ics.RoleMappingRule{
		Name: "contractors", Roles: []string{"Contractors"},
		UserName: &ics.UserNameTest{Test: ics.UserNameMatchIs, UserNames: []string{"ext-*"}},
	})
	result, err := client.UserRealms.Replace(ctx, "Users", *realm)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Info[0].Text)
	// Output: Operation succeeded without warning or error!
}

// What changed since last night.
func ExampleDiff() {
	server, client := appliance()
	defer server.Close()
	ctx := context.Background()

	read := func() (objects []ics.Object) {
		for object, err := range ics.Walk(ctx, client.Configuration, nil, nil) {
			if err != nil {
				log.Fatal(err)
			}
			objects = append(objects, object)
		}
		return objects
	}
	lastNight := read()
	user := ics.LocalUserCreate{Username: "ann", Password: secureaccess.NewSecret("a first password")}
	if _, err := client.LocalUsers.Create(ctx, "System Local", user); err != nil {
		log.Fatal(err)
	}
	for _, change := range ics.Diff(lastNight, read()) {
		fmt.Println(change.Kind, change.Path)
	}
	// Output: added /authentication/auth-servers/auth-server/System Local/local/users/user/ann
}

// The code of a second factor is asked for whenever the key has to be renewed.
func ExampleWithSecondFactor() {
	server, _ := appliance()
	defer server.Close()
	server.AddRealm(icstest.Realm{Name: "Tokens", Users: []icstest.User{{Name: "jack", Password: "juniper", Code: "123456"}}})

	client, err := ics.New(server.URL(), ics.Password("jack", "juniper", "Tokens"), ics.WithSecondFactor(
		func(_ context.Context, factor *ics.SecondFactorError) (secureaccess.Secret, error) {
			fmt.Println("code for", factor.Realm)
			return secureaccess.NewSecret("123456"), nil
		}))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.SignIn(context.Background()))
	// Output:
	// code for Tokens
	// <nil>
}
