package main

import (
	"context"
	"fmt"
	"os"
	"testing"
)

var server string

func TestMain(m *testing.M) {
	serveIfChild()
	base, stop, err := startServer()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	server = base
	code := m.Run()
	stop()
	os.Exit(code)
}

// Every contender's call has to work on both transports, or its numbers mean nothing.
func TestContenders(t *testing.T) {
	for _, c := range contenders {
		t.Run(c.name, func(t *testing.T) {
			one, err := c.connect(server, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := one(t.Context()); err != nil {
				t.Error("on loopback:", err)
			}
			if _, err := costOnCanned(t.Context(), c); err != nil {
				t.Error("on a canned transport:", err)
			}
		})
	}
}

func BenchmarkGET(b *testing.B) {
	for _, c := range contenders {
		b.Run(c.name, func(b *testing.B) {
			repeat(b, func(base string) (call, error) { return c.connect(base, nil) })
		})
	}
}

func BenchmarkCanned(b *testing.B) {
	for _, c := range contenders {
		b.Run(c.name, func(b *testing.B) {
			repeat(b, func(string) (call, error) { return c.connect("http://127.0.0.1", canned{}) })
		})
	}
}

func BenchmarkList(b *testing.B) {
	b.Run("by hand", func(b *testing.B) { repeat(b, bareList) })
	b.Run("SDK", func(b *testing.B) { repeat(b, sdkList) })
}

func BenchmarkDownload(b *testing.B) {
	b.Run("io.Copy", func(b *testing.B) { b.SetBytes(transferSize); repeat(b, bareDownload) })
	b.Run("SDK", func(b *testing.B) { b.SetBytes(transferSize); repeat(b, sdkDownload) })
}

func BenchmarkUpload(b *testing.B) {
	b.Run("net/http", func(b *testing.B) { b.SetBytes(transferSize); repeat(b, bareUpload) })
	b.Run("SDK", func(b *testing.B) { b.SetBytes(transferSize); repeat(b, sdkUpload) })
}

func BenchmarkNew(b *testing.B) {
	for _, m := range makers {
		b.Run(m.name, func(b *testing.B) {
			repeat(b, func(base string) (call, error) {
				return func(context.Context) error { _, err := m.make(base); return err }, nil
			})
		})
	}
}

func repeat(b *testing.B, connect func(string) (call, error)) {
	one, err := connect(server)
	if err != nil {
		b.Fatal(err)
	}
	if err := one(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := one(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
