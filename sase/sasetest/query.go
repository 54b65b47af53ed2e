package sasetest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/secureaccess-go/secureaccess/internal/fake"
)

const (
	defaultLimit = 25
	maxLimit     = 100
)

// writePage responds with the page of items that the query asks for, sorted as it asks by the fields in sortable;
// field gives the value of an item's field by its name in JSON.
func writePage[T any](
	s *Server, w http.ResponseWriter, r *http.Request, items []T, sortable []string, field func(T, string) string,
) {
	page, ok := number(r, "page", 1)
	if !ok || page < 1 {
		s.refuse(w, http.StatusBadRequest, "", "page must not be less than 1")
		return
	}
	limit, ok := number(r, "limit", defaultLimit)
	if !ok || limit < 1 || limit > maxLimit {
		s.refuse(w, http.StatusBadRequest, "", "limit must be from 1 to 100")
		return
	}
	by := sorting(r.URL.RawQuery)
	for _, f := range by {
		if !slices.Contains(sortable, f.name) {
			s.refuse(w, http.StatusBadRequest, "", fmt.Sprintf("this server cannot sort by %q", f.name))
			return
		}
	}
	slices.SortStableFunc(items, func(a, b T) int {
		for _, f := range by {
			if c := cmp.Compare(strings.ToLower(field(a, f.name)), strings.ToLower(field(b, f.name))); c != 0 {
				return c * f.sign
			}
		}
		return 0
	})
	data := []T{}
	if page <= len(items)/limit+1 { // beyond, page*limit could be more than fits a number
		data = append(data, fake.Window(items, (page-1)*limit, limit)...)
	}
	fake.JSON(w, http.StatusOK, map[string]any{
		"data":       data,
		"page":       page,
		"totalPage":  len(items), // as the real one
		"itemsTotal": len(items),
	})
}

// number reads a whole number of the query; ok is false where there is something else.
func number(r *http.Request, name string, fallback int) (n int, ok bool) {
	value := r.URL.Query().Get(name)
	if value == "" {
		return fallback, true
	}
	n, err := strconv.Atoi(value)
	return n, err == nil
}

type sortField struct {
	name string
	sign int
}

// sorting reads sort[field]=asc|desc in the order of the query, which a map of its values would lose.
func sorting(rawQuery string) []sortField {
	var fields []sortField
	for pair := range strings.SplitSeq(rawQuery, "&") {
		name, order, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			continue
		}
		name, isSort := strings.CutPrefix(name, "sort[")
		if name, closed := strings.CutSuffix(name, "]"); isSort && closed {
			sign := 1
			if order == "desc" {
				sign = -1
			}
			fields = append(fields, sortField{name, sign})
		}
	}
	return fields
}
