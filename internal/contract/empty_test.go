package contract_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// empties are operations, and types of responses, that may be {} although the contract shows none, with the reason.
var empties = map[string]string{
	"ics ResultEnvelope":                          "what an appliance has to say of a success may be nothing",
	"ics.ad_groups.get":                           "a catalog without groups has no member",
	"ics.ldap_groups.get":                         "a catalog without groups has no member",
	"ics-beyond":                                  "the configuration tree has no member for what there is nothing of, and a success may say nothing",
	"ics.totp.unlock":                             "what an appliance has to say of a success may be nothing",
	"ics.totp.reset":                              "what an appliance has to say of a success may be nothing",
	"pulseone.access.stats_auth_failures":         "rankings are objects by name: nothing to rank is {}",
	"pulseone.access.stats_roles":                 "rankings are objects by name: nothing to rank is {}",
	"pulseone.access.stats_os_type":               "rankings are objects by name: nothing to rank is {}",
	"pulseone.afw_products.generate_approval_url": "a product that needs no approval has no URL",
	"pulseone.cloudsecure.stats":                  "an account without figures has no member",
	"pulseone.appliance_info.get":                 "an appliance that has not reported has no facts",
	"pulseone.config_status.get":                  "an appliance that has not reported has no status",
}

// excuse returns the entry of empties that an operation is excused by, "" for none.
func excuse(product string, e *contract.Endpoint, response int) string {
	for _, key := range []string{e.ID, product + " " + e.Responses[response].Entity, product} {
		if empties[key] != "" {
			return key
		}
	}
	return ""
}

// TestEndpoint_MayBeEmptyObject gives every call of the coverage {} for a response: that is a result where the contract documents
// it, and an unusable response everywhere else. Results without a fixed shape may be empty by nature, and methods that
// return nothing do not look.
func TestEndpoint_MayBeEmptyObject(t *testing.T) {
	used := map[string]bool{}
	counted, allowed, others := 0, 0, 0
	for _, name := range contract.Names() {
		c := contract.MustLoad(name)
		r := newRecorder(t, name)
		for _, setUp := range calls[name] {
			for _, call := range setUp(t, r) {
				e, ok := c.Endpoint(call.id)
				if !ok {
					continue // TestCoverage says so
				}
				response := slices.IndexFunc(e.Responses, func(r contract.Response) bool {
					return strings.Contains(r.ContentType, "json") && (r.Status == 0 || r.Status == http.StatusOK || r.Status == http.StatusCreated)
				})
				if response < 0 || call.responses != nil && !slices.Contains(call.responses, response) {
					continue
				}
				r.begin(e, response, 0)
				r.respondWith([]byte(`{}`))
				result, err := call.do(t.Context())
				if !shaped(result) || len(r.requests()) == 0 {
					continue
				}
				counted++
				if _, refused := errors.AsType[*secureaccess.Error](err); !refused {
					err = nil // what the call of the coverage misses in an empty result
				}
				excused := excuse(name, e, response)
				switch documented := e.MayBeEmptyObject(); {
				case documented && err != nil:
					t.Errorf("%s: {} is documented: %v", e.ID, err)
				case documented && excused != "":
					t.Errorf("%s: {} is documented: take %s out of empties", e.ID, excused)
				case documented:
					allowed++
				case err == nil && excused == "":
					t.Errorf("%s: {} is not documented, and made %+v", e.ID, result)
				case err == nil:
					used[excused] = true
					others++
				case !errors.Is(err, secureaccess.ErrBadResponse):
					t.Errorf("%s: {} is %v, want an unusable response", e.ID, err)
				}
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(empties)) {
		if !used[key] {
			t.Errorf("%s is never {}: take it out of empties", key)
		}
	}
	t.Logf("of %d results with a shape, %d may be {} by the contract, %d for other reasons", counted, allowed, others)
}

// shaped reports whether a result is one that {} says nothing of.
func shaped(result any) bool {
	switch result.(type) {
	case nil, json.RawMessage, *json.RawMessage, io.Reader, []byte, string:
		return false
	}
	t := reflect.TypeOf(result)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && t.NumField() > 0 || t.Kind() == reflect.Slice
}
