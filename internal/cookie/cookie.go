// Package cookie keeps the session cookies of a product by value. A jar would believe the cookie's own expiry and this
// machine's clock, and would decide where a cookie may go; net/http drops values with characters that it does not like,
// and quotes, which a server that compares what comes back with what it gave wants to see.
package cookie

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	mostCookies = 50      // of one server; more are not session cookies
	longest     = 8 << 10 // name and value together
)

// Jar holds cookies of one origin. The zero value is empty. It is safe for concurrent use.
type Jar struct {
	mu     sync.Mutex
	values map[string]string
}

// Keep takes over the cookies of a response, the last one of a name. A cookie that the server deletes, by Max-Age or by
// a date that is past on the server's own clock or on this one, or whose value is empty, is removed. It reports whether
// anything changed.
func (j *Jar) Keep(resp *http.Response, now time.Time) (changed bool) {
	lines := resp.Header["Set-Cookie"]
	if len(lines) == 0 {
		return false
	}
	if server, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		now = server
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, line := range lines {
		name, value, deleted, ok := read(line, now)
		if !ok {
			continue
		}
		before, had := j.values[name]
		if deleted {
			delete(j.values, name)
			changed = changed || had
			continue
		}
		if !had && len(j.values) >= mostCookies {
			continue
		}
		if j.values == nil {
			j.values = map[string]string{}
		}
		j.values[name] = value
		changed = changed || before != value
	}
	return changed
}

// read takes a Set-Cookie line apart. The value stays as the server wrote it.
func read(line string, now time.Time) (name, value string, deleted, ok bool) {
	pair, attributes, _ := strings.Cut(line, ";")
	name, value, found := strings.Cut(pair, "=")
	name, value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
	if !found || !isToken(name) || !isSendable(value) || len(name)+len(value) > longest {
		return "", "", false, false
	}
	if strings.Trim(value, `"`) == "" {
		return name, "", true, true
	}
	if life, err := http.ParseSetCookie("x=y;" + attributes); err == nil {
		switch {
		case life.MaxAge < 0:
			deleted = true
		case life.MaxAge == 0 && !life.Expires.IsZero() && !life.Expires.After(now):
			deleted = true
		}
	}
	return name, value, deleted, true
}

// isToken reports whether a name can stand in a Cookie header.
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
	})
}

// isSendable reports whether a value can stand in a Cookie header: anything without control characters and semicolons.
func isSendable(value string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == ';' })
}

// Header returns the value of the Cookie header, in order of names; "" for no cookies.
func (j *Jar) Header() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	pairs := make([]string, 0, len(j.values))
	for _, name := range slices.Sorted(maps.Keys(j.values)) {
		pairs = append(pairs, name+"="+j.values[name])
	}
	return strings.Join(pairs, "; ")
}

// Get returns the value of one cookie as the server wrote it, "" if there is none.
func (j *Jar) Get(name string) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.values[name]
}

// Values returns all cookies by name.
func (j *Jar) Values() map[string]string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return maps.Clone(j.values)
}

// Set replaces all cookies.
func (j *Jar) Set(values map[string]string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.values = maps.Clone(values)
}

// Find returns the value of one cookie of a response, with the rules of [Jar.Keep]: the last one of the name, "" for one
// that is deleted.
func Find(resp *http.Response, name string, now time.Time) string {
	var j Jar
	j.Keep(resp, now)
	return j.Get(name)
}
