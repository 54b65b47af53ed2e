package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// person is a line of the CSV.
type person struct {
	leaves              bool
	email               string
	firstName, lastName string
	groups              []string
}

var columns = []string{"action", "email", "first_name", "last_name", "groups"}

// readPeople reads the whole CSV, or says what is wrong with it: nothing is done by halves of a file.
func readPeople(r io.Reader) ([]person, error) {
	text := bufio.NewReader(r)
	if mark, _ := text.Peek(3); string(mark) == "\ufeff" { // spreadsheets begin with it, and quotes may follow
		_, _ = text.Discard(3)
	}
	reader := csv.NewReader(text)
	reader.TrimLeadingSpace = true
	header, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("the CSV has no header: %w", err)
	}
	place := map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(columns, name) {
			return nil, fmt.Errorf("the CSV has a column %q; its columns are %s", name, strings.Join(columns, ", "))
		}
		if _, twice := place[name]; twice {
			return nil, fmt.Errorf("the CSV has two columns %q", name)
		}
		place[name] = i
	}
	for _, name := range columns[:2] {
		if _, ok := place[name]; !ok {
			return nil, fmt.Errorf("the CSV has no column %q", name)
		}
	}

	var people []person
	seen := map[string]bool{}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return people, nil
		}
		if err != nil {
			return nil, err
		}
		if strings.TrimSpace(strings.Join(record, "")) == "" {
			continue // a row that a spreadsheet shows as empty
		}
		line, _ := reader.FieldPos(0)
		field := func(name string) string {
			if i, ok := place[name]; ok {
				return strings.TrimSpace(record[i])
			}
			return ""
		}
		p := person{email: field("email"), firstName: field("first_name"), lastName: field("last_name")}
		switch action := strings.ToLower(field("action")); action {
		case "join":
		case "leave":
			p.leaves = true
		default:
			return nil, fmt.Errorf("line %d: the action is %q, neither join nor leave", line, action)
		}
		if p.email == "" {
			return nil, fmt.Errorf("line %d: there is no email", line)
		}
		if seen[folded(p.email)] {
			return nil, fmt.Errorf("line %d: %s comes twice", line, p.email)
		}
		seen[folded(p.email)] = true
		for name := range strings.SplitSeq(field("groups"), ";") {
			name = strings.TrimSpace(name)
			same := func(other string) bool { return folded(other) == folded(name) }
			if name != "" && !slices.ContainsFunc(p.groups, same) {
				p.groups = append(p.groups, name)
			}
		}
		if p.leaves && len(p.groups) > 0 {
			return nil, fmt.Errorf("line %d: a leaver has groups", line)
		}
		people = append(people, p)
	}
}

// folded is the form in which addresses and names of groups are compared.
func folded(s string) string { return strings.ToLower(s) }
