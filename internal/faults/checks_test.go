package faults_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/faults"
)

// checkOutcome holds that the call met the fault and failed where it has to, as a *secureaccess.Error.
func (c *cell) checkOutcome(err error, requests []faults.Request) {
	hit := slices.ContainsFunc(requests, func(r faults.Request) bool { return r.Hit })
	if !hit && c.fault.Accept == nil && c.fault.Certificate == faults.Good && !strings.Contains(c.fault.Name, "silent") {
		if errors.Is(err, context.DeadlineExceeded) { // of a busy machine: it proves nothing, and is no fault of the client's
			c.counts.add("missed", c.product.name)
			c.Skip("the deadline came before the fault")
		}
		c.fail("missed", "the call did not meet the fault: %v", err)
		return
	}
	switch {
	case (err == nil || errors.Is(err, errWrong)) && c.undetectable():
		return
	case errors.Is(err, errWrong):
		c.fail("believed", "%v", err)
		return
	case err == nil:
		if c.fault.Mild&c.spec.kind == 0 {
			c.fail("believed", "succeeds")
		}
		return
	}
	var failure *secureaccess.Error
	var argument *secureaccess.ArgumentError
	if !errors.As(err, &failure) && !errors.As(err, &argument) {
		c.fail("untyped", "is no *secureaccess.Error but %T: %v", err, err)
	}
}

// undetectable reports whether nobody could tell: content may be anything that is there, and where an operation responds with
// nothing, its status says it all, however the body ends.
func (c *cell) undetectable() bool {
	switch c.fault.Group {
	case "body", "echo":
		if c.fault.Name == "200 number of 256 KiB" { // an id can be a number
			return true
		}
		if c.spec.kind == faults.Download {
			switch c.fault.Name {
			case "200 empty", "201 empty", "202 empty", "204", "205", "206 unasked":
				return false
			}
			return true
		}
		return c.spec.silent && strings.Contains(c.fault.Name, "chunk")
	case "framing":
		return c.spec.silent || c.spec.kind == faults.Download && (c.fault.Name == "length too short" || c.fault.Name == "body without end")
	case "stream":
		return c.spec.silent
	}
	return false
}

// checkText holds the error's text to one bounded line.
func (c *cell) checkText(err error) {
	if err == nil {
		return
	}
	text := err.Error()
	if len(text) > 16<<10 {
		c.fail("unbounded", "the text has %d bytes", len(text))
	}
	if i := strings.IndexFunc(text, steers); i >= 0 {
		c.fail("control", "the text has %q: %q", []rune(text[i:])[0], text)
	}
}

// steers reports whether a terminal or a log does something else with r than to show it.
func steers(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029 ||
		r == 0x200e || r == 0x200f
}

var macs = regexp.MustCompile(`mac="([^"]+)"`)

// carried returns what must not come back: what the client was given, what the server handed out, and what requests
// were authenticated with.
func (c *cell) carried(requests []faults.Request) []string {
	secrets := slices.Clone(c.product.secrets)
	for _, r := range requests {
		for _, value := range r.Header.Values("Authorization") {
			_, rest, _ := strings.Cut(value, " ")
			if m := macs.FindStringSubmatch(rest); m != nil {
				rest = m[1]
			}
			secrets = append(secrets, rest)
		}
	}
	slices.Sort(secrets)
	return slices.Compact(secrets)
}

// holds returns the spelling in which text holds secret, "" if it does not.
func holds(text, secret string) string {
	for _, form := range faults.Forms() {
		if strings.Contains(text, form.Spell(secret)) {
			return form.Name
		}
	}
	return ""
}

func (c *cell) checkSecrets(err error, requests []faults.Request) {
	places := map[string]string{"log": c.log.String(), "exchange": exchanged(&c.info)}
	for e := range chain(err) {
		places["error"] += fmt.Sprintf("%v\n%+v\n%#v\n", e, e, e)
		if failure, ok := e.(*secureaccess.Error); ok {
			places["error's fields"] += fields(failure)
		}
	}
	for place, text := range places {
		for _, secret := range c.carried(requests) {
			if form := holds(text, secret); form != "" {
				c.fail("secret", "the %s holds %q, spelled %s", place, secret, form)
				break
			}
		}
	}
}

// chain goes through an error and everything that it wraps.
func chain(err error) func(yield func(error) bool) {
	return func(yield func(error) bool) {
		var walk func(error) bool
		walk = func(err error) bool {
			if err == nil {
				return true
			}
			if !yield(err) {
				return false
			}
			switch e := err.(type) {
			case interface{ Unwrap() error }:
				return walk(e.Unwrap())
			case interface{ Unwrap() []error }:
				for _, inner := range e.Unwrap() {
					if !walk(inner) {
						return false
					}
				}
			}
			return true
		}
		walk(err)
	}
}

// checkWrites holds that no write arrives twice, unless it cannot have been carried out the first time.
func (c *cell) checkWrites(requests []faults.Request) {
	if c.spec.kind != faults.Write || c.fault.Repeats || c.product.pages && strings.Contains(c.fault.Name, "page") {
		return
	}
	n := 0
	for _, r := range requests {
		if r.Hit && r.Method+" "+r.Path == c.spec.targets[0] {
			n++
		}
	}
	if n > 1 {
		c.fail("twice", "the write arrived %d times", n)
	}
}

func (c *cell) checkElsewhere(requests []faults.Request) {
	if c.elsewhere == nil {
		return
	}
	for _, r := range c.elsewhere.Requests() {
		if c.fault.Leads == faults.Downward {
			c.fail("downward", "%s %s arrives over http", r.Method, r.Path)
		}
		if c.spec.kind == faults.Write {
			c.fail("abroad", "a write arrives at another origin: %s %s", r.Method, r.Path)
		}
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
			c.fail("abroad", "credentials arrive at another origin")
		}
		// Its address is the server's doing.
		said := fmt.Sprint(r.Header) + string(r.Body)
		for _, secret := range c.carried(requests) {
			if holds(said, secret) != "" {
				c.fail("abroad", "a secret arrives at another origin")
				break
			}
		}
	}
}
