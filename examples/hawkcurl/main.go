// Hawkcurl sends one request that is signed with Hawk, to find out why a signature is refused.
//
//	HAWK_ID=dh37fgj492je HAWK_KEY=werxhqb98... hawkcurl -v GET 'https://example.com/resource?a=1'
//
// The id and the key come from the environment, where other users of the machine do not see them; HAWK_ALGORITHM may
// name another algorithm than sha256. Hawkcurl prints the status line and the body, and with -v, on standard error, what
// was signed. It follows no redirect. A server with a certificate of a private authority is trusted with -cacert FILE.
// Exit status: 0 for a response below 400 that is believed, 1 for any other or none, 2 for wrong usage.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
)

const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("hawkcurl", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		_, _ = fmt.Fprintln(stderr, "usage: hawkcurl [flags] METHOD URL, with HAWK_ID and HAWK_KEY in the environment")
		flags.PrintDefaults()
	}
	var (
		ext         = flags.String("ext", "", "application data for the signature to carry")
		hash        = flags.Bool("hash", false, "cover the body by the signature")
		verify      = flags.Bool("verify", false, "require that the response is signed, and check it")
		body        = flags.String("d", "", "body to send")
		contentType = flags.String("t", "application/json", "content type of the body")
		caFile      = flags.String("cacert", "", "trust the certificate authorities in this `file`, PEM, and no others")
		verbose     = flags.Bool("v", false, "show what was signed, and the Hawk headers of the response")
	)
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitDone
	case err != nil:
		return exitUsage
	case flags.NArg() != 2:
		flags.Usage()
		return exitUsage
	}
	complain := func(code int, err error) int {
		_, _ = fmt.Fprintln(stderr, "hawkcurl:", err)
		return code
	}
	fail := func(err error) int { return complain(exitFailed, err) }
	credentials, err := credentialsFrom(getenv)
	if err != nil {
		return complain(exitUsage, err)
	}
	req, err := newRequest(ctx, flags.Arg(0), flags.Arg(1), *body, *contentType)
	if err != nil {
		return complain(exitUsage, err)
	}

	base := http.DefaultTransport.(*http.Transport).Clone()
	defer base.CloseIdleConnections()
	if *caFile != "" {
		if base.TLSClientConfig, err = trusting(*caFile); err != nil {
			return complain(exitUsage, err)
		}
	}
	var signed hawk.Artifacts // of the last attempt, the one that got the response
	client := &http.Client{
		Transport: &hawk.Transport{
			Base:        base,
			Credentials: func(context.Context) (hawk.Credentials, error) { return credentials, nil },
			Origin:      hawk.SameOrigin(req.URL),
			Signer:      hawk.Signer{Ext: *ext},
			HashPayload: *hash,
			OnSign: func(r *http.Request, a hawk.Artifacts) {
				signed = a
				if *verbose {
					showRequest(stderr, r, a)
				}
			},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return fail(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if *verbose {
		showResponse(stderr, resp)
	}
	// The Transport could check this as well, but would keep a refusal, which is seldom signed, to itself.
	var unbelievable error
	if *verify {
		unbelievable = hawk.CheckResponse(resp, credentials, signed, hawk.ResponseCheckRequired)
	}
	_, _ = fmt.Fprintln(stdout, resp.Proto, resp.Status)
	if _, err := io.Copy(stdout, resp.Body); err != nil {
		return fail(err)
	}
	if resp.StatusCode >= 400 {
		return exitFailed
	}
	if unbelievable != nil {
		return fail(unbelievable)
	}
	return exitDone
}

func credentialsFrom(getenv func(string) string) (hawk.Credentials, error) {
	c := hawk.Credentials{ID: getenv("HAWK_ID"), Key: secureaccess.NewSecret(getenv("HAWK_KEY"))}
	if c.ID == "" || c.Key.IsZero() {
		return c, errors.New("HAWK_ID and HAWK_KEY have to be set")
	}
	if name := getenv("HAWK_ALGORITHM"); name != "" {
		var err error
		if c.Algorithm, err = hawk.ParseAlgorithm(name); err != nil {
			return c, fmt.Errorf("HAWK_ALGORITHM: %w", err)
		}
	}
	return c, nil
}

func trusting(caFile string) (*tls.Config, error) {
	data, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s holds no certificate", caFile)
	}
	return &tls.Config{RootCAs: pool}, nil
}

func newRequest(ctx context.Context, method, address, body, contentType string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, strings.ToUpper(method), address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" || req.URL.Host == "" {
		return nil, errors.New("the URL has to begin with http:// or https:// and a host")
	}
	if body != "" {
		req.Header.Set("Content-Type", contentType)
	}
	req.Header.Set("Accept-Encoding", "identity") // a signature covers the bytes that were sent
	return req, nil
}

// showRequest shows all that goes into a MAC but the key.
func showRequest(w io.Writer, r *http.Request, a hawk.Artifacts) {
	_, _ = fmt.Fprintf(w, "> %s %s\n> Authorization: Hawk\n", a.Method, a.Target)
	for attribute := range strings.SplitSeq(strings.TrimPrefix(r.Header.Get("Authorization"), "Hawk "), `", `) {
		_, _ = fmt.Fprintf(w, ">     %s\"\n", strings.TrimSuffix(attribute, `"`))
	}
	_, _ = fmt.Fprintln(w, "> signed text:")
	for line := range strings.Lines(a.Normalized()) {
		_, _ = fmt.Fprintf(w, ">     %q\n", line)
	}
}

func showResponse(w io.Writer, resp *http.Response) {
	for _, name := range []string{"Date", "WWW-Authenticate", "Server-Authorization"} {
		for _, value := range resp.Header.Values(name) {
			_, _ = fmt.Fprintf(w, "< %s: %s\n", name, value)
		}
	}
}
