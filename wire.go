package secureaccess

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// The types of this file stand for values that the vendors print in more than one form. They read every form seen and
// write the documented one.

// Int reads 1389 and "1389" and writes 1389. Null and "" leave it as it is.
type Int int64

// MarshalJSON writes a number.
func (i Int) MarshalJSON() ([]byte, error) { return strconv.AppendInt(nil, int64(i), 10), nil }

// UnmarshalJSON reads a whole number, quoted or not.
func (i *Int) UnmarshalJSON(data []byte) error { return readInt((*int64)(i), data) }

// QuotedInt reads 1389 and "1389" and writes "1389". Null and "" leave it as it is.
type QuotedInt int64

// MarshalJSON writes a number in quotes.
func (i QuotedInt) MarshalJSON() ([]byte, error) {
	return strconv.AppendQuote(nil, strconv.FormatInt(int64(i), 10)), nil
}

// UnmarshalJSON reads a whole number, quoted or not.
func (i *QuotedInt) UnmarshalJSON(data []byte) error { return readInt((*int64)(i), data) }

// Bool reads true, "true", "True", "yes", "enabled", "1" and 1, and their opposites, and writes true or false. Null
// and "" leave it as it is.
type Bool bool

// MarshalJSON writes true or false.
func (b Bool) MarshalJSON() ([]byte, error) { return strconv.AppendBool(nil, bool(b)), nil }

// UnmarshalJSON reads a truth value in any of the forms seen.
func (b *Bool) UnmarshalJSON(data []byte) error { return readBool((*bool)(b), data) }

// QuotedBool reads what [Bool] reads and writes "true" or "false".
type QuotedBool bool

// MarshalJSON writes "true" or "false".
func (b QuotedBool) MarshalJSON() ([]byte, error) {
	return strconv.AppendQuote(nil, strconv.FormatBool(bool(b))), nil
}

// UnmarshalJSON reads a truth value in any of the forms seen.
func (b *QuotedBool) UnmarshalJSON(data []byte) error { return readBool((*bool)(b), data) }

// Time is a point in time as the vendors write it: RFC 3339, the same without a zone (then UTC), with a blank for the
// T, with slashes for the dashes, or Unix seconds. A Time that was read writes the text it was read from, so that an
// object goes back as it came; one that was set writes RFC 3339. Text that is no time at all is kept too, with a zero
// time beside it: one odd field must not make a whole list unreadable.
type Time struct {
	time.Time
	text string // as read, a JSON value
}

// At returns t as a Time to send.
func At(t time.Time) Time { return Time{Time: t} }

// Text returns the value as the server wrote it, "" for a Time that was not read.
func (t Time) Text() string {
	var text string
	if json.Unmarshal([]byte(t.text), &text) == nil {
		return text
	}
	return t.text // a number
}

// IsZero reports whether there is neither a time nor a text; a field tagged omitzero is then left out.
func (t Time) IsZero() bool { return t.Time.IsZero() && t.text == "" }

// timeLayouts are the forms seen, the most frequent first. Go reads fractions of a second with any of them.
var timeLayouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04:05-0700",
	"2006/01/02 15:04:05",
	"2006-01-02",
}

// MarshalJSON writes the text that was read, or RFC 3339 for a time that was set since.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.text != "" && parseTime(t.text).Equal(t.Time) {
		return []byte(t.text), nil
	}
	if t.Time.IsZero() {
		return []byte("null"), nil
	}
	return t.Time.MarshalJSON()
}

// UnmarshalJSON reads any JSON value but an object or an array.
func (t *Time) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if string(data) == "null" {
		*t = Time{}
		return nil
	}
	if len(data) == 0 || data[0] == '{' || data[0] == '[' {
		return errors.New("time: neither a string nor a number")
	}
	*t = Time{Time: parseTime(string(data)), text: string(data)}
	return nil
}

// parseTime reads a JSON value as a time, the zero time if it is none.
func parseTime(value string) time.Time {
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC()
	}
	var text string
	if json.Unmarshal([]byte(value), &text) != nil {
		return time.Time{}
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	// Unix seconds in quotes; fewer digits would be a date without dashes.
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) >= 9 {
		return time.Unix(seconds, 0).UTC()
	}
	return time.Time{}
}

func readInt(into *int64, data []byte) error {
	text := scalar(data)
	if text == "" {
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		// 1e3 and 12.0 are whole numbers too, to a JSON writer. From 2^53 on a float would stand for its neighbours.
		f, ferr := strconv.ParseFloat(text, 64)
		if ferr != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
			return fmt.Errorf("%q is not a whole number", shorten(text))
		}
		n = int64(f)
	}
	*into = n
	return nil
}

func readBool(into *bool, data []byte) error {
	switch text := scalar(data); strings.ToLower(text) {
	case "":
	case "true", "yes", "on", "enabled", "1":
		*into = true
	case "false", "no", "off", "disabled", "0":
		*into = false
	default:
		return fmt.Errorf("%q is not a truth value", shorten(text))
	}
	return nil
}

// scalar returns the text of a JSON string, number or truth value, "" for null.
func scalar(data []byte) string {
	text := string(bytes.TrimSpace(data))
	if text == "null" {
		return ""
	}
	if strings.HasPrefix(text, `"`) {
		var s string
		if json.Unmarshal(data, &s) == nil {
			return strings.TrimSpace(s)
		}
	}
	return text
}

func shorten(text string) string {
	if len(text) > 40 {
		return text[:40] + "..."
	}
	return text
}
