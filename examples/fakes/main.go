// Fakes serves the in-memory servers of the products on this machine, for curl, a browser or a client in another
// language.
//
//	go run ./examples/fakes -pulseone 127.0.0.1:8001
//
// It prints addresses and credentials and runs until it is interrupted. One flag a product; a port of 0 takes a free
// one; without any flag all products are served, each on a free port. With -tls FILE the servers speak TLS, and the
// certificate of the throw-away authority that vouches for them is written to FILE:
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
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "fakes:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("fakes", flag.ContinueOnError)
	flags.SetOutput(out)
	caFile := flags.String("tls", "", "speak TLS, and write the certificate of the authority to this `file`")
	addresses := map[string]*string{}
	for _, p := range products {
		addresses[p.name] = flags.String(p.name, "", "serve "+p.title+" on this `address`")
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if !slices.ContainsFunc(products, func(p product) bool { return *addresses[p.name] != "" }) {
		for _, address := range addresses {
			*address = "127.0.0.1:0"
		}
	}

	var config *tls.Config
	if *caFile != "" {
		authority, err := newAuthority()
		if err != nil {
			return err
		}
		if err := os.WriteFile(*caFile, authority.pem, 0o644); err != nil {
			return err
		}
		config = authority.server
	}
	for _, p := range products {
		if *addresses[p.name] == "" {
			continue
		}
		server := p.new()
		if err := server.Start(*addresses[p.name], config); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		defer server.Close()
		credentials := server.Credentials()
		fmt.Fprintf(out, "%-9s %s\n", p.name, p.url(server))
		for _, name := range slices.Sorted(maps.Keys(credentials)) {
			fmt.Fprintf(out, "          %s: %s\n", name, credentials[name])
		}
	}
	fmt.Fprintln(out, "running; interrupt to end")
	<-ctx.Done()
	return nil
}
