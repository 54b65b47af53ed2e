package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/secureaccess-go/secureaccess/secureaccesstest"
)

// fault is what a request for a fault may say.
type fault struct {
	Method, Path string
	After, Times int
	Delay        string // a duration: "1.5s"
	Reset        bool
	Status       int
	Header       map[string]string
	Body         string
	Truncate     int
}

// control serves the operations that move and disturb the servers; the program's comment has them.
func control(running map[string]served) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, act func(s served, r *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			chosen := running
			if name := r.PathValue("product"); name != "all" {
				s, ok := running[name]
				if !ok {
					http.Error(w, fmt.Sprintf("no product %q is served", name), http.StatusNotFound)
					return
				}
				chosen = map[string]served{name: s}
			}
			// What a body says counts for each server.
			body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
			for _, s := range chosen {
				if err == nil {
					err = act(s, withBody(r, body))
				}
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			w.WriteHeader(http.StatusNoContent)
		})
	}
	handle("POST /{product}/expire", func(s served, _ *http.Request) error {
		s.expire()
		return nil
	})
	handle("POST /{product}/advance", func(s served, r *http.Request) error {
		d, err := moment(r.URL.Query().Get("by"))
		if err != nil {
			return fmt.Errorf("by: %w", err)
		}
		s.Advance(d)
		return nil
	})
	handle("POST /{product}/fail", func(s served, r *http.Request) error {
		var asked fault
		d := json.NewDecoder(r.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(&asked); err != nil {
			return err
		}
		f, err := asked.fault()
		if err == nil {
			s.Fail(f)
		}
		return err
	})
	return mux
}

func (f fault) fault() (secureaccesstest.Fault, error) {
	var delay time.Duration
	if f.Delay != "" {
		var err error
		if delay, err = time.ParseDuration(f.Delay); err != nil {
			return secureaccesstest.Fault{}, fmt.Errorf("delay: %w", err)
		}
	}
	if f.Status != 0 && !slices.Contains(statuses, f.Status/100) {
		return secureaccesstest.Fault{}, fmt.Errorf("status: %d is none", f.Status)
	}
	header := http.Header{}
	for name, value := range f.Header {
		header.Set(name, value)
	}
	return secureaccesstest.Fault{
		Method: f.Method, Path: f.Path, After: f.After, Times: f.Times, Delay: delay, Reset: f.Reset, Status: f.Status,
		Header: header, Body: f.Body, Truncate: f.Truncate,
	}, nil
}

// statuses are the classes that end a request: net/http takes 1xx for something that comes before the response.
var statuses = []int{2, 3, 4, 5}
