package sps

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AuditSessionsService reads the sessions that the appliance recorded. Their ids have nothing to do with the session of
// the API.
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
// The appliance limits how many matches it shows and how far one can page; [AuditSessionsService.Snapshot] lifts that.
func (s *AuditSessionsService) List(ctx context.Context, opts *AuditSessionListOptions) (*AuditPage[Object[AuditSession]], error) {
	return page[Object[AuditSession]](ctx, s.rest, s.list(opts))
}

func (s *AuditSessionsService) list(opts *AuditSessionListOptions) *rest.Op {
	op := rest.GET(auditSessions)
	if opts == nil {
		return op
	}
	op.Query(opts).Param(s.client.Dialect.Search, opts.Search)
	return opts.AuditListOptions.check(op)
}

// All goes through the recorded sessions from opts.Offset on, page by page, as far as the appliance shows them. What a
// list that moves shows again on its next page is dropped.
func (s *AuditSessionsService) All(ctx context.Context, opts *AuditSessionListOptions) iter.Seq2[*Object[AuditSession], error] {
	key := func(o *Object[AuditSession]) string { return o.Key }
	return func(yield func(*Object[AuditSession], error) bool) {
		w := walk[Object[AuditSession]]{client: s.client, template: auditSessions, key: key}
		w.run(ctx, s.list(opts), yield)
	}
}

// Get returns a recorded session.
//
// GET /api/audit/sessions/{session_id}
func (s *AuditSessionsService) Get(ctx context.Context, id string) (*Object[AuditSession], error) {
	return read[AuditSession](ctx, s.client, rest.GET(auditSessions+"/{session_id}", id))
}

// Alerts returns one page of what content policies found in a session. Only what a policy stores in the connection
// database is here.
//
// GET /api/audit/sessions/{session_id}/alerts
func (s *AuditSessionsService) Alerts(ctx context.Context, id string, opts *AuditListOptions) (*AuditPage[Alert], error) {
	return page[Alert](ctx, s.rest, details("/alerts", id, opts))
}

// AllAlerts goes through the alerts of a session.
func (s *AuditSessionsService) AllAlerts(ctx context.Context, id string) iter.Seq2[*Alert, error] {
	return allDetails[Alert](ctx, s.client, "/alerts", id)
}

// Channels returns one page of the channels of a session.
//
// GET /api/audit/sessions/{session_id}/channels
func (s *AuditSessionsService) Channels(ctx context.Context, id string, opts *AuditListOptions) (*AuditPage[Object[Channel]], error) {
	return page[Object[Channel]](ctx, s.rest, details("/channels", id, opts))
}

// AllChannels goes through the channels of a session.
func (s *AuditSessionsService) AllChannels(ctx context.Context, id string) iter.Seq2[*Object[Channel], error] {
	return allDetails[Object[Channel]](ctx, s.client, "/channels", id)
}

// Events returns one page of what was extracted from a session: commands, window titles. There is something only when
// the session is indexed.
//
// GET /api/audit/sessions/{session_id}/events
func (s *AuditSessionsService) Events(ctx context.Context, id string, opts *AuditListOptions) (*AuditPage[Event], error) {
	return page[Event](ctx, s.rest, details("/events", id, opts))
}

// AllEvents goes through the events of a session.
func (s *AuditSessionsService) AllEvents(ctx context.Context, id string) iter.Seq2[*Event, error] {
	return allDetails[Event](ctx, s.client, "/events", id)
}

// TrailDownloads returns one page of who downloaded the audit trail of a session.
//
// GET /api/audit/sessions/{session_id}/trail_downloads
func (s *AuditSessionsService) TrailDownloads(ctx context.Context, id string, opts *AuditListOptions) (*AuditPage[TrailDownload], error) {
	return page[TrailDownload](ctx, s.rest, details("/trail_downloads", id, opts))
}

// Content searches in the content of a session and returns one page of what matches, each as the appliance has it:
// public sources do not show its form. The query has the syntax of Apache Lucene; it must not be empty and not begin
// with "*".
//
// GET /api/audit/sessions/{session_id}/content/
//
// No match can also mean that nothing of the session's content was recorded.
func (s *AuditSessionsService) Content(ctx context.Context, id, query string, opts *AuditListOptions) (*AuditPage[json.RawMessage], error) {
	op := details("/content/", id, opts).Require("query", query).Param("q", query)
	if query != "" && query[0] == '*' {
		op.Refuse(&secureaccess.ArgumentError{Argument: "query", Reason: "begins with *"})
	}
	return page[json.RawMessage](ctx, s.rest, op)
}

// DownloadTrail fetches the audit trail of a session that was read with its body: a session from
// [AuditSessionsService.Get]. It goes by the link in the session, since public sources promise no path.
//
// GET /api/audit/sessions/{session_id}/audit_trail
func (s *AuditSessionsService) DownloadTrail(ctx context.Context, session *Object[AuditSession]) (*secureaccess.Download, error) {
	op := rest.GET(auditSessions + "/{session_id}/audit_trail")
	if session == nil || session.Body.Recording.AuditTrail.Download.Href == "" {
		op.Refuse(&secureaccess.ArgumentError{Argument: "session", Reason: "has no link to an audit trail"})
		return rest.Fetch(ctx, s.rest, op)
	}
	op = s.client.follow(op, session.Body.Recording.AuditTrail.Download.Href, auditSessions+"/")
	return rest.Fetch(ctx, s.rest, op.Accept(octetStream))
}

// page carries out an operation whose answer is a page of a list.
func page[T any](ctx context.Context, c *rest.Client, op *rest.Op) (*AuditPage[T], error) {
	result, err := rest.Do[AuditPage[T]](ctx, c, op)
	if err == nil && result.Items == nil {
		return nil, fmt.Errorf("sps: %w: %w", secureaccess.ErrBadResponse, errNoItems)
	}
	return result, err
}

func details(path, id string, opts *AuditListOptions) *rest.Op {
	op := rest.GET(auditSessions+"/{session_id}"+path, id)
	if opts == nil {
		return op
	}
	return opts.check(op.Query(opts))
}

func allDetails[T any](ctx context.Context, c *Client, path, id string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		w := walk[T]{client: c, template: auditSessions + "/{session_id}" + path}
		w.run(ctx, details(path, id, nil), yield)
	}
}

// walk goes through a list by the links to its next pages, which must lead to /api/audit.
type walk[T any] struct {
	client   *Client
	template string
	key      func(*T) string                 // nil: items cannot be told apart
	asked    func()                          // called after each answer, nil for nothing
	between  func(ctx context.Context) error // called between two items, nil for nothing
	failed   func(err error) error           // makes the error of a page, nil for as it is
}

func (w *walk[T]) run(ctx context.Context, op *rest.Op, yield func(*T, error) bool) {
	var seen, fresh map[string]struct{} // the keys of the page before, and of this one
	// Brent's way to notice that links lead in a circle, without keeping them all.
	mark, steps, limit := "", 0, 1
	for {
		page, err := page[T](ctx, w.client.rest, op)
		if err != nil {
			if w.failed != nil {
				err = w.failed(err)
			}
			yield(nil, err)
			return
		}
		if w.asked != nil {
			w.asked()
		}
		if w.key != nil {
			fresh = make(map[string]struct{}, len(page.Items))
		}
		for i := range page.Items {
			item := &page.Items[i]
			if w.key != nil {
				key := w.key(item)
				fresh[key] = struct{}{}
				if _, twice := seen[key]; twice && key != "" {
					continue
				}
			}
			if w.between != nil {
				if err := w.between(ctx); err != nil {
					yield(nil, err)
					return
				}
			}
			if !yield(item, nil) {
				return
			}
		}
		seen = fresh
		next := page.Meta.Next
		if next == "" || len(page.Items) == 0 {
			return
		}
		if next == mark {
			yield(nil, fmt.Errorf("sps: GET %s: %w: the links to the next pages lead in a circle", w.template, secureaccess.ErrBadResponse))
			return
		}
		if steps++; steps == limit {
			mark, steps, limit = next, 0, limit*2
		}
		op = w.client.follow(rest.GET(w.template), next, "/api/audit/")
	}
}

// AuditListOptions selects a page.
type AuditListOptions struct {
	Limit  int `url:"limit,omitempty"` // items in a page; 500 by default
	Offset int `url:"offset,omitempty"`
}

func (o *AuditListOptions) check(op *rest.Op) *rest.Op {
	rest.Between(op, "limit", o.Limit, 0, math.MaxInt)
	return rest.Between(op, "offset", o.Offset, 0, math.MaxInt)
}

// AuditSessionListOptions selects recorded sessions.
type AuditSessionListOptions struct {
	AuditListOptions

	// Fields asks for members of the sessions, so that the items of the list have bodies. Public sources show the
	// parameter, and no value for it.
	Fields []string `url:"fields,comma,omitempty"`

	// Sort is known of the lists of users in 8.0 only.
	Sort string `url:"sort,omitempty"`

	// Search narrows the list down. Public sources do not show the parameter's name, see [Dialect], nor the syntax; the
	// search in the content of a session takes Lucene's.
	Search string `url:"-"`
}

// AuditPage is a page of a list below /api/audit.
type AuditPage[T any] struct {
	Items []T       `json:"items"`
	Meta  AuditMeta `json:"meta"`
}

// AuditMeta is what a page says about its list. Here, and only here, First, Previous, Next and Last lead to pages.
type AuditMeta struct {
	Href             string           `json:"href,omitzero"`
	Parent           string           `json:"parent,omitzero"`
	First            string           `json:"first,omitzero"`
	Previous         string           `json:"previous,omitzero"`
	Next             string           `json:"next,omitzero"` // "" on the last page
	Last             string           `json:"last,omitzero"`
	Fields           []string         `json:"fields,omitzero"`
	Limit            int              `json:"limit"`
	Offset           int              `json:"offset"`
	MatchCount       int              `json:"match_count"`
	RemainingSeconds secureaccess.Int `json:"remaining_seconds,omitzero"` // until the session of the API ends, without a request
}

// Snapshot is the list of recorded sessions as it was at a moment: without the limits of [AuditSessionsService.List],
// and without anything moving. It lives for five minutes after each query, and belongs to this client's address and
// User-Agent. There is one at a time.
type Snapshot struct {
	ID string

	service *AuditSessionsService
	mu      sync.Mutex
	last    time.Time // of the last answer to a query
}

// The life of a snapshot, and when it is kept alive.
const (
	snapshotLife  = 5 * time.Minute
	snapshotPause = 2 * time.Minute
)

// ErrSnapshotExpired is the cause when a query in a snapshot is refused that was not used for five minutes.
var ErrSnapshotExpired = errors.New("the snapshot is older than five minutes without a query")

// Snapshot takes a snapshot of the list of recorded sessions. The user needs the right to search.
//
// GET /api/audit/sessions/_snapshot
//
// Public sources show neither the answer nor the name of the parameter that a query in a snapshot has: the id is taken
// from "snapshot", "snapshot_id", "id" or "key", of the answer or its body, and [Dialect] names the parameter.
func (s *AuditSessionsService) Snapshot(ctx context.Context) (*Snapshot, error) {
	answer, err := rest.Do[snapshotAnswer](ctx, s.rest, rest.GET(auditSessions+"/_snapshot"))
	if err != nil {
		return nil, err
	}
	return &Snapshot{ID: string(*answer), service: s, last: s.rest.Clock().Now()}, nil
}

// snapshotAnswer is the id in an answer of which no more is known.
type snapshotAnswer string

func (a *snapshotAnswer) UnmarshalJSON(data []byte) error {
	for range 2 {
		var id string
		if json.Unmarshal(data, &id) == nil && id != "" {
			*a = snapshotAnswer(id)
			return nil
		}
		var members map[string]json.RawMessage
		if json.Unmarshal(data, &members) != nil {
			break
		}
		for _, name := range []string{"snapshot", "snapshot_id", "id", "key"} {
			if json.Unmarshal(members[name], &id) == nil && id != "" && id != "_snapshot" {
				*a = snapshotAnswer(id)
				return nil
			}
		}
		data = members["body"]
		if nested := members["snapshot"]; bytes.HasPrefix(nested, []byte("{")) {
			data = nested
		}
	}
	return errors.New("snapshot: no id in the answer")
}

// List returns one page of the snapshot.
//
// GET /api/audit/sessions
func (s *Snapshot) List(ctx context.Context, opts *AuditSessionListOptions) (*AuditPage[Object[AuditSession]], error) {
	page, err := page[Object[AuditSession]](ctx, s.service.rest, s.list(opts))
	if err != nil {
		return nil, s.failed(err)
	}
	s.asked()
	return page, nil
}

// All goes through the whole snapshot from opts.Offset on, and keeps it alive meanwhile: when two minutes have passed
// since the last query it asks for a page of one between two items. A program that spends more than five minutes on one
// item loses the snapshot; the next page then fails with [ErrSnapshotExpired].
func (s *Snapshot) All(ctx context.Context, opts *AuditSessionListOptions) iter.Seq2[*Object[AuditSession], error] {
	return func(yield func(*Object[AuditSession], error) bool) {
		w := walk[Object[AuditSession]]{
			client:   s.service.client,
			template: auditSessions,
			asked:    s.asked,
			failed:   s.failed,
			between: func(ctx context.Context) error {
				if s.age() < snapshotPause {
					return nil
				}
				return s.KeepAlive(ctx)
			},
		}
		w.run(ctx, s.list(opts), yield)
	}
}

// KeepAlive extends the life of the snapshot with a small query.
//
// GET /api/audit/sessions
func (s *Snapshot) KeepAlive(ctx context.Context) error {
	_, err := s.List(ctx, &AuditSessionListOptions{AuditListOptions: AuditListOptions{Limit: 1}})
	return err
}

func (s *Snapshot) list(opts *AuditSessionListOptions) *rest.Op {
	return s.service.list(opts).Param(s.service.client.Dialect.Snapshot, s.ID)
}

func (s *Snapshot) asked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = s.service.rest.Clock().Now()
}

func (s *Snapshot) age() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.service.rest.Clock().Now().Sub(s.last)
}

func (s *Snapshot) failed(err error) error {
	status := statusOf(err)
	if status/100 == 4 && status != http.StatusUnauthorized && status != http.StatusForbidden && s.age() >= snapshotLife {
		return fmt.Errorf("%w: %w", ErrSnapshotExpired, err)
	}
	return err
}
