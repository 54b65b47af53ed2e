package ics_test

import (
	"testing"

	"github.com/secureaccess-go/secureaccess/ics"
)

func TestLDAPGroups(t *testing.T) {
	_, client := setUp(t)
	users := ics.LDAPGroup{DN: "CN=Users,CN=Builtin,DC=blrlab,DC=net", Type: ics.LDAPGroupTypeStatic, Name: "Users"}
	guests := ics.LDAPGroup{DN: "CN=Guests,CN=Builtin,DC=blrlab,DC=net", Type: ics.LDAPGroupTypeStatic, Name: "Guests"}
	for _, err := range []error{
		second(client.LDAPGroups.Add(t.Context(), "LDAPServer", users)),
		second(client.LDAPGroups.Replace(t.Context(), "LDAPServer", "Users", guests)),
		second(client.LDAPGroups.Remove(t.Context(), "LDAPServer", "Administrators")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	catalog, err := client.LDAPGroups.List(t.Context(), "LDAPServer")
	if err != nil || len(catalog.Items) != 1 || catalog.Items[0].DN != guests.DN {
		t.Fatalf("%v, %v", catalog, err)
	}
	if _, err := client.LDAPGroups.ReplaceAll(t.Context(), "LDAPServer", ics.LDAPGroupCatalog{Items: []ics.LDAPGroup{users, guests}}); err != nil {
		t.Fatal(err)
	}
}
