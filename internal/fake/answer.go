package fake

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"github.com/secureaccess-go/secureaccess/internal/contract"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// JSON answers with v, secrets included: what a server says is what it means to say.
func JSON(w http.ResponseWriter, status int, v any) {
	data, err := rest.Encode(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

// Example answers with an operation's first documented example.
func Example(w http.ResponseWriter, e *contract.Endpoint) {
	if len(e.Responses) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	response := e.Responses[0]
	body := []byte(response.Example)
	if len(body) == 0 || string(body) == "null" {
		status := response.Status
		if status == 0 {
			status = http.StatusNoContent
		}
		w.WriteHeader(status)
		return
	}
	var text string
	if json.Unmarshal(body, &text) == nil {
		body = []byte(text)
	}
	w.Header().Set("Content-Type", response.ContentType)
	w.WriteHeader(max(response.Status, http.StatusOK))
	_, _ = w.Write(body)
}

// inspected is the most of a body that is compared with the contract; longer ones are content.
const inspected = 1 << 20

// Guard refuses requests that the contract forbids, in the words of refuse. Requests that no operation matches pass:
// the router answers those.
func Guard(c *contract.Contract, refuse func(w http.ResponseWriter, problems []string), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		candidates := c.Match(r.Method, r.URL.EscapedPath())
		if len(candidates) == 0 {
			next.ServeHTTP(w, r)
			return
		}
		head, err := io.ReadAll(io.LimitReader(r.Body, inspected+1))
		if err != nil {
			refuse(w, []string{"the body cannot be read"})
			return
		}
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(head), r.Body), r.Body}
		if len(head) > inspected {
			next.ServeHTTP(w, r)
			return
		}
		// Where several operations share a path, one of them has to fit.
		var problems []string
		for i, e := range candidates {
			found := e.CheckRequest(r, head)
			if i == 0 || len(found) < len(problems) {
				problems = found
			}
		}
		if len(problems) > 0 {
			refuse(w, problems)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Decode reads a JSON body into v, and answers 400 in the words of refuse when it cannot.
func Decode(w http.ResponseWriter, r *http.Request, v any, refuse func(w http.ResponseWriter, problems []string)) bool {
	data, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		refuse(w, []string{"the body is not what the operation takes"})
		return false
	}
	return true
}

// Window cuts the page of a list that start and limit ask for.
func Window[T any](items []T, start, limit int) []T {
	start = min(max(start, 0), len(items))
	return items[start:min(start+max(limit, 0), len(items))]
}

// QueryInt reads a whole number of the query, fallback when there is none.
func QueryInt(r *http.Request, name string, fallback int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		return fallback
	}
	return n
}
