package ics_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

func groupNames(groups []ics.ADGroup) []string {
	var names []string
	for _, g := range groups {
		names = append(names, g.Name)
	}
	return names
}

func TestADGroups(t *testing.T) {
	_, client := setUp(t)
	list := func() []ics.ADGroup {
		t.Helper()
		catalog, err := client.ADGroups.List(t.Context(), "ADServer")
		if err != nil {
			t.Fatal(err)
		}
		return catalog.Items
	}
	before := list()
	if result, err := client.ADGroups.Add(t.Context(), "ADServer", ics.ADGroup{Group: "PCS-QA/client", Name: "PCS-QA/client"}); err != nil || len(result.Info) != 1 {
		t.Fatalf("%v, %v", result, err)
	}
	after := list()
	if got := groupNames(after); !slices.Equal(got, []string{"ICS-QA/core", "ICS-QA/systems", "PCS-QA/client"}) || after[2].SID == "" {
		t.Fatalf("the groups are %v", after)
	}
	if after[0].SID != before[0].SID || after[1].SID != before[1].SID {
		t.Error("the others have changed")
	}

	_, err := client.ADGroups.Add(t.Context(), "ADServer", ics.ADGroup{Group: "x", Name: "ICS-QA/core"})
	edit, ok := errors.AsType[*ics.EditError](err)
	if !ok || !errors.Is(err, ics.ErrExists) || !errors.Is(err, secureaccess.ErrConflict) || edit.List != "ad-group" || edit.Name != "ICS-QA/core" ||
		err.Error() != `ics: ad-group "ICS-QA/core" is there already` {
		t.Errorf("a second group of one name gives %v", err)
	}
	if _, err := client.ADGroups.Replace(t.Context(), "ADServer", "ICS-QA/core", ics.ADGroup{Group: "ICS-QA/kernel", Name: "ICS-QA/kernel"}); err != nil {
		t.Fatal(err)
	}
	if got := groupNames(list()); !slices.Equal(got, []string{"ICS-QA/kernel", "ICS-QA/systems", "PCS-QA/client"}) {
		t.Errorf("after the replacement the groups are %v", got)
	}
	if _, err := client.ADGroups.Replace(t.Context(), "ADServer", "ICS-QA/kernel", ics.ADGroup{Name: "PCS-QA/client"}); !errors.Is(err, ics.ErrExists) {
		t.Errorf("a name that another has gives %v", err)
	}
	if _, err := client.ADGroups.Remove(t.Context(), "ADServer", "ICS-QA/systems"); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		second(client.ADGroups.Remove(t.Context(), "ADServer", "ICS-QA/systems")),
		second(client.ADGroups.Replace(t.Context(), "ADServer", "nobody", ics.ADGroup{Name: "nobody"})),
	} {
		if !errors.Is(err, secureaccess.ErrNotFound) {
			t.Errorf("a group that is not there gives %v", err)
		}
	}
	if got := groupNames(list()); !slices.Equal(got, []string{"ICS-QA/kernel", "PCS-QA/client"}) {
		t.Errorf("in the end the groups are %v", got)
	}
	if _, err := client.ADGroups.ReplaceAll(t.Context(), "ADServer", ics.ADGroupCatalog{}); err != nil || len(list()) != 0 {
		t.Errorf("an empty catalogue leaves %v, %v", list(), err)
	}
	if _, err := client.ADGroups.List(t.Context(), "NoServer"); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("a server that does not exist gives %v", err)
	}
}

func second(_ any, err error) error { return err }
