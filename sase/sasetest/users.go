package sasetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sase"
)

// AddUser adds a user and returns it with what was empty filled in, the id among it. It does not ask for a license.
func (s *Server) AddUser(user sase.User) sase.User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addUser(user)
}

// addUser adds a user. The lock is held.
func (s *Server) addUser(user sase.User) sase.User {
	if user.ID == "" {
		user.ID = s.newID("user-")
	}
	if user.Username == "" {
		user.Username = user.Email
	}
	if user.RoleName == "" {
		user.RoleName = "Member"
	}
	if user.Initials == "" {
		user.Initials = strings.ToUpper(first(user.FirstName) + first(user.LastName))
	}
	s.users = append(s.users, user)
	return user
}

func first(name string) string {
	for _, r := range name {
		return string(r)
	}
	return ""
}

// Users returns the users, oldest first.
func (s *Server) Users() []sase.User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.users)
}

func (s *Server) createUser(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	var body sase.UserCreate
	if !s.decode(w, r, &body) {
		return
	}
	if problem := checkUser(body); problem != "" {
		s.refuse(w, http.StatusBadRequest, "", problem)
		return
	}
	user, status, code := s.create(body)
	if status != http.StatusCreated {
		s.refuse(w, status, code, "the user is not created")
		return
	}
	fake.JSON(w, http.StatusCreated, user)
}

// create adds a user, or says with which status and code not.
func (s *Server) create(body sase.UserCreate) (user sase.User, status int, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.ContainsFunc(s.users, func(u sase.User) bool { return strings.EqualFold(u.Email, body.Email) }) {
		return sase.User{}, http.StatusBadRequest, "DUPLICATE_USER"
	}
	for _, id := range body.AccessGroups {
		if s.group(id) == nil {
			return sase.User{}, http.StatusBadRequest, "UNKNOWN_GROUP"
		}
	}
	if s.remaining(member) < 1 {
		return sase.User{}, http.StatusPaymentRequired, "NOT_ENOUGH_LICENSES"
	}
	user = sase.User{
		Email: body.Email, FirstName: body.ProfileData.FirstName, LastName: body.ProfileData.LastName,
		RoleName: body.ProfileData.RoleName,
	}
	if body.EmailVerified != nil {
		user.EmailVerified = *body.EmailVerified
	}
	user = s.addUser(user)
	for _, id := range body.AccessGroups {
		g := s.group(id)
		g.Users = append(g.Users, user.ID)
	}
	return user, http.StatusCreated, ""
}

var (
	names  = regexp.MustCompile(`^[A-Za-z '-]{1,30}$`)
	phones = regexp.MustCompile(`^[+]?[0-9]{11,15}$`)
)

// checkUser says what the documented limits have against a user.
func checkUser(body sase.UserCreate) string {
	profile := body.ProfileData
	switch {
	case body.Email == "":
		return "email must not be empty"
	case body.InviteMessage == "":
		return "inviteMessage must not be empty"
	case profile.FirstName != "" && !names.MatchString(profile.FirstName):
		return "firstName must match the pattern"
	case profile.LastName != "" && !names.MatchString(profile.LastName):
		return "lastName must match the pattern"
	case profile.Phone != "" && !phones.MatchString(profile.Phone):
		return "phone must match the pattern"
	}
	return ""
}

func (s *Server) listUsers(w http.ResponseWriter, r *http.Request, _ fake.Params) {
	match, err := search(r.URL.Query())
	if err != nil {
		s.refuse(w, http.StatusBadRequest, "", err.Error())
		return
	}
	users := slices.DeleteFunc(s.Users(), func(u sase.User) bool { return !match(u) })
	writePage(s, w, r, users, userFields, userField)
}

func (s *Server) deleteUser(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	user, ok := s.removeUser(p["id"])
	if !ok {
		s.refuse(w, http.StatusNotFound, "", "no such user")
		return
	}
	fake.JSON(w, http.StatusOK, user)
}

// removeUser takes a user out of the account and of all groups.
func (s *Server) removeUser(id string) (sase.User, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.users, func(u sase.User) bool { return u.ID == id })
	if i < 0 {
		return sase.User{}, false
	}
	user := s.users[i]
	user.Terminated = true
	s.users = slices.Delete(s.users, i, i+1)
	for g := range s.groups {
		s.groups[g].Users = without(s.groups[g].Users, id)
	}
	return user, true
}

// userFields are the fields that a list can be searched in and sorted by.
var userFields = []string{"id", "email", "username", "firstName", "lastName", "initials", "roleName"}

func userField(u sase.User, name string) string {
	switch name {
	case "id":
		return u.ID
	case "email":
		return u.Email
	case "username":
		return u.Username
	case "firstName":
		return u.FirstName
	case "lastName":
		return u.LastName
	case "initials":
		return u.Initials
	case "roleName":
		return u.RoleName
	}
	return ""
}

// search returns what the q parameters ask of a user: in full the text of a field as a whole, partially its words, all
// or one of them; from JSON the fields by name. Case does not count.
func search(query url.Values) (func(sase.User) bool, error) {
	q := query.Get("q")
	if q == "" {
		return func(sase.User) bool { return true }, nil
	}
	partial, all := query.Get("qType") == "partial", query.Get("qOperator") == "and"
	matches := func(value, wanted string) bool {
		if partial {
			return strings.Contains(strings.ToLower(value), strings.ToLower(wanted))
		}
		return strings.EqualFold(value, wanted)
	}
	anywhere := func(u sase.User, wanted string) bool {
		values := []string{u.Email, u.Username, u.FirstName, u.LastName, u.FirstName + " " + u.LastName}
		return slices.ContainsFunc(values, func(value string) bool { return matches(value, wanted) })
	}

	var tests []func(sase.User) bool
	var fields map[string]string
	switch {
	case strings.HasPrefix(q, "{"):
		if err := json.Unmarshal([]byte(q), &fields); err != nil {
			return nil, errors.New("q is not JSON with a text for each field")
		}
		for name, wanted := range fields {
			if !slices.Contains(userFields, name) {
				return nil, fmt.Errorf("this server cannot search for %q", name)
			}
			tests = append(tests, func(u sase.User) bool { return matches(userField(u, name), wanted) })
		}
	case partial:
		for _, word := range strings.Fields(q) {
			tests = append(tests, func(u sase.User) bool { return anywhere(u, word) })
		}
	default:
		return func(u sase.User) bool { return anywhere(u, q) }, nil
	}
	return func(u sase.User) bool {
		passed := 0
		for _, test := range tests {
			if test(u) {
				passed++
			}
		}
		return passed > 0 && (!(partial && all) || passed == len(tests))
	}, nil
}
