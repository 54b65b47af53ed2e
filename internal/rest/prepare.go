package rest

import (
	"net/url"

	"github.com/secureaccess-go/secureaccess"
)

// Prepare checks what the New of every product is given: the base URL, the options, and, with given, whether there are
// credentials at all. It sends nothing.
func Prepare(baseURL string, given bool, opts []secureaccess.Option) (*url.URL, *secureaccess.Settings, error) {
	settings, err := secureaccess.NewSettings(opts...)
	if err != nil {
		return nil, nil, err
	}
	base, err := ParseBase("base URL", baseURL, settings.AllowHTTP)
	if err != nil {
		return nil, nil, err
	}
	if !given {
		return nil, nil, &secureaccess.ArgumentError{Argument: "auth", Reason: "is nil"}
	}
	return base, &settings, nil
}
