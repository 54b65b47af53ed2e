package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/examples/internal/quote"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/spstest"
)

// policies are the objects that connections refer to, by key, and user lists by name.
type policies struct {
	channels map[string]sps.ChannelPolicy
	times    map[string]sps.TimePolicy
	lists    map[string][]string
}

// reach returns a row for each rule of each connection.
func reach(ctx context.Context, client *sps.Client, all bool) ([][]string, error) {
	var rows [][]string
	times, err := byKey(ctx, client, sps.TimePolicies)
	if err != nil {
		return nil, err
	}
	lists, err := userLists(ctx, client)
	if err != nil {
		return nil, err
	}
	for _, protocol := range []struct {
		name        string
		connections sps.Endpoint[sps.ConnectionPolicy]
		channels    sps.Endpoint[sps.ChannelPolicy]
	}{
		{"RDP", sps.RDPConnections, sps.RDPChannelPolicies},
		{"SSH", sps.SSHConnections, sps.SSHChannelPolicies},
	} {
		channels, err := byKey(ctx, client, protocol.channels)
		if err != nil {
			return nil, err
		}
		known := policies{channels, times, lists}
		for connection, err := range sps.All(ctx, client, protocol.connections) {
			if err != nil {
				return nil, err
			}
			if connection.Body.Active || all {
				more, err := known.rows(protocol.name, &connection.Body)
				if err != nil {
					return nil, err
				}
				rows = append(rows, more...)
			}
		}
	}
	return rows, nil
}

// byKey reads the objects of an endpoint.
func byKey[T any](ctx context.Context, client *sps.Client, endpoint sps.Endpoint[T]) (map[string]T, error) {
	found := map[string]T{}
	for object, err := range sps.All(ctx, client, endpoint) {
		if err != nil {
			return nil, err
		}
		found[object.Key] = object.Body
	}
	return found, nil
}

// userLists reads the texts of the user lists by name. Their form is not public, and not every user may read them.
func userLists(ctx context.Context, client *sps.Client) (map[string][]string, error) {
	found := map[string][]string{}
	for object, err := range sps.All(ctx, client, sps.UserLists) {
		switch {
		case errors.Is(err, secureaccess.ErrNotFound), errors.Is(err, secureaccess.ErrForbidden):
			return found, nil
		case err != nil:
			return nil, err
		}
		var members map[string]any
		if json.Unmarshal(object.Body, &members) != nil || members == nil {
			return nil, fmt.Errorf("the user list %s cannot be read", quote.Cell(object.Key))
		}
		name, _ := members["name"].(string)
		delete(members, "name")
		texts := textsIn(members)
		slices.Sort(texts)
		found[name] = slices.Compact(texts)
	}
	return found, nil
}

// textsIn returns the texts that stand in lists.
func textsIn(v any) []string {
	var texts []string
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			if _, isText := member.(string); !isText {
				texts = append(texts, textsIn(member)...)
			}
		}
	case []any:
		for _, item := range v {
			if text, ok := item.(string); ok {
				texts = append(texts, text)
			} else {
				texts = append(texts, textsIn(item)...)
			}
		}
	}
	return texts
}

// rows returns those of one connection. A rule that cannot be read is an error: who it lets in would be missing.
func (p policies) rows(protocol string, connection *sps.ConnectionPolicy) ([][]string, error) {
	name := connection.Name
	if !connection.Active {
		name += " (suspended)"
	}
	begin := []string{protocol, name, anyone(connection.Network.Clients), targets(&connection.Network)}
	var ref sps.Ref
	if raw := connection.Extra["channel_policy"]; raw != nil {
		_ = secureaccess.Unmarshal(raw, &ref) // what has another form leads nowhere
	}
	policy, ok := p.channels[ref.Key]
	if !ok {
		return [][]string{append(begin, "?", "?", "?", "?", "?")}, nil
	}
	var rows [][]string
	for _, rule := range policy.Rules {
		if rule == nil {
			return nil, fmt.Errorf("a rule of the channel policy %s cannot be read", quote.Cell(policy.Name))
		}
		allowed := rule.AllowedFor
		groups := p.expand(append(slices.Clone(allowed.GatewayGroups), allowed.RemoteGroups...))
		from := begin[2]
		if len(allowed.Clients) > 0 {
			from += ", of these " + anyone(allowed.Clients)
		}
		to := begin[3]
		if len(allowed.Servers) > 0 {
			to += ", of these " + anyone(allowed.Servers)
		}
		rows = append(rows, []string{
			protocol, name, from, to, string(rule.Channel), groups, p.when(allowed.TimePolicy), yes(rule.Actions.Audit), yes(rule.Actions.FourEyes),
		})
	}
	if rows == nil {
		rows = append(rows, append(begin, "none", "", "", "", ""))
	}
	return rows, nil
}

// expand writes groups, with what their user lists hold.
func (p policies) expand(groups []string) string {
	named := make([]string, len(groups))
	for i, group := range groups {
		named[i] = group
		if texts := p.lists[group]; len(texts) > 0 {
			named[i] += " (" + strings.Join(texts, " ") + ")"
		}
	}
	return anyone(named)
}

// when writes a time policy, days with the same intervals together.
func (p policies) when(ref sps.Ref) string {
	policy, ok := p.times[ref.Key]
	if !ok {
		return "?"
	}
	days := []struct {
		name      string
		intervals []sps.TimeInterval
	}{
		{"Mon", policy.Mon}, {"Tue", policy.Tue}, {"Wed", policy.Wed}, {"Thu", policy.Thu},
		{"Fri", policy.Fri}, {"Sat", policy.Sat}, {"Sun", policy.Sun},
	}
	var parts []string
	for i := 0; i < len(days); {
		last := i
		for last+1 < len(days) && slices.Equal(days[last+1].intervals, days[i].intervals) {
			last++
		}
		if len(days[i].intervals) > 0 {
			parts = append(parts, span(days[i].name, days[last].name)+" "+intervals(days[i].intervals))
		}
		i = last + 1
	}
	switch {
	case len(parts) == 0:
		return "never"
	case len(parts) == 1 && parts[0] == "Mon-Sun "+intervals([]sps.TimeInterval{sps.WholeDay}):
		return "always"
	}
	return strings.Join(parts, ", ")
}

func span(first, last string) string {
	if first == last {
		return first
	}
	return first + "-" + last
}

func intervals(list []sps.TimeInterval) string {
	texts := make([]string, len(list))
	for i, interval := range list {
		texts[i] = interval[0] + "-" + interval[1]
	}
	return strings.Join(texts, " ")
}

func anyone(list []string) string {
	if len(list) == 0 {
		return "any"
	}
	return strings.Join(list, " ")
}

func targets(network *sps.ConnectionNetwork) string {
	ports := make([]string, len(network.Ports))
	for i, port := range network.Ports {
		ports[i] = fmt.Sprint(port)
	}
	return anyone(network.Targets) + " port " + anyone(ports)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// furnish gives the appliance in memory something to list.
func furnish(server *spstest.Server) error {
	return errors.Join(
		server.AddObject("policies/time_policies", "600", sps.TimePolicy{
			Name: "office", Mon: office, Tue: office, Wed: office, Thu: office, Fri: []sps.TimeInterval{{"8:00", "14:00"}},
		}),
		server.AddObject("policies/userlists", "700", map[string]any{"name": "operators", "allow": "no_user", "except": []string{"anna", "bela"}}),
		server.AddObject("rdp/connections", "1", map[string]any{
			"name": "desktops", "active": true, "channel_policy": "-20100", "log_audit_trail_downloads": true, "access_control": []any{},
			"network": map[string]any{"clients": []string{"10.0.0.0/8"}, "ports": []int{3389}, "targets": []string{"192.0.2.1"}},
		}),
		server.AddObject("ssh/channel_policies", "800", sps.ChannelPolicy{Name: "shell", Rules: []*sps.ChannelPolicyRule{{
			Channel: sps.ChannelKindSSHExec, Actions: sps.ChannelPolicyActions{Audit: true, FourEyes: true},
			AllowedFor: sps.ChannelPolicyAllowedFor{GatewayGroups: []string{"operators"}, TimePolicy: sps.Ref{Key: "600"}},
		}}}),
		server.AddObject("ssh/connections", "2", map[string]any{
			"name": "servers", "active": true, "channel_policy": "800", "access_control": []any{},
			"network": map[string]any{"clients": []string{}, "ports": []int{22}, "targets": []string{"192.0.2.2"}},
		}),
	)
}

var office = []sps.TimeInterval{{"8:00", "12:00"}, {"13:00", "17:00"}}
