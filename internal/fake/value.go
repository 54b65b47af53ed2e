package fake

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
)

// value is a JSON value that keeps the order of its members, which some documents call sorted.
type value struct {
	members []member // of an object, not nil
	isList  bool
	items   []*value
	scalar  json.RawMessage // of anything else
}

type member struct {
	name  string
	value *value
}

// parseValue reads a JSON text.
func parseValue(data []byte) (*value, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return readValue(d)
}

func readValue(d *json.Decoder) (*value, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		v := &value{members: []member{}}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			text, ok := name.(string)
			if !ok {
				return nil, errors.New("a member has no name")
			}
			inner, err := readValue(d)
			if err != nil {
				return nil, err
			}
			v.members = append(v.members, member{text, inner})
		}
		_, err = d.Token()
		return v, err
	case json.Delim('['):
		v := &value{isList: true}
		for d.More() {
			item, err := readValue(d)
			if err != nil {
				return nil, err
			}
			v.items = append(v.items, item)
		}
		_, err = d.Token()
		return v, err
	}
	switch token := token.(type) {
	case string:
		return &value{scalar: appendText(nil, token)}, nil
	case json.Number:
		return &value{scalar: []byte(token)}, nil
	case bool:
		return &value{scalar: strconv.AppendBool(nil, token)}, nil
	}
	return &value{scalar: []byte("null")}, nil
}

// appendText writes a text as servers do, without escapes for HTML.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return appendEscaped(b, text)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}

func appendEscaped(b []byte, text string) []byte {
	out := bytes.NewBuffer(b)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // neither a text nor a buffer fails
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

func (v *value) isNull() bool { return string(v.scalar) == "null" }

// append writes the value behind b.
func (v *value) append(b []byte) []byte {
	switch {
	case v.members != nil:
		b = append(b, '{')
		for i, m := range v.members {
			if i > 0 {
				b = append(b, ',')
			}
			b = m.value.append(append(appendText(b, m.name), ':'))
		}
		return append(b, '}')
	case v.isList:
		b = append(b, '[')
		for i, item := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.append(b)
		}
		return append(b, ']')
	}
	return append(b, v.scalar...)
}
