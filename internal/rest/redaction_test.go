package rest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

// forms are the ways in which servers and libraries repeat what they were sent.
var forms = map[string]func(string) string{
	"as it is": func(s string) string { return s },
	"JSON":     func(s string) string { b, _ := json.Marshal(s); return string(b[1 : len(b)-1]) },
	"HTML":     html.EscapeString,
	"percent":  url.QueryEscape,
	"%q":       func(s string) string { q := strconv.Quote(s); return q[1 : len(q)-1] },
	"base64":   func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
}

// carriers are the places in which a call carries a secret.
var carriers = map[string]func(c *Config, op *Op, secret string) *Op{
	"the body": func(_ *Config, op *Op, secret string) *Op {
		return op.JSON(map[string]any{"user": "ada", "password": secureaccess.NewSecret(secret)})
	},
	"a bearer token": func(c *Config, op *Op, secret string) *Op {
		return signed(c, op, func(h http.Header) { h.Set("Authorization", "Bearer "+secret) })
	},
	"a password": func(c *Config, op *Op, secret string) *Op {
		return signed(c, op, func(h http.Header) {
			h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("ada:"+secret)))
		})
	},
	"a key as user": func(c *Config, op *Op, secret string) *Op {
		return signed(c, op, func(h http.Header) {
			h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(secret+":")))
		})
	},
	"a cookie": func(c *Config, op *Op, secret string) *Op {
		return signed(c, op, func(h http.Header) { h.Set("Cookie", "a=b; DSID="+secret) })
	},
	"a header": func(c *Config, op *Op, secret string) *Op {
		return signed(c, op, func(h http.Header) { h.Set("X-Api-Key", secret) })
	},
	"the query": func(_ *Config, op *Op, secret string) *Op {
		return op.Param("t", secret).Conceal(secureaccess.NewSecret(secret))
	},
}

func signed(c *Config, op *Op, sign func(http.Header)) *Op {
	session := &Session[string]{
		Obtain:  func(context.Context, string, bool) (string, error) { return "x", nil },
		Belongs: func(string, *url.URL) bool { return true },
		Apply:   func(req *http.Request, _ string) error { sign(req.Header); return nil },
		Clock:   newClock(),
	}
	c.Auth = session.Transport
	return op
}

// echoes are the places in which a server repeats it.
var echoes = map[string]func(text string) string{
	"a message": func(s string) string { return body400(`{"message":` + quoted("no: "+s+" is wrong") + `,"code":"X"}`) },
	"a code":    func(s string) string { return body400(`{"code":` + quoted(s) + `}`) },
	"text": func(s string) string {
		return "HTTP/1.1 400 X\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nno: " + s
	},
	"a page": func(s string) string {
		return "HTTP/1.1 200 X\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>" + s
	},
	"JSON of another shape": func(s string) string { return body200(`{` + quoted(s) + `:` + quoted(s) + `}`) },
	"JSON that breaks off":  func(s string) string { return body200(`{"id":"7","size":` + quoted(s)) },
	"a member's name":       func(s string) string { return body200(`{"id":"7","sizes":{` + quoted(s) + `:"x"}}`) },
	"the request id":        func(s string) string { return "HTTP/1.1 400 X\r\nX-Request-Id: " + s + "\r\nContent-Length: 0\r\n\r\n" },
	"a header":              func(s string) string { return "HTTP/1.1 200 X\r\nX-Debug: got " + s + "\r\nContent-Length: 0\r\n\r\n" },
	"the media type": func(s string) string {
		return "HTTP/1.1 200 X\r\nContent-Type: x/" + s + "\r\nContent-Length: 2\r\n\r\nno"
	},
	"the status line":      func(s string) string { return "HTTP/1.1 400 " + s + "\r\nContent-Length: 0\r\n\r\n" },
	"a bad status line":    func(s string) string { return "HTTP/1.1 " + s + "\r\n\r\n" },
	"a bad version":        func(s string) string { return s + " 200 OK\r\n\r\n" },
	"a line without colon": func(s string) string { return "HTTP/1.1 200 OK\r\n" + s + "\r\n\r\n" },
	"a bad header name":    func(s string) string { return "HTTP/1.1 200 OK\r\n" + s + " x: y\r\n\r\n" },
	"a bad length":         func(s string) string { return "HTTP/1.1 200 OK\r\nContent-Length: " + s + "\r\n\r\n" },
	"a bad encoding":       func(s string) string { return "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + s + "\r\n\r\n" },
	"a bad chunk":          func(s string) string { return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + s + "\r\n" },
	"a bad trailer": func(s string) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\n" + s + "\r\n\r\n"
	},
	"a new cookie": func(s string) string {
		return "HTTP/1.1 400 X\r\nSet-Cookie: DSID=" + s + "; Path\r\nContent-Length: 0\r\n\r\n"
	},
	"a redirect": func(s string) string {
		return "HTTP/1.1 302 X\r\nLocation: http://elsewhere.example/" + s + "\r\nContent-Length: 0\r\n\r\n"
	},
	"a redirect's host": func(s string) string {
		return "HTTP/1.1 302 X\r\nLocation: http://" + s + ".example/\r\nContent-Length: 0\r\n\r\n"
	},
	"a bad redirect": func(s string) string {
		return "HTTP/1.1 302 X\r\nLocation: http://[" + s + "\r\nContent-Length: 0\r\n\r\n"
	},
	"a pause": func(s string) string { return "HTTP/1.1 429 X\r\nRetry-After: " + s + "\r\nContent-Length: 0\r\n\r\n" },
	"a challenge": func(s string) string {
		return "HTTP/1.1 401 X\r\nWWW-Authenticate: Basic realm=\"" + s + "\"\r\nContent-Length: 0\r\n\r\n"
	},
}

func body400(s string) string {
	return "HTTP/1.1 400 X\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + s
}

func body200(s string) string {
	return "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + s
}

// quoted puts text between quotes without escaping what a server did not escape, unless it would end the string.
func quoted(text string) string { return `"` + strings.ReplaceAll(text, `"`, `\u0022`) + `"` }

// Whatever a call carried, in whatever form the server repeats it and wherever, is not in the error, the log or the
// exchange.
func TestError_holdsNoSecret(t *testing.T) {
	for _, secret := range []string{"correct-horse-battery", `pa"ss<w>o'rd&/+=%41`, "pässwörd € 7", "tok.en/+==", "abcd"} {
		for carrier, carry := range carriers {
			if strings.ContainsAny(secret, "\";€ ") && strings.Contains("a cookie a header a bearer token", carrier) {
				continue // these have no such characters
			}
			for echo, respond := range echoes {
				for form, write := range forms {
					t.Run(strings.Join([]string{secret, carrier, echo, form}, "/"), func(t *testing.T) {
						checkNoSecret(t, secret, carry, respond(write(secret)))
					})
				}
			}
		}
	}
}

func checkNoSecret(t *testing.T, secret string, carry func(*Config, *Op, string) *Op, response string) {
	base := rawServer(t, nil, func(w io.Writer, _ *http.Request) { _, _ = io.WriteString(w, response) })
	var log bytes.Buffer
	var info secureaccess.Exchange
	op := POST("/v1/things")
	c := connectWith(t, base, func(c *Config) {
		c.DecodeError = func(e *secureaccess.Error, header http.Header, body []byte) {
			var said struct{ Code string }
			_ = json.Unmarshal(body, &said)
			e.Code, e.Messages = secureaccess.Code(said.Code), append(Reasons(body), PlainReason(header.Get("Content-Type"), body)...)
			e.Messages = append(e.Messages, header.Get("X-Debug"))
		}
		op = carry(c, op, secret)
	}, retries(0), secureaccess.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))))
	type sized struct {
		ID    string         `json:"id"`
		Size  int            `json:"size"`
		Sizes map[string]int `json:"sizes"`
	}
	_, err := Do[sized](secureaccess.Capture(t.Context(), &info), c, op)
	shown := []string{log.String(), fmt.Sprintf("%+v", info)}
	if err != nil {
		shown = append(shown, fmt.Sprintf("%v %+v %#v %q", err, err, err, err))
		e := failureOf(t, err)
		shown = append(shown, string(e.Body), strings.Join(e.Messages, " "), string(e.Code), e.RequestID, e.Host, e.Object)
		for inner := e.Err; inner != nil; inner = errors.Unwrap(inner) {
			shown = append(shown, fmt.Sprintf("%v %+v %#v", inner, inner, inner))
		}
	}
	for _, text := range shown {
		for form, write := range forms {
			if strings.Contains(text, write(secret)) {
				t.Fatalf("%s, as %s, is in %q", secret, form, text)
			}
		}
	}
}
