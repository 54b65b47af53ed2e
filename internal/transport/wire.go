package transport

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/secureaccess-go/secureaccess/internal/settings"
)

const (
	// longestPing is the silence on an HTTP/2 connection after which a ping is sent, and how long its response may take.
	// Both are shorter where the response timeout is short.
	longestPing  = 15 * time.Second
	shortestPing = time.Second

	// aWhile is how long an attempt on HTTP/2 has to have waited for its response for the end of its context to be
	// taken as a sign that the connection is dead.
	aWhile = time.Second

	keptPools = 8 // of which the connections are closed by CloseIdleConnections
)

// wire sends requests over the transport of the caller, or over one of our own.
//
// A transport of our own is replaced when an HTTP/2 connection may be dead. net/http would go on using that connection
// for every request until a ping, or the kernel minutes later, proves it dead, and it offers no way to take one
// connection out of the pool. A new transport has a new pool; requests that are under way on the old one end there,
// healthy streams on the same connection included.
type wire struct {
	given   http.RoundTripper      // nil: our own
	build   func() *http.Transport // nil: given
	current atomic.Pointer[pool]

	mu  sync.Mutex
	old []*pool // in which requests may be under way, the newest last
}

type pool struct {
	*http.Transport
	http2 atomic.Bool // a response came over HTTP/2
}

func newWire(s *settings.Settings) *wire {
	w := &wire{}
	theirs, isHTTP := s.Transport.(*http.Transport)
	switch {
	case s.Transport == nil, !isHTTP && s.TLSSet(): // the root package refuses the latter
		w.build = func() *http.Transport { return own(s) }
	case isHTTP && theirs != nil && s.TLSSet():
		template := merge(theirs, s)
		w.build = func() *http.Transport { return again(template) }
	default:
		w.given = s.Transport
		return w
	}
	w.current.Store(&pool{Transport: w.build()})
	return w
}

// own returns a transport like http.DefaultTransport, which is not asked, since programs put something else in its
// place.
//
// net/http has no way to silence one transport: what a server sends on an idle HTTP/1.1 connection is written to the
// standard logger, with its bytes ("Unsolicited response received on idle HTTP channel"), and a few protocol errors of
// HTTP/2 without any. Programs for which that matters set the output of package log.
func own(s *settings.Settings) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            tellingCuts((&net.Dialer{Timeout: s.DialTimeout, KeepAlive: 30 * time.Second}).DialContext),
		TLSClientConfig:        s.TLSConfig(),
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  s.ResponseTimeout,
		MaxResponseHeaderBytes: 1 << 20,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        90 * time.Second,
		HTTP2:                  pings(s.ResponseTimeout),
		OnProxyConnectResponse: refuseProxy,
	}
}

// pings makes HTTP/2 connections prove that they are alive. Without, a connection that a middlebox has forgotten takes
// every request, and every retry of it, with it. The two times together are as long as the wait for a response where
// that is short, so that a slow server is told from a dead connection.
func pings(responseTimeout time.Duration) *http.HTTP2Config {
	config := &http.HTTP2Config{SendPingTimeout: longestPing, PingTimeout: longestPing}
	if responseTimeout > 0 {
		config.SendPingTimeout = min(max(responseTimeout/4, shortestPing), longestPing)
		config.PingTimeout = min(max(responseTimeout*3/4, shortestPing), longestPing)
	}
	return config
}

// refuseProxy makes an error of a refused CONNECT before net/http makes one of the proxy's words.
func refuseProxy(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return &proxyRefusal{resp.StatusCode}
	}
	return nil
}

// merge returns a copy of theirs with the TLS options of s. What it has itself stays.
func merge(theirs *http.Transport, s *settings.Settings) *http.Transport {
	t := again(theirs)
	if t.HTTP2 == nil {
		t.HTTP2 = pings(t.ResponseHeaderTimeout)
	}
	if t.OnProxyConnectResponse == nil {
		t.OnProxyConnectResponse = refuseProxy
	}
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = s.TLSConfig()
		return t
	}
	if s.RootCAs != nil {
		t.TLSClientConfig.RootCAs = s.RootCAs
	}
	// The clone shares the array of certificates with the original.
	t.TLSClientConfig.Certificates = slices.Concat(t.TLSClientConfig.Certificates, s.Certificates)
	t.TLSClientConfig.InsecureSkipVerify = t.TLSClientConfig.InsecureSkipVerify || s.SkipTLSVerify
	return t
}

// again returns a copy of t with a pool of its own.
func again(t *http.Transport) *http.Transport {
	t = t.Clone()
	if t.TLSClientConfig != nil && slices.Contains(t.TLSClientConfig.NextProtos, "h2") {
		t.ForceAttemptHTTP2 = true // a clone goes on offering HTTP/2 and has forgotten how to speak it
	}
	return t
}

// RoundTrip returns a *Failure or a *BodyError where it fails.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if w.given != nil {
		resp, err := w.given.RoundTrip(req)
		if err != nil {
			if resp != nil && resp.Body != nil {
				_ = resp.Body.Close()
			}
			otherwise := ForeignFailed
			if _, isHTTP := w.given.(*http.Transport); isHTTP {
				otherwise = Failed
			}
			return nil, classify(ctx, err, otherwise)
		}
		return withBody(ctx, resp), nil
	}
	p := w.current.Load()
	var begun time.Time
	if p.http2.Load() {
		begun = time.Now()
	}
	resp, err := p.RoundTrip(req)
	if err != nil {
		if strings.HasPrefix(err.Error(), "http2: timeout") {
			p.http2.Store(true) // and not one response ever came
		}
		err = Classify(ctx, err)
		w.consider(p, begun, err)
		return nil, err
	}
	if resp.ProtoMajor == 2 && !p.http2.Load() {
		p.http2.Store(true)
	}
	return withBody(ctx, resp), nil
}

// consider replaces the pool on which an attempt failed with err, when that is a sign of a dead HTTP/2 connection.
func (w *wire) consider(p *pool, begun time.Time, err error) {
	switch ClassOf(err) {
	case ResponseTimeout:
	case Deadline:
		// A server that takes its time looks the same. Then this costs a new connection, at most once in a while.
		if begun.IsZero() || time.Since(begun) < aWhile {
			return
		}
	default:
		return
	}
	if !p.http2.Load() {
		return // a connection of HTTP/1.1 is closed with the attempt
	}
	w.mu.Lock()
	if w.current.Load() == p {
		w.current.Store(&pool{Transport: w.build()})
		if len(w.old) == keptPools {
			w.old = append(w.old[:0], w.old[1:]...)
		}
		w.old = append(w.old, p)
	}
	w.mu.Unlock()
	p.CloseIdleConnections()
}

// CloseIdleConnections closes what no request is using, unless the transport is the caller's own.
func (w *wire) CloseIdleConnections() {
	if w.given != nil {
		return
	}
	w.mu.Lock()
	pools := append(slices.Clone(w.old), w.current.Load())
	w.mu.Unlock()
	for _, p := range pools {
		p.CloseIdleConnections()
	}
}
