package json_test

import (
	"bytes"
	stdjson "encoding/json"
	"io"
	"testing"

	"github.com/secureaccess-go/secureaccess/internal/json"
)

func BenchmarkPage(b *testing.B) {
	data := page(100, 4)
	b.SetBytes(int64(len(data)))
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var p plainPage
			if err := stdjson.Unmarshal(data, &p); err != nil || len(p.Appliances) != 100 {
				b.Fatal(err)
			}
		}
	})
	b.Run("the library alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var p Page
			if err := json.Bare(data, &p); err != nil || len(p.Appliances) != 100 {
				b.Fatal(err)
			}
		}
	})
	b.Run("Unmarshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var p Page
			if odd, err := json.Unmarshal(data, &p, json.Limits{}); err != nil || odd != nil || len(p.Appliances) != 100 {
				b.Fatal(odd, err)
			}
		}
	})
	b.Run("Read,Unmarshal,Shape", func(b *testing.B) {
		b.ReportAllocs()
		r := bytes.NewReader(data)
		for b.Loop() {
			_, _ = r.Seek(0, io.SeekStart)
			body, err := json.Read(r, 1<<20)
			if err != nil {
				b.Fatal(err)
			}
			var p Page
			if odd, err := json.Unmarshal(body.Bytes(), &p, json.Limits{}); err != nil || odd != nil {
				b.Fatal(odd, err)
			}
			if err := (json.Shape{}).Check(body.Bytes(), &p); err != nil {
				b.Fatal(err)
			}
			body.Release()
		}
	})
	odd := bytes.Replace(data, []byte(`"config_size":0`), []byte(`"config_size":"0"`), 1)
	b.Run("odd", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var p Page
			if odd, err := json.Unmarshal(odd, &p, json.Limits{}); err != nil || odd != nil || len(p.Appliances) != 100 {
				b.Fatal(odd, err)
			}
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	data := page(100, 4)
	b.ReportAllocs()
	for b.Loop() {
		if err := json.Check(data, json.Limits{MaxDepth: -1}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkShape(b *testing.B) {
	data := page(100, 4)
	var p Page
	if _, err := json.Unmarshal(data, &p, json.Limits{}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := (json.Shape{}).Check(data, &p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEmptyElements(b *testing.B) {
	data := append(append([]byte("["), bytes.Repeat([]byte("{},"), 1<<20/3)...), "{}]"...)
	b.ReportAllocs()
	for b.Loop() {
		var list []Appliance
		if _, err := json.Unmarshal(data, &list, json.Limits{}); err == nil {
			b.Fatal("read")
		}
	}
}

func BenchmarkMarshal(b *testing.B) {
	var p Page
	if _, err := json.Unmarshal(page(100, 4), &p, json.Limits{}); err != nil {
		b.Fatal(err)
	}
	b.Run("encoding/json", func(b *testing.B) {
		var plain plainPage
		if err := stdjson.Unmarshal(page(100, 4), &plain); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := stdjson.Marshal(plain); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Marshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(&p); err != nil {
				b.Fatal(err)
			}
		}
	})
}
