package house

import (
	"strings"
	"testing"
)

func TestBodies(t *testing.T) {
	m := moduleOf(t, snippet{"ics/x.go", `package ics
import "context"
type Service struct{}
type Thing struct{ Name string ` + "`json:\"name\"`" + ` }
type ThingCreate struct{ Name string ` + "`json:\"name\"`" + ` }
type ThingUpdate struct{ Name string ` + "`json:\"name\"`" + ` }
type ThingUpdateV3 struct{ Name string ` + "`json:\"name\"`" + ` }
type NewThing struct{ Name string ` + "`json:\"name\"`" + ` }
type Tx struct{ open bool }
func (s *Service) Get(ctx context.Context) (*Thing, error) { return nil, nil }
func (s *Service) Create(ctx context.Context, t ThingCreate) error { return nil }
func (s *Service) Update(ctx context.Context, t ThingUpdate) error { return nil }
func (s *Service) UpdateLater(ctx context.Context, t ThingUpdateV3) error { return nil }
func (s *Service) Replace(ctx context.Context, t Thing) error { return nil }
func (s *Service) Begin(ctx context.Context, tx *Tx) error { return nil }
func (s *Service) CreatePointer(ctx context.Context, t *ThingCreate) error { return nil }
func (s *Service) CreateOther(ctx context.Context, t ThingUpdate) error { return nil }
func (s *Service) UpdateOther(ctx context.Context, t ThingCreate) error { return nil }
func (s *Service) Add(ctx context.Context, t NewThing) error { return nil }
func (s *Service) Set(ctx context.Context, t Thing) error { return nil }
func (s *Service) unexported(ctx context.Context, t *Thing) error { return nil }`})
	violates(t, Bodies, m, "Service.CreatePointer", "Service.CreateOther", "Service.UpdateOther", "Service.Add", "Service.Set")
}

func TestComments(t *testing.T) {
	m := moduleOf(t, snippet{"ics/x.go", `// Package ics is documented.
package ics
// Good is.
type Good interface {
	// One is.
	One()
	Two() // is
	Three()
	four()
}
type Bad struct{}
// Single is.
type Single interface{ One() }
// A group of types does not document its members.
type (
	Member int
)
// A group of constants does.
const (
	C = 1
	D = 2
)
var (
	E = 1 // is
	F = 2
)
// G is.
func G() {}
func H() {}
func (Bad) Method() {}
func (hidden) Method() {}
type hidden struct{}
`}, snippet{"sps/x.go", "package sps"})
	violates(t, Comments, m, "Good.Three", "Bad", "Member", "F", "H", "Bad.Method", "package")
}

func TestEnumerations(t *testing.T) {
	m := moduleOf(t, snippet{"ics/x.go", `package ics
import "` + modulePath + `"
type State string
type Endpoint[T any] string
type hidden int
const (
	StateOpen State = "open"
	Closed    State = "closed"
	CodeBusy  secureaccess.Code = "1"
	TooMany   secureaccess.Code = "2"
	Plain = "x"
	Place Endpoint[int] = "a/b"
	Small hidden = 1
	inner State = "inner"
)`})
	violates(t, Enumerations, m, "Closed", "TooMany")
}

func TestImports(t *testing.T) {
	in := func(rel, imported string) snippet {
		return snippet{rel + "/x.go", "package p\nimport _ \"" + modulePath + imported + "\""}
	}
	empty := snippet{"ics/x.go", "package ics"}
	violates(t, Imports, moduleOf(t, empty, in("ics/icstest", "/ics"), in("ics/internal/api", ""), in("examples/a", "/ics"), in("pulseone", "/internal/rest"), in("pulseone/device", "/pulseone")))
	violates(t, Imports, moduleOf(t, empty, in("sps", "/ics"), in("internal/fake", "/ics"), in("hawk", "/internal/rest"), in("examples/a", "/internal/rest")),
		"ics", "ics", "internal/rest", "internal/rest")
	violates(t, Imports, moduleOf(t, snippet{"pulseone/device/x.go", "package device"}, in("pulseone", "/pulseone/device")), "pulseone/device")
	violates(t, Imports, moduleOf(t, in("internal/settings", "")), "secureaccess")
}

func TestInternalTypes(t *testing.T) {
	m := moduleOf(t, snippet{"ics/x.go", `package ics
import (
	"` + modulePath + `"
	"` + modulePath + `/internal/rest"
)
type Client struct {
	rest   *rest.Client
	Public *rest.Client
}
type Alias = rest.Op
type Function func(map[string][]rest.Op)
type Wrapped interface{ Do(rest.Op) }
type Chosen[T rest.Op | int] struct{}
func New(opts ...secureaccess.Option) (*Client, error) { return nil, nil }
func (c *Client) Op() *rest.Op { return nil }
func (c *Client) op() *rest.Op { return nil }
var Variable []*rest.Op
`})
	violates(t, InternalTypes, m, "Client.Public", "Alias", "Function", "Wrapped", "Chosen", "Client.Op", "Variable")
}

func TestLists(t *testing.T) {
	m := moduleOf(t, snippet{"ics/x.go", `package ics
import ("context"; "iter")
type PageOptions struct{ Limit int ` + "`url:\"limit\"`" + ` }
type AOptions struct{ PageOptions }
type BOptions struct{ PageOptions }
type OwnOptions struct{ Limit int ` + "`url:\"limit\"`" + ` }
type Service struct{}
func (s *Service) List(ctx context.Context, opts *AOptions) error { return nil }
func (s *Service) All(ctx context.Context, opts *AOptions) iter.Seq2[int, error] { return nil }
func (s *Service) ListAlone(ctx context.Context, opts *AOptions) error { return nil }
func (s *Service) AllLonely(ctx context.Context, opts *AOptions) iter.Seq2[int, error] { return nil }
func (s *Service) ListTwo(ctx context.Context, opts *AOptions) error { return nil }
func (s *Service) AllTwo(ctx context.Context, opts *BOptions) iter.Seq2[int, error] { return nil }
func (s *Service) ListSlice(ctx context.Context, opts *PageOptions) error { return nil }
func (s *Service) AllSlice(ctx context.Context, opts *PageOptions) []int { return nil }
func (s *Service) Members(ctx context.Context, opts *AOptions) error { return nil }
func (s *Service) ListOwn(ctx context.Context, opts *OwnOptions) error { return nil }`})
	violates(t, Lists, m, "Service.ListAlone", "Service.AllLonely", "Service.ListTwo", "Service.AllTwo", "Service.AllSlice", "Service.Members", "OwnOptions")
}

func TestOptions(t *testing.T) {
	m := moduleOf(t, snippet{"ics/x.go", `package ics
import "context"
type ReadOptions struct{ Deep bool }
type SessionOptions struct{ Minutes int ` + "`json:\"minutes\"`" + ` }
type Service struct{}
func (s *Service) Good(ctx context.Context, id string, opts *ReadOptions) {}
func (s *Service) Body(ctx context.Context, body SessionOptions, opts *ReadOptions) {}
func (s *Service) First(ctx context.Context, opts *ReadOptions, id string) {}
func (s *Service) Value(ctx context.Context, id string, opts ReadOptions) {}`})
	violates(t, Options, m, "Service.First", "Service.Value")
}

func TestPackageNames(t *testing.T) {
	m := moduleOf(t, snippet{"ics/x.go", "package ics"}, snippet{"internal/util/x.go", "package wire"}, snippet{"internal/a/x.go", "package helpers"})
	violates(t, PackageNames, m, "wire", "helpers")
}

func TestReceivers(t *testing.T) {
	m := moduleOf(t, snippet{"ics/x.go", `package ics
type Client struct{}
type ClientV3 struct{}
type GroupsService struct{}
type Group struct{}
func (c *Client) A() {}
func (c *ClientV3) A() {}
func (s *GroupsService) A() {}
func (g *Group) A() {}
func (Client) Nameless() {}
func (client *Client) B() {}
func (s *ClientV3) B() {}
func (g *GroupsService) B() {}`})
	violates(t, Receivers, m, "Client.B", "ClientV3.B", "GroupsService.B")
}

func TestSizes(t *testing.T) {
	long := strings.Repeat("\n", maxLines+1)
	violates(t, Sizes, moduleOf(t, snippet{"ics/x.go", "package ics" + long}), "-")
	violates(t, Sizes, moduleOf(t, snippet{"ics/x.go", "package ics" + strings.Repeat("\n", maxLines)}))
	violates(t, Sizes, moduleOf(t, snippet{"ics/x.go", "// Code generated by scaffold. DO NOT EDIT.\n\npackage ics" + long}))
}

func TestTestNames(t *testing.T) {
	m := moduleOf(t, snippet{"ics/x.go", `package ics
type GroupsService struct{}
func (s *GroupsService) Publish() {}
func escape() {}
type macState int`}, snippet{"ics/x_test.go", `package ics
import "testing"
func TestMain(m *testing.M) {}
func TestGroups_Publish_conflict(t *testing.T) {}
func TestGroupsService(t *testing.T) {}
func TestPublishTwice(t *testing.T) {}
func TestMACState_twice(t *testing.T) {}
func TestHelper(t *testing.T) {}
func helper() {}
func TestEscape(t *testing.T) {}
func TestField_oddTotal(t *testing.T) {}
func TestGroupsmith(t *testing.T) {}
func TestEverythingWorks(t *testing.T) {}
func (s suite) TestMethod(t *testing.T) {}
type suite struct{}`})
	violates(t, TestNames, m, "TestGroupsmith", "TestEverythingWorks")
}

func TestWords(t *testing.T) {
	m := moduleOf(t, snippet{"ics/x.go", `package ics
// The Answer is blotted out.
var a = "wire_answer"
var b = "the licence has expired"
type c struct { D string ` + "`json:\"licence name\"`" + ` }`},
		snippet{"ics/x_test.go", "package ics\n// patience\nvar e = \"an answer of a test\""},
		snippet{"README.md", "An answer.\n\n```go\n// answer\n```\n`answer`: recognised."})
	violates(t, Words, m, "answer", "blotted", "licence", "patience", "answer", "recognised")
}
