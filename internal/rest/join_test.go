package rest

import (
	"context"
	"errors"
	"io"
	"testing"
)

func TestJoin(t *testing.T) {
	if err := Join(nil, nil); err != nil {
		t.Errorf("of nothing: %v", err)
	}
	if err := Join(nil, io.EOF); err != io.EOF {
		t.Errorf("of one: %v", err)
	}
	err := Join(io.EOF, nil, context.Canceled)
	if !errors.Is(err, io.EOF) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not match what it is made of", err)
	}
	if got := err.Error(); got != "EOF; context canceled" {
		t.Errorf("the text is %q", got)
	}
}
