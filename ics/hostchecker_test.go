package ics_test

import (
	"testing"

	"github.com/secureaccess-go/secureaccess/ics"
)

func TestHostChecker_GetESAP(t *testing.T) {
	_, client := setUp(t)
	esap, err := client.HostChecker.GetESAP(t.Context(), nil)
	if err != nil || esap.ActiveVersion != "3.3.5" || bool(esap.ForceSameVersion) || len(esap.Versions) != 2 || esap.Versions[1].LastActivated != "Never" {
		t.Errorf("%+v, %v", esap, err)
	}
	if _, err := client.HostChecker.GetESAP(t.Context(), &ics.ConfigurationOptions{}); err != nil {
		t.Error(err)
	}
}
