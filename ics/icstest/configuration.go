package icstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/internal/fake"
)

// SetConfiguration puts value at path, in place of what is there, and makes what leads to it. Secrets in it have to be
// [secureaccess.Secret.Exposed].
func (s *Server) SetConfiguration(path ics.Path, value any) error {
	data, err := secureaccess.Marshal(value)
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
	return err == nil && secureaccess.Unmarshal(data, into) == nil
}

// pathOf reads the segments of a request.
func pathOf(p fake.Params) ics.Path {
	if p["path"] == "" {
		return nil
	}
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
		value = abridge(value, configurationPrefix+escape(path))
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
		below := strings.TrimSuffix(href, "/") + "/" + escape(ics.Path{name})
		list, ok := member.([]any)
		if !ok {
			short[name] = abridge(member, below)
			continue
		}
		entries := make([]any, len(list))
		for i, item := range list {
			entries[i] = item
			fields, _ := item.(map[string]any)
			if title := identity(fields); title != "" && nested(fields) && !parts[name] {
				entries[i] = map[string]any{"name": title, "href": below + "/" + escape(ics.Path{title})}
			}
		}
		short[name] = entries
	}
	return short
}

// parts are lists whose entries are parts of their object and no resources of their own: clients in the field read
// them with it.
var parts = map[string]bool{"rule": true, "bookmark": true, "firewall-rule": true}

// nested reports whether an entry holds objects, and so is a resource of its own.
func nested(fields map[string]any) bool {
	for _, value := range fields {
		if _, object := value.(map[string]any); object {
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
		case []any: // the whole of it under its own name, or one of its entries, which names itself
			name := identity(body)
			switch i := entry(old, name); {
			case attribute:
				return own, nil
			case name == "":
				return nil, fmt.Errorf("%s is missing", last)
			case i < 0:
				return append(old, body), nil
			default:
				old[i] = merge(old[i].(map[string]any), body)
				return old, nil
			}
		default: // a value, which travels under its own name
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
	encryptPasswords(s.tree)
	inform(w, http.StatusOK, succeeded)
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
		name := identity(body)
		if name != "" && entry(list, name) >= 0 {
			return nil, fmt.Errorf("%s %q already exists", path[len(path)-1], name)
		}
		return append(list, body), nil
	})
	if err != nil {
		refuse(w, http.StatusCreated, err.Error())
		return
	}
	encryptPasswords(s.tree)
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
