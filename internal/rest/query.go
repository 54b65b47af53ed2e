package rest

import (
	"unicode/utf8"

	"github.com/google/go-querystring/query"

	"github.com/secureaccess-go/secureaccess"
)

// rawQuery encodes the options and the single parameters.
func (o *Op) rawQuery() (string, error) {
	if o.options == nil && len(o.values) == 0 && len(o.tail) == 0 {
		return "", nil
	}
	values := o.values
	if o.options != nil {
		var err error
		if values, err = query.Values(o.options); err != nil {
			return "", &secureaccess.ArgumentError{Argument: "options", Reason: "cannot be encoded", Err: err}
		}
		for name, list := range o.values {
			values[name] = list
		}
	}
	for name, list := range values {
		for _, value := range list {
			if !utf8.ValidString(value) {
				return "", &secureaccess.ArgumentError{Argument: name, Reason: "is not UTF-8 text"}
			}
		}
	}
	encoded := values.Encode()
	for _, parameter := range o.tail {
		if encoded != "" {
			encoded += "&"
		}
		encoded += parameter
	}
	return encoded, nil
}
