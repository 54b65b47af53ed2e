package json_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

// Appliance is a model as the products have them, with the members of an appliance of Pulse One.
type Appliance struct {
	ID            string             `json:"id"`
	RegID         string             `json:"reg_id,omitzero"`
	Name          string             `json:"name"`
	State         State              `json:"state,omitzero"`
	Type          string             `json:"type,omitzero"`
	Model         string             `json:"model,omitzero"`
	SerialNumber  string             `json:"serial_number,omitzero"`
	Version       string             `json:"appliance_version,omitzero"`
	Created       secureaccess.Time  `json:"created,omitzero"`
	Updated       secureaccess.Time  `json:"updated,omitzero"`
	GroupID       string             `json:"group_id,omitzero"`
	CommitID      string             `json:"appliance_commit_id,omitzero"`
	PendingID     string             `json:"pending_commit_id,omitzero"`
	ConfigSize    int64              `json:"config_size,omitzero"`
	ConfigCreated secureaccess.Time  `json:"config_created,omitzero"`
	ConfigState   State              `json:"config_state,omitzero"`
	Channel       string             `json:"notification_channel_status,omitzero"`
	Cluster       *Cluster           `json:"cluster,omitzero"`
	DMI           *DMI               `json:"dmi,omitzero"`
	Extra         secureaccess.Extra `json:",embed"`
}

type State string

type Cluster struct {
	ID         string `json:"id"`
	NodeName   string `json:"node_name,omitzero"`
	LeaderNode bool   `json:"leader_node"`
	ActiveNode bool   `json:"active_node"`
}

type DMI struct {
	Username  string              `json:"username,omitzero"`
	Password  secureaccess.Secret `json:"password,omitzero"`
	IPAddress string              `json:"ip_address,omitzero"`
	Port      int64               `json:"port,omitzero,string"`
}

type Page struct {
	Appliances []Appliance `json:"appliances"`
	Total      int         `json:"total"`
}

// plainPage is the same for encoding/json, with the types that it reads by itself.
type plainPage struct {
	Appliances []plainAppliance `json:"appliances"`
	Total      int              `json:"total"`
}

type plainAppliance struct {
	ID            string        `json:"id"`
	RegID         string        `json:"reg_id"`
	Name          string        `json:"name"`
	State         State         `json:"state"`
	Type          string        `json:"type"`
	Model         string        `json:"model"`
	SerialNumber  string        `json:"serial_number"`
	Version       string        `json:"appliance_version"`
	Created       string        `json:"created"`
	Updated       string        `json:"updated"`
	GroupID       string        `json:"group_id"`
	CommitID      string        `json:"appliance_commit_id"`
	PendingID     string        `json:"pending_commit_id"`
	ConfigSize    int64         `json:"config_size"`
	ConfigCreated string        `json:"config_created"`
	ConfigState   State         `json:"config_state"`
	Channel       string        `json:"notification_channel_status"`
	Cluster       *Cluster      `json:"cluster"`
	DMI           *plainAddress `json:"dmi"`
}

type plainAddress struct {
	Username  string `json:"username"`
	IPAddress string `json:"ip_address"`
	Port      string `json:"port"`
}

// page returns a page of n appliances; every mth has more than the required members.
func page(n, m int) []byte {
	var b strings.Builder
	b.WriteString(`{"appliances":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%032x","name":"appliance-%d","state":"registered","model":"PSA-3000","serial_number":"0340122016%06d",`+
			`"appliance_version":"9.1R%d","created":"2016-03-09T12:30:45Z","updated":"2019-06-03T08:00:%02dZ","config_size":%d`, i, i, i, i%12, i%60, 1389*i)
		if i%m == 0 {
			fmt.Fprintf(&b, `,"group_id":"%016x","config_created":"2016/03/09 12:30:45","cluster":{"id":"c%d","node_name":"n","leader_node":true,"active_node":false},`+
				`"dmi":{"username":"admin","ip_address":"10.0.0.%d","port":"830"}`, i, i, i%250)
		}
		b.WriteByte('}')
	}
	fmt.Fprintf(&b, `],"total":%d}`, n)
	return []byte(b.String())
}

func raw(text string) json.RawMessage { return json.RawMessage(text) }
