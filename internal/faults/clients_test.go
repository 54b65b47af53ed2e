package faults_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/faults"
	"github.com/secureaccess-go/secureaccess/sase"
)

// The files clients_* hold every call into the products, and what an honest server responds to it: they alone follow
// changes of the API.

// password has a character for every spelling.
const password = `Pa55&"w<rd>/é\ +'=%`

// errWrong says that a call succeeded with something else than what the server has.
var errWrong = errors.New("the result is not the server's")

// client is a product's client, reduced to what the matrix calls.
type client struct {
	calls map[string]func(context.Context) error
	close func(context.Context) error
}

type spec struct {
	name    string
	kind    faults.Kind
	targets []string // requests that meet the fault
	silent  bool     // the operation returns nothing: its status says it all
}

type product struct {
	name    string
	connect func(base string, opts ...secureaccess.Option) (*client, error)
	specs   []spec
	secrets []string          // that the client is given or the server hands out
	good    map[string]string // bodies by method and path; {base} is the server's URL
	header  map[string]http.Header

	pages bool // a page means that the session has ended, so that a write may be sent again
}

// content begins as an archive: what does not is no export of an appliance.
var content = bytes.Repeat([]byte("PK\x03\x04456789abcdefghijklmnopqrstuv"), 96)

func fetch(download *secureaccess.Download, err error) error {
	if err != nil {
		return err
	}
	defer func() { _ = download.Close() }()
	got, err := io.ReadAll(io.LimitReader(download, 1<<20))
	if err == nil && !bytes.Equal(got, content) {
		return errWrong
	}
	return err
}

// is returns err, or errWrong where a call succeeded with a wrong result.
func is(err error, right func() bool) error {
	if err == nil && !right() {
		return errWrong
	}
	return err
}

var products []product

// uploadFrom sends content from a reader.
func uploadFrom(ctx context.Context, base string, reader io.Reader, opts ...secureaccess.Option) error {
	c, err := sase.New(base, sase.APIKey("sase-key-0123456789"), opts...)
	if err != nil {
		return err
	}
	err = c.Do(ctx, secureaccess.Request{Method: "POST", Path: "/v1/groups", Content: &secureaccess.Upload{Reader: reader}}, nil)
	return errors.Join(err, c.Close(context.WithoutCancel(ctx)))
}

// fields returns everything that a program can read from an error beside its text.
func fields(e *secureaccess.Error) string {
	return fmt.Sprint(e.Operation, e.Code, e.Messages, e.RequestID, string(e.Body))
}

// exchanged returns everything that an Exchange says.
func exchanged(info *secureaccess.Exchange) string { return fmt.Sprintf("%+v", *info) }

// the returns a product by its name.
func the(name string) *product {
	for i := range products {
		if products[i].name == name {
			return &products[i]
		}
	}
	panic("no product is named " + name)
}
