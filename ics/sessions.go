package ics

import (
	"context"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// SessionsService lists and ends the sessions of users and administrators who are signed in.
type SessionsService struct{ rest *rest.Client }

// List returns one page of the active sessions, up to 200 unless opts asks for another number.
//
// GET /api/v1/system/active-users
//
// Older releases know the number only and respond with the beginning of the list whatever opts.Start says. Document:
// Getting Active Sessions.
func (s *SessionsService) List(ctx context.Context, opts *SessionListOptions) (*SessionPage, error) {
	op := rest.GET("/api/v1/system/active-users").Query(opts)
	if opts != nil {
		op.Refuse(notNegative("start", opts.Start)).Refuse(notNegative("number", opts.Number))
	}
	return s.page(ctx, op)
}

// All iterates over all active sessions, however many, while they come and go: none is shown twice, and none that is
// there from the first page to the last is missed. What comes or goes meanwhile may be shown or not. It begins where
// opts.Start says, and asks for opts.Number sessions a page, 200 by default and at least 4.
//
// GET /api/v1/system/active-users
//
// Pages overlap, by 20 sessions at most, so that a session that moves up as others end is not passed over; when so many
// end that a page does not overlap any more, it steps back until it does. Of the sessions seen, a fingerprint of 16
// bytes is kept. An appliance that ignores where a page begins, as older releases do, is asked for the whole list at
// once. [secureaccess.ErrListIncomplete] follows the last session where it announces more than it gives. A list that
// changes faster than it can be read is an error. Document: Getting Active Sessions.
func (s *SessionsService) All(ctx context.Context, opts *SessionListOptions) iter.Seq2[Session, error] {
	return func(yield func(Session, error) bool) {
		w, err := newSessionWalk(opts)
		if err != nil {
			yield(Session{}, err)
			return
		}
		w.run(ctx, s.List, yield)
	}
}

// Find returns the active sessions of one user name, none being no error. It is one page, of up to 200: where a user
// has more, Last and Total of the page say so.
//
// GET /api/v1/system/active-users
//
// Document: Getting Particular Active Session Details.
func (s *SessionsService) Find(ctx context.Context, username string) (*SessionPage, error) {
	return s.page(ctx, rest.GET("/api/v1/system/active-users").Param("name", username).Require("username", username))
}

// page reads a page and takes its envelope off. The document names is-last-record without showing its place.
func (s *SessionsService) page(ctx context.Context, op *rest.Op) (*SessionPage, error) {
	envelope, err := rest.Do[struct {
		Users struct {
			Records struct {
				Items []Session `json:"active-user-record"`
				Last  *bool     `json:"is-last-record"`
			} `json:"active-user-records"`
			Total        int   `json:"total-matched-record-number"`
			Returned     int   `json:"total-returned-record-number"`
			LoginAllowed bool  `json:"user-login-permission"`
			Last         *bool `json:"is-last-record"`
		} `json:"active-users"`
		Extra secureaccess.Extra `json:",embed"` // is-last-record alone makes no list
	}](ctx, s.rest, op)
	if err != nil {
		return nil, err
	}
	if _, odd := envelope.Extra["active-users"]; odd {
		return nil, badResponse("GET", "/api/v1/system/active-users", "its list is none")
	}
	users := &envelope.Users
	page := &SessionPage{Items: users.Records.Items, Total: users.Total, Returned: users.Returned, LoginAllowed: users.LoginAllowed, Last: users.Last}
	if value, ok := envelope.Extra["is-last-record"]; ok && page.Last == nil {
		if last, ok := json.ReadBool(value); ok {
			page.Last = &last
		}
	}
	if page.Last == nil {
		page.Last = users.Records.Last
	}
	return page, nil
}

// Info returns the user and the roles behind a session cookie (DSID), which is how a service behind the gateway learns
// whose request it has. An unknown cookie matches [secureaccess.ErrNotFound].
//
// GET /api/v1/sessions/info/{dsid}
//
// The cookie is a credential: it stands in the URL of this one request, and in no error and no log.
// Document: PCS Session Management API.
func (s *SessionsService) Info(ctx context.Context, dsid secureaccess.Secret) (*SessionInfo, error) {
	op := rest.GET("/api/v1/sessions/info/{dsid}", dsid.Reveal()).Conceal(dsid)
	info, err := rest.Do[SessionInfo](ctx, s.rest, op)
	if err == nil && info.Username == "" {
		err = badResponse("GET", "/api/v1/sessions/info/{dsid}", "it names nobody")
	}
	if err != nil {
		return nil, err
	}
	return info, nil
}

// End ends one session, by the ID of its record.
//
// DELETE /api/v1/system/active-users/session/{session_id}
//
// Document: Deleting a Particular Active Session.
func (s *SessionsService) End(ctx context.Context, id string) (*Result, error) {
	return write(ctx, s.rest, rest.DELETE("/api/v1/system/active-users/session/{session_id}", id))
}

// EndAll ends EVERY session on the appliance, the caller's own among them if it is one.
//
// DELETE /api/v1/system/active-users?all
//
// Document: Deleting All Active Sessions.
func (s *SessionsService) EndAll(ctx context.Context) (*Result, error) {
	return write(ctx, s.rest, rest.DELETE("/api/v1/system/active-users").Flag("all"))
}

// PageOptions choose a page of a list.
type PageOptions struct {
	Start  int `url:"start"`            // number of the first item: 0 is the beginning, then 201, 401, ...
	Number int `url:"number,omitempty"` // how many; 200 when 0, which is also the most that current releases return
}

// SessionListOptions choose a page of the active sessions.
type SessionListOptions struct {
	PageOptions
}

// SessionPage is a part of the active sessions.
type SessionPage struct {
	Items        []Session
	Total        int  // sessions that match, over all pages
	Returned     int  // sessions in this page, as the appliance counts them
	LoginAllowed bool // whether users may sign in at present

	// Last reports whether the list ends here. Older releases do not say: then it is nil, and a page with fewer sessions
	// than asked for is the last.
	Last *bool
}

// Session is one active session. Releases differ in which members they have.
type Session struct {
	ID              string            `json:"session-id"` // for [SessionsService.End]
	User            string            `json:"active-user-name"`
	SecondaryUser   string            `json:"active-secondary-user-name,omitzero"` // at the second authentication server
	Realm           string            `json:"authentication-realm"`
	Roles           string            `json:"user-roles"` // as one text
	SourceIP        string            `json:"source-ip,omitzero"`
	LoginNode       string            `json:"login-node"`        // cluster node
	SignInTime      secureaccess.Time `json:"user-sign-in-time"` // in the appliance's zone, which it does not name; see SignedIn
	SignInMicro     string            `json:"sign-in-time-micro,omitzero"`
	Agent           string            `json:"agent-type"`
	Events          int64             `json:"events"`
	EndpointStatus  string            `json:"endpoint-security-status"` // outcome of the host checker, a line each for policies passed, policies failed, roles eliminated
	HostCheckFailed string            `json:"hc-failed-reasons,omitzero"`
	BrowserID       string            `json:"browser-id,omitzero"`
	DeviceID        string            `json:"device-id,omitzero"`
	MACAddress      string            `json:"mac-address,omitzero"`
	ClientVersion   string            `json:"pulse-client-version,omitzero"`
	NGPSessionID    string            `json:"ngp-session-id,omitzero"`

	TunnelIP        string `json:"network-connect-ip,omitzero"`
	TunnelIPv6      string `json:"network-connect-ipv6,omitzero"`
	TunnelTransport string `json:"network-connect-transport-mode,omitzero"`

	AuthServer              string `json:"primary-auth-server-name,omitzero"`
	AuthServerType          string `json:"primary-auth-server-type,omitzero"`
	SecondaryAuthServer     string `json:"secondary-auth-server-name,omitzero"`
	SecondaryAuthServerType string `json:"secondary-auth-server-type,omitzero"`
}

// SignedIn returns when the session began. Releases without the exact time give it in the appliance's own
// zone, which is then taken for UTC. The zero time means that neither is there.
func (s Session) SignedIn() time.Time {
	seconds, micros, _ := strings.Cut(s.SignInMicro, ".")
	if n, err := strconv.ParseInt(seconds, 10, 64); err == nil && n > 0 { // 0 is no time
		fraction, err := strconv.ParseInt((micros + "000000")[:6], 10, 64)
		if err != nil {
			fraction = 0
		}
		return time.Unix(n, fraction*1000).UTC()
	}
	return s.SignInTime.Time
}

// SessionInfo names the user that a session cookie belongs to.
type SessionInfo struct {
	Username string   `json:"username"`
	Roles    []string `json:"roles"`
}

func notNegative(argument string, n int) error {
	if n < 0 {
		return &secureaccess.ArgumentError{Argument: argument, Reason: "is negative"}
	}
	return nil
}
