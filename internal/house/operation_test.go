package house

import (
	"strings"
	"testing"
)

// clusters is a service whose comments are right.
const clusters = `package pulseone
import (
	"context"
	"iter"
	"strings"
	"` + modulePath + `/internal/rest"
)

const root = "/api/v1/sa"

type Service struct{ rest *rest.Client; obtain func() error }

// List lists.
//
// GET /api/v1/sa/clusters
func (s *Service) List(ctx context.Context) error { return rest.Send(s.rest, rest.GET(root + "/clusters")) }

// All goes on.
//
// GET /api/v1/sa/clusters
func (s *Service) All(ctx context.Context) iter.Seq2[int, error] { return all[int](s.List) }

func all[T any](fetch func(context.Context) error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) { var none T; yield(none, fetch(nil)) }
}

// Get gets.
//
// GET /api/v1/sa/{appliance_id}
func (s *Service) Get(ctx context.Context, id string) error { return one(s, rest.GET, id) }

// Delete deletes.
//
// DELETE /api/v1/sa/{appliance_id}
func (s *Service) Delete(ctx context.Context, id string) error { return one(s, rest.DELETE, id) }

func one(s *Service, begin func(string, ...string) *rest.Op, id string) error {
	path := root
	if id != "" {
		path = root + "/{appliance_id}"
	}
	return rest.Send(s.rest, begin(path, id))
}

// Any reads what the program names.
//
// GET /api/v1/sa/{appliance_id}
func (s *Service) Any(ctx context.Context, place string) error {
	return rest.Send(s.rest, rest.GET("/api/v1/sa/" + strings.Trim(place, "/")))
}

// SignIn signs in by way of a function.
//
// GET /api/v1/sa/clusters
func (s *Service) SignIn(ctx context.Context) error { return s.obtain() }
`

func TestOperations(t *testing.T) {
	violates(t, Operations, moduleOf(t, snippet{"pulseone/x.go", clusters}))
	for _, test := range []struct {
		name     string
		old, new string
		want     []string
	}{
		{"swapped", "DELETE /api/v1/sa/{appliance_id}", "GET /api/v1/sa/{appliance_id}", []string{"Service.Delete", "Service.Delete"}},
		{"silent", "//\n// GET /api/v1/sa/clusters\nfunc (s *Service) List", "func (s *Service) List", []string{"Service.List"}},
		{"silent iterator", "//\n// GET /api/v1/sa/clusters\nfunc (s *Service) All", "func (s *Service) All", []string{"Service.All"}},
		{"other parameter", "// Get gets.\n//\n// GET /api/v1/sa/{appliance_id}", "// Get gets.\n//\n// GET /api/v1/sa/{id}", []string{"Service.Get", "Service.Get", "Service.Get"}},
		{"other sign-in", "function.\n//\n// GET /api/v1/sa/clusters", "function.\n//\n// POST /api/login", []string{"Service.SignIn"}},
		{"outside the pattern", "names.\n//\n// GET /api/v1/sa/{appliance_id}", "names.\n//\n// GET /api/policies/{policy_id}", []string{"Service.Any"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := strings.Replace(clusters, test.old, test.new, 1)
			if source == clusters {
				t.Fatal("the snippet has changed")
			}
			violates(t, Operations, moduleOf(t, snippet{"pulseone/x.go", source}), test.want...)
		})
	}
}

func TestOperations_prefix(t *testing.T) {
	const source = `package sase
import ("context"; "` + modulePath + `/internal/rest")
type UsersService struct{ rest *rest.Client }
func New() *UsersService { return &UsersService{rest.New(rest.Config{Prefix: "/v1"})} }
// Get gets.
//
// GET /v1/users
func (s *UsersService) Get(ctx context.Context) error { return rest.Send(s.rest, rest.GET("/users")) }`
	violates(t, Operations, moduleOf(t, snippet{"sase/x.go", source}))
	violates(t, Operations, moduleOf(t, snippet{"sase/x.go", strings.Replace(source, `"/v1"`, `"/v2"`, 1)}), "UsersService.Get", "UsersService.Get")
}
