package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

// models returns, for places whose objects the SDK knows whole, what finds members that they do not have.
var models = map[string]func(data []byte) []string{
	string(sps.TimePolicies):                    unknown[sps.TimePolicy],
	string(sps.ArchiveCleanupPolicies):          unknown[sps.ArchiveCleanupPolicy],
	string(sps.LocalUserDatabases):              unknown[sps.LocalUserDatabase],
	string(sps.HTTPChannelPolicies):             unknown[sps.ChannelPolicy],
	string(sps.ICAChannelPolicies):              unknown[sps.ChannelPolicy],
	string(sps.RDPChannelPolicies):              unknown[sps.ChannelPolicy],
	string(sps.SSHChannelPolicies):              unknown[sps.ChannelPolicy],
	string(sps.TelnetChannelPolicies):           unknown[sps.ChannelPolicy],
	string(sps.VNCChannelPolicies):              unknown[sps.ChannelPolicy],
	string(sps.LocalUserGroups):                 unknown[sps.LocalUserGroup],
	string(sps.DNSSetting):                      unknown[sps.DNSServers],
	string(sps.EmailSetting):                    unknown[sps.MailSettings],
	string(sps.DiskFillupPreventionSetting):     unknown[sps.DiskFillupPrevention],
	string(sps.SystemBackupSetting):             unknown[sps.SystemBackup],
	string(sps.WebGatewayAuthenticationSetting): unknown[sps.WebGatewayAuthentication],
	string(sps.LocalServicesClusterSetting):     unknown[sps.ClusterInterface],
	string(sps.LocalServicesUserWebSetting):     unknown[sps.WebLogin],
	string(sps.SSHOptionsSetting):               unknown[sps.ProtocolOptions],
	string(sps.RDPOptionsSetting):               unknown[sps.ProtocolOptions],
}

// notes says which members of the files the SDK does not know, of types that it knows whole.
func notes(wanted []*object) []string {
	var all []string
	for _, o := range wanted {
		find := models[o.endpoint]
		if o.setting {
			find = models[o.path()]
		}
		if find == nil {
			continue
		}
		body, err := resolve(o.body, func(name string) (string, error) { return name, nil })
		if err != nil {
			continue
		}
		data, err := json.Marshal(body)
		if err != nil {
			continue
		}
		for _, member := range find(data) {
			all = append(all, o.path()+": the SDK knows no member "+member)
		}
	}
	return all
}

// unknown returns the paths of the members that T does not have.
func unknown[T any](data []byte) []string {
	var body T
	if err := secureaccess.Unmarshal(data, &body); err != nil {
		return nil // the appliance will say what is wrong
	}
	var found []string
	collect(reflect.ValueOf(body), "", &found)
	slices.Sort(found)
	return found
}

var extraType = reflect.TypeFor[secureaccess.Extra]()

// collect goes through a value and names what stands in its Extra fields.
func collect(v reflect.Value, at string, found *[]string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			collect(v.Elem(), at, found)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), at+"["+strconv.Itoa(i)+"]", found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() {
				continue
			}
			if field.Type == extraType {
				for name := range v.Field(i).Interface().(secureaccess.Extra) {
					*found = append(*found, strings.TrimPrefix(at+"."+name, "."))
				}
				continue
			}
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			collect(v.Field(i), strings.TrimPrefix(at+"."+name, "."), found)
		}
	}
}
