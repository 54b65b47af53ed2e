package house

import (
	"fmt"
	"slices"
	"strings"
)

// Exception excuses one violation.
type Exception struct {
	Rule, Path, Name string
	Reason           string // why it stands
}

func (e Exception) key() string { return e.Rule + " " + e.Path + " " + e.Name }

// String returns the exception as its line in the file.
func (e Exception) String() string {
	if e.Reason == "" {
		return e.key()
	}
	return e.key() + " # " + e.Reason
}

// ParseExceptions reads exceptions: a line each, "rule path name", with a reason behind " # ". Lines that begin with #
// are comments. A rule that wants reasons gets none without one.
func ParseExceptions(text string) ([]Exception, error) {
	var list []Exception
	seen := map[string]bool{}
	for number, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		entry, reason, _ := strings.Cut(line, " # ")
		fields := strings.Fields(entry)
		if len(fields) != 3 {
			return nil, fmt.Errorf("line %d: want \"rule path name\", not %q", number+1, line)
		}
		e := Exception{fields[0], fields[1], fields[2], strings.TrimSpace(reason)}
		i := slices.IndexFunc(Rules, func(r Rule) bool { return r.Name == e.Rule })
		switch {
		case i < 0:
			return nil, fmt.Errorf("line %d: there is no rule %q", number+1, e.Rule)
		case Rules[i].Reason && e.Reason == "":
			return nil, fmt.Errorf("line %d: an exception to %q needs a reason behind \" # \"", number+1, e.Rule)
		case seen[e.key()]:
			return nil, fmt.Errorf("line %d: %s is listed twice", number+1, e.key())
		}
		seen[e.key()] = true
		list = append(list, e)
	}
	return list, nil
}

// Excuse splits violations and exceptions: violations that no exception names, and exceptions that name none.
func Excuse(violations []Violation, exceptions []Exception) (left []Violation, stale []Exception) {
	found, excused := map[string]bool{}, map[string]bool{}
	for _, e := range exceptions {
		excused[e.key()] = true
	}
	for _, v := range violations {
		found[v.key()] = true
		if !excused[v.key()] {
			left = append(left, v)
		}
	}
	for _, e := range exceptions {
		if !found[e.key()] {
			stale = append(stale, e)
		}
	}
	return left, stale
}
