package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

const (
	serverVariable = "SECUREACCESS_BENCH_SERVER"

	listLength   = 10_000
	pageLength   = 100
	transferSize = 256 << 20
)

// Paths that the contenders ask for. Every object has two members, both text, so that decoding costs the same for all.
const (
	barePath   = "/bare"
	listPath   = "/api/v1/sa"
	loginPath  = "/api/authentication"
	filePath   = "/api/file"
	uploadPath = "/upload"
)

var objects = map[string]string{
	barePath:                            `{"id":"0123456789abcdef","name":"a name"}`,
	"/api/v1/sa/0123456789abcdef":       `{"id":"0123456789abcdef","name":"a name"}`,
	"/users/octocat":                    `{"login":"octocat","name":"a name"}`,
	"/api/v4/users/1":                   `{"username":"octocat","name":"a name"}`,
	"/v2/account/keys/1":                `{"ssh_key":{"fingerprint":"0123456789","name":"a name"}}`,
	"/api/v1/system/system-information": `{"system-information":{"host-name":"gateway","os-version":"22.7R2"}}`,
}

// serveIfChild serves until standard input ends, when this process was started by startServer. It does not return then.
func serveIfChild() {
	if os.Getenv(serverVariable) == "" {
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("http://" + listener.Addr().String())
	go func() { _ = http.Serve(listener, newHandler()) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// startServer starts this program once more as the server: in a process of its own, so that its allocations are not
// counted and its collector does not run in the client's.
func startServer() (base string, stop func(), err error) {
	program, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	command := exec.Command(program)
	command.Env = append(os.Environ(), serverVariable+"=1")
	command.Stderr = os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := command.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = in.Close()
		_ = command.Wait()
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the server did not start: %w", err)
	}
	return strings.TrimSpace(line), stop, nil
}

func newHandler() http.Handler {
	pages := newPages()
	mux := http.NewServeMux()
	for path, body := range objects {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, []byte(body)) })
	}
	mux.HandleFunc(listPath, func(w http.ResponseWriter, r *http.Request) {
		start, _ := strconv.Atoi(r.FormValue("start"))
		writeJSON(w, pages[min(start/pageLength, len(pages)-1)])
	})
	mux.HandleFunc(loginPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "session_id=0123456789abcdef; Path=/")
		writeJSON(w, []byte(`{}`))
	})
	block := bytes.Repeat([]byte("0123456789abcdef"), 2<<10)
	mux.HandleFunc(filePath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.Itoa(transferSize))
		for sent := 0; sent < transferSize; sent += len(block) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { // uploads: their paths are the products'
		if r.Method != http.MethodPost {
			http.NotFound(w, r)
			return
		}
		if n, err := io.Copy(io.Discard, r.Body); err != nil || n != transferSize {
			http.Error(w, `{}`, http.StatusBadRequest)
			return
		}
		writeJSON(w, []byte(`{}`))
	})
	return mux
}

func writeJSON(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

// newPages renders the list once, with members that tell one appliance from another and such that all share.
func newPages() [][]byte {
	var pages [][]byte
	for start := 0; start < listLength; start += pageLength {
		items := make([]any, pageLength)
		for i := range items {
			id := fmt.Sprintf("%032x", start+i)
			items[i] = map[string]any{
				"id": id, "name": "appliance " + id[24:], "state": "registered", "type": "VPN", "model": "VA-SPE",
				"serial_number": "VASPH" + id[20:], "appliance_version": "8.3R1",
				"created": "2016-10-08T14:26:13.000Z", "updated": "2016-10-08T14:26:13.000Z",
			}
		}
		page, err := json.Marshal(map[string]any{"total": listLength, "items": items})
		if err != nil {
			panic(err) // of constants
		}
		pages = append(pages, page)
	}
	return pages
}

// canned responds without a connection. What a call allocates on it is its own and the standard client's share.
type canned struct{}

func (canned) RoundTrip(req *http.Request) (*http.Response, error) {
	body, ok := objects[req.URL.Path]
	if !ok {
		return nil, errors.New("nothing at " + req.URL.Path)
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       req,
	}, nil
}

// newTransport is what every library runs on where it takes one.
func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	t.IdleConnTimeout = 90 * time.Second
	return t
}

type call = func(context.Context) error
