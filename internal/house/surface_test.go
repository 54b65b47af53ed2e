package house

import (
	"strings"
	"testing"
)

func TestSurfaces_lines(t *testing.T) {
	m := moduleOf(t, snippet{"ics/x.go", `package ics
import ("context"; "` + modulePath + `")
// Thing is one.
type Thing struct {
	ID string ` + "`json:\"id\"`" + `
	hidden int
	Embedded
}
type Embedded struct{}
type Kind string
type Pair[K comparable, V any] struct{ Key K }
type Same = Thing
type Does interface { Do(ctx context.Context) error; secret() }
const KindOne Kind = "one"
var Err error
func New(name string, opts ...secureaccess.Option) (*Thing, error) { return nil, nil }
func Of[T any](v T) *T { return nil }
func (t *Thing) Do(ctx context.Context) error { return nil }
func (p Pair[K, V]) Value() (v V) { return v }
func (t *Thing) do() {}
`}, snippet{"internal/a/x.go", "package a\nfunc Hidden() {}"})
	files, err := Surfaces(m)
	if err != nil {
		t.Fatal(err)
	}
	want := `package ics // import "` + modulePath + `/ics"

const KindOne Kind = "one"
field Pair.Key K
field Thing.Embedded Embedded // embedded
field Thing.ID string ` + "`json:\"id\"`" + `
func New(name string, opts ...secureaccess.Option) (*Thing, error)
func Of[T any](v T) *T
method (*Thing) Do(ctx context.Context) error
method (Pair[K, V]) Value() (v V)
method Does // has unexported methods
method Does.Do(ctx context.Context) error
type Does interface
type Embedded struct
type Kind string
type Pair[K comparable, V any] struct
type Same = Thing
type Thing struct
var Err error
`
	if got := string(files["ics.txt"]); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if len(files) != 1 {
		t.Errorf("%d files, want 1: internal packages have no surface", len(files))
	}
	m = moduleOf(t, snippet{"ics/x.go", "package a"}, snippet{"sps/x.go", "package a"})
	if _, err := Surfaces(m); err == nil || !strings.Contains(err.Error(), "two public packages") {
		t.Errorf("two packages of one name: %v", err)
	}
}
