package spstest

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sps"
)

// view is the configuration as a request sees it.
func (s *Server) view(r *http.Request) *config {
	if tx := s.mine(s.sessionOf(r)); tx != nil {
		return tx.working
	}
	return s.committed
}

// pathOf returns the path of a request below /api/configuration.
func pathOf(p fake.Params) string {
	path, err := url.PathUnescape(strings.Trim(p["path"], "/"))
	if err != nil {
		return ""
	}
	return path
}

func split(path string) (parent, key string) {
	i := strings.LastIndexByte(path, '/')
	return path[:max(i, 0)], path[i+1:]
}

const root = "/api/configuration/"

func (s *Server) read(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	view, path := s.view(r), pathOf(p)
	if c := view.collections[path]; c != nil && !c.settings {
		if c.once {
			notAllowed(w, r, "POST")
			return
		}
		s.list(w, view, path, c)
		return
	}
	parent, key := split(path)
	if c := view.collections[parent]; c != nil {
		if i := c.find(key); i >= 0 {
			shown := s.embed(c.entries[i].body)
			if c.once {
				shown = []byte("{}")
			}
			fake.JSON(w, http.StatusOK, map[string]any{"body": json.RawMessage(shown), "key": key, "meta": siblings(parent, c, i)})
			return
		}
	}
	s.directory(w, r, view, path)
}

// list responds with the objects of a collection. Its links lead to the collections beside it.
func (s *Server) list(w http.ResponseWriter, view *config, path string, c *collection) {
	items := make([]map[string]any, len(c.entries))
	for i, e := range c.entries {
		items[i] = map[string]any{"key": e.key, "meta": map[string]any{"href": root + path + "/" + e.key}}
		if !s.legacy {
			items[i]["body"] = json.RawMessage(s.embed(e.body))
		}
	}
	fake.JSON(w, http.StatusOK, map[string]any{"items": items, "meta": beside(view, path)})
}

// directory responds with what hangs below a path.
func (s *Server) directory(w http.ResponseWriter, r *http.Request, view *config, path string) {
	names := below(view, path)
	if len(names) == 0 {
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "there is nothing here")
		return
	}
	items := make([]map[string]any, len(names))
	for i, name := range names {
		items[i] = map[string]any{"key": name, "meta": map[string]any{"href": root + strings.TrimPrefix(path+"/"+name, "/")}}
	}
	fake.JSON(w, http.StatusOK, map[string]any{"items": items, "meta": beside(view, path)})
}

// below returns the names that hang directly below a path.
func below(view *config, path string) []string {
	prefix := path + "/"
	if path == "" {
		prefix = ""
	}
	names := map[string]bool{}
	for known, c := range view.collections {
		if rest, ok := strings.CutPrefix(known, prefix); ok && known != path {
			name, _, _ := strings.Cut(rest, "/")
			names[name] = true
		}
		if known == path && c.settings {
			for _, e := range c.entries {
				names[e.key] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// beside makes the links of a list: they lead to its siblings.
func beside(view *config, path string) map[string]any {
	parent, name := split(path)
	return links(strings.TrimSuffix(root+parent, "/"), name, below(view, parent))
}

// siblings makes the links of an object.
func siblings(path string, c *collection, i int) map[string]any {
	keys := make([]string, len(c.entries))
	for i, e := range c.entries {
		keys[i] = e.key
	}
	return links(root+path, keys[i], keys)
}

func links(parent, name string, names []string) map[string]any {
	i := slices.Index(names, name)
	meta := map[string]any{
		"href": parent + "/" + name, "parent": parent, "transaction": "/api/transaction",
		"first": parent + "/" + names[0], "last": parent + "/" + names[len(names)-1], "next": nil, "previous": nil,
	}
	if i > 0 {
		meta["previous"] = parent + "/" + names[i-1]
	}
	if i+1 < len(names) {
		meta["next"] = parent + "/" + names[i+1]
	}
	return meta
}

func notAllowed(w http.ResponseWriter, r *http.Request, allow string) {
	w.Header().Set("Allow", allow)
	refuse(w, r, http.StatusMethodNotAllowed, "MethodNotAllowed", "the method is not permitted here")
}
