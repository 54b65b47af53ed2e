package ics

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// SessionsService lists and ends the sessions of users and administrators who are signed in.
type SessionsService struct{ rest *rest.Client }

// List returns one page of the active sessions, up to 200 unless opts asks for another number.
//
// GET /api/v1/system/active-users
//
// Older releases know the number only and answer with the beginning of the list whatever opts.Start says.
// [SessionsService.All] goes through all of them. Document: Getting Active Sessions.
func (s *SessionsService) List(ctx context.Context, opts *SessionListOptions) (*SessionPage, error) {
	op := rest.GET("/api/v1/system/active-users").Query(opts)
	if opts != nil {
		op.Refuse(notNegative("start", opts.Start)).Refuse(notNegative("number", opts.Number))
	}
	return read[SessionPage](ctx, s.rest, op)
}

// All goes through all active sessions, however many, while they come and go: none is shown twice, and none that is
// there from the first page to the last is missed. What comes or goes meanwhile may be shown or not.
//
// GET /api/v1/system/active-users
//
// Pages overlap, so that a session that moves up as others end is not passed over; when so many end that a page does
// not overlap any more, it steps back until it does. Of the sessions seen, a fingerprint of 16 bytes is kept.
// An appliance that ignores where a page begins, as older releases do, is an error behind its first page where it has
// more: there, [SessionsService.List] with a large enough Number is the way. A list that changes faster than it can be
// read is an error too. Document: Getting Active Sessions.
func (s *SessionsService) All(ctx context.Context, opts *SessionWalkOptions) iter.Seq2[Session, error] {
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
// has more, Last and Total of the page tell.
//
// GET /api/v1/system/active-users
//
// Document: Getting Particular Active Session Details.
func (s *SessionsService) Find(ctx context.Context, user string) (*SessionPage, error) {
	op := rest.GET("/api/v1/system/active-users").Param("name", user).Require("user", user)
	return read[SessionPage](ctx, s.rest, op)
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
	return read[SessionInfo](ctx, s.rest, op)
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

// SessionListOptions choose a page of the active sessions.
type SessionListOptions struct {
	Start  int `url:"start"`            // number of the first session: 0 is the beginning, then 201, 401, ...
	Number int `url:"number,omitempty"` // how many; 200 when 0
}

// SessionWalkOptions tune [SessionsService.All]. The defaults suit appliances; smaller pages suit tests.
type SessionWalkOptions struct {
	PageSize int // sessions a request; 200, which is also the most that current releases return
	Overlap  int // sessions asked for again with the next page; 20, at least 2 and at most half a page
}

// SessionPage is a part of the active sessions.
type SessionPage struct {
	Sessions     []Session
	Total        int  // sessions that match, over all pages
	Returned     int  // sessions in this page, as the appliance counts them
	LoginAllowed bool // whether users may sign in at present

	// Last tells whether the list ends here. Older releases do not say: then it is nil, and a page with fewer sessions
	// than asked for is the last.
	Last *bool
}

// sessionPageWire is a SessionPage as it travels. The document names is-last-record without showing its place.
type sessionPageWire struct {
	ActiveUsers *sessionUsersWire  `json:"active-users"`
	Last        *secureaccess.Bool `json:"is-last-record,omitempty"`
}

type sessionUsersWire struct {
	Records struct {
		Record []Session          `json:"active-user-record"`
		Last   *secureaccess.Bool `json:"is-last-record,omitempty"`
	} `json:"active-user-records"`
	Total        secureaccess.Int   `json:"total-matched-record-number"`
	Returned     secureaccess.Int   `json:"total-returned-record-number"`
	LoginAllowed secureaccess.Bool  `json:"user-login-permission"`
	Last         *secureaccess.Bool `json:"is-last-record,omitempty"`
}

// UnmarshalJSON reads the answer with its wrappers.
func (p *SessionPage) UnmarshalJSON(data []byte) error {
	var wire sessionPageWire
	if err := decode(data, &wire); err != nil {
		return err
	}
	users := wire.ActiveUsers
	if users == nil {
		// Null is no sessions. An object that does not speak of them is none either, but must not look like an empty list.
		var members map[string]json.RawMessage
		if _ = json.Unmarshal(data, &members); members != nil && members["active-users"] == nil {
			return errors.New("active-users is missing")
		}
		users = &sessionUsersWire{}
	}
	*p = SessionPage{
		Sessions:     users.Records.Record,
		Total:        int(users.Total),
		Returned:     int(users.Returned),
		LoginAllowed: bool(users.LoginAllowed),
	}
	for _, last := range []*secureaccess.Bool{users.Last, wire.Last, users.Records.Last} {
		if last != nil {
			p.Last = (*bool)(last)
			break
		}
	}
	return nil
}

// MarshalJSON writes the page as the appliance does.
func (p SessionPage) MarshalJSON() ([]byte, error) {
	users := &sessionUsersWire{}
	users.Records.Record = p.Sessions
	if p.Sessions == nil {
		users.Records.Record = []Session{}
	}
	users.Total = secureaccess.Int(p.Total)
	users.Returned = secureaccess.Int(p.Returned)
	users.LoginAllowed = secureaccess.Bool(p.LoginAllowed)
	users.Last = (*secureaccess.Bool)(p.Last)
	return rest.Encode(sessionPageWire{ActiveUsers: users})
}

// Session is one active session. Releases differ in how much of it they tell.
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
	Events          secureaccess.Int  `json:"events"`
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

// SignedIn returns when the session began. Releases that do not tell the exact time give it in the appliance's own
// zone, which is then taken for UTC. The zero time means that neither is there.
func (s Session) SignedIn() time.Time {
	seconds, micros, _ := strings.Cut(s.SignInMicro, ".")
	if n, err := strconv.ParseInt(seconds, 10, 64); err == nil {
		fraction, err := strconv.ParseInt((micros + "000000")[:6], 10, 64)
		if err != nil {
			fraction = 0
		}
		return time.Unix(n, fraction*1000).UTC()
	}
	return s.SignInTime.Time
}

// SessionInfo is who a session cookie belongs to.
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
