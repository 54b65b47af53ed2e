package icstest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/ics"
)

// newTree is the configuration that a server begins with.
func newTree() map[string]any {
	var tree map[string]any
	// It is part of this file; a test reads it.
	_ = json.Unmarshal([]byte(`{
		"administrators": {
			"admin-realms": {"realm": []},
			"admin-roles": {"admin-role": [
				{"name": ".Administrators", "general": {"session-options": {"idle-timeout": "10", "max-timeout": "60"}}},
				{"name": ".Read-Only Administrators", "general": {"session-options": {"idle-timeout": "10", "max-timeout": "60"}}}
			]}
		},
		"authentication": {
			"auth-servers": {"auth-server": [
				{"name": "Administrators", "local": {"users": {"user": []}}},
				{"name": "System Local", "local": {"users": {"user": []}}},
				{"name": "ADServer", "ad": {"server-catalog": {"groups": {"ad-group": [
					{"group": "ICS-QA/core", "name": "ICS-QA/core", "sid": "S-1-5-21-3875260349-1888520165-453808128-1112"},
					{"group": "ICS-QA/systems", "name": "ICS-QA/systems", "sid": "S-1-5-21-3875260349-1888520165-453808128-1108"}
				]}}}},
				{"name": "LDAPServer", "ldap": {"server-catalog": {"groups": {"user-group": [
					{"dn": "CN=Administrators,CN=Builtin,DC=pcs-qa,DC=blrlab,DC=net", "group-type": "static", "name": "Administrators"}
				]}}}}
			]},
			"endpoint": {"host-checker": {"policies": {"policy": []}, "esaps": {
				"active-version": "3.3.5", "default-version": "3.3.5", "force-same-esap": "false", "opswat-sdk-version": "4",
				"esap": [
					{"esap-version": "3.3.5", "last-activated-time": "Sun 17 Mar 2019 23:54:12 PDT", "upload-time": "Sun 17 Mar 2019 23:53:35 PDT"},
					{"esap-version": "3.3.6", "last-activated-time": "Never", "upload-time": "Mon 18 Mar 2019 21:45:31 PDT"}
				]
			}}}
		},
		"system": {
			"configuration": {"saml-configuration": {"settings": {"saml-fqdn": "vpn.example.com"}}},
			"log": {"syslog-settings": {"syslog-setting": [{"node": "localhost2", "syslog-servers": {"syslog-server": []}}]}},
			"network": {"vlans": {"localhost2": {"vlan": []}}}
		},
		"uac": {
			"infranet-enforcer": {
				"auth-table-mapping-policies": {"auth-table-mapping-policy": []},
				"connections": {"infranet-enforcer": []},
				"ip-address-pools-policies": {"ip-address-pools-policy": []},
				"ipsec-routing-policies": {"ipsec-routing-policy": []},
				"resource-access-policies": {"resource-access-policy": []}
			},
			"network-access": {"radius-clients": {"radius-client": []}}
		},
		"users": {
			"resource-policies": {"network-connect-policies": {"network-connect-acls": {"network-connect-acl": [
				{"name": "Initial Policy", "action": "allow", "apply": "all", "description": "", "resource": ["*:*"],
				 "resources-fqdn": null, "resources-v6": null, "roles": [], "rules": {"rule": []}}
			]}}},
			"user-realms": {"realm": [
				{"name": "Users", "role-mapping-rules": {"rule": [
					{"name": "all", "roles": ["Users"], "stop-rules-processing": "false", "user-name": {"test": "is", "user-names": ["*"]}}
				]}}
			]},
			"user-roles": {
				"user-role": [{"name": "Users", "general": {"session-options": {"idle-timeout": "10"}}}],
				"user-role-default-options": {"general": {"session-options": {"idle-timeout": "10"}}}
			}
		}
	}`), &tree)
	return tree
}

// find returns what is at path below a value.
func find(value any, path ics.Path) (any, bool) {
	for _, segment := range path {
		switch node := value.(type) {
		case map[string]any:
			child, ok := node[segment]
			if !ok {
				return nil, false
			}
			value = child
		case []any:
			i := entry(node, segment)
			if i < 0 {
				return nil, false
			}
			value = node[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// entry returns the place of a list's entry with that name, -1 if there is none.
func entry(list []any, name string) int {
	return slices.IndexFunc(list, func(item any) bool {
		fields, ok := item.(map[string]any)
		return ok && name != "" && identity(fields) == name
	})
}

// identity returns what an entry of a list is known by, "" for nothing: most have a name, local users a username,
// entries of cluster members a node, policies of the host checker a policy-name, and addresses themselves.
func identity(fields map[string]any) string {
	for _, member := range []string{"name", "username", "node", "policy-name", "rule-name", "address"} {
		if text, ok := fields[member].(string); ok && text != "" {
			return text
		}
	}
	return ""
}

// gone, as the new value of a node, takes it away.
var gone any = &struct{ byte }{}

var errNoSuchNode = errors.New("requested resource does not exist")

// change puts what edit makes of the value at path in its place, making objects that lead to it. It reports whether
// there was a value before. The lock is held.
func (s *Server) change(path ics.Path, edit func(old any, exists bool) (any, error)) (existed bool, err error) {
	_, err = changeNode(s.tree, path, func(old any, exists bool) (any, error) {
		existed = exists
		return edit(old, exists)
	})
	return existed, err
}

func changeNode(node any, path ics.Path, edit func(old any, exists bool) (any, error)) (any, error) {
	if len(path) == 0 {
		return edit(node, node != nil)
	}
	segment := path[0]
	switch parent := node.(type) {
	case nil:
		return changeNode(map[string]any{}, path, edit)
	case map[string]any:
		child, err := changeNode(parent[segment], path[1:], edit)
		switch {
		case err != nil:
			return nil, err
		case child == gone:
			delete(parent, segment)
		default:
			parent[segment] = child
		}
		return parent, nil
	case []any:
		i := entry(parent, segment)
		if i < 0 {
			if len(path) > 1 {
				return nil, errNoSuchNode
			}
			fresh, err := edit(nil, false)
			if err != nil || fresh == gone {
				return parent, err
			}
			if fields, ok := fresh.(map[string]any); ok && identity(fields) == "" {
				fields["name"] = segment
			}
			return append(parent, fresh), nil
		}
		child, err := changeNode(parent[i], path[1:], edit)
		switch {
		case err != nil:
			return nil, err
		case child == gone:
			return slices.Delete(parent, i, i+1), nil
		}
		parent[i] = child
		return parent, nil
	}
	return nil, errNoSuchNode
}

// merge changes the members of an object that body mentions. Lists are taken as the whole of themselves.
func merge(object, body map[string]any) map[string]any {
	for name, value := range body {
		inner, isObject := value.(map[string]any)
		if old, ok := object[name].(map[string]any); ok && isObject {
			value = merge(old, inner)
		}
		object[name] = value
	}
	return object
}

// giveSIDs gives groups of Active Directory servers what the directory knows of them.
func giveSIDs(value any) {
	switch node := value.(type) {
	case map[string]any:
		groups, _ := node["ad-group"].([]any)
		for _, group := range groups {
			if fields, ok := group.(map[string]any); ok && fields["sid"] == nil {
				h := fnv.New32a()
				_, _ = fmt.Fprint(h, fields["group"])
				fields["sid"] = fmt.Sprintf("S-1-5-21-3875260349-1888520165-453808128-%d", h.Sum32())
			}
		}
		for _, child := range node {
			giveSIDs(child)
		}
	case []any:
		for _, child := range node {
			giveSIDs(child)
		}
	}
}

// encryptPasswords has the tree keep passwords as the appliance reads them out: what is written in clear text is
// encrypted, in name at least.
func encryptPasswords(value any) {
	switch node := value.(type) {
	case map[string]any:
		for name, member := range node {
			base, clear := strings.CutSuffix(name, "-cleartext")
			text, ok := member.(string)
			if !clear || !ok {
				encryptPasswords(member)
				continue
			}
			sum := sha256.Sum256([]byte(text))
			delete(node, name)
			node[base+"-encrypted"] = base64.StdEncoding.EncodeToString(sum[:])
		}
	case []any:
		for _, child := range node {
			encryptPasswords(child)
		}
	}
}
