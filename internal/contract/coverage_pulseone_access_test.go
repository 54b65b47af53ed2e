package contract_test

import (
	"context"
	"testing"

	"github.com/secureaccess-go/secureaccess/pulseone"
)

func init() { covers("pulseone", pulseoneAccess) }

func pulseoneAccess(t *testing.T, r *recorder) []call {
	access := pulseoneClient(t, r).Access
	page := pulseone.PageOptions{Start: 1, Limit: 10}
	summaries := &pulseone.AccessSummaryOptions{
		PageOptions: page, Username: `corp\joe`, Realm: "Users", Duration: pulseone.AccessDurationWeek,
	}
	history := &pulseone.AccessHistoryOptions{
		PageOptions: page, Duration: pulseone.AccessDurationMonth, Realm: "Users", MACAddress: "12:23:34:12:23:32",
		Result: pulseone.AccessResultFail, Mechanism: pulseone.AccessMechanism8021X, Compliance: pulseone.AccessComplianceNo,
	}
	top := pulseone.AccessTopOptions{Duration: pulseone.AccessDurationDay, Count: 4}
	return []call{
		{id: "pulseone.access.summary", do: func(ctx context.Context) (any, error) { return access.ListSummaries(ctx, summaries) }},
		{id: "pulseone.access.history", do: func(ctx context.Context) (any, error) { return access.ListHistory(ctx, "joeuser", history) }},
		{id: "pulseone.access.stats_login_sessions", do: func(ctx context.Context) (any, error) { return access.TopSessions(ctx, &top) }},
		{id: "pulseone.access.stats_average_session_times", do: func(ctx context.Context) (any, error) { return access.TopSessionTimes(ctx, &top) }},
		{id: "pulseone.access.stats_compliance_results", do: func(ctx context.Context) (any, error) {
			return access.TopCompliance(ctx, &pulseone.AccessTopComplianceOptions{AccessTopOptions: top, Compliance: pulseone.AccessComplianceRemediated})
		}},
		{id: "pulseone.access.stats_auth_mechanisms", do: func(ctx context.Context) (any, error) {
			return access.TopMechanisms(ctx, &pulseone.AccessTopMechanismsOptions{AccessTopOptions: top, Mechanism: pulseone.AccessMechanismMAC})
		}},
		{id: "pulseone.access.stats_auth_success", do: func(ctx context.Context) (any, error) { return access.TopSuccesses(ctx, &top) }},
		{id: "pulseone.access.stats_auth_failures", do: func(ctx context.Context) (any, error) { return access.TopFailures(ctx, &top) }},
		{id: "pulseone.access.stats_roles", do: func(ctx context.Context) (any, error) {
			return access.TopRoles(ctx, &pulseone.AccessTopRolesOptions{Duration: pulseone.AccessDurationDay, Count: 15})
		}},
		{id: "pulseone.access.stats_os_type", do: func(ctx context.Context) (any, error) {
			return access.TopOSTypes(ctx, &pulseone.AccessTopOSTypesOptions{AccessTopOptions: top, OSType: pulseone.OSTypeMacOS1013})
		}},
	}
}
