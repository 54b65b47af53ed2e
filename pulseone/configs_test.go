package pulseone_test

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func TestConfigs_head(t *testing.T) {
	server, client := connect(t)
	ctx := t.Context()
	silent := server.AddAppliance(pulseone.Appliance{Name: "new", State: pulseone.ApplianceStateUnregistered})
	if head := must(client.Configs.GetHead(ctx, silent))(t); head.Commit != "" || head.PrescribedCommit != "" {
		t.Errorf("an appliance that reported nothing has %+v", head)
	}

	id := server.AddAppliance(pulseone.Appliance{Name: "one"})
	first := must(client.Configs.GetHead(ctx, id))(t).Commit
	check(t, client.Configs.ReportHead(ctx, id, "2222222222222222222222222222222222222222"))
	second := must(client.Configs.GetHead(ctx, id))(t).Commit
	if second != "2222222222222222222222222222222222222222" {
		t.Errorf("got %q", second)
	}

	if err := client.Configs.Rollback(ctx, id, second, "3333333333333333333333333333333333333333"); !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("rolled back to a stranger: %v", err)
	}
	check(t, client.Configs.Rollback(ctx, id, second, first))
	if head := must(client.Configs.GetHead(ctx, id))(t); head.Commit != second || head.PrescribedCommit != first {
		t.Errorf("ordered back: got %+v", head)
	}
	server.Advance(time.Minute)
	if head := must(client.Configs.GetHead(ctx, id))(t); head.Commit != first || head.PrescribedCommit != "" {
		t.Errorf("gone back: got %+v", head)
	}
	check(t, client.Configs.RollForward(ctx, id, first))
	if err := client.Configs.RollForward(ctx, id, second); !errors.Is(err, secureaccess.ErrConflict) {
		t.Errorf("rolled forward to what it does not run: %v", err)
	}

	pending := "4444444444444444444444444444444444444444"
	server.SetPending(id, pending)
	if err := client.Configs.Promote(ctx, id, second, pending); !errors.Is(err, pulseone.CodeConfigCommitConflict) {
		t.Errorf("promoted on top of another commit: %v", err)
	}
	if err := client.Configs.Promote(ctx, id, first, "5555555555555555555555555555555555555555"); !errors.Is(err, secureaccess.ErrNotFound) {
		t.Errorf("promoted what is not pending: %v", err)
	}
	check(t, client.Configs.Promote(ctx, id, first, pending))
	server.Advance(time.Minute)

	commits := must(client.Configs.ListCommits(ctx, id))(t)
	if len(commits) != 4 || commits[0].ID != pending || commits[3].ID != first || commits[0].Date.Before(commits[3].Date.Time) {
		t.Errorf("got %+v", commits)
	}
	diff := must(client.Configs.Diff(ctx, first, pending))(t)
	if len(diff) != 3 || diff[0].Blocks[0].Change != pulseone.BlockChangeKindModified || diff[1].Blocks[0].To != nil || diff[2].Blocks[0].From != nil {
		t.Errorf("got %+v", diff)
	}
	if diff := must(client.Configs.Diff(ctx, first, first))(t); len(diff) != 0 {
		t.Errorf("a commit differs from itself in %+v", diff)
	}
}

// A retry is refused when the attempt before was carried out and its response was lost: then it is done.
func TestConfigs_Promote_repeated(t *testing.T) {
	const pending, other = "4444444444444444444444444444444444444444", "5555555555555555555555555555555555555555"
	for name, lost := range map[string]bool{"carried out": true, "not carried out": false} {
		puts := 0
		server, client := connect(t, layer(func(req *http.Request, next http.RoundTripper) (*http.Response, error) {
			if req.Method != http.MethodPut {
				return next.RoundTrip(req)
			}
			if puts++; puts > 1 {
				return next.RoundTrip(req)
			}
			if lost {
				resp, err := next.RoundTrip(req)
				if err != nil {
					return nil, err
				}
				_ = resp.Body.Close()
			}
			return nil, io.ErrUnexpectedEOF
		}))
		id := server.AddAppliance(pulseone.Appliance{Name: "one"})
		running := must(client.Configs.GetHead(t.Context(), id))(t).Commit
		promoted := pending
		server.SetPending(id, pending)
		if !lost {
			promoted = other
		}
		err := client.Configs.Promote(t.Context(), id, running, promoted)
		if lost && err != nil || !lost && !errors.Is(err, secureaccess.ErrNotFound) || puts != 2 {
			t.Errorf("%s: %v after %d requests", name, err, puts)
		}
	}
}

func TestClusters(t *testing.T) {
	server, client := connect(t)
	server.AddCluster(pulseone.Cluster{Name: "pair", Type: pulseone.ClusterTypeActivePassive})
	clusters := must(client.Clusters.List(t.Context()))(t)
	if len(clusters) != 1 || clusters[0].Type != pulseone.ClusterTypeActivePassive {
		t.Errorf("got %+v", clusters)
	}
	info := must(client.Clusters.Info(t.Context()))(t)
	if !info.Available() || info.Cluster.Health != pulseone.ClusterHealthGreen || info.Node.History[0].Time.Hour() != 3 {
		t.Errorf("got %+v", info)
	}
	server.Fail(fault204)
	info = must(client.Clusters.Info(t.Context()))(t)
	if info.Available() {
		t.Errorf("got %+v from an empty answer", info)
	}
}
