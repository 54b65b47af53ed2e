package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/contract"
)

// services are the services of the contracts: the middles of the ids.
func services() []string {
	var all []string
	for _, name := range contract.Names() {
		for _, e := range contract.MustLoad(name).Endpoints {
			service := e.ID[:strings.LastIndex(e.ID, ".")]
			if !slices.Contains(all, service) && strings.Count(service, ".") == 1 {
				all = append(all, service)
			}
		}
	}
	return all
}

// A draft can be printed for every service of every contract, and parses.
func TestDraft_files(t *testing.T) {
	for _, service := range services() {
		d, err := draftOf([]string{service})
		if err != nil {
			continue // a service that two files share: its operations are named one by one
		}
		if _, _, err := d.files(); err != nil {
			t.Errorf("%s: %v", service, err)
		}
	}
}

// The drafts compile, against the packages as they are.
func TestDraft_compiles(t *testing.T) {
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", exports(t))
	for _, service := range services() {
		t.Run(service, func(t *testing.T) {
			d, err := draftOf([]string{service})
			if err != nil {
				t.Skip(err)
			}
			source, _, err := d.files()
			if err != nil {
				t.Fatal(err)
			}
			file, err := parser.ParseFile(fset, service+".go", source, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			// What a product has of its own for lists that page.
			prelude, err := parser.ParseFile(fset, "paging.go", preludeOf(d.pkg), parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			var problems []string
			config := types.Config{Importer: imports, Error: func(err error) { problems = append(problems, err.Error()) }}
			_, _ = config.Check(d.pkg, fset, []*ast.File{file, prelude}, nil)
			if len(problems) > 0 {
				t.Errorf("%s\n%s", strings.Join(problems, "\n"), source)
			}
		})
	}
}

// preludeOf declares the generic functions that the lists of a product are written in.
func preludeOf(pkg string) string {
	page, most := "secureaccess.Page[T]", ", most int"
	if pkg == "sase" {
		page, most = "Page[T]", ""
	}
	return `package ` + pkg + `

import (
	"context"
	"iter"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

const pageSize = 100

type Page[T any] struct{ Items []T }

type PageOptions struct{ Start, Limit int }

func list[T, O any](ctx context.Context, c *rest.Client, op *rest.Op, opts *O` + most + `) (*` + page + `, error) {
	return nil, nil
}

func all[T, O any](ctx context.Context, opts *O, key func(*T) string, fetch func(context.Context, *O) (*` + page + `, error)) iter.Seq2[T, error] {
	return nil
}

var _ secureaccess.Secret
`
}

// exports looks up the compiled packages that a draft may import.
func exports(t *testing.T) importer.Lookup {
	t.Helper()
	list := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export", module+"/internal/rest", "iter", "encoding/json")
	list.Stderr = os.Stderr
	output, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var p struct{ ImportPath, Export string }
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		files[p.ImportPath] = p.Export
	}
	return func(path string) (io.ReadCloser, error) {
		if files[path] == "" {
			return nil, fmt.Errorf("%s is not compiled", path)
		}
		return os.Open(files[path])
	}
}

func TestDraft_habits(t *testing.T) {
	d, err := draftOf([]string{"pulseone.policies.create", "pulseone.policies.get", "pulseone.access.history"})
	if err != nil {
		t.Fatal(err)
	}
	service, coverage, err := d.files()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"// GET /api/policies/{policy_id}\n",
		`rest.GET("/api/policies/{policy_id}", id)`,
		"func (s *PoliciesService) Create(ctx context.Context, policy PolicyCreate) (*Policy, error)",
		`json:"install_inside_geofencing_area,omitzero"`,
		"PolicyTypeApps ",
		"func (s *PoliciesService) History(ctx context.Context, username string, opts *PolicyHistoryOptions)",
		"iter.Seq2[",
	} {
		if !strings.Contains(string(service), want) {
			t.Errorf("the draft has no %q", want)
		}
	}
	if want := `create := example[pulseone.PolicyCreate](t, "pulseone.policies.create")`; !strings.Contains(string(coverage), want) {
		t.Errorf("the coverage has no %q:\n%s", want, coverage)
	}
	if i, j := bytes.Index(service, []byte(") Get(")), bytes.Index(service, []byte(") Create(")); i > j {
		t.Error("Create stands before Get")
	}
}

func TestDraftOf_refusals(t *testing.T) {
	for _, ids := range [][]string{nil, {"none.such"}, {"pulseone.none"}, {"pulseone.policies.get", "sase.users.list"}} {
		if _, err := draftOf(ids); err == nil {
			t.Errorf("%v is taken", ids)
		}
	}
}

func TestScaffold_names(t *testing.T) {
	for name, want := range map[string]string{
		"policy_id": "PolicyID", "statusUrl": "StatusURL", "host-name": "HostName", "SecurityAppliance.GetAll": "SecurityApplianceGetAll",
		"1d": "N1d", "NETWORK_ID": "NetworkID", "": "Empty", "ApplianceTaskEntity": "ApplianceTask",
	} {
		got := typeName(name)
		if got != want {
			t.Errorf("%q is %s, not %s", name, got, want)
		}
	}
	for name, want := range map[string]string{"type": "typeValue", "user_id": "userID", "networkId": "networkID", "id": "id"} {
		if got := argName(name); got != want {
			t.Errorf("the argument %q is %s, not %s", name, got, want)
		}
	}
}
