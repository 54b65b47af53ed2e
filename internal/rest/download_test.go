package rest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

func TestFetch_moreThanTheLimit(t *testing.T) {
	data := randomBytes(3 << 20)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-image; v=1")
		w.Header().Set("Content-Disposition", `attachment; filename="image.pkg"`)
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		_, _ = w.Write(data)
	})
	download, err := Fetch(t.Context(), connect(t, s.URL, secureaccess.WithMaxResponseSize(10)), GET("/v1"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(download)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if download.Size != int64(len(data)) || download.ContentType != "application/x-image" || download.Name != "image.pkg" {
		t.Errorf("%d, %q, %q", download.Size, download.ContentType, download.Name)
	}
	if err := download.Close(); err != nil {
		t.Error(err)
	}
}

func TestFetch_asIs(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, "content")
			_ = z.Close()
			return
		}
		_, _ = io.WriteString(w, "content")
	})
	c := connect(t, s.URL)
	for name, test := range map[string]struct {
		op   *Op
		size int64
	}{
		"as it is":   {GET("/v1"), 7},
		"compressed": {GET("/v1").Header("Accept-Encoding", "gzip"), -1},
	} {
		download, err := Fetch(t.Context(), c, test.op)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(download)
		if err != nil || name == "as it is" && (string(got) != "content" || download.Size != test.size) || name == "compressed" && len(got) < 8 {
			t.Errorf("%s: %q of %d, %v", name, got, download.Size, err)
		}
		_ = download.Close()
	}
}

func TestFetch_unknownSize(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		_, _ = io.WriteString(w, "abc")
	})
	download, err := Fetch(t.Context(), connect(t, s.URL), GET("/v1"))
	if err != nil || download.Size != -1 || download.Name != "" {
		t.Fatalf("%+v, %v", download, err)
	}
	if got, err := io.ReadAll(download); err != nil || string(got) != "abc" {
		t.Errorf("%q, %v", got, err)
	}
	_ = download.Close()
}

func TestFetch_breaksOff(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "r-1")
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "abc")
	})
	download, err := Fetch(t.Context(), connect(t, s.URL), GET("/v1/{id}", "x").Param("t", "S-query"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(download)
	e := failureOf(t, err)
	if string(got) != "abc" || !errors.Is(err, io.ErrUnexpectedEOF) || e.Path != "/v1/{id}" || e.Status != 200 || e.RequestID != "r-1" {
		t.Errorf("%q, %v", got, err)
	}
	checkClean(t, err)
	if err := download.Close(); err != nil {
		t.Error(err)
	}
	if _, err := download.Read(make([]byte, 1)); err == nil {
		t.Error("reading goes on after Close")
	}
}

func TestFetch_context(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "abc")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	download, err := Fetch(ctx, connect(t, s.URL), GET("/v1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(download, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.ReadAll(download); !errors.Is(err, context.Canceled) || failureOf(t, err).Path != "/v1" {
		t.Errorf("%v", err)
	}
	_ = download.Close()
}

func TestFetch_closedEarly(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/big" {
			_, _ = w.Write(randomBytes(4 << 20))
			return
		}
		responds(200, `{"id":"a"}`)(w, r)
	})
	c := connect(t, s.URL)
	for range 3 {
		download, err := Fetch(t.Context(), c, GET("/big"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(download, make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
		if err := download.Close(); err != nil {
			t.Error(err)
		}
		if got, err := Do[thing](t.Context(), c, GET("/v1")); err != nil || got.ID != "a" {
			t.Errorf("%v, %v", got, err)
		}
	}
}
