package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// ContentLength carries out a HEAD and returns the length that it announces, -1 for none.
func ContentLength(ctx context.Context, c *rest.Client, op *rest.Op) (int64, error) {
	_, header, err := rest.Header(ctx, c, op.Accept("*/*"))
	if err != nil {
		return 0, err
	}
	return length(header), nil
}

func length(header http.Header) int64 {
	n, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}
