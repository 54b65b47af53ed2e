package rest

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"

	"github.com/secureaccess-go/secureaccess"
)

// Part is a part of a multipart body: a field, or a file when Content has a Reader.
type Part struct {
	Name        string
	Value       string
	Content     secureaccess.Upload
	ContentType string // of a file; application/octet-stream by default
	Sum         *Sum   // what a file is compared with, see [Op.UploadVerified]; nil for nothing
}

// Multipart sends parts as multipart/form-data, files as they are read. Where the sizes of all files are known the
// length of the whole is announced.
func (o *Op) Multipart(parts ...Part) *Op {
	b, err := multipartBody(parts)
	if err != nil {
		return o.Refuse(err)
	}
	o.body = b
	return o
}

func multipartBody(parts []Part) (*body, error) {
	var skeleton bytes.Buffer
	w := multipart.NewWriter(&skeleton)
	type piece struct {
		text    []byte
		content *body
	}
	var pieces []piece
	b := &body{contentType: w.FormDataContentType()}
	cut := func(content *body) {
		text := bytes.Clone(skeleton.Bytes())
		skeleton.Reset()
		pieces = append(pieces, piece{text, content})
		b.size += int64(len(text))
	}
	unknown := false
	for _, part := range parts {
		if part.Content.Reader == nil {
			if err := w.WriteField(part.Name, part.Value); err != nil {
				return nil, err
			}
			continue
		}
		content, err := uploadBody(part.Content, part.Sum)
		if err != nil {
			return nil, err
		}
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", multipart.FileContentDisposition(part.Name, fileName(part.Content.Name)))
		header.Set("Content-Type", orDefault(part.ContentType, "application/octet-stream"))
		if _, err := w.CreatePart(header); err != nil {
			return nil, err
		}
		cut(content)
		b.once = b.once || content.once
		b.waits = b.waits || content.waits
		b.size += content.size
		unknown = unknown || content.size < 0
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	cut(nil)
	if unknown {
		b.size = -1
	}
	b.spent = func() bool {
		for _, p := range pieces {
			if p.content != nil && p.content.spent() {
				return true
			}
		}
		return false
	}
	b.cut = func() bool {
		left := false
		for _, p := range pieces {
			if p.content != nil && p.content.cut() {
				left = true
			}
		}
		return left
	}
	b.end = func() {
		for _, p := range pieces {
			if p.content != nil {
				p.content.end()
			}
		}
	}
	b.open = func() (io.Reader, error) {
		readers := make([]io.Reader, 0, 2*len(pieces))
		for _, p := range pieces {
			readers = append(readers, bytes.NewReader(p.text))
			if p.content == nil {
				continue
			}
			r, err := p.content.open()
			if err != nil {
				return nil, err
			}
			readers = append(readers, r)
		}
		return io.MultiReader(readers...), nil
	}
	return b, nil
}

// fileName returns the last element of a path of any system: servers take what comes as a name.
func fileName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return orDefault(name, "file")
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
