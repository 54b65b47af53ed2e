package spstest

import (
	"strings"
	"testing"
)

func TestParseQuery(t *testing.T) {
	session := map[string]string{"user": "anna", "server": "db 1", "protocol": "SSH", "path": `a\b*c`}
	for query, want := range map[string]bool{
		`user:anna`:                                 true,
		`user:ann`:                                  false,
		`user:Anna`:                                 false,
		`user:anna AND protocol:SSH`:                true,
		`user:anna AND protocol:RDP`:                false,
		`user:bela OR protocol:SSH`:                 true,
		`user:bela OR user:cili AND protocol:SSH`:   false, // AND binds closer
		`(user:bela OR user:anna) AND protocol:SSH`: true,
		`NOT user:bela`:                             true,
		`NOT (user:anna OR user:bela)`:              false,
		`user:(bela OR anna)`:                       true,
		`user:(NOT bela)`:                           true,
		`server:"db 1"`:                             true,
		`server:db\ 1`:                              true,
		`server:"d*"`:                               false, // quoted, a star is a star
		`server:d*`:                                 true,
		`user:a??a`:                                 true,
		`user:a?a`:                                  false,
		`user:a*n*a*`:                               true,
		`user:*`:                                    true,
		`port:*`:                                    false,
		`path:a\\b\*c`:                              true,
		`path:a\\b\*?`:                              true,
		`path:a*\*c`:                                true,
		`path:a*\*d`:                                false,
		`user:AND`:                                  false,
		"user:a" + strings.Repeat("*a", 50) + "b":                       false,
		strings.Repeat("NOT ", 90) + "user:anna":                        true,
		strings.Repeat("(", 90) + "user:anna" + strings.Repeat(")", 90): true,
	} {
		c, _, err := parseQuery(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		got := c(func(t term) bool { value, ok := session[t.name]; return ok && t.matches(value) })
		if got != want {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
}

// What is not understood is an error, not another query.
func TestParseQuery_notUnderstood(t *testing.T) {
	for _, query := range []string{
		``, ` `, `user:anna protocol:SSH`, `user:anna and protocol:SSH`, `user:anna AND`, `AND user:anna`, `user:`, `user:)`, `:x`,
		`(user:anna`, `user:anna)`, `user:"anna`, `user:anna\`, `user:an"na"`, `user:a:b`, `user:(a:b)`, `start_time:[1 TO 2]`, `port:>22`, `user:anna~`,
		`user:anna^2`, `user:/a.*/`, `+user:anna`, `-user:anna`, `a && b`, `a || b`, `!a`, `user:*a`, `user:?a`, `*`, `NOT`,
		strings.Repeat("NOT ", 200) + "a", strings.Repeat("(", 1000),
	} {
		if _, _, err := parseQuery(query); err == nil {
			t.Errorf("%q was understood", query)
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, seed := range []string{`user:(a OR "b c") AND NOT x:y*`, `((`, `a\`, `"`, `::`, `*\**`} {
		f.Add(seed, "value")
	}
	f.Fuzz(func(t *testing.T, query, value string) {
		if c, _, err := parseQuery(query); err == nil {
			c(func(t term) bool { return t.matches(value) })
		}
	})
}
