package contract

import (
	"slices"
	"strings"
)

// Reserved returns, per template of a product, the arguments that would make the expanded path another documented one,
// whatever the method: lists with a word for each parameter in turn, "" for any. Templates with none are left out.
//
// A server takes "signed" in the place of an id for the operation that is called signed, and it may take the id of an
// appliance that is called "groups" for a list of groups: which of two matching paths it prefers is its own business.
func Reserved(product string) map[string][][]string {
	templates := map[string]*Endpoint{}
	for _, c := range Family(product) {
		for _, e := range c.Endpoints {
			if _, ok := templates[e.Path]; !ok {
				templates[e.Path] = e
			}
		}
	}
	reserved := map[string][][]string{}
	for path, e := range templates {
		for other, o := range templates {
			if other == path || e.hasPathParam() || o.hasPathParam() {
				continue
			}
			words, ok := collide(path, other)
			if ok && !slices.ContainsFunc(reserved[path], func(w []string) bool { return slices.Equal(w, words) }) {
				reserved[path] = append(reserved[path], words)
			}
		}
		slices.SortFunc(reserved[path], slices.Compare)
		if len(reserved[path]) == 0 {
			delete(reserved, path)
		}
	}
	return reserved
}

// hasPathParam reports whether a parameter stands for several segments: such an operation is the general form of what
// hangs below it, and not another one.
func (e *Endpoint) hasPathParam() bool {
	return slices.ContainsFunc(e.PathParams, func(p Field) bool { return p.Type == "path" })
}

// collide returns the words that have to stand for the parameters of one template to make it the other.
func collide(path, other string) (words []string, ok bool) {
	ours, theirs := strings.Split(path, "/"), strings.Split(other, "/")
	if len(ours) != len(theirs) {
		return nil, false
	}
	forced := false
	for i := range ours {
		ourParam, theirParam := isParam(ours[i]), isParam(theirs[i])
		switch {
		case ourParam && theirParam:
			words = append(words, "")
		case ourParam && theirs[i] == "":
			return nil, false // the path of a collection that ends in a slash: no argument is empty
		case ourParam:
			words, forced = append(words, theirs[i]), true
		case theirParam:
			// Whatever is written here fits theirs.
		case ours[i] != theirs[i]:
			return nil, false
		}
	}
	return words, forced
}

func isParam(segment string) bool { return strings.HasPrefix(segment, "{") }
