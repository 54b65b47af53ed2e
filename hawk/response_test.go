package hawk

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

// answered are the published artifacts of a request, and answer is its published answer.
var answered = Artifacts{
	Timestamp: 1362336900, Nonce: "eb5S_L", Method: "POST", Target: "/resource/4?filter=a", Host: "example.com", Port: "8080",
	Hash: "nJjkVtBE5Y/Bk38Aiokwn0jiJxt/0S2WRSUwWLCf5xk=", Ext: "some-app-data",
}

const answerHeader = `Hawk mac="XIJRsMl/4oL+nn+vKoeVZPdCHXB4yJkNnBbTbHFZUYE=", hash="f9cDF/TDm7TkYRLnGwRMfeDzT6LixQVLvrIKhh0vgmM=", ext="response-specific"`

func answer(header, body string) (*http.Response, *closeRecorder) {
	b := recorded(body)
	resp := &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, Body: b}
	if header != "" {
		resp.Header.Set("Server-Authorization", header)
	}
	return resp, b
}

func TestCheckResponseModes(t *testing.T) {
	bodiless, err := (&Grant{Credentials: steve, Artifacts: answered}).ServerAuthorization("", "")
	if err != nil {
		t.Fatal(err)
	}
	checks := []ResponseCheck{ResponseUnchecked, ResponseIfPresent, ResponseRequired, ResponseBodyRequired}
	for name, test := range map[string]struct {
		header string
		want   [4]error // by check
	}{
		"signed":            {answerHeader, [4]error{}},
		"signed, no hash":   {bodiless, [4]error{nil, nil, nil, ErrMissingPayloadHash}},
		"unsigned":          {"", [4]error{nil, nil, ErrMissingServerAuthorization, ErrMissingServerAuthorization}},
		"wrong mac":         {strings.Replace(answerHeader, "XIJ", "xIJ", 1), [4]error{nil, ErrBadMAC, ErrBadMAC, ErrBadMAC}},
		"wrong ext":         {strings.Replace(answerHeader, "specific", "general", 1), [4]error{nil, ErrBadMAC, ErrBadMAC, ErrBadMAC}},
		"no mac":            {`Hawk ext="e"`, [4]error{nil, ErrBadMAC, ErrBadMAC, ErrBadMAC}},
		"another scheme":    {`Basic x`, [4]error{nil, ErrBadHeader, ErrBadHeader, ErrBadHeader}},
		"unknown attribute": {answerHeader + `, ts="1"`, [4]error{nil, ErrBadHeader, ErrBadHeader, ErrBadHeader}},
	} {
		for i, check := range checks {
			resp, _ := answer(test.header, "some reply")
			err := CheckResponse(resp, steve, answered, check)
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
	resp, _ := answer(answerHeader, "some reply")
	resp.Header.Add("Server-Authorization", answerHeader)
	if err := CheckResponse(resp, steve, answered, ResponseIfPresent); !errors.Is(err, ErrBadHeader) {
		t.Errorf("two headers: %v", err)
	}
	resp, _ = answer(answerHeader, "some reply")
	other := answered
	other.Nonce = "another"
	if err := CheckResponse(resp, steve, other, ResponseIfPresent); !errors.Is(err, ErrBadMAC) {
		t.Errorf("the answer to another request: %v", err)
	}
}

func TestCheckResponseBody(t *testing.T) {
	readers := map[string]func(io.Reader) io.Reader{
		"at once":           func(r io.Reader) io.Reader { return r },
		"byte by byte":      iotest.OneByteReader,
		"end with the data": iotest.DataErrReader,
	}
	for name, reader := range readers {
		for body, want := range map[string]error{
			"some reply": nil, "some reply ": ErrBadPayloadHash, "some repl": ErrBadPayloadHash, "": ErrBadPayloadHash, "Some reply": ErrBadPayloadHash,
		} {
			resp, source := answer(answerHeader, body)
			source.Reader = reader(source.Reader)
			if err := CheckResponse(resp, steve, answered, ResponseRequired); err != nil {
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
func TestCheckResponseBodyEndsOnce(t *testing.T) {
	resp, source := answer(answerHeader, "")
	parts := []string{"some reply", "", "and a lie", ""}
	source.Reader = readerFunc(func(p []byte) (int, error) {
		n := copy(p, parts[0])
		parts = parts[1:]
		if n == 0 {
			return 0, io.EOF
		}
		return n, nil
	})
	if err := CheckResponse(resp, steve, answered, ResponseRequired); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"some reply", ""} {
		if body, err := io.ReadAll(resp.Body); string(body) != want || err != nil {
			t.Errorf("%q, %v; want %q", body, err, want)
		}
	}
}

// The last bytes of a wrong body stay behind, when the error comes with them.
func TestCheckResponseKeepsTheLastBytes(t *testing.T) {
	resp, source := answer(answerHeader, "some lie")
	source.Reader = iotest.DataErrReader(source.Reader)
	if err := CheckResponse(resp, steve, answered, ResponseRequired); err != nil {
		t.Fatal(err)
	}
	if n, err := resp.Body.Read(make([]byte, 100)); n != 0 || !errors.Is(err, ErrBadPayloadHash) {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// A decoder may stop before the end. What it left must not hide that the body is wrong.
func TestCheckResponseBodyClosedEarly(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"right":       {"some reply", nil},
		"wrong":       {"some lie", ErrBadPayloadHash},
		"wrong, long": {"some lie" + strings.Repeat(" ", 2*maxDrain), ErrUnverifiedBody},
	} {
		resp, source := answer(answerHeader, test.body)
		if err := CheckResponse(resp, steve, answered, ResponseRequired); err != nil {
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
func TestCheckResponseBodyClosedWhileReading(t *testing.T) {
	resp, _ := answer(answerHeader, "")
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
	if err := CheckResponse(resp, steve, answered, ResponseRequired); err != nil {
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

func TestCheckResponseWithoutBody(t *testing.T) {
	head := answered
	head.Method = http.MethodHead
	g := &Grant{Credentials: steve, Artifacts: head}
	header, err := g.ServerAuthorization(HashPayload(SHA256, "text/plain", []byte("what GET would give")), "")
	if err != nil {
		t.Fatal(err)
	}
	resp, _ := answer(header, "")
	if err := CheckResponse(resp, steve, head, ResponseBodyRequired); err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || len(body) != 0 {
		t.Errorf("%q, %v", body, err)
	}

	resp, _ = answer(answerHeader, "")
	resp.StatusCode = http.StatusNotModified
	if err := CheckResponse(resp, steve, answered, ResponseBodyRequired); err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); err != nil || len(body) != 0 {
		t.Errorf("%q, %v", body, err)
	}

	resp, _ = answer(answerHeader, "")
	resp.Body = nil
	if err := CheckResponse(resp, steve, answered, ResponseIfPresent); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); !errors.Is(err, ErrBadPayloadHash) {
		t.Errorf("a missing body that should be there: %v", err)
	}
}
