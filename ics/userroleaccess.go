package ics

import "github.com/secureaccess-go/secureaccess"

// RoleSessionOptions holds the session options of a role of users. Its times are text, as on the wire; the idle timeout and what else there is are in Extra.
type RoleSessionOptions struct {
	AuthTableTimeout  secureaccess.Optional[string] `json:"auth-table-timeout,omitzero"`
	HeartbeatInterval secureaccess.Optional[string] `json:"heartbeat-interval,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// RoleAgent is the client that users of a role get from Policy Secure.
type RoleAgent struct {
	Type               secureaccess.Optional[string]                  `json:"agent-type,omitzero"`
	HostEnforcer       secureaccess.Optional[secureaccess.QuotedBool] `json:"host-enforcer,omitzero"`
	InstallAgent       secureaccess.Optional[secureaccess.QuotedBool] `json:"install-agent,omitzero"`
	PulseSettings      *RolePulseSettings                             `json:"pulse-settings,omitzero"`
	WindowsStartScript secureaccess.Optional[string]                  `json:"win-session-start-script,omitzero"`
	WindowsStopScript  secureaccess.Optional[string]                  `json:"win-session-stop-script,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// RolePulseSettings holds settings of the client.
type RolePulseSettings struct {
	ClientComponents secureaccess.Optional[string]                  `json:"client-components,omitzero"`
	Integration      secureaccess.Optional[secureaccess.QuotedBool] `json:"integration,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// RoleAgentless is the access without a client.
type RoleAgentless struct {
	Access      secureaccess.Optional[secureaccess.QuotedBool] `json:"agentless-access,omitzero"`
	DisableAJAX secureaccess.Optional[secureaccess.QuotedBool] `json:"disable-ajax,omitzero"`
	HidePage    secureaccess.Optional[secureaccess.QuotedBool] `json:"hide-agentless-page,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// RoleOnboarding is the enrollment of devices.
type RoleOnboarding struct {
	AutoLaunch    secureaccess.Optional[secureaccess.QuotedBool] `json:"auto-launch,omitzero"`
	InstallClient secureaccess.Optional[secureaccess.QuotedBool] `json:"install-junospulse,omitzero"`
	RedirectURL   secureaccess.Optional[string]                  `json:"redirect-mdm-server-url,omitzero"`
	UseMDM        secureaccess.Optional[secureaccess.QuotedBool] `json:"use-tpmdm-onboard,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// RoleWeb is the access to web applications.
type RoleWeb struct {
	Bookmarks *WebBookmarks `json:"web-bookmarks,omitzero"`
	Options   *WebOptions   `json:"web-options,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// WebBookmarks lists bookmarks.
type WebBookmarks struct {
	Items []WebBookmark `json:"bookmark,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// WebBookmark is a bookmark of a role. Bookmarks of another kind have a member of its name, in Extra, in place of Standard.
type WebBookmark struct {
	Name         string                                         `json:"name"`
	AutoAllow    secureaccess.Optional[string]                  `json:"auto-allow,omitzero"`
	Description  secureaccess.Optional[string]                  `json:"description,omitzero"`
	NewWindow    secureaccess.Optional[secureaccess.QuotedBool] `json:"new-window,omitzero"`
	NoAddressBar secureaccess.Optional[secureaccess.QuotedBool] `json:"no-address-bar,omitzero"`
	NoToolBar    secureaccess.Optional[secureaccess.QuotedBool] `json:"no-tool-bar,omitzero"`
	Parent       secureaccess.Optional[string]                  `json:"parent,omitzero"` // "--none--" for none
	Standard     *BookmarkTarget                                `json:"standard,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}

// BookmarkTarget is where a bookmark leads.
type BookmarkTarget struct {
	URL string `json:"url"`

	Extra secureaccess.Extra `json:",embed"`
}

// WebOptions holds options of web access, some of many. Times are seconds as text.
type WebOptions struct {
	BrowseUntrustedSites secureaccess.Optional[secureaccess.QuotedBool] `json:"browsing-untrusted-sslsites,omitzero"`
	FlashContent         secureaccess.Optional[secureaccess.QuotedBool] `json:"flash-content,omitzero"`
	HPXProxyTimeout      secureaccess.Optional[string]                  `json:"hpxproxy-connection-timeout,omitzero"`
	HTTPTimeout          secureaccess.Optional[string]                  `json:"http-connection-timeout,omitzero"`

	Extra secureaccess.Extra `json:",embed"`
}
