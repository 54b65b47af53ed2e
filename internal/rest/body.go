package rest

import (
	"bytes"
	"io"
	"net/url"
	"unicode/utf8"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
)

// body is what a request carries. It can be opened again for every attempt, unless it is spent.
type body struct {
	contentType string
	encoding    string // Content-Encoding
	size        int64  // -1 when unknown
	open        func() (io.Reader, error)
	spent       func() bool // nil: never; else whether the body was read and cannot be read again
	cut         func() bool // nil: never; else ends the reading and reports whether something was left to read
	once        bool        // the body cannot be read a second time
	waits       bool        // reading it can wait for somebody, as a pipe does
	end         func()      // nil: nothing to do; else gives the caller's readers back when the call is over
	secrets     []string
}

// JSON sends v. The options are those of writing, such as [json.EmptyLists] for servers to which null is no list.
func (o *Op) JSON(v any, options ...json.Option) *Op {
	data, secrets, err := exposer.Marshal(v, options...)
	if err != nil {
		return o.Refuse(&secureaccess.ArgumentError{Argument: "body", Reason: "cannot be encoded", Err: err})
	}
	o.body = bytesBody("application/json", data)
	o.body.secrets = secrets
	return o
}

// Text sends text, which has to be UTF-8.
func (o *Op) Text(contentType, text string) *Op {
	if !utf8.ValidString(text) {
		return o.refuse("body", "is not UTF-8 text")
	}
	return o.Bytes(contentType, []byte(text))
}

// Bytes sends data.
func (o *Op) Bytes(contentType string, data []byte) *Op {
	o.body = bytesBody(contentType, data)
	return o
}

// BytesWith sends data that holds secrets.
func (o *Op) BytesWith(contentType string, data []byte, secrets []string) *Op {
	o.Bytes(contentType, data).body.secrets = secrets
	return o
}

// Form sends values as a form.
func (o *Op) Form(values url.Values) *Op {
	o.body = bytesBody("application/x-www-form-urlencoded", []byte(values.Encode()))
	return o
}

func bytesBody(contentType string, data []byte) *body {
	return &body{
		contentType: contentType,
		size:        int64(len(data)),
		open:        func() (io.Reader, error) { return bytes.NewReader(data), nil },
	}
}

// BodySize returns how many bytes are going to be sent, -1 where that is not known.
func (o *Op) BodySize() int64 {
	if o.body == nil {
		return -1
	}
	return o.body.size
}

// Upload sends content as it is read.
func (o *Op) Upload(contentType string, content secureaccess.Upload) *Op {
	return o.upload(contentType, content, nil)
}

func (o *Op) upload(contentType string, content secureaccess.Upload, sum *Sum) *Op {
	b, err := uploadBody(content, sum)
	if err != nil {
		return o.Refuse(err)
	}
	b.contentType = contentType
	o.body = b
	return o
}
