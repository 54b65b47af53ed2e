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
	if err := server.Start("127.0.0.1:0", nil); err != nil {
		log.Fatal(err)
	}
	c := server.Credentials()
	client, err := ics.New(server.URL, ics.Password(c["user"], c["password"], c["realm"]))
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

// A part of the configuration that has no method of its own is read through the general door.
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
	for _, group := range catalog.Groups {
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
func ExampleCode() {
	server, client := appliance()
	defer server.Close()

	backup := secureaccess.Upload{Reader: strings.NewReader("not a backup")}
	_, err := client.BinaryConfiguration.Import(context.Background(), backup, nil)
	fmt.Println(errors.Is(err, ics.CodeConfigurationExtractFailed))
	// Output: true
}
