package sps

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// SystemService tells about the appliance and the client's user.
type SystemService struct {
	client *Client
	rest   *rest.Client
}

// Info returns the name and the version of the appliance.
//
// GET /api/info
func (s *SystemService) Info(ctx context.Context) (*Info, error) {
	object, err := read[Info](ctx, s.client, rest.GET("/api/info"))
	if err != nil {
		return nil, err
	}
	return &object.Body, nil
}

// Health returns the load of the appliance and the number of sessions.
//
// GET /api/health-status
//
// GET /api/health_status
//
// The vendor's tools name the first path, and guides from 7.0 on the second, which is asked when the first is not found.
func (s *SystemService) Health(ctx context.Context) (*Health, error) {
	health, err := rest.Do[Health](ctx, s.rest, rest.GET("/api/health-status"))
	if errors.Is(err, secureaccess.ErrNotFound) {
		return rest.Do[Health](ctx, s.rest, rest.GET("/api/health_status"))
	}
	return health, err
}

// User returns what the appliance says about the client's user.
//
// GET /api/user/info
func (s *SystemService) User(ctx context.Context) (*User, error) {
	return rest.Do[User](ctx, s.rest, rest.GET("/api/user/info"))
}

// Info is what an appliance is.
type Info struct {
	AnalyticsEnabled bool              `json:"analytics_enabled"`
	BuildDate        secureaccess.Time `json:"build_date,omitzero"`
	ConfigHash       string            `json:"config_hash,omitzero"`
	DomainName       string            `json:"domainname"`
	FirmwareVersion  string            `json:"firmware_version,omitzero"` // "5.7.0"
	HostName         string            `json:"hostname"`
	Nickname         string            `json:"nickname,omitzero"`
	PluginSDKVersion PluginSDKVersion  `json:"plugin_sdk_version,omitzero"`
	Roles            []string          `json:"roles,omitzero"`
	SupportLink      string            `json:"support_link,omitzero"`
	Version          string            `json:"version,omitzero"` // "5 F7"
}

// PluginSDKVersion is the version of the interface to plugins.
type PluginSDKVersion struct {
	Feature string `json:"feature"`
	Full    string `json:"full"`
}

// Health is how an appliance does. The members differ by release; Members has them all.
type Health struct {
	CPU           float64        // percent
	Disk          float64        // percent
	Memory        float64        // percent
	Swap          float64        // percent
	Load1         float64        // average over a minute
	Load5         float64        // over five minutes
	Load15        float64        // over fifteen minutes
	Sessions      map[string]int // by protocol: "rdp", "ssh", ...
	SessionsTotal int

	Members map[string]json.RawMessage // by their names on the wire, those above included
}

// UnmarshalJSON reads the members, with or without a wrapper.
func (h *Health) UnmarshalJSON(data []byte) error {
	*h = Health{}
	members, err := unwrap(data, "health_status", "body")
	if err != nil {
		return err
	}
	h.Members = members
	for name, into := range map[string]any{
		"cpu": &h.CPU, "disk": &h.Disk, "memory": &h.Memory, "swap": &h.Swap,
		"load1": &h.Load1, "load5": &h.Load5, "load15": &h.Load15,
		"sessions": &h.Sessions, "sessions_total": &h.SessionsTotal,
	} {
		if value, ok := members[name]; ok {
			_ = json.Unmarshal(value, into) // one that has another form in some release is in Members
		}
	}
	return nil
}

// User is the client's user. Public sources show one member only.
type User struct {
	// Token is what a browser would have to send with each write, from 7.5 on. This client is none.
	Token secureaccess.Secret

	Members map[string]json.RawMessage // all others, by their names on the wire
}

// UnmarshalJSON reads the members, with or without a wrapper.
func (u *User) UnmarshalJSON(data []byte) error {
	*u = User{}
	members, err := unwrap(data, "body", "user")
	if err != nil {
		return err
	}
	if token, ok := members["token"]; ok {
		if err := u.Token.UnmarshalJSON(token); err != nil {
			return err
		}
		delete(members, "token")
	}
	u.Members = members
	return nil
}

// unwrap returns the members of an object, or those of the first of the wrappers that it has.
func unwrap(data []byte, wrappers ...string) (map[string]json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, err
	}
	if members == nil {
		return nil, errors.New("null is no object")
	}
	for _, name := range wrappers {
		var inner map[string]json.RawMessage
		if json.Unmarshal(members[name], &inner) == nil && inner != nil {
			return inner, nil
		}
	}
	return members, nil
}
