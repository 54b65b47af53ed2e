// Bench compares the SDK with the standard library and with other SDKs, on loopback and in one run: a call, a list, a
// download and an upload, and what a thousand idle clients cost. Rounds of all contenders take turns, so that the noise
// of the machine meets all alike; what counts are the ratios. The server is a process of its own.
//
//	go run .
//	go test -bench .
//
// It is a module of its own because of the libraries that it compares with.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

func main() {
	serveIfChild()
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	base, stop, err := startServer()
	if err != nil {
		return err
	}
	defer stop()
	for _, part := range []func(context.Context, io.Writer, string) error{reportCalls, reportList, reportTransfers, reportClients} {
		if err := part(ctx, out, base); err != nil {
			return err
		}
	}
	return nil
}

func reportCalls(ctx context.Context, out io.Writer, base string) error {
	names := make([]string, len(contenders))
	calls := make([]call, len(contenders))
	alone := make([]cost, len(contenders))
	for i, c := range contenders {
		var err error
		names[i] = c.name
		if alone[i], err = costOnCanned(ctx, c); err != nil {
			return fmt.Errorf("%s on a canned transport: %w", c.name, err)
		}
		if calls[i], err = c.connect(base, nil); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	results, err := interleave(ctx, names, calls, 60, 100)
	if err != nil {
		return err
	}
	t := newTable(out, "One GET of a JSON object with two members (goal: with a key at most +8 allocations, with Hawk +15, both fewer bytes than go-github)",
		"", "time", "ratio", "allocs", "over net/http", "bytes", "over net/http", "canned: allocs", "over net/http", "bytes", "over net/http")
	for i, r := range results {
		t.row(names[i], duration(r.time), ratio(r.ratio),
			number(r.allocs), signed(r.allocs-results[0].allocs), number(r.bytes), signed(r.bytes-results[0].bytes),
			number(alone[i].allocs), signed(alone[i].allocs-alone[0].allocs), number(alone[i].bytes), signed(alone[i].bytes-alone[0].bytes))
	}
	return t.end()
}

func reportList(ctx context.Context, out io.Writer, base string) error {
	return reportPairs(ctx, out, base, fmt.Sprintf("A list of %d items in pages of %d (goal: time 0.85, allocations 0.65)", listLength, pageLength), 15,
		[]pair{{"encoding/json by hand", bareList}, {"SDK, Hawk, All", sdkList}})
}

func reportTransfers(ctx context.Context, out io.Writer, base string) error {
	err := reportPairs(ctx, out, base, fmt.Sprintf("A download of %d MiB (goal: time 1.0)", transferSize>>20), 7,
		[]pair{{"io.Copy", bareDownload}, {"SDK", sdkDownload}})
	if err != nil {
		return err
	}
	return reportPairs(ctx, out, base, fmt.Sprintf("An upload of %d MiB (goal: time 1.0)", transferSize>>20), 7,
		[]pair{{"net/http", bareUpload}, {"SDK", sdkUpload}})
}

type pair struct {
	name    string
	connect func(base string) (call, error)
}

func reportPairs(ctx context.Context, out io.Writer, base, title string, rounds int, pairs []pair) error {
	names, calls := make([]string, len(pairs)), make([]call, len(pairs))
	for i, p := range pairs {
		var err error
		names[i] = p.name
		if calls[i], err = p.connect(base); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	results, err := interleave(ctx, names, calls, rounds, 1)
	if err != nil {
		return fmt.Errorf("%s: %w", title, err)
	}
	t := newTable(out, title, "", "time", "ratio", "allocs", "ratio", "bytes", "ratio")
	for i, r := range results {
		t.row(names[i], duration(r.time), ratio(r.ratio), number(r.allocs), ratio(r.allocs/results[0].allocs),
			number(r.bytes), ratio(r.bytes/results[0].bytes))
	}
	return t.end()
}

func reportClients(_ context.Context, out io.Writer, base string) error {
	t := newTable(out, "1,000 clients that are idle, for each (goal: 3 kB kept, no goroutine)", "", "New", "allocs", "bytes allocated", "bytes kept", "goroutines for all")
	for _, m := range makers {
		c, err := costOfClients(base, m.make)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		t.row(m.name, duration(c.time), number(c.allocs), number(c.bytes), number(c.kept), fmt.Sprint(c.goroutines))
	}
	return t.end()
}
