package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/redact"
	"github.com/secureaccess-go/secureaccess/internal/transport"
)

// peekSize is what is looked at of content before it is handed out.
const peekSize = 512

// Fetch carries out op and returns the body of the response as a stream, as long as it may be. The caller closes it. It
// asks for the content as it is: what net/http decompresses on the way has no known size, and is not what a digest
// was made of. What is no content, or not the whole of it, is an error: other statuses than 200, an encoding that was
// not asked for, nothing at all.
func Fetch(ctx context.Context, c *Client, op *Op) (*secureaccess.Download, error) {
	asIs := op.header.Get("Accept-Encoding") == ""
	if asIs {
		op.Header("Accept-Encoding", "identity")
	}
	current, err := c.begin(ctx, op)
	if err != nil {
		return nil, err
	}
	resp, err := current.send()
	if err != nil {
		return nil, err
	}
	if reason := notContent(resp, op, asIs); reason != "" {
		current.discard(resp)
		return nil, current.failure(resp, fmt.Errorf("%w: %s", secureaccess.ErrBadResponse, reason))
	}
	if err := current.begins(resp); err != nil {
		return nil, err
	}
	body := resp.Body
	if op.sum != nil {
		body = op.sum.download(body)
	}
	return &secureaccess.Download{
		ReadCloser:  &stream{ReadCloser: body, call: current, resp: resp},
		Size:        resp.ContentLength,
		ContentType: mediaTypeOf(resp.Header),
		Name:        redact.FileName(resp.Header.Get("Content-Disposition")),
	}, nil
}

// begins looks at the beginning of content, so far as that is needed to tell whether it is some.
func (c *call) begins(resp *http.Response) error {
	if c.op.refusedIf != nil || c.client.refusedIf != nil {
		if c.refused(peekForLong(resp, peekSize)) {
			return c.failure(resp, nil)
		}
	}
	if c.op.empty || resp.ContentLength > 0 {
		return nil
	}
	if len(peekForLong(resp, 1)) > 0 {
		return nil
	}
	// Either nothing comes, or the reading fails.
	err := fmt.Errorf("%w: the content is empty", secureaccess.ErrBadResponse)
	if _, cause := resp.Body.Read(make([]byte, 1)); cause != nil && cause != io.EOF {
		err = &brokenBody{transport.Classify(c, cause)}
	}
	c.discard(resp)
	return c.failure(resp, err)
}

// notContent says why a successful response does not bring the content that was asked for, "" if it does.
func notContent(resp *http.Response, op *Op, asIs bool) string {
	switch encoding := resp.Header.Get("Content-Encoding"); {
	case len(op.only) == 0 && resp.StatusCode == http.StatusPartialContent && op.header.Get("Range") == "":
		return "it is a part of the content, which nobody asked for"
	case len(op.only) == 0 && !op.empty && resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusPartialContent:
		return "it brings no content"
	case asIs && encoding != "" && encoding != "identity":
		return "the content is encoded, although it was asked for as it is"
	}
	return ""
}

// stream is content that the caller reads. Its errors name the operation, and its end is the end of the content.
type stream struct {
	io.ReadCloser
	call *call
	resp *http.Response
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	switch {
	case err == nil:
	case err == io.EOF:
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, secureaccess.ErrDigestMismatch):
		err = s.call.failure(s.resp, err)
	default:
		err = s.call.failure(s.resp, &brokenBody{transport.Classify(s.call, err)})
	}
	return n, err
}
