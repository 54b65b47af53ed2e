package contract_test

import (
	"context"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/sps"
)

func init() { covers("sps", spsAudit) }

// spsClosed is the result of a download: the content has tests of its own.
func spsClosed(d *secureaccess.Download, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return nil, d.Close()
}

func spsAudit(t *testing.T, r *recorder) []call {
	audit := spsClient(t, r).AuditSessions
	const (
		recorded = "rUhhQZ3jYsY1NDWYp9DEpq"
		session  = "c7e51cebad1a3e2ade480909f7687b16"
	)
	from := time.Date(2026, 1, 25, 10, 0, 0, 0, time.UTC)
	page := &sps.AuditDetailListOptions{PageOptions: sps.PageOptions{Limit: 10, Offset: 20}}
	search := &sps.AuditSessionListOptions{PageOptions: page.PageOptions, Start: from, End: from.Add(time.Hour), Fields: []string{"protocol", "user"}, Sort: "start_time", Search: "protocol:SSH"}
	return []call{
		{id: "sps.audit_sessions.list", do: func(ctx context.Context) (any, error) { return audit.List(ctx, search) }},
		{id: "sps.audit_sessions.list", do: func(ctx context.Context) (any, error) {
			snapshot, err := audit.TakeSnapshot(ctx)
			if err != nil {
				return nil, err
			}
			return snapshot.List(ctx, nil)
		}},
		{id: "sps.audit_sessions.snapshot", at: "/snapshot", do: func(ctx context.Context) (any, error) {
			snapshot, err := audit.TakeSnapshot(ctx)
			if err != nil {
				return nil, err
			}
			return snapshot.ID, nil
		}},
		{id: "sps.audit_sessions.stats", do: func(ctx context.Context) (any, error) {
			return audit.GetStatistics(ctx, &sps.AuditStatisticsOptions{Start: from, End: from.Add(time.Hour), Search: "protocol:SSH"})
		}},
		{id: "sps.audit_sessions.get", do: func(ctx context.Context) (any, error) { return audit.Get(ctx, recorded) }},
		{id: "sps.audit_sessions.alerts", do: func(ctx context.Context) (any, error) { return audit.ListAlerts(ctx, session, page) }},
		{id: "sps.audit_sessions.channels", do: func(ctx context.Context) (any, error) { return audit.ListChannels(ctx, session, page) }},
		{id: "sps.audit_sessions.events", do: func(ctx context.Context) (any, error) { return audit.ListEvents(ctx, session, page) }},
		{id: "sps.audit_sessions.content", do: func(ctx context.Context) (any, error) {
			return audit.ListContent(ctx, session, "man iptables", page)
		}},
		{id: "sps.audit_sessions.trail_downloads", do: func(ctx context.Context) (any, error) { return audit.ListTrailDownloads(ctx, session, page) }},
		{id: "sps.audit_sessions.audit_trail", do: func(ctx context.Context) (any, error) {
			o, err := audit.Get(ctx, recorded)
			if err != nil {
				return nil, err
			}
			return spsClosed(audit.DownloadTrail(ctx, o, sps.TrailFormatSRS))
		}},
	}
}
