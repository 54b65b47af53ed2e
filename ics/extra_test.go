package ics_test

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
)

// nothings makes an object of a model, all of whose members hold nothing: those with members of their own only where the
// object is not deep.
func nothings(t reflect.Type, nothing string, deep bool) any {
	if t.Kind() == reflect.Pointer {
		return nothings(t.Elem(), nothing, deep)
	}
	switch {
	case t.Kind() == reflect.Slice && isModel(t.Elem()):
		return []any{nothings(t.Elem(), nothing, deep)}
	case t.Kind() == reflect.Map && isModel(t.Elem()):
		return map[string]any{"key": nothings(t.Elem(), nothing, deep)}
	}
	object := map[string]any{"unknown": json.RawMessage(nothing)}
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		inner := field.Type
		if inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice || inner.Kind() == reflect.Map {
			inner = inner.Elem()
		}
		switch {
		case name == "":
		case name == "name" || name == "node" || name == "username":
			object[name] = "n"
		case deep && isModel(inner):
			object[name] = nothings(field.Type, nothing, deep)
		default:
			object[name] = json.RawMessage(nothing)
		}
	}
	return object
}

func isModel(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	field, ok := t.FieldByName("Extra")
	return ok && field.Type == reflect.TypeFor[secureaccess.Extra]()
}

// roundTrip reads a model and writes it back.
type roundTrip struct {
	model reflect.Type
	run   func(ctx context.Context, c *ics.Client) error
}

func trip[T any](get func(context.Context, *ics.Client) (*T, error), put func(context.Context, *ics.Client, T) (*ics.Result, error)) roundTrip {
	return roundTrip{reflect.TypeFor[T](), func(ctx context.Context, c *ics.Client) error {
		model, err := get(ctx, c)
		if err != nil {
			return err
		}
		_, err = put(ctx, c, *model)
		return err
	}}
}

// update writes a model back by its path.
func update[T any](ctx context.Context, c *ics.Client, model T) (*ics.Result, error) {
	return c.Configuration.Update(ctx, ics.Path{"x"}, model)
}

var roundTrips = []roundTrip{
	trip(func(ctx context.Context, c *ics.Client) (*ics.NetworkConnectACL, error) {
		return c.NetworkConnectACLs.Get(ctx, "n")
	},
		func(ctx context.Context, c *ics.Client, m ics.NetworkConnectACL) (*ics.Result, error) {
			return c.NetworkConnectACLs.Replace(ctx, "n", m)
		}),
	trip(func(ctx context.Context, c *ics.Client) (*ics.RADIUSClient, error) {
		return c.RADIUSClients.Get(ctx, "n")
	},
		func(ctx context.Context, c *ics.Client, m ics.RADIUSClient) (*ics.Result, error) {
			return c.RADIUSClients.Replace(ctx, "n", m)
		}),
	trip(func(ctx context.Context, c *ics.Client) (*ics.AuthServer, error) { return c.AuthServers.Get(ctx, "n") },
		func(ctx context.Context, c *ics.Client, m ics.AuthServer) (*ics.Result, error) {
			return c.AuthServers.Replace(ctx, "n", m)
		}),
	trip(func(ctx context.Context, c *ics.Client) (*ics.UserRole, error) { return c.UserRoles.Get(ctx, "n") },
		func(ctx context.Context, c *ics.Client, m ics.UserRole) (*ics.Result, error) {
			return c.UserRoles.Replace(ctx, "n", m)
		}),
	trip(func(ctx context.Context, c *ics.Client) (*ics.UserRealm, error) { return c.UserRealms.Get(ctx, "n") },
		func(ctx context.Context, c *ics.Client, m ics.UserRealm) (*ics.Result, error) {
			return c.UserRealms.Replace(ctx, "n", m)
		}),
	trip(func(ctx context.Context, c *ics.Client) (*ics.SyslogSetting, error) {
		return c.SyslogSettings.Get(ctx, "n")
	},
		func(ctx context.Context, c *ics.Client, m ics.SyslogSetting) (*ics.Result, error) {
			return c.SyslogSettings.Replace(ctx, m)
		}),
	trip(func(ctx context.Context, c *ics.Client) (*ics.ADGroupCatalog, error) {
		return c.ADGroups.List(ctx, "n")
	},
		func(ctx context.Context, c *ics.Client, m ics.ADGroupCatalog) (*ics.Result, error) {
			return c.ADGroups.ReplaceAll(ctx, "n", m)
		}),
	trip(func(ctx context.Context, c *ics.Client) (*ics.LDAPGroupCatalog, error) {
		return c.LDAPGroups.List(ctx, "n")
	},
		func(ctx context.Context, c *ics.Client, m ics.LDAPGroupCatalog) (*ics.Result, error) {
			return c.LDAPGroups.ReplaceAll(ctx, "n", m)
		}),
	trip(func(ctx context.Context, c *ics.Client) (*ics.RoleMappingRules, error) {
		return ics.GetConfiguration[ics.RoleMappingRules](ctx, c.Configuration, ics.Path{"x"}, nil)
	}, func(ctx context.Context, c *ics.Client, m ics.RoleMappingRules) (*ics.Result, error) {
		return c.AdminRealms.ReplaceRoleMappingRules(ctx, "n", m)
	}),
	trip(func(ctx context.Context, c *ics.Client) (*ics.SessionOptions, error) {
		return ics.GetConfiguration[ics.SessionOptions](ctx, c.Configuration, ics.Path{"x"}, nil)
	}, func(ctx context.Context, c *ics.Client, m ics.SessionOptions) (*ics.Result, error) {
		return c.AdminRoles.ReplaceSessionOptions(ctx, "n", m)
	}),
	trip(func(ctx context.Context, c *ics.Client) (*ics.LocalUser, error) {
		return c.LocalUsers.Get(ctx, "n", "n")
	}, update[ics.LocalUser]),
	trip(func(ctx context.Context, c *ics.Client) (*ics.VLAN, error) { return c.VLANs.Get(ctx, "n", "n") }, update[ics.VLAN]),
	trip(func(ctx context.Context, c *ics.Client) (*ics.HostCheckerPolicy, error) {
		return c.HostChecker.GetPolicy(ctx, "n")
	}, update[ics.HostCheckerPolicy]),
	trip(func(ctx context.Context, c *ics.Client) (*ics.InfranetEnforcer, error) {
		return c.InfranetEnforcers.Get(ctx, "n")
	}, update[ics.InfranetEnforcer]),
}

// A model that is read and written back is as it was, also where members hold nothing, in whatever way.
func TestReadModifyWrite_nothings(t *testing.T) {
	var object any
	var sent string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_ = json.NewEncoder(w).Encode(object)
			return
		}
		sent = body(r)
		w.WriteHeader(http.StatusNoContent)
	})
	for _, trip := range roundTrips {
		for _, nothing := range []string{`null`, `""`, `[]`, `{}`} {
			for _, deep := range []bool{true, false} {
				if lists := nothing == `[]` || nothing == `{}`; lists && (trip.model == reflect.TypeFor[ics.RADIUSClient]() || trip.model == reflect.TypeFor[ics.SessionOptions]()) {
					continue // nothing that it knows could be read
				}
				if !deep && nothing == `{}` && slices.Contains([]string{"ADGroupCatalog", "LDAPGroupCatalog", "RoleMappingRules"}, trip.model.Name()) {
					continue // an object for the list itself is its only entry
				}
				object = nothings(trip.model, nothing, deep)
				if err := trip.run(t.Context(), client); err != nil {
					t.Errorf("%s of %s: %v", trip.model, nothing, err)
					continue
				}
				data, _ := json.Marshal(object)
				var before, after any
				if json.Unmarshal(data, &before) != nil || json.Unmarshal([]byte(sent), &after) != nil || len(differences("", before, after)) > 0 {
					t.Errorf("%s of %s, deep %t: what differs is %q", trip.model, nothing, deep, differences("", before, after))
				}
			}
		}
	}
}

// What is set takes the place of the nothing that was there.
func TestReadModifyWrite_set(t *testing.T) {
	var sent string
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method != http.MethodGet:
			sent = body(r)
			w.WriteHeader(http.StatusNoContent)
		case strings.Contains(r.URL.Path, "network-connect-acl"):
			respond(w, 200, `{"name": "db", "action": null, "apply": "", "rules": null, "x": ""}`)
		default:
			respond(w, 200, `{"rule": [{"name": "a", "roles": null, "stop-rules-processing": null, "group": ""}, {"name": "b", "roles": "r", "stop-rules-processing": ""}]}`)
		}
	})
	acl, err := client.NetworkConnectACLs.Get(t.Context(), "db")
	if err != nil {
		t.Fatal(err)
	}
	acl.Action = ics.ACLActionDeny
	acl.Rules = &ics.ACLRules{}
	if _, err := client.NetworkConnectACLs.Replace(t.Context(), "db", *acl); err != nil || sent != `{"name":"db","action":"deny","apply":"","rules":{"rule":[]},"x":""}` {
		t.Errorf("%s, %v", sent, err)
	}
	if string(acl.Extra["action"]) != "null" {
		t.Error("writing a model changed it")
	}

	rules, err := ics.GetConfiguration[ics.RoleMappingRules](t.Context(), client.Configuration, ics.Path{"x"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rules.Rules {
		if rules.Rules[i].StopRulesProcessing.Or(false) {
			t.Errorf("%+v", rules.Rules[i])
		}
	}
	rules.Rules[0].Roles = []string{"r"}
	rules.Rules[1].StopRulesProcessing = secureaccess.Set[secureaccess.QuotedBool](true)
	want := `{"rule":[{"name":"a","roles":["r"],"stop-rules-processing":null,"group":""},{"name":"b","roles":["r"],"stop-rules-processing":"true"}]}`
	if _, err := client.AdminRealms.ReplaceRoleMappingRules(t.Context(), "Admins", *rules); err != nil || sent != want {
		t.Errorf("%s, %v", sent, err)
	}
	// Two values for one member are a mistake, as ever.
	rules.Rules[0].Extra["roles"] = json.RawMessage(`["s"]`)
	if _, err := client.AdminRealms.ReplaceRoleMappingRules(t.Context(), "Admins", *rules); err == nil {
		t.Errorf("sent %s", sent)
	}
}
