package rest

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/secureaccess-go/secureaccess"
)

func digests(data []byte) (md5Hex, sha1Hex string) {
	m, s := md5.Sum(data), sha1.Sum(data)
	return hex.EncodeToString(m[:]), hex.EncodeToString(s[:])
}

// The last bytes of content with another digest are never sent, whatever kind of reader it comes from: a server that
// got them all would keep them.
func TestOp_UploadVerified_mismatch(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	_, other := digests([]byte("other"))
	var whole []string
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil || len(body) >= len(data) {
			whole = append(whole, r.URL.Path)
		}
	})
	c := connect(t, s.URL, retries(3))
	for name, reader := range map[string]io.Reader{
		"seeker":       bytes.NewReader(data),
		"buffer":       bytes.NewBuffer(bytes.Clone(data)),
		"plain":        plain{bytes.NewReader(data)},
		"data and EOF": plain{iotest.DataErrReader(bytes.NewReader(data))},
	} {
		sum := NewSum(other, -1)
		op := PUT("/" + strings.ReplaceAll(name, " ", "_"))
		err := Send(t.Context(), c, op.UploadVerified("application/octet-stream", secureaccess.Upload{Reader: reader, Size: int64(len(data))}, sum))
		failure, ok := errors.AsType[*secureaccess.DigestError](err)
		if !ok || !errors.Is(err, secureaccess.ErrDigestMismatch) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, got := digests(data); failure.Got != got || failure.Want != other || failure.Algorithm != "SHA-1" || failure.GotSize != int64(len(data)) {
			t.Errorf("%s: got %+v", name, failure)
		}
		if failureOf(t, err).Attempts != 1 || sum.Whole() {
			t.Errorf("%s: repeated, or taken for whole: %v", name, err)
		}
	}
	s.Close()
	if len(whole) > 0 {
		t.Errorf("arrived whole: %v", whole)
	}
}

// A repeated upload begins its digest again.
func TestOp_UploadVerified_repeated(t *testing.T) {
	data := bytes.Repeat([]byte("x"), 300_000)
	for _, digest := range []string{func() string { m, _ := digests(data); return m }(), func() string { _, s := digests(data); return strings.ToUpper(s) }(), "5d41402a-bc4b-2a76-b971-9d911017c592"} {
		var list []received
		s := serve(t, receiving(&list, 503, 500, 200))
		c := connect(t, s.URL, retries(3))
		reader := bytes.NewReader(append([]byte("skipped"), data...))
		if _, err := reader.Seek(7, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		sum := NewSum(digest, int64(len(data)))
		if err := Send(t.Context(), c, PUT("/").UploadVerified("application/octet-stream", secureaccess.Upload{Reader: reader}, sum)); err != nil {
			t.Errorf("%s: %v", digest, err)
		}
		if len(list) != 3 || !bytes.Equal(list[2].body, data) || !sum.Whole() || sum.Size() != int64(len(data)) {
			t.Errorf("%s: %d requests, %d bytes", digest, len(list), sum.Size())
		}
	}
}

func TestOp_Verify(t *testing.T) {
	data := bytes.Repeat([]byte("x"), 100_000)
	m, s1 := digests(data)
	other, _ := digests([]byte("other"))
	s := serve(t, responds(200, string(data)))
	c := connect(t, s.URL)
	for name, test := range map[string]struct {
		sum  *Sum
		want *secureaccess.DigestError
	}{
		"MD5":          {NewSum(m, -1), nil},
		"SHA-1":        {NewSum(strings.ToUpper(s1), 100_000), nil},
		"opaque":       {NewSum("5d41402a-bc4b-2a76-b971-9d911017c592", -1), nil},
		"other digest": {NewSum(other, 100_000), &secureaccess.DigestError{Algorithm: "MD5", Want: other, Got: m, WantSize: 100_000, GotSize: 100_000}},
		"other size":   {NewSum("no digest", 100_001), &secureaccess.DigestError{WantSize: 100_001, GotSize: 100_000}},
	} {
		download, err := Fetch(t.Context(), c, GET("/").Verify(test.sum))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(download)
		_ = download.Close()
		switch failure, mismatch := errors.AsType[*secureaccess.DigestError](err); {
		case test.want == nil && (err != nil || len(got) != len(data)):
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		case test.want != nil && (!mismatch || *failure != *test.want):
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		case test.want != nil && failureOf(t, err).Path != "/":
			t.Errorf("%s: the operation is not named: %v", name, err)
		}
	}
	// More than announced fails as soon as it is known.
	download, err := Fetch(t.Context(), c, GET("/").Verify(NewSum("", 10)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = download.Close() }()
	if got, err := io.ReadAll(download); len(got) > 10 || !errors.Is(err, secureaccess.ErrDigestMismatch) {
		t.Errorf("got %d bytes and %v", len(got), err)
	}
}

// A POST whose content did not go out whole is repeated; one that did is not, whatever became of it.
func TestOp_RepeatableUntilSent(t *testing.T) {
	data := randomBytes(8 << 20)
	early := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadFull(r.Body, make([]byte, 100_000))
		reset(w, r)
	}
	late := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		reset(w, r)
	}
	failing := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusBadGateway)
	}
	for name, test := range map[string]struct {
		first    http.HandlerFunc
		reader   io.Reader
		attempts int32
		fails    bool
	}{
		"early":            {early, bytes.NewReader(data), 2, false},
		"early, no seeker": {early, plain{bytes.NewReader(data)}, 1, true},
		"late":             {late, bytes.NewReader(data), 1, true},
		"failing":          {failing, bytes.NewReader(data), 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			var got []byte
			s := serve(t, inTurn(test.first, func(_ http.ResponseWriter, r *http.Request) {
				if _, _, err := r.FormFile("f"); err == nil {
					file, _, _ := r.FormFile("f")
					got, _ = io.ReadAll(file)
				}
			}))
			c := connect(t, s.URL, retries(3))
			op := POST("/").Multipart(Part{Name: "a", Value: "1"}, Part{Name: "f", Content: secureaccess.Upload{Reader: test.reader, Size: int64(len(data))}})
			err := Send(t.Context(), c, op.RepeatableUntilSent())
			if test.fails != (err != nil) || s.requests.Load() != test.attempts {
				t.Errorf("%d attempts, %v", s.requests.Load(), err)
			}
			if !test.fails && !bytes.Equal(got, data) {
				t.Errorf("%d bytes arrived", len(got))
			}
		})
	}
}
