package sps

import (
	"context"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Setting is a place below /api/configuration that holds one value of type T: "network/dns". It is read with
// [GetSetting], written with [Update], and neither made nor deleted.
type Setting[T any] string

// op begins an operation on the setting.
func (s Setting[T]) op(begin func(string, ...string) *rest.Op, parameter string) *rest.Op {
	path := strings.Trim(string(s), "/")
	if singular[path] {
		return begin(configuration + path)
	}
	endpoint, key := splitSetting(path)
	op := Endpoint[T](endpoint).op(begin, parameter, key)
	if strings.Contains(path, "//") {
		op.Refuse(&secureaccess.ArgumentError{Argument: "setting", Reason: "has an empty part"})
	}
	return op
}

// splitSetting returns the path of what a setting is in, and its name there.
func splitSetting(path string) (endpoint, key string) {
	i := strings.LastIndexByte(path, '/')
	return path[:max(i, 0)], path[i+1:]
}

// GetSetting reads a setting. Its Key is the last element of its path.
//
// GET /api/configuration/{endpoint}/{object_id}
func GetSetting[T any](ctx context.Context, from Reader, setting Setting[T]) (*Object[T], error) {
	object, err := read[T](ctx, from, setting.op(rest.GET, "endpoint"))
	if err != nil {
		return nil, err
	}
	endpoint, key := splitSetting(strings.Trim(string(setting), "/"))
	object.setting = true
	object.Key = ""
	object.locate(endpoint, key)
	return object, nil
}

// writable says why an endpoint takes no writes, nil where it does as far as is known.
func writable(endpoint string) error {
	if reason := readOnly[strings.Trim(endpoint, "/")]; reason != "" {
		return &secureaccess.ArgumentError{Argument: "endpoint", Reason: reason}
	}
	return nil
}
