// Endpoints writes sps/endpoints_gen.go: the places below /api/configuration of a Safeguard appliance that the guide
// names, with the types of what they hold and the rule that applies to them.
package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/format"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// target is the file as seen from internal/contract, where go generate runs this.
var target = filepath.Join("..", "..", "sps", "endpoints_gen.go")

const root = "/api/configuration/"

func main() {
	log.SetFlags(0)
	log.SetPrefix("endpoints: ")
	source, err := generate()
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(target, source, 0o644); err != nil {
		log.Fatal(err)
	}
}

// place is a path below the root.
type place struct {
	path       string
	operations []*contract.Endpoint
	object     bool   // it has objects by key
	parameter  string // what the guide calls the key
	written    bool   // something is written there
	list       bool   // it responds with items
}

// goTypes are the types of bodies where they are not called as in the contract, and those of places whose entity the
// contract does not give. Places without a type hold anything.
var (
	goTypes = map[string]string{"AclEntry": "[]*ACLEntry"}
	ofPlace = map[string]string{
		"datetime/timezone":                 "string",
		"policies/content_policies":         "ContentPolicy",
		"rdp/channel_policies":              "ChannelPolicy",
		"http/connections":                  "ConnectionPolicy",
		"ica/connections":                   "ConnectionPolicy",
		"mssql/connections":                 "ConnectionPolicy",
		"vnc/connections":                   "ConnectionPolicy",
		"ssh/settings_policies":             "SSHSettingsPolicy",
		"vnc/settings_policies":             "VNCSettingsPolicy",
		"policies/archive_cleanup_policies": "ArchiveCleanupPolicy",
	}
	nameOf = map[string]string{
		"passwords":                     "Passwords",
		"private_keys":                  "PrivateKeys",
		"policies/user_databases":       "LocalUserDatabases",
		"policies/credentialstores":     "CredentialStores",
		"policies/userlists":            "UserLists",
		"policies/usermapping_policies": "UserMappingPolicies",
		"policies/indexing":             "IndexingPolicies",
		"aaa/acls":                      "ACLsSetting",
		"aaa/local_database/groups":     "LocalUserGroups",
		"aaa/local_database/users":      "LocalUsers",
	}
	initialisms = map[string]string{
		"aaa": "AAA", "aa": "AA", "cas": "CAs", "ca": "CA", "dns": "DNS", "http": "HTTP", "ica": "ICA", "ip": "IP", "ldap": "LDAP", "mssql": "MSSQL", "nics": "NICs",
		"ntp": "NTP", "rdp": "RDP", "saml2": "SAML2", "snmp": "SNMP", "soap": "SOAP", "ssh": "SSH", "vnc": "VNC", "siem": "SIEM", "x509": "X509",
	}
)

func generate() ([]byte, error) {
	c, err := contract.Load("sps-beyond")
	if err != nil {
		return nil, err
	}
	document, err := contract.Load("sps")
	if err != nil {
		return nil, err
	}
	places := map[string]*place{}
	for _, e := range append(slices.Clone(document.Endpoints), c.Endpoints...) {
		path, ok := strings.CutPrefix(e.Path, root)
		if !ok || strings.HasPrefix(path, "{") {
			continue
		}
		path, parameter, object := strings.Cut(path, "/{")
		if object && strings.Contains(parameter, "/") {
			continue
		}
		p := places[path]
		if p == nil {
			p = &place{path: path}
			places[path] = p
		}
		p.operations = append(p.operations, e)
		p.object = p.object || object
		if object {
			p.parameter = strings.TrimSuffix(parameter, "}")
		}
		p.written = p.written || e.Method != "GET"
		p.list = p.list || e.Method == "GET" && !object && len(e.Responses) > 0 && e.Responses[0].ListKey == "items"
	}
	return write(places)
}

func write(places map[string]*place) ([]byte, error) {
	var constants, documented, singular, readOnly bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(places)) {
		p := places[path]
		name, body := p.name(), p.body()
		kind, rule := "Endpoint", "holds objects: [List], [Get], [Create], [Update], [Delete]."
		reason := ""
		switch {
		case path == "passwords", path == "private_keys":
			rule = "holds what is written once and used once: [Get] tells no secret. See [CreatePassword] and [CreatePrivateKey]."
		case !p.list && !p.object:
			kind, rule = "Setting", "is one value: [GetSetting], [Update]."
			fmt.Fprintf(&singular, "\t%q: true,\n", path)
			if !p.written {
				rule = "is one value: [GetSetting]. The guide shows no write."
			}
		case strings.HasSuffix(path, "/connections") && !p.written:
			rule = "holds objects: [List], [Get]. The appliance takes no writes here."
			reason = "takes no writes: the appliance writes connection policies of RDP and SSH only"
		case !p.object:
			rule = "leads to what is below it: [List]."
			reason = "is a list of other endpoints"
		case !p.written:
			rule = "holds objects: [List], [Get]. The guide shows no write."
		}
		if reason != "" {
			fmt.Fprintf(&readOnly, "\t%q: %q,\n", path, reason)
		}
		fmt.Fprintf(&documented, "\t%q: %q,\n", path, cmp.Or(p.parameter, "object_id"))
		fmt.Fprintf(&constants, "\t// %s %s\n", name, rule)
		for _, e := range p.operations {
			fmt.Fprintf(&constants, "\t//\n\t// %s %s\n", e.Method, e.Path)
		}
		fmt.Fprintf(&constants, "\t%s %s[%s] = %q\n\n", name, kind, body, path)
	}
	var b bytes.Buffer
	b.WriteString("// Code generated by internal/contract/endpoints from the contract; DO NOT EDIT.\n\npackage sps\n\nimport \"encoding/json\"\n\n" +
		"// The places below /api/configuration that the guide names. What is not typed holds any JSON.\nconst (\n")
	b.Write(constants.Bytes())
	b.WriteString(")\n\n// documented has the paths that the guide names, and what it calls the keys of objects there.\nvar documented = map[string]string{\n")
	b.Write(documented.Bytes())
	b.WriteString("}\n\n// singular has those that hold one value.\nvar singular = map[string]bool{\n")
	b.Write(singular.Bytes())
	b.WriteString("}\n\n// readOnly says why some take no writes.\nvar readOnly = map[string]string{\n")
	b.Write(readOnly.Bytes())
	b.WriteString("}\n")
	return format.Source(b.Bytes())
}

// name returns the name of the constant.
func (p *place) name() string {
	if name := nameOf[p.path]; name != "" {
		return name
	}
	parts := strings.Split(p.path, "/")
	last := words(parts[len(parts)-1])
	first := parts[0]
	protocol := slices.Contains([]string{"http", "ica", "mssql", "rdp", "ssh", "telnet", "vnc"}, first)
	switch {
	case !p.list && !p.object:
		if protocol || first == "local_services" || first == "aaa" {
			last = words(first) + last
		}
		return last + "Setting"
	case len(parts) == 1:
		return last + "Directory"
	case protocol, first == "plugins":
		return words(first) + last
	}
	return last
}

func words(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if spelled := initialisms[word]; spelled != "" {
			b.WriteString(spelled)
			continue
		}
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// body returns the Go type of what the place holds.
func (p *place) body() string {
	if t := ofPlace[p.path]; t != "" {
		return t
	}
	for _, e := range p.operations {
		for _, r := range e.Responses {
			entity := r.Entity
			if e.Method == "GET" && r.ListKey == "body" {
				entity = r.ListOf
			}
			if e.Method == "GET" && entity != "" && entity != "ObjectRef" {
				return cmp.Or(goTypes[entity], entity)
			}
		}
	}
	return "json.RawMessage"
}
