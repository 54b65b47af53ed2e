package pulseonetest

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
)

// xmlTree makes an object of XML, as the document shows it: attributes have an @ before their name, text beside other
// members is #text, and elements that are repeated are a list.
func xmlTree(text []byte) (map[string]any, error) {
	dec := xml.NewDecoder(bytes.NewReader(text))
	root := map[string]any{}
	if err := xmlChildren(dec, root, new(strings.Builder), 0); err != nil && err != io.EOF {
		return nil, err
	}
	if len(root) == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return root, nil
}

const xmlDepth = 100

// xmlChildren adds what comes up to the end of an element.
func xmlChildren(dec *xml.Decoder, into map[string]any, said *strings.Builder, depth int) error {
	if depth > xmlDepth {
		return io.ErrUnexpectedEOF
	}
	for {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.EndElement:
			return nil
		case xml.CharData:
			said.Write(token)
		case xml.StartElement:
			child := map[string]any{}
			for _, attribute := range token.Attr {
				child["@"+attribute.Name.Local] = attribute.Value
			}
			var inner strings.Builder
			if err := xmlChildren(dec, child, &inner, depth+1); err != nil {
				return err
			}
			var value any = child
			switch text := strings.TrimSpace(inner.String()); {
			case len(child) == 0:
				value = text
			case text != "":
				child["#text"] = text
			}
			name := token.Name.Local
			switch before := into[name].(type) {
			case nil:
				into[name] = value
			case []any:
				into[name] = append(before, value)
			default:
				into[name] = []any{before, value}
			}
		}
	}
}
