package rest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// wide is as large as models of appliances are.
type wide struct {
	ID, Name, Model, Serial, Version, Address, Owner, Comment string
	Labels                                                    map[string]string
	Parts                                                     []thing
	A, B, C, D, E, F, G, H                                    int64
}

// gzipped responds with a body of which a kilobyte is a megabyte.
func gzipped(t *testing.T, body string) http.HandlerFunc {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(body)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	}
}

// What a small response makes of memory is a small multiple of an honest page of its decompressed size.
func TestDo_memory(t *testing.T) {
	const size, most = 1 << 20, 12 << 20
	list := func(element string) string {
		return "[" + strings.Repeat(element+",", size/(len(element)+1)) + element + "]"
	}
	for name, body := range map[string]string{
		"empty objects": list(`{}`), "fewer empty objects": list(`{          }`), "nulls": list(`null`), "empty lists": list(`[]`), "short names": list(`{"a":1}`),
		"deep": strings.Repeat("[", size/2) + strings.Repeat("]", size/2), "many members": "{" + strings.Repeat(`"a":1,`, size/6) + `"b":1}`,
	} {
		s := serve(t, gzipped(t, body))
		enveloped := serve(t, gzipped(t, `{"data":`+body+`}`))
		c, e := connect(t, s.URL, retries(0)), connect(t, enveloped.URL, retries(0))
		for kind, do := range map[string]func() error{
			"a bare list": func() error {
				_, err := Do[struct {
					Data []wide `json:"data"`
				}](t.Context(), c, GET("/v1").MayBeBareList())
				return err
			},
			"an envelope": func() error {
				_, err := Do[struct {
					Data []wide `json:"data"`
				}](t.Context(), e, GET("/v1"))
				return err
			},
			"a generic list": func() error { return Generic(t.Context(), c, secureaccess.Request{Path: "/v1"}, &[]wide{}) },
			"anything":       func() error { return Generic(t.Context(), c, secureaccess.Request{Path: "/v1"}, new(any)) },
			"maps":           func() error { return Generic(t.Context(), c, secureaccess.Request{Path: "/v1"}, &[]map[string]any{}) },
		} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := do()
			runtime.ReadMemStats(&after)
			if err == nil && name == "fewer empty objects" && (kind == "anything" || kind == "maps") {
				continue // they are as many as a list may have, and what was asked for
			}
			if !errors.Is(err, secureaccess.ErrBadResponse) && !errors.Is(err, secureaccess.ErrResponseTooLarge) {
				t.Errorf("%s as %s: %v", name, kind, err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > most {
				t.Errorf("%s as %s: %d MiB are allocated for %d MiB", name, kind, used>>20, size>>20)
			}
		}
	}
}

// An honest page of that size is read.
func TestDo_memoryOfAnHonestPage(t *testing.T) {
	one, err := json.Marshal(wide{ID: "1234567890", Name: strings.Repeat("n", 200), Comment: strings.Repeat("c", 400), Labels: map[string]string{"a": "b"}})
	if err != nil {
		t.Fatal(err)
	}
	n := 1<<20/len(one) + 1
	s := serve(t, gzipped(t, "["+strings.Repeat(string(one)+",", n-1)+string(one)+"]"))
	var list []wide
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err = Generic(t.Context(), connect(t, s.URL), secureaccess.Request{Path: "/v1"}, &list)
	runtime.ReadMemStats(&after)
	if err != nil || len(list) != n {
		t.Fatalf("%d of %d, %v", len(list), n, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 12<<20 {
		t.Errorf("%d MiB are allocated", used>>20)
	}
}
