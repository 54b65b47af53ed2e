package secureaccess_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/secureaccess-go/secureaccess"
)

func TestDigestError(t *testing.T) {
	for _, c := range []struct {
		err  secureaccess.DigestError
		want string
	}{
		{secureaccess.DigestError{Algorithm: "MD5", Want: "aa", Got: "bb", WantSize: -1, GotSize: 7}, "MD5 digest bb, not aa"},
		{secureaccess.DigestError{Algorithm: "SHA-1", Want: "aa", Got: "bb", WantSize: 7, GotSize: 7}, "SHA-1 digest bb, not aa"},
		{secureaccess.DigestError{Algorithm: "MD5", Want: "aa", Got: "bb", WantSize: 8, GotSize: 7}, "7 bytes, not the 8 announced"},
		{secureaccess.DigestError{WantSize: 0, GotSize: 7}, "7 bytes, not the 0 announced"},
	} {
		err := error(&secureaccess.Error{Err: &c.err})
		if !errors.Is(err, secureaccess.ErrDigestMismatch) || errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%v does not match ErrDigestMismatch alone", err)
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %q, want %q in it", err, c.want)
		}
	}
}
