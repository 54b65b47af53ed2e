package json

import (
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// scalarText returns the text of a JSON string without white space around it, or a number or truth value as it stands.
// Lists and objects have none.
func scalarText(value jsontext.Value) (string, bool) {
	switch value.Kind() {
	case 't', 'f', '0':
		return string(value), true
	case '"':
		text, err := jsontext.AppendUnquote(nil, value)
		if err != nil && text == nil {
			return "", false
		}
		return strings.TrimSpace(string(text)), true
	}
	return "", false
}

// ReadBool reads a truth value from a JSON value in any of the forms seen: true, "true", "True", "yes", "on", "enabled",
// "1", 1 and their opposites. Null and "" are false. It reports whether value is one.
func ReadBool(value []byte) (truth, ok bool) {
	if string(value) == "null" {
		return false, true
	}
	text, ok := scalarText(value)
	if !ok {
		return false, false
	}
	return parseBool(text)
}

func parseBool(text string) (truth, ok bool) {
	switch strings.ToLower(text) {
	case "true", "yes", "on", "enabled", "1":
		return true, true
	case "", "false", "no", "off", "disabled", "0":
		return false, true
	}
	return false, false
}

// setScalar reads text, which stands in the data as a JSON value of the given kind, into a value of another kind. It
// reports whether that is possible without loss.
func setScalar(rv reflect.Value, c class, text string, kind jsontext.Kind) bool {
	boolean := kind == 't' || kind == 'f'
	switch c {
	case classString: // from a number or a truth value
		rv.SetString(text)
		return true
	case classBool:
		truth, ok := parseBool(text)
		if ok {
			rv.SetBool(truth)
		}
		return ok
	case classInt:
		n, ok := parseInt(text)
		if !ok || boolean || rv.OverflowInt(n) {
			return false
		}
		rv.SetInt(n)
		return true
	case classUint:
		n, ok := parseUint(text)
		if !ok || boolean || rv.OverflowUint(n) {
			return false
		}
		rv.SetUint(n)
		return true
	case classFloat:
		f, ok := parseFloat(text)
		if !ok || boolean || rv.OverflowFloat(f) {
			return false
		}
		rv.SetFloat(f)
		return true
	}
	return false
}

// parseInt reads a whole number. 1e3 and 12.0 are whole numbers too, to a JSON writer.
func parseInt(text string) (int64, bool) {
	if text == "" {
		return 0, true
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, true
	}
	f, ok := parseFloat(text)
	// From 2^53 on a float would stand for its neighbors.
	if !ok || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return 0, false
	}
	return int64(f), true
}

func parseUint(text string) (uint64, bool) {
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		return n, true
	}
	n, ok := parseInt(text)
	return uint64(n), ok && n >= 0
}

// parseFloat reads a number as JSON writes them: not the hexadecimal ones, infinities and underscores of Go.
func parseFloat(text string) (float64, bool) {
	if text == "" {
		return 0, true
	}
	if strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}
