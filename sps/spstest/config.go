package spstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/fake"
	"github.com/secureaccess-go/secureaccess/internal/rest"
	"github.com/secureaccess-go/secureaccess/sps"
	"github.com/secureaccess-go/secureaccess/sps/internal/jsontree"
)

// config is a configuration. Bodies are never changed in place, so that copies are cheap.
type config struct{ collections map[string]*collection }

// collection is what hangs below a path.
type collection struct {
	entries  []entry
	settings bool // single settings, which are neither made nor deleted
	once     bool // of secrets: written once, used once, never shown
}

type entry struct {
	key  string
	body []byte // references are keys
}

func (c *config) clone() *config {
	copied := &config{collections: make(map[string]*collection, len(c.collections))}
	for path, from := range c.collections {
		to := *from
		to.entries = slices.Clone(from.entries)
		copied.collections[path] = &to
	}
	return copied
}

func (c *collection) find(key string) int {
	return slices.IndexFunc(c.entries, func(e entry) bool { return e.key == key })
}

// transaction is the open transaction.
type transaction struct {
	owner   string // token of its session
	working *config
	changes []sps.Change
}

// Commit is a transaction that was committed.
type Commit struct {
	User    string
	Message string
	Changes []sps.Change
}

// furnish puts in what every appliance has.
func (s *Server) furnish() {
	for _, path := range []string{string(sps.RDPChannelPolicies), string(sps.TimePolicies), string(sps.ContentPolicies), string(sps.LocalUserDatabases)} {
		s.committed.collections[path] = &collection{}
	}
	for _, path := range []string{"passwords", "private_keys"} {
		s.committed.collections[path] = &collection{once: true}
	}
	s.AddReference("time_policy", string(sps.TimePolicies))
	s.AddReference("content_policy", string(sps.ContentPolicies))
	s.AddReference("passwords", "passwords")
	s.AddReference("private_key", "private_keys")

	c := contract.MustLoad("sps")
	s.shapes[string(sps.RDPChannelPolicies)] = documented(c, "RDPChannelPolicy")
	s.shapes[string(sps.LocalUserDatabases)] = documented(c, "LocalUserDatabase")

	s.AddObject(string(sps.TimePolicies), "-100", map[string]any{"name": "7x24"})
	s.AddObject(string(sps.RDPChannelPolicies), "-20100", json.RawMessage(`{"name":"all","rules":[{"actions":{"audit":true,"content_policy":null,`+
		`"four_eyes":false,"ids":false},"allowed_for":{"clients":[],"gateway_groups":[],"remote_groups":[],"servers":[],"time_policy":"-100"},"channel":"#drawing"}]}`))
	s.AddSetting("datetime/timezone", "Europe/Budapest")
	s.AddSetting("management/accounting", map[string]any{"require_commitlog": false})
}

// AddObject puts an object into the configuration, past all transactions, and makes the collection if there is none.
// References in the body are keys. Keys that begin with "-" are built in. What the body has beyond the documented
// members is known to this appliance from then on.
func (s *Server) AddObject(endpoint, key string, body any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put(endpoint, key, body, false)
}

// AddSetting puts a single setting into the configuration: "datetime/timezone".
func (s *Server) AddSetting(path string, value any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	parent, key := split(path)
	s.put(parent, key, value, true)
}

func (s *Server) put(endpoint, key string, value any, setting bool) {
	data, err := rest.Encode(value)
	if err != nil {
		panic(fmt.Sprintf("spstest: %s/%s: %v", endpoint, key, err))
	}
	node, err := jsontree.Parse(data)
	if err != nil {
		panic(fmt.Sprintf("spstest: %s/%s: %v", endpoint, key, err))
	}
	if known := s.shapes[endpoint]; known != nil {
		known.learn(node)
	}
	views := []*config{s.committed}
	if s.tx != nil {
		views = append(views, s.tx.working)
	}
	for _, view := range views {
		c := view.collections[endpoint]
		if c == nil {
			c = &collection{settings: setting}
			view.collections[endpoint] = c
		}
		e := entry{key: key, body: node.Bytes()}
		if i := c.find(key); i >= 0 {
			c.entries[i] = e
		} else {
			c.entries = append(c.entries, e)
		}
	}
}

// AddCollection makes an empty collection: "policies/ldap_servers".
func (s *Server) AddCollection(endpoint string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.committed.collections[endpoint] == nil {
		s.committed.collections[endpoint] = &collection{}
		if s.tx != nil {
			s.tx.working.collections[endpoint] = &collection{}
		}
	}
}

// AddReference says that members of a name, at any depth, refer to objects of a collection: one by its key or a list of
// keys. Answers embed such references, and requests have to have the key of an object that there is.
func (s *Server) AddReference(member, endpoint string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.relations[member] = endpoint
}

// Object returns the body of an object as it was committed last, with references as keys; nil if there is none.
func (s *Server) Object(endpoint, key string) json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.committed.collections[endpoint]
	if c == nil {
		return nil
	}
	if i := c.find(key); i >= 0 {
		return bytes.Clone(c.entries[i].body)
	}
	return nil
}

// Keys returns the keys of a collection as it was committed last.
func (s *Server) Keys(endpoint string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	if c := s.committed.collections[endpoint]; c != nil {
		for _, e := range c.entries {
			keys = append(keys, e.key)
		}
	}
	return keys
}

// Dump returns the whole configuration as it was committed last: equal bytes are an equal configuration.
func (s *Server) Dump() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(s.committed.collections)) {
		for _, e := range s.committed.collections[path].entries {
			fmt.Fprintf(&b, "%s/%s %s\n", path, e.key, e.body)
		}
	}
	return b.Bytes()
}

// Commits returns what was committed so far.
func (s *Server) Commits() []Commit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.commits)
}

// RequireCommitMessage makes the server ask for a message with each commit.
func (s *Server) RequireCommitMessage(required bool) {
	s.AddSetting("management/accounting", map[string]any{"require_commitlog": required})
}

// Lock holds the configuration, as somebody who edits it in the web interface does, or lets it go.
func (s *Server) Lock(locked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.locked = locked
}

func (s *Server) messageRequired() bool {
	var accounting struct {
		Required bool `json:"require_commitlog"`
	}
	c := s.committed.collections["management"]
	if i := c.find("accounting"); i >= 0 {
		_ = json.Unmarshal(c.entries[i].body, &accounting)
	}
	return accounting.Required
}

// mine returns the transaction of a session, nil if it has none.
func (s *Server) mine(current *session) *transaction {
	if s.tx != nil && current != nil && s.tx.owner == current.token {
		return s.tx
	}
	return nil
}

func (s *Server) transactionStatus(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := s.mine(s.sessionOf(r))
	status := sps.TransactionClosed
	meta := map[string]any{"href": "/api/transaction", "parent": "/api", "remaining_seconds": s.remaining()}
	if tx != nil {
		status = sps.TransactionOpen
		if len(tx.changes) > 0 {
			meta["changes"] = "/api/transaction/changes"
		}
	}
	if s.legacy {
		fake.JSON(w, http.StatusOK, map[string]any{"key": "transaction", "meta": meta, "transaction": map[string]any{"status": status}})
		return
	}
	rule := sps.CommitMessageOptional
	if s.messageRequired() {
		rule = sps.CommitMessageRequired
	}
	fake.JSON(w, http.StatusOK, map[string]any{
		"key": "transaction", "meta": meta, "body": map[string]any{"commit_message": rule, "status": status},
	})
}

func (s *Server) transactionOpen(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	current := s.sessionOf(r)
	if s.mine(current) == nil && !s.open(w, r, current) {
		return
	}
	w.WriteHeader(http.StatusOK)
}

// open opens a transaction. It answers the request when it cannot. The lock is held.
func (s *Server) open(w http.ResponseWriter, r *http.Request, current *session) bool {
	if s.tx != nil || s.locked {
		refuse(w, r, http.StatusConflict, "ConfigurationLocked", "somebody else is changing the configuration")
		return false
	}
	s.tx = &transaction{owner: current.token, working: s.committed.clone()}
	return true
}

func (s *Server) transactionCommit(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, ok := body(w, r)
	if !ok {
		return
	}
	var request struct {
		Message string `json:"commit_message"`
	}
	_ = json.Unmarshal(data, &request)
	current := s.sessionOf(r)
	tx := s.mine(current)
	switch {
	case tx == nil:
		noTransaction(w, r)
		return
	case request.Message == "" && s.messageRequired():
		refuse(w, r, http.StatusBadRequest, "CommitMessageRequired", "a commit message is required")
		return
	}
	s.committed, s.tx = tx.working, nil
	s.commits = append(s.commits, Commit{User: current.user, Message: request.Message, Changes: tx.changes})
	w.WriteHeader(http.StatusOK)
}

func (s *Server) transactionRollback(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mine(s.sessionOf(r)) == nil {
		noTransaction(w, r)
		return
	}
	s.tx = nil
	w.WriteHeader(http.StatusOK)
}

func (s *Server) transactionChanges(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	tx := s.mine(s.sessionOf(r))
	if tx == nil {
		noTransaction(w, r)
		return
	}
	changes := tx.changes
	if changes == nil {
		changes = []sps.Change{}
	}
	fake.JSON(w, http.StatusOK, map[string]any{"changes": changes, "meta": map[string]any{"href": "/api/transaction/changes", "parent": "/api/transaction"}})
}

func noTransaction(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, http.StatusConflict, "Conflict", "no open transaction is available")
}

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

// list answers with the objects of a collection. Its links lead to the collections beside it.
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

// directory answers with what hangs below a path.
func (s *Server) directory(w http.ResponseWriter, r *http.Request, view *config, path string) {
	names := below(view, path)
	if len(names) == 0 {
		refuse(w, r, http.StatusNotFound, string(sps.CodeNotFound), "there is nothing here")
		return
	}
	items := make([]map[string]any, len(names))
	for i, name := range names {
		items[i] = map[string]any{"key": name, "meta": map[string]any{"href": root + path + "/" + name}}
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

// write finds the transaction to write in. It answers the request when there is none. The lock is held.
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
	change := sps.Change{Type: sps.ChangeCreate, Path: root + path + "/" + key, NewValue: data}
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
	tx.changes = append(tx.changes, sps.Change{Type: sps.ChangeReplace, Path: root + path + "/" + key, OldValue: old, NewValue: data})
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
	tx.changes = append(tx.changes, sps.Change{Type: sps.ChangeDelete, Path: root + path + "/" + key, OldValue: old})
	fake.JSON(w, http.StatusOK, map[string]any{"meta": meta})
}

// locate finds an object to change. It answers the request when there is none.
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

// embed puts references into the form that answers have.
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

// shape is what an appliance knows of the members of an object.
type shape struct {
	members  map[string]*shape
	required map[string]bool
	open     bool // nothing is known: everything is taken
}

// documented makes the shape of an entity of the contract.
func documented(c *contract.Contract, name string) *shape {
	known := &shape{members: map[string]*shape{}, required: map[string]bool{}}
	for _, e := range c.Entities {
		if e.Name != name {
			continue
		}
		for _, f := range e.Fields {
			inner := f.Entity
			if f.Items != "" {
				inner = f.Items
			}
			known.members[f.Name] = documented(c, inner)
			known.required[f.Name] = true
		}
	}
	known.open = len(known.members) == 0
	return known
}

// learn adds the members of an object to what is known.
func (k *shape) learn(n *jsontree.Node) {
	for _, item := range n.Items() {
		k.learn(item)
	}
	if k.open || !n.IsObject() {
		return
	}
	for _, m := range n.Members() {
		if k.members[m.Name] == nil {
			k.members[m.Name] = &shape{open: true}
		}
		k.members[m.Name].learn(m.Value)
	}
}

// filter drops what is not known and names what is missing.
func (k *shape) filter(at string, n *jsontree.Node) (*jsontree.Node, []string) {
	var missing []string
	switch {
	case k.open:
		return n, nil
	case n.IsList():
		items := make([]*jsontree.Node, len(n.Items()))
		for i, item := range n.Items() {
			filtered, lacks := k.filter(fmt.Sprintf("%s[%d]", at, i), item)
			items[i], missing = filtered, append(missing, lacks...)
		}
		return jsontree.List(items...), missing
	case !n.IsObject():
		return n, nil
	}
	for _, m := range n.Members() {
		inner := k.members[m.Name]
		if inner == nil {
			n = n.Without(m.Name)
			continue
		}
		filtered, lacks := inner.filter(at+"."+m.Name, m.Value)
		n, missing = n.With(m.Name, filtered), append(missing, lacks...)
	}
	for _, name := range slices.Sorted(maps.Keys(k.required)) {
		if n.Get(name) == nil {
			missing = append(missing, at+"."+name)
		}
	}
	return n, missing
}
