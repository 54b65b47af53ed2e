package main

import (
	"fmt"
	"slices"
	"strings"
)

// coverageCall is the call that covers an operation.
type coverageCall struct {
	id, method string
	arguments  []string
	body       string // the Go type of the body, decoded from the contract's example
	result     bool
}

// coverage is the file with the calls of the service.
func (d *draft) coverage(calls []coverageCall) string {
	var b strings.Builder
	variable := argName(d.service)
	fmt.Fprintf(&b, "package contract_test\n\nimport (\n\t\"context\"\n\t\"testing\"\n")
	bodies := slices.ContainsFunc(calls, func(c coverageCall) bool { return c.body != "" && !strings.HasPrefix(c.body, "json.") })
	raw := slices.ContainsFunc(calls, func(c coverageCall) bool { return strings.Contains(c.body, "json.") })
	uploads := slices.ContainsFunc(calls, func(c coverageCall) bool { return slices.Contains(c.arguments, "secureaccess.Upload{}") })
	if raw {
		b.WriteString("\t\"encoding/json\"\n")
	}
	b.WriteString("\n")
	if uploads {
		fmt.Fprintf(&b, "\t%q\n", module)
	}
	if bodies {
		fmt.Fprintf(&b, "\t%q\n", module+"/"+d.pkg)
	}
	function := d.pkg + d.service
	fmt.Fprintf(&b, ")\n\nfunc init() { covers(%q, %s) }\n\n", d.contract.Name, function)
	fmt.Fprintf(&b, "func %s(t *testing.T, r *recorder) []call {\n\t%s := %sClient(t, r).%s\n", function, variable, d.pkg, d.service)
	for _, c := range calls {
		if c.body == "" {
			continue
		}
		goType := c.body
		switch {
		case strings.HasPrefix(goType, "[]"):
			goType = "[]" + d.pkg + "." + goType[2:]
		case !strings.Contains(goType, "."):
			goType = d.pkg + "." + goType
		}
		fmt.Fprintf(&b, "\t%s := example[%s](t, %q)\n", argName(c.id[strings.LastIndex(c.id, ".")+1:]), goType, c.id)
	}
	b.WriteString("\treturn []call{\n")
	for _, c := range calls {
		do := fmt.Sprintf("%s.%s(%s)", variable, c.method, strings.Join(append([]string{"ctx"}, c.arguments...), ", "))
		if !c.result {
			do = "nothing(" + do + ")"
		}
		fmt.Fprintf(&b, "\t\t{id: %q, do: func(ctx context.Context) (any, error) { return %s }},\n", c.id, do)
	}
	b.WriteString("\t}\n}\n")
	return b.String()
}
