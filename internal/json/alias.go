package json

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// aliased reads an object some of whose members may have other names than they are documented with.
func (l *lenient) aliased(dec *jsontext.Decoder, v any, o *object) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	return l.nested(dec, o.rename(value), v, true)
}

// rename gives the members of an object their documented names, except those whose documented name is there too: they
// remain unknown members.
func (o *object) rename(value jsontext.Value) jsontext.Value {
	dec := jsontext.NewDecoder(bytes.NewBuffer(value[:len(value):len(value)]), readOptions)
	type spelling struct {
		from, to int // of the name in value, in its quotes
		name     string
	}
	var found []spelling
	present := map[string]bool{}
	if _, err := dec.ReadToken(); err != nil {
		return value
	}
	for dec.PeekKind() == '"' {
		quoted, err := dec.ReadValue()
		if err != nil {
			return value
		}
		end := int(dec.InputOffset())
		text := string(unquoted(quoted))
		present[text] = true
		if name, ok := o.alias[text]; ok {
			found = append(found, spelling{end - len(quoted), end, name})
		}
		if err := dec.SkipValue(); err != nil {
			return value
		}
	}
	var renamed []byte
	last := 0
	for _, s := range found {
		if present[s.name] {
			continue
		}
		present[s.name] = true // the first of several other spellings
		renamed = append(renamed, value[last:s.from]...)
		renamed, _ = jsontext.AppendQuote(renamed, s.name)
		last = s.to
	}
	if last == 0 {
		return value
	}
	return append(renamed, value[last:]...)
}

// unquoted returns the text of a JSON string, without allocating where it has no escapes.
func unquoted(quoted jsontext.Value) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 && len(quoted) >= 2 {
		return quoted[1 : len(quoted)-1]
	}
	text, _ := jsontext.AppendUnquote(nil, quoted)
	return text
}
