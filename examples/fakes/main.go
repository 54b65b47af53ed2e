// Fakes serves the in-memory servers of the products on this machine, for curl, a browser or a client in another
// language.
//
//	go run ./examples/fakes -pulseone 127.0.0.1:8001
//
// It prints addresses and credentials and runs until it is interrupted. One flag a product; a port of 0 takes a free
// one; without any flag all products are served, each on a free port. With -tls FILE the servers speak TLS, each with a
// CA of its own, and the certificates of the CAs are written to FILE:
//
//	go run ./examples/fakes -tls ca.pem -pulseone 127.0.0.1:8443
//	curl --cacert ca.pem -c cookies -H 'Content-Type: application/json' \
//	  -d '{"username": "admin", "password": "correct horse battery staple"}' https://127.0.0.1:8443/api/login
//	curl --cacert ca.pem -b cookies https://127.0.0.1:8443/api/session
//
// The last line prints the session with the Hawk credentials that Pulse One's API takes; it gives new ones every two
// minutes at most. With them:
//
//	HAWK_ID=hawk-... HAWK_KEY=... go run ./examples/hawkcurl -cacert ca.pem GET https://127.0.0.1:8443/api/v1/sa/groups
//
// With -control ADDRESS, plain HTTP at that address moves and disturbs the servers, without credentials. In place of a
// product, "all" means each that is served:
//
//	go run ./examples/fakes -control 127.0.0.1:8000 -ics 127.0.0.1:8002
//	curl -X POST '127.0.0.1:8000/ics/advance?by=11m'     # the clock moves: keys that are not used expire
//	curl -X POST 127.0.0.1:8000/ics/expire               # what clients are signed in with expires at once
//	curl -X POST 127.0.0.1:8000/all/fail -d '{"path": "/api/v1/system", "times": 2, "status": 503, "header": {"Retry-After": "1"}}'
//
// A fault has the members method, path (the beginning of one), after, times (-1 is for ever), delay ("2s"), reset, status,
// header, body and truncate, as secureaccesstest.Fault describes them.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fakes:", err)
		os.Exit(exitCode(err))
	}
}

// usageError is a command line that cannot be understood.
type usageError struct{ error }

func exitCode(err error) int {
	if _, usage := errors.AsType[usageError](err); usage {
		return 2
	}
	return 1
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("fakes", flag.ContinueOnError)
	flags.SetOutput(out)
	caFile := flags.String("tls", "", "speak TLS, and write the certificates of the CAs to this `file`")
	controlAddress := flags.String("control", "", "take orders on this `address`: POST /PRODUCT/expire, /PRODUCT/advance?by=10m, /PRODUCT/fail")
	addresses := map[string]*string{}
	for _, p := range products {
		addresses[p.name] = flags.String(p.name, "", "serve "+p.title+" on this `address`; expire ends "+p.expires)
	}
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return err
	} else if err != nil {
		return usageError{err}
	}
	if flags.NArg() > 0 {
		return usageError{fmt.Errorf("unexpected argument %q", flags.Arg(0))}
	}
	if !slices.ContainsFunc(products, func(p product) bool { return *addresses[p.name] != "" }) {
		for _, address := range addresses {
			*address = "127.0.0.1:0"
		}
	}

	running := map[string]served{}
	var cas []byte
	for _, p := range products {
		if *addresses[p.name] == "" {
			continue
		}
		server := p.new()
		start := server.Start
		if *caFile != "" {
			start = func(address string) error { return server.StartTLS(address, nil) }
		}
		if err := start(*addresses[p.name]); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		defer server.Close()
		running[p.name] = server
		cas = append(cas, server.CA()...)
		credentials := server.Credentials()
		fmt.Fprintf(out, "%-9s %s\n", p.name, server.url())
		for _, name := range slices.Sorted(maps.Keys(credentials)) {
			fmt.Fprintf(out, "          %s: %s\n", name, credentials[name])
		}
	}
	if *caFile != "" {
		if err := os.WriteFile(*caFile, cas, 0o644); err != nil {
			return err
		}
	}
	if *controlAddress != "" {
		l, err := net.Listen("tcp", *controlAddress)
		if err != nil {
			return fmt.Errorf("control: %w", err)
		}
		server := &http.Server{Handler: control(running), ReadHeaderTimeout: time.Minute}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = server.Serve(l)
		}()
		defer func() {
			_ = server.Close()
			<-done
		}()
		fmt.Fprintf(out, "%-9s http://%s\n", "control", l.Addr())
	}
	fmt.Fprintln(out, "running; interrupt to end")
	<-ctx.Done()
	return nil
}

// withBody returns a request like r whose body is there to be read once more.
func withBody(r *http.Request, body []byte) *http.Request {
	copied := *r
	copied.Body = io.NopCloser(bytes.NewReader(body))
	return &copied
}
