package sps

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Snapshot is the list of recorded sessions as it was at a moment: without the limits of [AuditSessionsService.List],
// and without changes during iteration. It lives for five minutes after each query, and belongs to this client's address
// and User-Agent. There is one at a time.
type Snapshot struct {
	ID string

	service *AuditSessionsService
	mu      sync.Mutex
	last    time.Time // of the last response to a query
}

// The life of a snapshot, and when it is kept alive.
const (
	snapshotLife  = 5 * time.Minute
	snapshotPause = 2 * time.Minute
)

// ErrSnapshotExpired is the cause when a query in a snapshot is refused that was not used for five minutes.
var ErrSnapshotExpired = errors.New("the snapshot is older than five minutes without a query")

// TakeSnapshot takes a snapshot of the list of recorded sessions. The user needs the right to search.
//
// GET /api/audit/sessions/_snapshot
//
// Public sources show neither the response nor the name of the parameter that a query in a snapshot has: the id is taken
// from "snapshot", "snapshot_id", "id" or "key", of the response or its body, and [Dialect] names the parameter.
func (s *AuditSessionsService) TakeSnapshot(ctx context.Context) (*Snapshot, error) {
	response, err := rest.Do[snapshotResponse](ctx, s.rest, rest.GET(auditSessions+"/_snapshot"))
	if err != nil {
		return nil, err
	}
	return &Snapshot{ID: response.id, service: s, last: s.rest.Clock().Now()}, nil
}

// snapshotResponse is the id in a response of which no more is known.
type snapshotResponse struct{ id string }

// UnmarshalJSON finds the id.
func (r *snapshotResponse) UnmarshalJSON(data []byte) error {
	for range 2 {
		var id string
		if json.Unmarshal(data, &id) == nil && id != "" {
			r.id = id
			return nil
		}
		var members map[string]json.RawMessage
		if json.Unmarshal(data, &members) != nil {
			break
		}
		for _, name := range []string{"snapshot", "snapshot_id", "id", "key"} {
			if json.Unmarshal(members[name], &id) == nil && id != "" && id != "_snapshot" {
				r.id = id
				return nil
			}
		}
		data = members["body"]
		if nested := members["snapshot"]; bytes.HasPrefix(nested, []byte("{")) {
			data = nested
		}
	}
	return errors.New("it has no id of a snapshot")
}

// List returns one page of the snapshot.
//
// GET /api/audit/sessions
func (s *Snapshot) List(ctx context.Context, opts *AuditSessionListOptions) (*Page[Object[AuditSession]], error) {
	page, err := page[Object[AuditSession]](ctx, s.service.rest, s.list(opts))
	if err != nil {
		return nil, s.failed(err)
	}
	s.asked()
	return page, nil
}

// All iterates over the whole snapshot from opts.Offset on, and keeps it alive meanwhile: when two minutes have passed
// since the last query it asks for a page of one between two items. A program that spends more than five minutes on one
// item loses the snapshot; the next page then fails with [ErrSnapshotExpired].
//
// GET /api/audit/sessions
func (s *Snapshot) All(ctx context.Context, opts *AuditSessionListOptions) iter.Seq2[*Object[AuditSession], error] {
	return walk[Object[AuditSession]]{
		client: s.service.client, template: auditSessions, first: func() *rest.Op { return s.list(opts) }, offset: offsetOf(opts),
		memory: func() *recent { return &recent{key: func(o any) string { return o.(*Object[AuditSession]).Key }} },
		asked:  s.asked,
		failed: s.failed,
		before: func(ctx context.Context) error {
			if s.age() < snapshotPause {
				return nil
			}
			return s.KeepAlive(ctx)
		},
	}.all(ctx)
}

// KeepAlive extends the life of the snapshot with a small query.
//
// GET /api/audit/sessions
func (s *Snapshot) KeepAlive(ctx context.Context) error {
	_, err := s.List(ctx, &AuditSessionListOptions{PageOptions: PageOptions{Limit: 1}})
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
		return because(ErrSnapshotExpired, err)
	}
	return err
}
