package pulseone

import (
	"context"
	"iter"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// AccessService reads who signed in to the appliances, and how. Unless its options say otherwise, an operation looks
// back 24 hours. All of it needs the permission admin.appliances|READ. Document: User Access History.
type AccessService struct{ rest *rest.Client }

// ListSummaries returns one page of the users who signed in or tried to, in the order of their names, with how often
// and when they did: 10 of them, of the last 24 hours, unless opts say otherwise. The total may count the page only.
//
// GET /api/v1/sa/access/summary
//
// Permission: admin.appliances|READ. Document: Get summary of users sign-in history.
func (s *AccessService) ListSummaries(ctx context.Context, opts *AccessSummaryOptions) (*secureaccess.Page[AccessSummary], error) {
	return list[AccessSummary](ctx, s.rest, rest.GET("/api/v1/sa/access/summary").MayBeBareList(), opts, 0)
}

// AllSummaries iterates over the users who signed in or tried to, 100 at a time unless opts say otherwise. Without a
// duration in opts it sees those of the last 24 hours and no others, without a word.
//
// GET /api/v1/sa/access/summary
//
// It goes on until a page brings nothing new, whatever the total says and however short the pages are.
func (s *AccessService) AllSummaries(ctx context.Context, opts *AccessSummaryOptions) iter.Seq2[AccessSummary, error] {
	return uncounted(ctx, opts, func(u *AccessSummary) string { return u.Username }, s.ListSummaries)
}

// ListHistory returns one page of a user's sign-ins, successful or not: 10 of them, of the last 24 hours, unless opts
// say otherwise. The total may count the page only, and the order is not documented. Devices that sign in without a
// username have no history that can be asked for.
//
// GET /api/v1/sa/access/history/{username}
//
// Permission: admin.appliances|READ. Document: Get a specific user's sign-in history.
func (s *AccessService) ListHistory(ctx context.Context, username string, opts *AccessHistoryOptions) (*secureaccess.Page[AccessRecord], error) {
	return list[AccessRecord](ctx, s.rest, rest.GET("/api/v1/sa/access/history/{username}", username).MayBeBareList(), opts, 0)
}

// AllHistory iterates over a user's sign-ins, 100 at a time unless opts say otherwise, and shows none twice. Without a
// duration in opts it sees those of the last 24 hours and no others, without a word.
//
// GET /api/v1/sa/access/history/{username}
//
// It goes on until a page brings nothing new, whatever the total says and however short the pages are.
func (s *AccessService) AllHistory(ctx context.Context, username string, opts *AccessHistoryOptions) iter.Seq2[AccessRecord, error] {
	return uncounted(ctx, opts, accessRecordKey, func(ctx context.Context, opts *AccessHistoryOptions) (*secureaccess.Page[AccessRecord], error) {
		return s.ListHistory(ctx, username, opts)
	})
}

// accessRecordKey tells records apart: each appliance makes its own ids.
func accessRecordKey(r *AccessRecord) string {
	if r.ID == "" {
		return ""
	}
	return r.ApplianceID + "\n" + r.ID
}

// TopSessions ranks users by the number of their sessions.
//
// GET /api/v1/sa/access/stats/login-sessions
//
// Permission: admin.appliances|READ. Document: Get top users by number of login sessions.
func (s *AccessService) TopSessions(ctx context.Context, opts *AccessTopOptions) (Ranking[int64], error) {
	return top[int64](ctx, s.rest, rest.GET("/api/v1/sa/access/stats/login-sessions"), opts)
}

// TopSessionTimes ranks users by the average length of their sessions, in seconds.
//
// GET /api/v1/sa/access/stats/average-session-times
//
// Permission: admin.appliances|READ. Document: Get top users by average login session time.
func (s *AccessService) TopSessionTimes(ctx context.Context, opts *AccessTopOptions) (Ranking[float64], error) {
	return top[float64](ctx, s.rest, rest.GET("/api/v1/sa/access/stats/average-session-times"), opts)
}

// TopCompliance ranks users by the number of sign-ins with one result of the compliance check.
//
// GET /api/v1/sa/access/stats/compliance-results
//
// Permission: admin.appliances|READ. Document: Get top users by their compliance results.
func (s *AccessService) TopCompliance(ctx context.Context, opts *AccessTopComplianceOptions) (Ranking[int64], error) {
	return top[int64](ctx, s.rest, rest.GET("/api/v1/sa/access/stats/compliance-results"), opts)
}

// TopMechanisms ranks users by the number of authentications with one mechanism.
//
// GET /api/v1/sa/access/stats/auth-mechanisms
//
// Permission: admin.appliances|READ. Document: Get top users by their authentication mechanism.
func (s *AccessService) TopMechanisms(ctx context.Context, opts *AccessTopMechanismsOptions) (Ranking[int64], error) {
	return top[int64](ctx, s.rest, rest.GET("/api/v1/sa/access/stats/auth-mechanisms"), opts)
}

// TopSuccesses ranks users by the number of successful authentications.
//
// GET /api/v1/sa/access/stats/auth-success
//
// Permission: admin.appliances|READ. Document: Get top users by count of successful authentications.
func (s *AccessService) TopSuccesses(ctx context.Context, opts *AccessTopOptions) (Ranking[int64], error) {
	return top[int64](ctx, s.rest, rest.GET("/api/v1/sa/access/stats/auth-success"), opts)
}

// TopFailures ranks users by the number of failed authentications.
//
// GET /api/v1/sa/access/stats/auth-failures
//
// Permission: admin.appliances|READ. Document: Get top users by count of failed authentications.
func (s *AccessService) TopFailures(ctx context.Context, opts *AccessTopOptions) (Ranking[int64], error) {
	return top[int64](ctx, s.rest, rest.GET("/api/v1/sa/access/stats/auth-failures"), opts)
}

// TopRoles ranks roles by the number of their sessions.
//
// GET /api/v1/sa/access/stats/roles
//
// Permission: admin.appliances|READ. Document: Get top roles by count of login sessions.
func (s *AccessService) TopRoles(ctx context.Context, opts *AccessTopRolesOptions) (Ranking[int64], error) {
	return top[int64](ctx, s.rest, rest.GET("/api/v1/sa/access/stats/roles"), opts)
}

// TopOSTypes ranks users by the number of sessions on one operating system.
//
// GET /api/v1/sa/access/stats/os-type
//
// Permission: admin.appliances|READ. Document: Get top users by number of login sessions with given OS type.
func (s *AccessService) TopOSTypes(ctx context.Context, opts *AccessTopOSTypesOptions) (Ranking[int64], error) {
	return top[int64](ctx, s.rest, rest.GET("/api/v1/sa/access/stats/os-type"), opts)
}

// topper is a pointer to the options of a ranking.
type topper[O any] interface {
	*O
	top() (argument string, count int)
}

// The documented bounds of a ranking's length.
const leastTop, mostTop = 4, 15

// top carries out an operation whose result is a ranking, for options that may be nil.
func top[N int64 | float64, O any, P topper[O]](ctx context.Context, c *rest.Client, op *rest.Op, opts *O) (Ranking[N], error) {
	if opts != nil {
		op.Query(opts)
		if argument, count := P(opts).top(); count != 0 {
			rest.Between(op, argument, count, leastTop, mostTop)
		}
	}
	got, err := rest.Do[Ranking[N]](ctx, c, op.MayBeEmptyObject())
	if err != nil {
		return nil, err
	}
	return *got, nil
}
