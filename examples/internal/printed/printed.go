// Package printed notices when what a program prints does not arrive: on a full disk a report that nobody can read must
// not end with success.
package printed

import (
	"fmt"
	"io"
)

// Writer remembers the first error of what it writes to. It is not safe for concurrent use.
type Writer struct {
	w   io.Writer
	err error
}

// To returns a Writer that writes to w.
func To(w io.Writer) *Writer { return &Writer{w: w} }

// Write writes p. After an error nothing more is written: what follows a gap would read as if there were none.
func (w *Writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.w.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	w.err = err
	return n, err
}

// Err returns the first error, nil where all was written.
func (w *Writer) Err() error { return w.err }

// Status returns the exit status of a program that would end with status. Where something was not written it says so on
// stderr, and what would not be a failure is one: 1.
func (w *Writer) Status(program string, status int, stderr io.Writer) int {
	const failed, usage = 1, 2
	if w.err == nil {
		return status
	}
	_, _ = fmt.Fprintf(stderr, "%s: the output could not be written: %v\n", program, w.err)
	if status == usage {
		return status
	}
	return failed
}
