package hawk

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

// signedPost are the published artifacts of a request, and signedReply is its published Server-Authorization header.
var signedPost = Artifacts{
	Timestamp: 1362336900, Nonce: "eb5S_L", Method: "POST", Target: "/resource/4?filter=a", Host: "example.com", Port: "8080",
	Hash: "nJjkVtBE5Y/Bk38Aiokwn0jiJxt/0S2WRSUwWLCf5xk=", Ext: "some-app-data",
}

const signedReply = `Hawk mac="XIJRsMl/4oL+nn+vKoeVZPdCHXB4yJkNnBbTbHFZUYE=", hash="f9cDF/TDm7TkYRLnGwRMfeDzT6LixQVLvrIKhh0vgmM=", ext="response-specific"`

func reply(header, body string) (*http.Response, *closeRecorder) {
	b := recorded(body)
	resp := &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, Body: b}
	if header != "" {
		resp.Header.Set("Server-Authorization", header)
	}
	return resp, b
}

func TestCheckResponse_modes(t *testing.T) {
	bodiless, err := (&Grant{Credentials: steve, Artifacts: signedPost}).ServerAuthorization("", "")
	if err != nil {
		t.Fatal(err)
	}
	checks := []ResponseCheck{ResponseCheckNone, ResponseCheckIfPresent, ResponseCheckRequired, ResponseCheckBodyRequired}
	for name, test := range map[string]struct {
		header string
		want   [4]error // by check
	}{
		"signed":            {signedReply, [4]error{}},
		"signed, no hash":   {bodiless, [4]error{nil, nil, nil, ErrMissingPayloadHash}},
		"unsigned":          {"", [4]error{nil, nil, ErrMissingServerAuthorization, ErrMissingServerAuthorization}},
		"wrong mac":         {strings.Replace(signedReply, "XIJ", "xIJ", 1), [4]error{nil, ErrBadMAC, ErrBadMAC, ErrBadMAC}},
		"wrong ext":         {strings.Replace(signedReply, "specific", "general", 1), [4]error{nil, ErrBadMAC, ErrBadMAC, ErrBadMAC}},
		"no mac":            {`Hawk ext="e"`, [4]error{nil, ErrBadMAC, ErrBadMAC, ErrBadMAC}},
		"another scheme":    {`Basic x`, [4]error{nil, ErrBadHeader, ErrBadHeader, ErrBadHeader}},
		"unknown attribute": {signedReply + `, ts="1"`, [4]error{nil, ErrBadHeader, ErrBadHeader, ErrBadHeader}},
	} {
		for i, check := range checks {
			resp, _ := reply(test.header, "some reply")
			err := CheckResponse(resp, steve, signedPost, check)
			if !errors.Is(err, test.want[i]) {
				t.Errorf("%s, check %d: %v, want %v", name, check, err, test.want[i])
			}
			var e *Error
			if test.want[i] != nil && (!errors.As(err, &e) || e.Status != 200) {
				t.Errorf("%s, check %d: %#v does not tell the status", name, check, err)
			}
			if body, err := io.ReadAll(resp.Body); string(body) != "some reply" || err != nil {
				t.Errorf("%s, check %d: body %q, %v", name, check, body, err)
			}
		}
	}
	resp, _ := reply(signedReply, "some reply")
	resp.Header.Add("Server-Authorization", signedReply)
	if err := CheckResponse(resp, steve, signedPost, ResponseCheckIfPresent); !errors.Is(err, ErrBadHeader) {
		t.Errorf("two headers: %v", err)
	}
	resp, _ = reply(signedReply, "some reply")
	other := signedPost
	other.Nonce = "another"
	if err := CheckResponse(resp, steve, other, ResponseCheckIfPresent); !errors.Is(err, ErrBadMAC) {
		t.Errorf("the response to another request: %v", err)
	}
}

// A response that has to be signed and is not, because it refuses the request, says why.
func TestCheckResponse_refusal(t *testing.T) {
	long := strings.Repeat("<p>no</p>\r\n", 10_000)
	for name, test := range map[string]struct {
		status    int
		challenge string
		body      string
		want      string
	}{
		"in all ways":   {401, `Basic realm="x", Hawk error="Unknown credentials"`, `{"code":40103}`, `: 401 Unauthorized: Unknown credentials: {"code":40103}`},
		"by its status": {403, "", "", ": 403 Forbidden"},
		"no such code":  {599, "", "x", ": 599: x"},
		"on many lines": {500, "", "a\r\nb\x1b[2J\u202e", ": 500 Internal Server Error: a b [2J"},
		"at length":     {400, "", long, ": 400 Bad Request: " + strings.Repeat("<p>no</p> ", 19) + "<p>no</..."},
		"not at all":    {200, `Hawk error="no"`, "some reply", ""},
	} {
		resp, _ := reply("", test.body)
		resp.StatusCode = test.status
		resp.Header.Set("WWW-Authenticate", test.challenge)
		err := CheckResponse(resp, steve, signedPost, ResponseCheckRequired)
		var e *Error
		if !errors.As(err, &e) || e.Status != test.status || e.Error() != "hawk: "+ErrMissingServerAuthorization.Error()+test.want {
			t.Errorf("%s: %v", name, err)
		}
		if e != nil && (e.Artifacts == nil || *e.Artifacts != signedPost) {
			t.Errorf("%s: the error has %+v", name, e.Artifacts)
		}
		if body, err := io.ReadAll(resp.Body); string(body) != test.body || err != nil {
			t.Errorf("%s: %d bytes are left of the body, %v", name, len(body), err)
		}
	}
	resp, _ := reply("Hawk "+strings.Repeat("x", 3000)+`="1"`, "")
	if err := CheckResponse(resp, steve, signedPost, ResponseCheckRequired); err == nil || len(err.Error()) > 400 {
		t.Errorf("%.500v", err)
	}
}

func TestCheckResponse_body(t *testing.T) {
	readers := map[string]func(io.Reader) io.Reader{
		"at once":           func(r io.Reader) io.Reader { return r },
		"byte by byte":      iotest.OneByteReader,
		"end with the data": iotest.DataErrReader,
	}
	for name, reader := range readers {
		for body, want := range map[string]error{
			"some reply": nil, "some reply ": ErrBadPayloadHash, "some repl": ErrBadPayloadHash, "": ErrBadPayloadHash, "Some reply": ErrBadPayloadHash,
		} {
			resp, source := reply(signedReply, body)
			source.Reader = reader(source.Reader)
			if err := CheckResponse(resp, steve, signedPost, ResponseCheckRequired); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadAll(resp.Body); !errors.Is(err, want) {
				t.Errorf("%s, %q: %v, want %v", name, body, err, want)
			}
			if _, err := resp.Body.Read(make([]byte, 1)); want != nil && !errors.Is(err, want) || want == nil && err != io.EOF {
				t.Errorf("%s, %q: read again: %v", name, body, err)
			}
			if err := resp.Body.Close(); !errors.Is(err, want) || !source.closed {
				t.Errorf("%s, %q: close: %v, closed: %v", name, body, err, source.closed)
			}
		}
	}
}

// What comes after the end was not compared with anything.
func TestCheckResponse_bodyEndsOnce(t *testing.T) {
	resp, source := reply(signedReply, "")
	parts := []string{"some reply", "", "and a lie", ""}
	source.Reader = readerFunc(func(p []byte) (int, error) {
		n := copy(p, parts[0])
		parts = parts[1:]
		if n == 0 {
			return 0, io.EOF
		}
		return n, nil
	})
	if err := CheckResponse(resp, steve, signedPost, ResponseCheckRequired); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"some reply", ""} {
		if body, err := io.ReadAll(resp.Body); string(body) != want || err != nil {
			t.Errorf("%q, %v; want %q", body, err, want)
		}
	}
}

// The last bytes of a wrong body stay behind, when the error comes with them.
func TestCheckResponse_keepsTheLastBytes(t *testing.T) {
	resp, source := reply(signedReply, "some lie")
	source.Reader = iotest.DataErrReader(source.Reader)
	if err := CheckResponse(resp, steve, signedPost, ResponseCheckRequired); err != nil {
		t.Fatal(err)
	}
	if n, err := resp.Body.Read(make([]byte, 100)); n != 0 || !errors.Is(err, ErrBadPayloadHash) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// A decoder may stop before the end. What it left must not hide that the body is wrong.
func TestCheckResponse_bodyClosedEarly(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"right":       {"some reply", nil},
		"wrong":       {"some lie", ErrBadPayloadHash},
		"wrong, long": {"some lie" + strings.Repeat(" ", 2*maxDrain), ErrUnverifiedBody},
	} {
		resp, source := reply(signedReply, test.body)
		if err := CheckResponse(resp, steve, signedPost, ResponseCheckRequired); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(resp.Body, make([]byte, 4)); err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); !errors.Is(err, test.want) || !source.closed {
			t.Errorf("%s: %v, closed: %v; want %v", name, err, source.closed, test.want)
		}
	}
}

// Close from another goroutine ends a Read that waits for a server.
func TestCheckResponse_bodyClosedWhileReading(t *testing.T) {
	resp, _ := reply(signedReply, "")
	started := make(chan struct{})
	pr, pw := io.Pipe()
	defer pw.Close()
	resp.Body = struct {
		io.Reader
		io.Closer
	}{readerFunc(func(p []byte) (int, error) {
		close(started)
		return pr.Read(p)
	}), pr}
	if err := CheckResponse(resp, steve, signedPost, ResponseCheckRequired); err != nil {
		t.Fatal(err)
	}
	read := make(chan error)
	go func() {
		_, err := resp.Body.Read(make([]byte, 1))
		read <- err
	}()
	<-started
	if err := resp.Body.Close(); !errors.Is(err, ErrUnverifiedBody) {
		t.Errorf("close: %v", err)
	}
	if err := <-read; err != io.ErrClosedPipe {
		t.Errorf("read: %v", err)
	}
}

func TestCheckResponse_withoutBody(t *testing.T) {
	head := signedPost
	head.Method = http.MethodHead
	g := &Grant{Credentials: steve, Artifacts: head}
	header, err := g.ServerAuthorization(HashPayload(AlgorithmSHA256, "text/plain", []byte("what GET would give")), "")
	if err != nil {
		t.Fatal(err)
	}
	resp, _ := reply(header, "")
	if err := CheckResponse(resp, steve, head, ResponseCheckBodyRequired); err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || len(body) != 0 {
		t.Errorf("%q, %v", body, err)
	}

	resp, _ = reply(signedReply, "")
	resp.StatusCode = http.StatusNotModified
	if err := CheckResponse(resp, steve, signedPost, ResponseCheckBodyRequired); err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || len(body) != 0 {
		t.Errorf("%q, %v", body, err)
	}

	resp, _ = reply(signedReply, "")
	resp.Body = nil
	if err := CheckResponse(resp, steve, signedPost, ResponseCheckIfPresent); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); !errors.Is(err, ErrBadPayloadHash) {
		t.Errorf("a missing body that should be there: %v", err)
	}
}
