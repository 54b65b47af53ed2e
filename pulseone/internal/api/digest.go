package api

import (
	"context"
	"encoding/hex"
	"hash"
	"io"

	"github.com/secureaccess-go/secureaccess"
)

// Digest returns the digest, in hex digits, and the size of content that is going to be uploaded, from where its reader
// stands, and rewinds it. Content that is no [io.Seeker] or cannot be read is a [secureaccess.ArgumentError].
func Digest(ctx context.Context, content secureaccess.Upload, sum hash.Hash) (digest string, size int64, err error) {
	seeker, ok := content.Reader.(io.Seeker)
	if !ok {
		return "", 0, &secureaccess.ArgumentError{Argument: "content_hash", Reason: "is empty, and the content is no Seeker, which can be read twice"}
	}
	unreadable := func(err error) (string, int64, error) {
		return "", 0, &secureaccess.ArgumentError{Argument: "content", Reason: "cannot be read for its digest", Err: err}
	}
	start, err := seeker.Seek(0, io.SeekCurrent)
	if err != nil {
		return unreadable(err)
	}
	rewind := func() error {
		_, err := seeker.Seek(start, io.SeekStart)
		return err
	}
	buffer := make([]byte, 64<<10)
	for {
		if err := ctx.Err(); err != nil {
			_ = rewind()
			return "", 0, err
		}
		n, err := content.Reader.Read(buffer)
		sum.Write(buffer[:n])
		size += int64(n)
		if err == io.EOF {
			break
		}
		if err != nil {
			_ = rewind()
			return unreadable(err)
		}
	}
	if err := rewind(); err != nil {
		return unreadable(err)
	}
	return hex.EncodeToString(sum.Sum(nil)), size, nil
}
