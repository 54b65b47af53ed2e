package sps

import "strings"

// Rule says what can be done at a place below /api/configuration.
type Rule string

// Values of Rule.
const (
	RuleCollection Rule = "collection" // an [Endpoint]: objects are listed, read, made, changed and deleted
	RuleSetting    Rule = "setting"    // a [Setting]: one value is read and changed
	RuleReadOnly   Rule = "read-only"  // an [Endpoint] that takes no writes, or only leads to others
)

// RuleOf returns the rule for a path, "policies/time_policies". known says whether the guide names it: appliances have
// more, of which the general rule for endpoints is likely.
func RuleOf(path string) (rule Rule, known bool) {
	path = strings.Trim(path, "/")
	switch {
	case singular[path]:
		return RuleSetting, true
	case readOnly[path] != "":
		return RuleReadOnly, true
	}
	return RuleCollection, documented[path] != ""
}
