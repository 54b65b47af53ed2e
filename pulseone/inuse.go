package pulseone

import (
	"net/http"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/pulseone/internal/api"
)

// InUseError is why something is not deleted, such as an app that rules of policies name: policies are in the way. It is
// the cause of the *[secureaccess.Error] of the call.
type InUseError struct {
	Policies []PolicyReference
}

// PolicyReference names a policy.
type PolicyReference struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Error names the first policies.
func (e *InUseError) Error() string {
	const most = 5
	var names []string
	for _, policy := range e.Policies[:min(len(e.Policies), most)] {
		names = append(names, policy.Name)
	}
	if len(e.Policies) > most {
		names = append(names, "...")
	}
	return "in use by the policies " + rest.Line(strings.Join(names, ", "))
}

// decodeError reads a refusal. One form of it is a list of the policies that are in the way, in the document without code
// or message.
func decodeError(e *secureaccess.Error, header http.Header, body []byte) {
	api.DecodeError(e, header, body)
	if e.Status/100 == 2 {
		e.Err = secureaccess.ErrBadResponse // whatever the server says, its status says something else
	}
	if e.Status != http.StatusBadRequest {
		return
	}
	var said struct {
		Items []PolicyReference `json:"items"`
	}
	if secureaccess.Unmarshal(body, &said) != nil {
		return
	}
	unnamed := func(p PolicyReference) bool { return p == PolicyReference{} }
	if policies := slices.DeleteFunc(said.Items, unnamed); len(policies) > 0 {
		e.Err = &InUseError{policies}
	}
}
