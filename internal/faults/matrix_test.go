package faults_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/faults"
	"github.com/secureaccess-go/secureaccess/internal/leak"
)

// The deadline of calls that nothing else ends, and what any call may take in all before it counts as hanging: no
// measure of speed, but of whether it comes back at all.
const (
	deadline = time.Second
	patience = 10 * time.Second // the deadline of all others, which a busy machine must not make fail
	watchdog = 30 * time.Second
)

// standardLog is where net/http writes what it finds remarkable.
var standardLog safeBuffer

func TestMain(m *testing.M) {
	flag.Parse()
	log.SetOutput(&standardLog)
	debug.SetGCPercent(400) // many short-lived buffers, each of them small
	// Most of what these tests do is wait.
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		if err := flag.Set("test.parallel", "96"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	leak.Main(m)
}

type safeBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// tally counts failed checks by kind and product.
type tally struct {
	mu     sync.Mutex
	counts map[string]map[string]int
	cells  int
}

func (c *tally) add(kind, product string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts[kind] == nil {
		c.counts[kind] = map[string]int{}
	}
	c.counts[kind][product]++
}

func (c *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d cells", c.cells)
	kinds := make([]string, 0, len(c.counts))
	for kind := range c.counts {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		fmt.Fprintf(&b, "\n%-14s %v", kind, c.counts[kind])
	}
	return b.String()
}

// TestMatrix has every product's calls meet every fault.
func TestMatrix(t *testing.T) {
	counts := &tally{counts: map[string]map[string]int{}}
	list := faults.All()
	every := share
	if testing.Short() {
		every = shareShort
	}
	t.Run("cells", func(t *testing.T) {
		calls := 0
		for _, p := range products {
			for _, s := range p.specs {
				calls++
				for i, f := range list {
					if !meets(s, f) || (i+calls)%every != 0 {
						continue
					}
					counts.cells++
					t.Run(p.name+"/"+s.name+"/"+f.Name, func(t *testing.T) {
						t.Parallel()
						c := &cell{T: t, counts: counts, product: p, spec: s, fault: f}
						c.run()
					})
				}
			}
		}
	})
	for _, p := range products {
		for line := range strings.SplitSeq(standardLog.String(), "\n") {
			// The one thing that net/http logs with bytes of the peer, and cannot be kept from.
			if strings.Contains(line, "Unsolicited response received on idle HTTP channel") {
				continue
			}
			for _, secret := range p.secrets {
				if strings.Contains(line, secret) {
					counts.add("net/http's log", p.name)
					t.Errorf("the standard log holds a secret of %s: %.1000s", p.name, line)
				}
			}
		}
	}
	if left := leak.Left(); len(left) > 0 {
		counts.add("leak", "goroutines")
		t.Errorf("%d goroutines are left, the first:\n%s", len(left), left[0])
	}
	t.Log(counts)
}

// meets says which faults a call has to meet. What is the same code for all calls of a product meets one of them.
func meets(s spec, f faults.Fault) bool {
	if strings.Contains(f.Name, "spelled") && s.name != "read" && s.name != "sign-in" && !strings.HasSuffix(f.Name, "spelled plain") {
		return false
	}
	groups := map[string][]string{
		"list":         {"body", "framing"},
		"write":        {"connection", "header", "framing", "body", "status", "redirect", "stream", "echo"},
		"begin":        {"connection", "framing", "body"},
		"commit":       {"connection", "framing", "body"},
		"download":     {"connection", "framing", "body", "redirect", "stream", "echo"},
		"sign-in":      {"connection", "header", "framing", "body", "redirect", "stream", "echo"},
		"sign-in page": {"header", "body", "redirect"},
		"session":      {"framing", "body", "redirect", "echo"},
	}[s.name]
	return groups == nil || slices.Contains(groups, f.Group)
}

// cell is one call of one product that meets one fault.
type cell struct {
	*testing.T
	counts  *tally
	product product
	spec    spec
	fault   faults.Fault

	server    *faults.Server
	elsewhere *faults.Server // nil where the fault leads nowhere
	err       error          // what the call returned
	log       safeBuffer
	info      secureaccess.Exchange
}

// fail reports a failed check of a kind that the lead counts.
func (c *cell) fail(kind, format string, args ...any) {
	c.Helper()
	c.counts.add(kind, c.product.name)
	text := fmt.Sprintf(format, args...)
	if len(text) > 500 {
		text = text[:500] + "..."
	}
	c.Errorf("%s: %s", kind, text)
}

func (c *cell) run() {
	site := faults.Site{Good: c.product.answer, Target: func(r *faults.Request) bool {
		return slices.Contains(c.spec.targets, r.Method+" "+r.Path)
	}}
	var err error
	if c.fault.Leads != faults.Nowhere {
		if c.elsewhere, err = faults.Start(faults.Honest(faults.HTTP), faults.Site{Good: c.product.answer}); err != nil {
			c.Fatal(err)
		}
		defer c.elsewhere.Close()
		site.Elsewhere = c.elsewhere.URL
	}
	if c.server, err = faults.Start(c.fault, site); err != nil {
		c.Fatal(err)
	}
	defer c.server.Close()
	client, err := c.product.connect(c.server.URL, c.options()...)
	if err != nil {
		c.Fatal(err)
	}

	c.warm(client)
	ctx, cancel := context.WithTimeout(secureaccess.Capture(c.Context(), &c.info), c.deadline())
	defer cancel()
	call, ok := client.calls[c.spec.name]
	if !ok {
		call = client.calls["read"] // which signs in
	}
	done := make(chan error, 1)
	go func() { done <- call(ctx) }()
	select {
	case err = <-done:
	case <-time.After(watchdog):
		c.fail("hangs", "does not return with its context")
		c.server.Stop()
		select {
		case err = <-done:
		case <-time.After(watchdog):
			return // and leaves a goroutine, which the matrix notices
		}
	}
	requests := c.server.Requests()
	c.server.Stop()
	c.close(client)

	c.err = err
	c.checkOutcome(err, requests)
	c.checkText(err)
	c.checkSecrets(err, requests)
	c.checkWrites(requests)
	c.checkElsewhere(requests)
}

// deadline of the call: short where only that ends it, with room for the requests before the one that meets the fault.
// Streams that are refused are repeated by net/http, with growing pauses.
func (c *cell) deadline() time.Duration {
	for _, word := range []string{"stall", "drip", "without end", "never", "silent", "black hole", "SSH", "garbage on the TLS", "64 GiB",
		"retry after", "plain port", "plain HTTP", "stream refused", "before this stream"} {
		if strings.Contains(c.fault.Name, word) {
			if c.spec.kind == faults.SignIn && c.fault.Accept == nil {
				return 3 * deadline
			}
			return deadline
		}
	}
	return patience
}

// warm signs in with a call that does not meet the fault, so that the one that does has its time for it.
func (c *cell) warm(client *client) {
	if c.spec.kind == faults.SignIn || c.fault.Accept != nil || c.fault.Group == "certificate" || strings.Contains(c.fault.Name, "silent") {
		return
	}
	other := "list"
	if c.spec.name == other {
		other = "read"
	}
	ctx, cancel := context.WithTimeout(c.Context(), watchdog)
	defer cancel()
	if err := client.calls[other](ctx); err != nil {
		c.Fatal("warming up: ", err)
	}
}

// options of every client: retries without pauses worth the name, everything logged.
func (c *cell) options() []secureaccess.Option {
	opts := []secureaccess.Option{
		secureaccess.WithRetry(secureaccess.RetryPolicy{MaxRetries: 2, MinWait: time.Millisecond, MaxWait: 2 * time.Millisecond}),
		secureaccess.WithMaxResponseSize(8 << 20),
		secureaccess.WithLogger(slog.New(slog.NewTextHandler(&c.log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
	}
	if c.fault.Proto != faults.HTTP {
		pool, err := faults.Authorities()
		if err != nil {
			c.Fatal(err)
		}
		opts = append(opts, secureaccess.WithRootCAs(pool))
	}
	return opts
}

func (c *cell) close(client *client) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Context()), deadline)
	defer cancel()
	closed := make(chan struct{})
	go func() { defer close(closed); _ = client.close(ctx) }() // the server is gone
	select {
	case <-closed:
	case <-time.After(watchdog):
		c.fail("hangs", "Close does not return with its context")
	}
}

func (p *product) answer(r *faults.Request, base string) faults.Response {
	key := r.Method + " " + r.Path
	body, ok := p.good[key]
	if !ok {
		return faults.Response{Status: 404, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: `{"message":"not found"}`}
	}
	response := faults.Response{Header: map[string][]string{"Content-Type": {"application/json"}}, Body: strings.ReplaceAll(body, "{base}", base)}
	for name, values := range p.header[key] {
		response.Header[name] = values
	}
	if p.name == "msp" && key == "POST /api/msp/tenants" {
		response.Status = 202
	}
	return response
}

// TestMatrix_honest proves that the calls are right: without a fault all succeed.
func TestMatrix_honest(t *testing.T) {
	for _, proto := range []faults.Proto{faults.HTTP, faults.HTTPS, faults.H2} {
		for _, p := range products {
			for _, s := range p.specs {
				t.Run(fmt.Sprintf("%d/%s/%s", proto, p.name, s.name), func(t *testing.T) {
					t.Parallel()
					c := &cell{T: t, counts: &tally{counts: map[string]map[string]int{}}, product: p, spec: s, fault: faults.Honest(proto)}
					c.run()
					if c.err != nil {
						t.Error(c.err)
					}
				})
			}
		}
	}
}
