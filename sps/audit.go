package sps

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/secureaccess-go/secureaccess"
	engine "github.com/secureaccess-go/secureaccess/internal/json"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AuditSessionsService reads the sessions that the appliance recorded, and ends those under way. Their ids have nothing
// to do with the session of the API.
type AuditSessionsService struct {
	client *Client
	rest   *rest.Client
}

const auditSessions = "/api/audit/sessions"

// List returns one page of the recorded sessions, active and closed: keys and links, with bodies where opts ask for
// fields.
//
// GET /api/audit/sessions
//
// The appliance shows 10,000 matches at most; [AuditSessionsService.TakeSnapshot] lifts that.
func (s *AuditSessionsService) List(ctx context.Context, opts *AuditSessionListOptions) (*Page[Object[AuditSession]], error) {
	return page[Object[AuditSession]](ctx, s.rest, s.list(opts))
}

func (s *AuditSessionsService) list(opts *AuditSessionListOptions) *rest.Op {
	op := rest.GET(auditSessions)
	if opts == nil {
		return op
	}
	return opts.check(op.Query(opts).Param(s.client.Dialect.Search, opts.Search))
}

// All iterates over the recorded sessions from opts.Offset on, page by page, as far as the appliance shows them. What a
// list that changes during iteration shows again is dropped.
//
// GET /api/audit/sessions
//
// It ends with [secureaccess.ErrListIncomplete] after the last item when the appliance's limit of 10,000 matches has cut
// the list: [Snapshot.All] has no such limit.
func (s *AuditSessionsService) All(ctx context.Context, opts *AuditSessionListOptions) iter.Seq2[*Object[AuditSession], error] {
	return walk[Object[AuditSession]]{
		client: s.client, template: auditSessions, first: func() *rest.Op { return s.list(opts) },
		offset: offsetOf(opts), moves: true, key: keyOf[AuditSession], limit: searchLimit,
	}.all(ctx)
}

// searchLimit is how many matches of a search the appliance shows.
const searchLimit = 10_000

func offsetOf(opts *AuditSessionListOptions) int {
	if opts == nil {
		return 0
	}
	return opts.Offset
}

func keyOf[T any](o **Object[T]) string { return (*o).Key }

// Get returns a recorded session.
//
// GET /api/audit/sessions/{session_id}
func (s *AuditSessionsService) Get(ctx context.Context, id string) (*Object[AuditSession], error) {
	op := rest.GET(auditSessions+"/{session_id}", id)
	return checked(ctx, s.client, op, func(o *Object[AuditSession]) error {
		if err := o.whole(); err != nil {
			return err
		}
		return (engine.Shape{}).Check(o.raw, &o.Body)
	})
}

// Terminate ends a session that is under way. sessionID is the SessionID of its [Recording], with its slashes and
// colon, not the key of the recorded session. The user needs the right to write active sessions.
//
// DELETE /api/active-sessions
//
// A session that is over already is [CodeSessionCouldNotBeFound], one that could not be ended
// [CodeSessionTerminationFailed]. In a cluster the node decides which sessions it knows.
func (s *AuditSessionsService) Terminate(ctx context.Context, sessionID string) error {
	op := rest.DELETE("/api/active-sessions").Require("session id", sessionID).Param("id", sessionID)
	return rest.Send(ctx, s.rest, op)
}

// TrailFormat is a form of an audit trail.
type TrailFormat string

// Values of TrailFormat.
const (
	TrailFormatZAT TrailFormat = ""    // of a session that is over
	TrailFormatSRS TrailFormat = "srs" // also of one that is under way
)

// DownloadTrail fetches the audit trail of a session that was read with its body: a session from
// [AuditSessionsService.Get]. It goes by the link in the session.
//
// GET /api/audit/sessions/{session_id}/audit_trail
func (s *AuditSessionsService) DownloadTrail(ctx context.Context, session *Object[AuditSession], format TrailFormat) (*secureaccess.Download, error) {
	op := rest.GET(auditSessions + "/{session_id}/audit_trail")
	if session == nil || session.Body.Recording.AuditTrail.Download.Href == "" {
		op.Refuse(&secureaccess.ArgumentError{Argument: "session", Reason: "has no link to an audit trail"})
		return rest.Fetch(ctx, s.rest, op)
	}
	op = s.client.follow(op, session.Body.Recording.AuditTrail.Download.Href, auditSessions+"/", refusedArgument)
	return rest.Fetch(ctx, s.rest, op.Accept(octetStream).Param("format", string(format)))
}

// ListAlerts returns one page of what content policies found in a session. Only what a policy stores in the connection
// database is here.
//
// GET /api/audit/sessions/{session_id}/alerts
func (s *AuditSessionsService) ListAlerts(ctx context.Context, id string, opts *AuditDetailListOptions) (*Page[Alert], error) {
	return page[Alert](ctx, s.rest, details("/alerts", id, opts))
}

// AllAlerts iterates over the alerts of a session.
//
// GET /api/audit/sessions/{session_id}/alerts
func (s *AuditSessionsService) AllAlerts(ctx context.Context, id string, opts *AuditDetailListOptions) iter.Seq2[*Alert, error] {
	return allDetails[Alert](ctx, s.client, "/alerts", opts, func() *rest.Op { return details("/alerts", id, opts) })
}

// ListChannels returns one page of the channels of a session.
//
// GET /api/audit/sessions/{session_id}/channels
func (s *AuditSessionsService) ListChannels(ctx context.Context, id string, opts *AuditDetailListOptions) (*Page[Object[Channel]], error) {
	return page[Object[Channel]](ctx, s.rest, details("/channels", id, opts))
}

// AllChannels iterates over the channels of a session.
//
// GET /api/audit/sessions/{session_id}/channels
func (s *AuditSessionsService) AllChannels(ctx context.Context, id string, opts *AuditDetailListOptions) iter.Seq2[*Object[Channel], error] {
	return allDetails[Object[Channel]](ctx, s.client, "/channels", opts, func() *rest.Op { return details("/channels", id, opts) })
}

// GetChannel returns one channel of a session.
//
// GET /api/audit/sessions/{session_id}/channels/{channel_id}
func (s *AuditSessionsService) GetChannel(ctx context.Context, id, channel string) (*Object[Channel], error) {
	return read[Channel](ctx, s.client, rest.GET(auditSessions+"/{session_id}/channels/{channel_id}", id, channel))
}

// ListEvents returns one page of what was extracted from a session: commands, window titles. There is something only
// when the session is indexed.
//
// GET /api/audit/sessions/{session_id}/events
func (s *AuditSessionsService) ListEvents(ctx context.Context, id string, opts *AuditDetailListOptions) (*Page[Event], error) {
	return page[Event](ctx, s.rest, details("/events", id, opts))
}

// AllEvents iterates over the events of a session.
//
// GET /api/audit/sessions/{session_id}/events
func (s *AuditSessionsService) AllEvents(ctx context.Context, id string, opts *AuditDetailListOptions) iter.Seq2[*Event, error] {
	return allDetails[Event](ctx, s.client, "/events", opts, func() *rest.Op { return details("/events", id, opts) })
}

// ListTrailDownloads returns one page of who downloaded the audit trail of a session.
//
// GET /api/audit/sessions/{session_id}/trail_downloads
func (s *AuditSessionsService) ListTrailDownloads(ctx context.Context, id string, opts *AuditDetailListOptions) (*Page[TrailDownload], error) {
	return page[TrailDownload](ctx, s.rest, details("/trail_downloads", id, opts))
}

// AllTrailDownloads iterates over who downloaded the audit trail of a session.
//
// GET /api/audit/sessions/{session_id}/trail_downloads
func (s *AuditSessionsService) AllTrailDownloads(ctx context.Context, id string, opts *AuditDetailListOptions) iter.Seq2[*TrailDownload, error] {
	return allDetails[TrailDownload](ctx, s.client, "/trail_downloads", opts, func() *rest.Op { return details("/trail_downloads", id, opts) })
}

// ListContent searches in the content of a session and returns one page of what matches, each as the appliance has it:
// public sources do not show its form. The query has the syntax of Apache Lucene; it must not be empty and not begin
// with "*".
//
// GET /api/audit/sessions/{session_id}/content/
//
// No match can also mean that nothing of the session's content was recorded.
func (s *AuditSessionsService) ListContent(ctx context.Context, id, query string, opts *AuditDetailListOptions) (*Page[json.RawMessage], error) {
	return page[json.RawMessage](ctx, s.rest, content(id, query, opts))
}

// AllContent iterates over what [AuditSessionsService.ListContent] finds.
//
// GET /api/audit/sessions/{session_id}/content/
func (s *AuditSessionsService) AllContent(ctx context.Context, id, query string, opts *AuditDetailListOptions) iter.Seq2[*json.RawMessage, error] {
	return allDetails[json.RawMessage](ctx, s.client, "/content/", opts, func() *rest.Op { return content(id, query, opts) })
}

func content(id, query string, opts *AuditDetailListOptions) *rest.Op {
	op := details("/content/", id, opts).Require("query", query).Param("q", query)
	if query != "" && query[0] == '*' {
		op.Refuse(&secureaccess.ArgumentError{Argument: "query", Reason: "begins with *"})
	}
	return op
}

// GetIndexing tells how a session was indexed, each part as the appliance has it. Guides spell the path in three ways;
// this is the one that sessions link to.
//
// GET /api/audit/sessions/{session_id}/indexing
func (s *AuditSessionsService) GetIndexing(ctx context.Context, id string) (*Page[json.RawMessage], error) {
	return page[json.RawMessage](ctx, s.rest, rest.GET(auditSessions+"/{session_id}/indexing", id))
}

func details(path, id string, opts *AuditDetailListOptions) *rest.Op {
	op := rest.GET(auditSessions+"/{session_id}"+path, id)
	if opts == nil {
		return op
	}
	return opts.check(op.Query(opts))
}

// GetStatistics returns statistics of the recorded sessions that opts select, as the release has them: public sources
// show that there are some, and not their form. That the path is below the sessions is inferred.
//
// GET /api/audit/sessions/stats
func (s *AuditSessionsService) GetStatistics(ctx context.Context, opts *AuditStatisticsOptions) (json.RawMessage, error) {
	op := rest.GET(auditSessions + "/stats").MayBeEmpty()
	if opts != nil {
		op.Query(opts)
	}
	return anything(rest.Do[json.RawMessage](ctx, s.rest, op))
}

// AuditStatisticsOptions select what statistics are about.
type AuditStatisticsOptions struct {
	Start  time.Time `url:"start,omitempty"`
	End    time.Time `url:"end,omitempty"`
	Search string    `url:"q,omitempty"` // in Lucene's syntax
}
