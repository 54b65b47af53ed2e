package secureaccess

import "strconv"

// DigestError says that content is not what was announced: its digest or its size is another. It matches
// [ErrDigestMismatch]. A call that fails with it has it as the cause of its [Error].
type DigestError struct {
	Algorithm string // "MD5" or "SHA-1"; "" when the sizes alone were compared
	Want, Got string // lower-case hex digits; "" without an algorithm
	WantSize  int64  // in bytes; -1 when no size was announced
	GotSize   int64
}

// Error names what was announced and what came.
func (e *DigestError) Error() string {
	if e.WantSize >= 0 && e.WantSize != e.GotSize {
		return "content has " + strconv.FormatInt(e.GotSize, 10) + " bytes, not the " + strconv.FormatInt(e.WantSize, 10) + " announced"
	}
	return "content has the " + e.Algorithm + " digest " + e.Got + ", not " + e.Want
}

// Is matches [ErrDigestMismatch].
func (e *DigestError) Is(target error) bool { return target == ErrDigestMismatch }
