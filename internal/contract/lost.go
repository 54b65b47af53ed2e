package contract

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Lost lists the members of want that got does not hold with an equal value: what decoding and encoding again has
// dropped or changed. Null counts as absent, an empty list or object as absent too, 1389 as equal to "1389", True, 1
// and YES to true, and two notations of one instant as equal.
func Lost(want, got any) []string { return Shape{}.Lost(want, got) }

// Lost is [Lost] with the contract's knowledge of the value: a member may have gone to one of its aliases, or come from
// one, and what is compared without regard to case may change its case.
func (s Shape) Lost(want, got any) []string { return s.lost("", want, got) }

func (s Shape) lost(at string, want, got any) []string {
	switch w := want.(type) {
	case nil:
		return nil
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			if len(w) == 0 && got == nil {
				return nil
			}
			return []string{fmt.Sprintf("%s: an object became %s", orRoot(at), describe(got))}
		}
		var problems []string
		for name, member := range w {
			value, present := g[name]
			inner := Shape{contract: s.contract}
			if s.Map != nil {
				inner = *s.Map
			} else if f, ok := s.Member(name); ok {
				inner = s.Of(f)
				if !present {
					value, present = lookUp(g, f)
				}
				_, listed := value.([]any)
				if one, alone := member.(map[string]any); alone && listed && f.Type == "array" && slices.Contains(f.WireTypes, "object") {
					member = []any{one} // one object for a list of one
				}
				a, textual := member.(string)
				if b, same := value.(string); textual && same && f.CaseInsensitive && strings.EqualFold(a, b) {
					continue
				}
			}
			if !present && !empty(member) {
				problems = append(problems, fmt.Sprintf("%s.%s is lost", at, name))
				continue
			}
			problems = append(problems, inner.lost(at+"."+name, member, value)...)
		}
		slices.Sort(problems)
		return problems
	case []any:
		g, ok := got.([]any)
		if !ok && len(w) > 0 || len(g) != len(w) {
			return []string{fmt.Sprintf("%s: a list of %d became %s", orRoot(at), len(w), describe(got))}
		}
		inner := Shape{contract: s.contract}
		if s.List != nil {
			inner = *s.List
		}
		var problems []string
		for i := range w {
			problems = append(problems, inner.lost(fmt.Sprintf("%s[%d]", at, i), w[i], g[i])...)
		}
		return problems
	}
	if !sameScalar(want, got) {
		return []string{fmt.Sprintf("%s: %s became %s", orRoot(at), describe(want), describe(got))}
	}
	return nil
}

func orRoot(at string) string {
	if at == "" {
		return "the body"
	}
	return at
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case map[string]any:
		return "an object"
	case []any:
		return fmt.Sprintf("a list of %d", len(v))
	}
	return fmt.Sprintf("%T %q", v, scalarText(v))
}

func scalarText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

func sameScalar(want, got any) bool {
	if got == nil {
		return want == "" // an absent text
	}
	switch got.(type) {
	case map[string]any, []any:
		return false
	}
	a, b := scalarText(want), scalarText(got)
	if truth, ok := got.(bool); ok {
		switch strings.ToLower(a) {
		case "1", "yes":
			return truth
		case "0", "no":
			return !truth
		}
	}
	if a == b || strings.EqualFold(a, b) && (strings.EqualFold(a, "true") || strings.EqualFold(a, "false")) {
		return true
	}
	ta, errA := time.Parse(time.RFC3339Nano, a)
	tb, errB := time.Parse(time.RFC3339Nano, b)
	return errA == nil && errB == nil && ta.Equal(tb)
}
