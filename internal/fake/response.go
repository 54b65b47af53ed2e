package fake

import (
	stdjson "encoding/json"
	"io"
	"net/http"
	"strconv"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
)

var exposer = json.NewExposer(secureaccess.Secret.Reveal)

// JSON responds with v, secrets included. Members that the document prints as null and v leaves out are null.
func JSON(w http.ResponseWriter, status int, v any) {
	data, _, err := exposer.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if response, ok := w.(*response); ok {
		data = response.withNulls(status, data)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

// Decode reads a JSON body into v, and calls refuse when it cannot.
func Decode(r *http.Request, v any, refuse func(problem string)) bool {
	data, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
	if err == nil {
		err = stdjson.Unmarshal(data, v)
	}
	if err != nil {
		refuse("the body is not what the operation takes")
		return false
	}
	return true
}

// Window cuts the page of a list that start and limit ask for.
func Window[T any](items []T, start, limit int) []T {
	start = min(max(start, 0), len(items))
	return items[start:min(start+max(limit, 0), len(items))]
}

// QueryInt reads a whole number of the query. It is fallback when there is none.
func QueryInt(r *http.Request, name string, fallback int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil {
		return fallback
	}
	return n
}
