package spstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// search returns the numbers of the sessions that a query matches and that were going on in an interval, newest first;
// nil for all.
func (a *audit) search(query url.Values, count int) ([]int, error) {
	within, err := interval(query.Get("start"), query.Get("end"))
	if err != nil {
		return nil, err
	}
	all := condition(func(func(term) bool) bool { return true })
	matches, unknown := all, map[string]bool{} // members that no session has
	if q := query.Get("q"); q != "" {
		var names []string
		if matches, names, err = parseQuery(q); err != nil {
			return nil, err
		}
		for _, name := range names {
			if name == "" {
				return nil, errors.New("a term has to name a member: name:value")
			}
			unknown[name] = true
		}
	} else if within == nil {
		return nil, nil
	}
	numbers := []int{}
	for n := count - 1; n >= 0; n-- {
		data, _ := secureaccess.Marshal(a.session(n))
		var session any
		_ = json.Unmarshal(data, &session)
		for name := range unknown {
			if memberOf(session, name) != nil {
				delete(unknown, name)
			}
		}
		fits := matches(func(t term) bool { return slices.ContainsFunc(texts(memberOf(session, t.name)), t.matches) })
		if fits && (within == nil || within(session)) {
			numbers = append(numbers, n)
		}
	}
	if len(unknown) > 0 && count > 0 {
		return nil, fmt.Errorf("no session has a member %q", slices.Min(slices.Collect(maps.Keys(unknown))))
	}
	return numbers, nil
}

// memberOf returns the member at the end of a path with dots, nil for none.
func memberOf(session any, path string) any {
	for name := range strings.SplitSeq(path, ".") {
		object, _ := session.(map[string]any)
		session = object[name]
	}
	return session
}

// texts returns the values of a member: of a list, each.
func texts(member any) []string {
	switch member := member.(type) {
	case []any:
		var all []string
		for _, item := range member {
			all = append(all, texts(item)...)
		}
		return all
	case string:
		return []string{member}
	case float64:
		return []string{strconv.FormatFloat(member, 'f', -1, 64)}
	case bool:
		return []string{strconv.FormatBool(member)}
	}
	return nil
}

// interval reports which sessions were going on between two times, either of which may be "". It is nil for both.
func interval(start, end string) (func(session any) bool, error) {
	var from, to time.Time
	for text, into := range map[*string]*time.Time{&start: &from, &end: &to} {
		if *text == "" {
			continue
		}
		var ok bool
		if *into, ok = instant(*text); !ok {
			return nil, fmt.Errorf("%q is no time", *text)
		}
	}
	if start == "" && end == "" {
		return nil, nil
	}
	return func(session any) bool {
		object, _ := session.(map[string]any)
		began, _ := object["start_time"].(string)
		ended, _ := object["end_time"].(string)
		b, hasBegun := instant(began)
		e, hasEnded := instant(ended)
		return hasBegun && (end == "" || !b.After(to)) && (start == "" || !hasEnded || !e.Before(from))
	}, nil
}

// instant reads a time as the guides write them. Without a zone it is UTC.
func instant(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
