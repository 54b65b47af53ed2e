package pulseonetest

import (
	"errors"
	"io"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

// mobile is what the console knows of mobile devices beyond the workspaces.
type mobile struct {
	apps    map[appKey]*mobileApp
	domain  googleDomain
	dep     depState
	vpp     *pulseone.VPPToken
	vppFile []byte
}

func (s *Server) mobileRoutes() {
	s.mobile = mobile{
		apps: map[appKey]*mobileApp{},
		domain: googleDomain{
			delegations: map[string]string{}, approvals: map[string]string{},
		},
		dep: depState{
			account: documented[pulseone.DEPAccount]("pulseone.ios_dep.get_account"),
			profile: documented[pulseone.DEPProfile]("pulseone.ios_dep.get_profile"),
			realms:  documented[secureaccess.Page[pulseone.DEPRealm]]("pulseone.ios_dep.list_realms").Items,
			signIn:  *documented[pulseone.DEPSignInURL]("pulseone.ios_dep.get_pcs_signin_url"),
		},
		vpp: documented[pulseone.VPPToken]("pulseone.ios_vpp.get_token"),
	}
	s.appRoutes()
	s.googleRoutes()
	s.depRoutes()
	s.vppRoutes()
	s.lostModeRoutes()
}

// documented returns the documented result of an operation. It panics where there is none, which the first test finds.
func documented[T any](id string) *T {
	e, ok := contract.Find(id)
	if !ok {
		panic("pulseonetest: no operation " + id)
	}
	result := new(T)
	if err := secureaccess.Unmarshal(e.Responses[0].Example, result); err != nil {
		panic("pulseonetest: " + id + ": " + err.Error())
	}
	return result
}

// mostContent is the most that the server keeps of a file.
const mostContent = 64 << 20

// parts reads a form with files: the content of each part by name, and the names in their order. Another form is
// refused.
func parts(w http.ResponseWriter, r *http.Request, want ...string) (map[string][]byte, bool) {
	content, order, err := readParts(r)
	for i, name := range want {
		if err == nil && (i >= len(order) || order[i] != name) {
			err = errors.New("the form has no part " + name + " at its place")
		}
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "40000", err.Error())
		return nil, false
	}
	return content, true
}

func readParts(r *http.Request) (content map[string][]byte, order []string, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, nil, errors.New("the body is no form")
	}
	content = map[string][]byte{}
	for {
		part, err := form.NextRawPart()
		if err == io.EOF {
			return content, order, nil
		}
		if err != nil {
			return nil, nil, errors.New("the form ends early")
		}
		data, err := io.ReadAll(io.LimitReader(part, mostContent))
		if err != nil {
			return nil, nil, errors.New("a part ends early")
		}
		content[part.FormName()] = data
		order = append(order, part.FormName())
	}
}
