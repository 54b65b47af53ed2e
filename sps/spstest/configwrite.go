package spstest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/internal/jsontree"
)

// write finds the transaction to write in. It responds to the request when there is none. The lock is held.
func (s *Server) write(w http.ResponseWriter, r *http.Request) *transaction {
	current := s.sessionOf(r)
	if tx := s.mine(current); tx != nil {
		return tx
	}
	if !s.autoOpen {
		noTransaction(w, r)
		return nil
	}
	if !s.open(w, r, current) {
		return nil
	}
	return s.tx
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := s.write(w, r)
	if tx == nil {
		return
	}
	path := pathOf(p)
	c := tx.working.collections[path]
	switch {
	case c == nil:
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "there is nothing here")
		return
	case c.settings:
		notAllowed(w, r, "GET")
		return
	}
	data, ok := s.accept(w, r, path)
	if !ok {
		return
	}
	key := s.newKey()
	next := tx.working.clone()
	next.collections[path].entries = append(next.collections[path].entries, entry{key: key, body: data})
	if !s.settle(w, r, tx, next, data) {
		return
	}
	change := sps.Change{Type: sps.ChangeTypeCreate, Path: root + path + "/" + key, NewValue: data}
	if c.once {
		change.NewValue = nil // a secret
	}
	tx.changes = append(tx.changes, change)
	fake.JSON(w, http.StatusCreated, map[string]any{"key": key, "meta": map[string]any{
		"href": root + path + "/" + key, "parent": root + path, "transaction": "/api/transaction",
	}})
}

func (s *Server) update(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := s.write(w, r)
	if tx == nil {
		return
	}
	path, key := split(pathOf(p))
	c, i := s.locate(w, r, tx, path, key)
	if c == nil {
		return
	}
	if c.once {
		notAllowed(w, r, "GET")
		return
	}
	data, ok := s.accept(w, r, path)
	if !ok {
		return
	}
	old := c.entries[i].body
	next := tx.working.clone()
	next.collections[path].entries[i].body = data
	if !s.settle(w, r, tx, next, data) {
		return
	}
	tx.changes = append(tx.changes, sps.Change{Type: sps.ChangeTypeReplace, Path: root + path + "/" + key, OldValue: old, NewValue: data})
	fake.JSON(w, http.StatusCreated, map[string]any{"meta": siblings(path, next.collections[path], i)})
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request, p fake.Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := s.write(w, r)
	if tx == nil {
		return
	}
	path, key := split(pathOf(p))
	c, i := s.locate(w, r, tx, path, key)
	switch {
	case c == nil:
		return
	case c.settings, c.once:
		notAllowed(w, r, "GET")
		return
	case strings.HasPrefix(key, "-"):
		refuse(w, r, http.StatusBadRequest, "BuiltIn", "the object is built in")
		return
	}
	if uses := s.usesOf(tx.working, path, key); len(uses) > 0 {
		refuse(w, r, http.StatusBadRequest, "InUse", "the object is used in "+strings.Join(uses, ", "))
		return
	}
	old, meta := c.entries[i].body, siblings(path, c, i)
	next := tx.working.clone()
	next.collections[path].entries = slices.Delete(next.collections[path].entries, i, i+1)
	tx.working = next
	tx.changes = append(tx.changes, sps.Change{Type: sps.ChangeTypeDelete, Path: root + path + "/" + key, OldValue: old})
	fake.JSON(w, http.StatusOK, map[string]any{"meta": meta})
}

// locate finds an object to change. It responds to the request when there is none.
func (s *Server) locate(w http.ResponseWriter, r *http.Request, tx *transaction, path, key string) (*collection, int) {
	if c := tx.working.collections[path]; c != nil {
		if i := c.find(key); i >= 0 {
			return c, i
		}
	}
	refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "there is no such object")
	return nil, 0
}

// accept reads the body of a write: without what is not known, and with all that has to be there.
func (s *Server) accept(w http.ResponseWriter, r *http.Request, path string) ([]byte, bool) {
	data, ok := body(w, r)
	if !ok {
		return nil, false
	}
	node, err := jsontree.Parse(data)
	if err != nil {
		refuse(w, r, http.StatusBadRequest, "BadRequest", err.Error())
		return nil, false
	}
	if known := s.shapes[path]; known != nil {
		var missing []string
		if node, missing = known.filter("", node); len(missing) > 0 {
			refuse(w, r, http.StatusBadRequest, "Missing", "missing, though it may be empty: "+strings.Join(missing, ", "))
			return nil, false
		}
	}
	return node.Bytes(), true
}

// settle makes a configuration the one of the transaction, if all references of a body that is new in it are good.
func (s *Server) settle(w http.ResponseWriter, r *http.Request, tx *transaction, next *config, data []byte) bool {
	node, _ := jsontree.Parse(data)
	problem := ""
	s.references("", node, func(endpoint string, ref *jsontree.Node) {
		key, ok := ref.String()
		target := next.collections[endpoint]
		switch {
		case !ok:
			problem = "a reference is not the key of an object"
		case target == nil || target.find(key) < 0:
			problem = "a reference leads to no object of " + endpoint
		case target.once && len(s.usesOf(next, endpoint, key)) > 1:
			problem = "an object of " + endpoint + " is used twice"
		}
	})
	if problem != "" {
		refuse(w, r, http.StatusBadRequest, "BadReference", problem)
		return false
	}
	tx.working = next
	return true
}

// references calls visit for every reference in a body, null left out.
func (s *Server) references(member string, n *jsontree.Node, visit func(endpoint string, ref *jsontree.Node)) {
	endpoint, refers := s.relations[member]
	switch {
	case n.IsList():
		for _, item := range n.Items() {
			s.references(member, item, visit)
		}
	case refers && !n.IsNull():
		visit(endpoint, n)
	case n.IsObject():
		for _, m := range n.Members() {
			s.references(m.Name, m.Value, visit)
		}
	}
}

// usesOf returns where an object is used, a place for each time.
func (s *Server) usesOf(view *config, endpoint, key string) []string {
	var found []string
	for _, path := range slices.Sorted(maps.Keys(view.collections)) {
		for _, e := range view.collections[path].entries {
			node, err := jsontree.Parse(e.body)
			if err != nil {
				continue
			}
			s.references("", node, func(to string, ref *jsontree.Node) {
				if text, _ := ref.String(); to == endpoint && text == key {
					found = append(found, path+"/"+e.key)
				}
			})
		}
	}
	return found
}

// embed puts references into the form that responses have.
func (s *Server) embed(data []byte) []byte {
	node, err := jsontree.Parse(data)
	if err != nil {
		return data
	}
	return s.embedIn("", node).Bytes()
}

func (s *Server) embedIn(member string, n *jsontree.Node) *jsontree.Node {
	switch {
	case n.IsObject():
		for _, m := range n.Members() {
			n = n.With(m.Name, s.embedIn(m.Name, m.Value))
		}
		return n
	case n.IsList():
		items := make([]*jsontree.Node, len(n.Items()))
		for i, item := range n.Items() {
			items[i] = s.embedIn(member, item)
		}
		return jsontree.List(items...)
	}
	endpoint, refers := s.relations[member]
	key, ok := n.String()
	if !refers || !ok {
		return n
	}
	meta := jsontree.Object(jsontree.Member{Name: "href", Value: jsontree.Text(root + endpoint + "/" + key)})
	return jsontree.Object(jsontree.Member{Name: "key", Value: n}, jsontree.Member{Name: "meta", Value: meta})
}

// newKey makes up the key of a new object. The lock is held.
func (s *Server) newKey() string {
	s.keys++
	return fmt.Sprintf("f79bcc85-bb8b-4fa5-a141-%012x", s.keys)
}
