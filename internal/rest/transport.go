package rest

import (
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// NewTransport returns the lower half of the layers: the log of every attempt, over the caller's transport or one made
// from the settings. Clients that share it share its connections.
func NewTransport(settings *secureaccess.Settings) http.RoundTripper {
	next, own := wire(settings)
	return &observer{next: next, own: own, log: settings.Logger, now: settings.Clock.Now}
}

// wire returns what sends: the caller's transport, or one of our own.
func wire(settings *secureaccess.Settings) (transport http.RoundTripper, own bool) {
	tlsSet := settings.RootCAs != nil || len(settings.Certificates) > 0 || settings.SkipTLSVerify
	if settings.Transport != nil && !tlsSet {
		return settings.Transport, false
	}
	if theirs, ok := settings.Transport.(*http.Transport); ok {
		t := theirs.Clone()
		if t.TLSClientConfig != nil && slices.Contains(t.TLSClientConfig.NextProtos, "h2") {
			t.ForceAttemptHTTP2 = true // a clone goes on offering HTTP/2 and has forgotten how to speak it
		}
		if t.TLSClientConfig == nil {
			t.TLSClientConfig = settings.TLSConfig()
			return t, true
		}
		if settings.RootCAs != nil {
			t.TLSClientConfig.RootCAs = settings.RootCAs
		}
		// The clone shares the array of certificates with the original.
		t.TLSClientConfig.Certificates = slices.Concat(t.TLSClientConfig.Certificates, settings.Certificates)
		t.TLSClientConfig.InsecureSkipVerify = t.TLSClientConfig.InsecureSkipVerify || settings.SkipTLSVerify
		return t, true
	}
	// Like http.DefaultTransport, which is not asked, since programs put something else in its place.
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       settings.TLSConfig(),
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: settings.ResponseTimeout,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          100,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       90 * time.Second,
	}, true
}

// observer counts and logs the attempts of a call.
type observer struct {
	next http.RoundTripper
	own  bool // nobody else uses next
	log  *slog.Logger
	now  func() time.Time
}

func (o *observer) RoundTrip(req *http.Request) (*http.Response, error) {
	call := callOf(req.Context())
	if call == nil {
		return o.next.RoundTrip(req)
	}
	attempt := call.attempts.Add(1)
	if !o.log.Enabled(req.Context(), slog.LevelDebug) {
		return o.next.RoundTrip(req)
	}
	begun := o.now()
	resp, err := o.next.RoundTrip(req)
	attrs := make([]slog.Attr, 0, 6)
	attrs = append(attrs,
		slog.String("product", call.Product), slog.String("method", req.Method), slog.String("path", call.Path),
		slog.Int64("attempt", int64(attempt)), slog.Duration("duration", o.now().Sub(begun)))
	if err != nil {
		attrs = append(attrs, slog.String("error", Clean(err).Error()))
	} else {
		attrs = append(attrs, slog.Int("status", resp.StatusCode))
	}
	o.log.LogAttrs(req.Context(), slog.LevelDebug, "secureaccess attempt", attrs...)
	return resp, err
}

// CloseIdleConnections spares the caller's transport, which serves others too.
func (o *observer) CloseIdleConnections() {
	if c, ok := o.next.(interface{ CloseIdleConnections() }); ok && o.own {
		c.CloseIdleConnections()
	}
}
