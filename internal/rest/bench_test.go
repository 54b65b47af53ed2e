package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// The same call three ways: what a program would write by hand, what the library underneath costs, and what we do.
// Allocations count those of the server too, which are the same for all.

type benchRequest struct {
	Name     string              `json:"name"`
	Password secureaccess.Secret `json:"password,omitzero"`
	Tags     []string            `json:"tags"`
}

type benchQuery struct {
	Limit int    `url:"limit,omitempty"`
	Name  string `url:"name,omitempty"`
}

func benchServer(b *testing.B) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"0123456789","size":42}`)
	}))
	b.Cleanup(s.Close)
	return s
}

// bare is the call on net/http alone, as careful as it has to be.
func bare(client *http.Client, req *http.Request, into any) error {
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != 200 {
		return errors.New(resp.Status)
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func BenchmarkGET(b *testing.B) {
	s := benchServer(b)
	b.Run("net/http", func(b *testing.B) {
		client := s.Client()
		b.ReportAllocs()
		for b.Loop() {
			req, err := http.NewRequestWithContext(b.Context(), "GET", s.URL+"/api/v1/things/a?limit=10&name=x", nil)
			if err != nil {
				b.Fatal(err)
			}
			if err := bare(client, req, new(thing)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("rest.Do", func(b *testing.B) {
		c := connect(b, s.URL)
		b.ReportAllocs()
		for b.Loop() {
			op := GET("/api/v1/things/{thing_id}", "a").Query(&benchQuery{Limit: 10, Name: "x"})
			if _, err := Do[thing](b.Context(), c, op); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkPOST(b *testing.B) {
	s := benchServer(b)
	for name, body := range map[string]benchRequest{
		"plain":  {Name: "joe", Tags: []string{"a", "b"}},
		"secret": {Name: "joe", Tags: []string{"a", "b"}, Password: secureaccess.NewSecret("a password")},
	} {
		b.Run(name+"/net/http", func(b *testing.B) {
			client := s.Client()
			b.ReportAllocs()
			for b.Loop() {
				data, err := json.Marshal(body)
				if err != nil {
					b.Fatal(err)
				}
				req, err := http.NewRequestWithContext(b.Context(), "POST", s.URL+"/api/v1/things", bytes.NewReader(data))
				if err != nil {
					b.Fatal(err)
				}
				req.Header.Set("Content-Type", "application/json")
				if err := bare(client, req, new(thing)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/rest.Do", func(b *testing.B) {
			c := connect(b, s.URL)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Do[thing](b.Context(), c, POST("/api/v1/things").JSON(body)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkUpload(b *testing.B) {
	s := benchServer(b)
	data := randomBytes(8 << 20)
	b.Run("net/http", func(b *testing.B) {
		client := s.Client()
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			req, err := http.NewRequestWithContext(b.Context(), "PUT", s.URL+"/api/v1/image", bytes.NewReader(data))
			if err != nil {
				b.Fatal(err)
			}
			if err := bare(client, req, new(thing)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("rest.Do", func(b *testing.B) {
		c := connect(b, s.URL)
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			op := PUT("/api/v1/image").Upload("application/octet-stream", secureaccess.Upload{Reader: bytes.NewReader(data)})
			if _, err := Do[thing](b.Context(), c, op); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	body := benchRequest{Name: "joe", Tags: []string{"a", "b"}, Password: secureaccess.NewSecret("a password")}
	b.Run("json.Marshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(body); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Encode(body); err != nil {
				b.Fatal(err)
			}
		}
	})
}
