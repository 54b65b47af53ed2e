package secureaccess

import "io"

// Upload is content to send: a firmware image, a backup, a certificate. It is streamed and never held in memory.
//
// A Reader that is also an [io.Seeker] is sent from where it stands and can be sent again when an attempt fails. Any
// other is sent once: the call is not retried, and fails before anything is sent where the policy asks for repeatable
// bodies (see [RetryPolicy]). A Seeker stands where it stood when the call is over: it can be uploaded again after a
// failure, or to another appliance.
//
// A call ends with its context although Read blocks, as that of a pipe can. A goroutine then waits for that Read, and
// the Reader must not be used before it has returned. Readers in memory and regular files are free when the call
// returns.
type Upload struct {
	Reader io.Reader
	Size   int64  // in bytes; 0 when unknown, and then found out from a Seeker or a Len method, else sent chunked
	Name   string // file name, where the operation sends one

	// Progress, if set, is called as the content is written, with the bytes sent of this attempt and the size, which
	// is 0 when unknown. It begins again at 0 with a new attempt. It must not block.
	Progress func(sent, size int64)
}

// Download is content as it arrives. Read it, then Close it; what is not read is not fetched. It is whole when Read
// returns [io.EOF]: content that breaks off is an [*Error].
type Download struct {
	io.ReadCloser
	Size        int64  // in bytes; -1 when the server does not say
	ContentType string // without parameters
	Name        string // file name that the server proposes: never a path; "" when it proposes none
}
