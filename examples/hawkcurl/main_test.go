package main

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
)

const id, key = "dh37fgj492je", "werxhqb98rpaxn39848xrunpaw3489ruxnpa98w4rxn"

// newServer greets those who sign. Under /signed it signs its response, under /tampered it sends another one.
func newServer(t *testing.T, v *hawk.Verifier) string {
	v.Credentials = func(_ context.Context, claimed string) (hawk.Credentials, error) {
		if claimed != id {
			return hawk.Credentials{}, hawk.ErrUnknownCredentials
		}
		return hawk.Credentials{Key: secureaccess.NewSecret(key)}, nil
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		grant, err := v.Verify(r)
		if err != nil {
			if refusal, ok := errors.AsType[*hawk.Error](err); ok {
				refusal.Respond(w)
			}
			return
		}
		got, _ := io.ReadAll(r.Body)
		body := fmt.Sprintf("%s %s ext=%q hashed=%v type=%q body=%q\n", r.Method, r.RequestURI, grant.Artifacts.Ext, grant.Artifacts.Hash != "", r.Header.Get("Content-Type"), got)
		w.Header().Set("Content-Type", "text/plain")
		if r.URL.Path != "/" {
			header, err := grant.ServerAuthorization(hawk.HashPayload(hawk.AlgorithmSHA256, "text/plain", []byte(body)), "")
			if err != nil {
				t.Error(err)
			}
			w.Header().Set("Server-Authorization", header)
		}
		if r.URL.Path == "/tampered" {
			body = "something else\n"
		}
		if r.URL.Path == "/redirect" {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusFound)
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func hawkcurl(t *testing.T, environment map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, complaints strings.Builder
	code = run(t.Context(), args, func(name string) string { return environment[name] }, &out, &complaints)
	if strings.Contains(out.String()+complaints.String(), key) {
		t.Errorf("%q shows the key", args)
	}
	return code, out.String(), complaints.String()
}

func TestRun(t *testing.T) {
	server := newServer(t, &hawk.Verifier{Payload: hawk.PayloadPolicyIfHashed})
	ahead := newServer(t, &hawk.Verifier{Now: func() time.Time { return time.Now().Add(time.Hour) }})
	right := map[string]string{"HAWK_ID": id, "HAWK_KEY": key}
	with := func(name, value string) map[string]string {
		m := map[string]string{name: value}
		for k, v := range right {
			if _, ok := m[k]; !ok {
				m[k] = v
			}
		}
		return m
	}
	for name, test := range map[string]struct {
		environment map[string]string
		args        []string
		code        int
		stdout      string
		stderr      string // a part of it
	}{
		"GET":  {right, []string{"GET", server + "/?a;b"}, 0, "HTTP/1.1 200 OK\nGET /?a;b ext=\"\" hashed=false type=\"\" body=\"\"\n", ""},
		"POST": {right, []string{"-ext", "e=1", "-hash", "-d", "text", "-t", "text/plain", "post", server + "/"}, 0, "HTTP/1.1 200 OK\nPOST / ext=\"e=1\" hashed=true type=\"text/plain\" body=\"text\"\n", ""},
		"JSON": {right, []string{"-d", "{}", "PUT", server + "/"}, 0, "HTTP/1.1 200 OK\nPUT / ext=\"\" hashed=false type=\"application/json\" body=\"{}\"\n", ""},

		"signed response":     {right, []string{"-verify", "GET", server + "/signed"}, 0, "HTTP/1.1 200 OK\nGET /signed ext=\"\" hashed=false type=\"\" body=\"\"\n", ""},
		"unsigned response":   {right, []string{"-verify", "GET", server + "/"}, 1, "HTTP/1.1 200 OK\nGET / ext=\"\" hashed=false type=\"\" body=\"\"\n", "missing Server-Authorization header"},
		"tampered response":   {right, []string{"-verify", "GET", server + "/tampered"}, 1, "HTTP/1.1 200 OK\n", "bad payload hash"},
		"tampered, unchecked": {right, []string{"GET", server + "/tampered"}, 0, "HTTP/1.1 200 OK\nsomething else\n", ""},
		"redirect":            {right, []string{"GET", server + "/redirect"}, 0, "HTTP/1.1 302 Found\nGET /redirect ext=\"\" hashed=false type=\"\" body=\"\"\n", ""},
		"clock":               {right, []string{"-v", "GET", ahead + "/"}, 0, "HTTP/1.1 200 OK\nGET / ext=\"\" hashed=false type=\"\" body=\"\"\n", "hawk.1.header"},

		"wrong key":           {with("HAWK_KEY", "wrong"), []string{"-v", "-verify", "GET", server + "/"}, 1, "HTTP/1.1 401 Unauthorized\nBad mac\n", `< WWW-Authenticate: Hawk error="Bad mac"`},
		"unknown id":          {with("HAWK_ID", "nobody"), []string{"GET", server + "/"}, 1, "HTTP/1.1 401 Unauthorized\nUnknown credentials\n", ""},
		"another algorithm":   {with("HAWK_ALGORITHM", "SHA-1"), []string{"GET", server + "/"}, 1, "HTTP/1.1 401 Unauthorized\nBad mac\n", ""},
		"algorithm by a name": {with("HAWK_ALGORITHM", "HS256"), []string{"GET", server + "/"}, 0, "HTTP/1.1 200 OK\nGET / ext=\"\" hashed=false type=\"\" body=\"\"\n", ""},

		"unknown algorithm": {with("HAWK_ALGORITHM", "md5"), []string{"GET", server + "/"}, 2, "", "unknown algorithm"},
		"no key":            {with("HAWK_KEY", ""), []string{"GET", server + "/"}, 2, "", "HAWK_KEY"},
		"no URL":            {right, []string{"GET"}, 2, "", "usage:"},
		"help":              {right, []string{"--help"}, 0, "", "usage:"},
		"no such flag":      {right, []string{"-x", "GET", server}, 2, "", "usage:"},
		"no http":           {right, []string{"GET", "ftp://127.0.0.1/"}, 2, "", "http://"},
		"bad URL":           {right, []string{"GET", "http://[::1"}, 2, "", "hawkcurl:"},
		"bad ext":           {right, []string{"-ext", `"`, "GET", server}, 1, "", "cannot be signed"},
		"nobody there":      {right, []string{"GET", "http://127.0.0.1:1/"}, 1, "", "hawkcurl:"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := hawkcurl(t, test.environment, test.args...)
			if code != test.code || stdout != test.stdout || !strings.Contains(stderr, test.stderr) || test.stderr == "" && stderr != "" {
				t.Errorf("exit %d, want %d\nstdout %q\nwant   %q\nstderr %q", code, test.code, stdout, test.stdout, stderr)
			}
		})
	}
}

func TestRun_verbose(t *testing.T) {
	server := newServer(t, new(hawk.Verifier))
	_, _, stderr := hawkcurl(t, map[string]string{"HAWK_ID": id, "HAWK_KEY": key}, "-v", "-hash", "-ext", "a, b", "-d", "x", "POST", server+"/signed?q")
	for _, want := range []string{
		"> POST /signed?q\n", `>     id="dh37fgj492je"` + "\n", `>     ext="a, b"` + "\n", `>     mac="`, `>     "hawk.1.header\n"`, `>     "/signed?q\n"`, `>     "127.0.0.1\n"`, `>     "a, b\n"`,
		`< Server-Authorization: Hawk mac="`, "< Date: ",
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("no %q in\n%s", want, stderr)
		}
	}
}

func TestRun_privateAuthority(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	t.Cleanup(server.Close)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake that the client breaks off
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}
	if err := os.WriteFile(caFile, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	right := map[string]string{"HAWK_ID": id, "HAWK_KEY": key}
	for _, test := range []struct {
		name   string
		args   []string
		code   int
		stderr string
	}{
		{"trusted", []string{"-cacert", caFile}, 0, ""},
		{"not trusted", nil, exitFailed, "certificate"},
		{"no file", []string{"-cacert", caFile + ".none"}, exitUsage, "ca.pem.none"},
		{"no certificate", []string{"-cacert", empty}, exitUsage, "no certificate"},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := hawkcurl(t, right, append(test.args, "GET", server.URL)...)
			if code != test.code || !strings.Contains(stderr, test.stderr) || code == 0 && !strings.HasSuffix(stdout, "\nhello") {
				t.Errorf("exit %d, want %d\nstdout %q\nstderr %q", code, test.code, stdout, stderr)
			}
		})
	}
}
