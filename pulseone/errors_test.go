package pulseone_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// What an error says of a code that comes without a message is what the comment of the code says.
func TestErrors_meanings(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, parser.ParseComments)
	check(t, err)
	documented := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			check(t, err)
			documented[code] = strings.TrimSpace(spec.Comment.Text())
		}
		return true
	})
	said := map[string]string{}
	for code := 10000; code < 60000; code++ { // an HTTP status and two digits
		var e secureaccess.Error
		api.DecodeError(&e, http.Header{}, []byte(`{"code":`+strconv.Itoa(code)+`}`))
		if len(e.Messages) > 0 {
			said[strconv.Itoa(code)] = e.Messages[0]
		}
	}
	if len(documented) == 0 || !maps.Equal(documented, said) {
		t.Errorf("documented are %q, and errors say %q", documented, said)
	}
}
