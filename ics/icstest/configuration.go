package icstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// newTree is the configuration that a server begins with.
func newTree() map[string]any {
	var tree map[string]any
	// It is part of this file; a test reads it.
	_ = json.Unmarshal([]byte(`{
		"administrators": {
			"admin-realms": {"realm": []},
			"admin-roles": {"admin-role": [
				{"name": ".Administrators", "general": {"session-options": {"idle-timeout": "10", "max-timeout": "60"}}},
				{"name": ".Read-Only Administrators", "general": {"session-options": {"idle-timeout": "10", "max-timeout": "60"}}}
			]}
		},
		"authentication": {
			"auth-servers": {"auth-server": [
				{"name": "Administrators", "local": {"users": {"user": []}}},
				{"name": "System Local", "local": {"users": {"user": []}}},
				{"name": "ADServer", "ad": {"server-catalog": {"groups": {"ad-group": [
					{"group": "ICS-QA/core", "name": "ICS-QA/core", "sid": "S-1-5-21-3875260349-1888520165-453808128-1112"},
					{"group": "ICS-QA/systems", "name": "ICS-QA/systems", "sid": "S-1-5-21-3875260349-1888520165-453808128-1108"}
				]}}}},
				{"name": "LDAPServer", "ldap": {"server-catalog": {"groups": {"user-group": [
					{"dn": "CN=Administrators,CN=Builtin,DC=pcs-qa,DC=blrlab,DC=net", "group-type": "static", "name": "Administrators"}
				]}}}}
			]},
			"endpoint": {"host-checker": {"esaps": {
				"active-version": "3.3.5", "default-version": "3.3.5", "force-same-esap": "false", "opswat-sdk-version": "4",
				"esap": [
					{"esap-version": "3.3.5", "last-activated-time": "Sun 17 Mar 2019 23:54:12 PDT", "upload-time": "Sun 17 Mar 2019 23:53:35 PDT"},
					{"esap-version": "3.3.6", "last-activated-time": "Never", "upload-time": "Mon 18 Mar 2019 21:45:31 PDT"}
				]
			}}}
		},
		"system": {},
		"uac": {},
		"users": {"user-roles": {"user-role": [
			{"name": "Users", "general": {"session-options": {"idle-timeout": "10"}}}
		]}}
	}`), &tree)
	return tree
}

// SetConfiguration puts value at path, in place of what is there, and makes what leads to it.
func (s *Server) SetConfiguration(path ics.Path, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var plain any
	if err := json.Unmarshal(data, &plain); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err = s.change(path, func(any, bool) (any, error) { return plain, nil })
	return err
}

// Configuration decodes what is at path into the value that into points to; false if there is nothing, or nothing
// that fits.
func (s *Server) Configuration(path ics.Path, into any) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, ok := find(s.tree, path)
	if !ok {
		return false
	}
	data, err := json.Marshal(value)
	return err == nil && json.Unmarshal(data, into) == nil
}

// find returns what is at path below a value.
func find(value any, path ics.Path) (any, bool) {
	for _, segment := range path {
		switch node := value.(type) {
		case map[string]any:
			child, ok := node[segment]
			if !ok {
				return nil, false
			}
			value = child
		case []any:
			i := entry(node, segment)
			if i < 0 {
				return nil, false
			}
			value = node[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// entry returns the place of a list's entry with that name, -1 if there is none.
func entry(list []any, name string) int {
	return slices.IndexFunc(list, func(item any) bool {
		fields, ok := item.(map[string]any)
		return ok && (fields["name"] == name || fields["name"] == nil && fields["address"] == name)
	})
}

// gone, as the new value of a node, takes it away.
var gone any = &struct{ byte }{}

var errNoSuchNode = errors.New("requested resource does not exist")

// change puts what edit makes of the value at path in its place, making objects that lead to it. It reports whether
// there was a value before. The lock is held.
func (s *Server) change(path ics.Path, edit func(old any, exists bool) (any, error)) (existed bool, err error) {
	_, err = changeNode(s.tree, path, func(old any, exists bool) (any, error) {
		existed = exists
		return edit(old, exists)
	})
	return existed, err
}

func changeNode(node any, path ics.Path, edit func(old any, exists bool) (any, error)) (any, error) {
	if len(path) == 0 {
		return edit(node, node != nil)
	}
	segment := path[0]
	switch parent := node.(type) {
	case nil:
		return changeNode(map[string]any{}, path, edit)
	case map[string]any:
		child, err := changeNode(parent[segment], path[1:], edit)
		switch {
		case err != nil:
			return nil, err
		case child == gone:
			delete(parent, segment)
		default:
			parent[segment] = child
		}
		return parent, nil
	case []any:
		i := entry(parent, segment)
		if i < 0 {
			if len(path) > 1 {
				return nil, errNoSuchNode
			}
			fresh, err := edit(nil, false)
			if err != nil || fresh == gone {
				return parent, err
			}
			if fields, ok := fresh.(map[string]any); ok && fields["name"] == nil {
				fields["name"] = segment
			}
			return append(parent, fresh), nil
		}
		child, err := changeNode(parent[i], path[1:], edit)
		switch {
		case err != nil:
			return nil, err
		case child == gone:
			return slices.Delete(parent, i, i+1), nil
		}
		parent[i] = child
		return parent, nil
	}
	return nil, errNoSuchNode
}

// pathOf reads the segments of a request.
func pathOf(p fake.Params) ics.Path {
	segments := strings.Split(p["path"], "/")
	for i, segment := range segments {
		if name, err := url.PathUnescape(segment); err == nil {
			segments[i] = name
		}
	}
	return segments
}

func (s *Server) getConfiguration(w http.ResponseWriter, r *http.Request, p fake.Params) {
	path := pathOf(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	value, ok := find(s.tree, path)
	if !ok {
		refuse(w, http.StatusNotFound, errNoSuchNode.Error())
		return
	}
	if _, object := value.(map[string]any); !object {
		value = map[string]any{path[len(path)-1]: value}
		path = path[:len(path)-1]
	}
	if !r.URL.Query().Has("expand") {
		value = abridge(value, r.URL.EscapedPath()[:len(configurationPrefix)]+escape(path))
	}
	fake.JSON(w, http.StatusOK, value)
}

// escape writes a path as the hrefs of the appliance have it.
func escape(path ics.Path) string {
	segments := make([]string, len(path))
	for i, segment := range path {
		segments[i] = url.PathEscape(segment)
		if strings.HasPrefix(segments[i], ".") {
			segments[i] = "%2E" + segments[i][1:]
		}
	}
	return strings.Join(segments, "/")
}

// abridge puts names and references in the place of entries that hold more than values.
func abridge(value any, href string) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	short := make(map[string]any, len(object))
	for name, member := range object {
		below := href + "/" + escape(ics.Path{name})
		list, ok := member.([]any)
		if !ok {
			short[name] = abridge(member, below)
			continue
		}
		entries := make([]any, len(list))
		for i, item := range list {
			entries[i] = item
			if fields, ok := item.(map[string]any); ok && nested(fields) {
				title, _ := fields["name"].(string)
				entries[i] = map[string]any{"name": title, "href": below + "/" + escape(ics.Path{title})}
			}
		}
		short[name] = entries
	}
	return short
}

// nested reports whether an entry holds objects, and so is a resource of its own.
func nested(fields map[string]any) bool {
	for name, value := range fields {
		if _, object := value.(map[string]any); object && name != "group" {
			return true
		}
	}
	return false
}

func (s *Server) putConfiguration(w http.ResponseWriter, r *http.Request, p fake.Params) {
	var body map[string]any
	if !decode(w, r, &body) {
		return
	}
	path := pathOf(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := find(s.tree, path[:len(path)-1]); !ok {
		refuse(w, http.StatusNotFound, errNoSuchNode.Error())
		return
	}
	_, err := s.change(path, func(old any, exists bool) (any, error) {
		last := path[len(path)-1]
		own, attribute := body[last]
		attribute = attribute && len(body) == 1
		switch old := old.(type) {
		case map[string]any:
			return merge(old, body), nil
		case nil:
			if attribute && !exists {
				return own, nil
			}
			return body, nil
		default: // a list or a value, which travels under its own name
			if !attribute {
				return nil, fmt.Errorf("%s is missing", last)
			}
			return own, nil
		}
	})
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	giveSIDs(s.tree)
	inform(w, http.StatusOK, succeeded)
}

// merge changes the members of an object that body mentions. Lists are taken as the whole of themselves.
func merge(object, body map[string]any) map[string]any {
	for name, value := range body {
		inner, isObject := value.(map[string]any)
		if old, ok := object[name].(map[string]any); ok && isObject {
			value = merge(old, inner)
		}
		object[name] = value
	}
	return object
}

// giveSIDs gives groups of Active Directory servers what the directory knows of them.
func giveSIDs(value any) {
	switch node := value.(type) {
	case map[string]any:
		groups, _ := node["ad-group"].([]any)
		for _, group := range groups {
			if fields, ok := group.(map[string]any); ok && fields["sid"] == nil {
				h := fnv.New32a()
				_, _ = fmt.Fprint(h, fields["group"])
				fields["sid"] = fmt.Sprintf("S-1-5-21-3875260349-1888520165-453808128-%d", h.Sum32())
			}
		}
		for _, child := range node {
			giveSIDs(child)
		}
	case []any:
		for _, child := range node {
			giveSIDs(child)
		}
	}
}

func (s *Server) postConfiguration(w http.ResponseWriter, r *http.Request, p fake.Params) {
	var body map[string]any
	if !decode(w, r, &body) {
		return
	}
	path := pathOf(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	known := path
	for range min(2, len(path)) { // a collection and what wraps it need not be there yet
		known = known[:len(known)-1]
	}
	if _, ok := find(s.tree, known); !ok {
		refuse(w, http.StatusNotFound, errNoSuchNode.Error())
		return
	}
	_, err := s.change(path, func(old any, _ bool) (any, error) {
		list, ok := old.([]any)
		if old != nil && !ok {
			return nil, errors.New("resource is no collection")
		}
		name, _ := body["name"].(string)
		if name == "" {
			name, _ = body["address"].(string)
		}
		if name != "" && entry(list, name) >= 0 {
			return nil, fmt.Errorf("%s %q already exists", path[len(path)-1], name)
		}
		return append(list, body), nil
	})
	if err != nil {
		refuse(w, http.StatusCreated, err.Error())
		return
	}
	inform(w, http.StatusCreated, succeeded)
}

func (s *Server) deleteConfiguration(w http.ResponseWriter, _ *http.Request, p fake.Params) {
	path := pathOf(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := find(s.tree, path); !ok {
		refuse(w, http.StatusNotFound, errNoSuchNode.Error())
		return
	}
	if _, err := s.change(path, func(any, bool) (any, error) { return gone, nil }); err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	noContent(w)
}
