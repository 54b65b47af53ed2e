package secureaccess

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/secureaccess-go/secureaccess/internal/json"
)

// QuotedBool is a truth value that goes back in quotes, as software without types expects it. It reads true, "true",
// "True", "yes", "on", "enabled", "1" and 1, and their opposites, and writes "true" or "false". Null and "" are false.
type QuotedBool bool

var errNoBool = errors.New("not a truth value")

// MarshalJSON writes "true" or "false".
func (b QuotedBool) MarshalJSON() ([]byte, error) {
	return strconv.AppendQuote(nil, strconv.FormatBool(bool(b))), nil
}

// MarshalJSONTo does what MarshalJSON does, for encoding/json/v2.
func (b QuotedBool) MarshalJSONTo(enc *jsontext.Encoder) error {
	return enc.WriteToken(jsontext.String(strconv.FormatBool(bool(b))))
}

// UnmarshalJSON reads a truth value in any of the forms seen.
func (b *QuotedBool) UnmarshalJSON(data []byte) error {
	truth, ok := json.ReadBool(bytes.TrimSpace(data))
	if !ok {
		return errNoBool
	}
	*b = QuotedBool(truth)
	return nil
}

// UnmarshalJSONFrom does what UnmarshalJSON does, for encoding/json/v2.
func (b *QuotedBool) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	return b.UnmarshalJSON(value)
}

// Time is a point in time as the vendors write it: RFC 3339, the same without a zone (then UTC), with a blank for the T
// or slashes for the dashes, a date alone, Unix seconds, or Unix milliseconds (numbers from 1e11 on), each with or
// without a fraction, numbers also in quotes.
//
// A Time remembers the form that it was read in. Unchanged it is written byte for byte as it came; one that was set
// since is written in the same form where that holds it exactly, else as RFC 3339. A Time that was never read is written
// as RFC 3339, the zero Time as null.
//
// The embedded time is in UTC. Text that is no time is kept and written back, with a zero time: one odd member does not
// make a whole list unreadable.
type Time struct {
	time.Time
	form timeForm
	odd  *string // the JSON value as read, where no form gives it back
}

// At returns t as a Time to send.
func At(t time.Time) Time { return Time{Time: t} }

// Text returns the value as it is on the wire, without quotes: what the server wrote, as long as the time is unchanged.
// It is "" for a Time that was not read.
func (t Time) Text() string {
	if t.odd == nil && t.form == (timeForm{}) {
		return ""
	}
	var space [longestTime]byte
	value := t.append(space[:0])
	if len(value) == 0 || value[0] != '"' {
		return string(value)
	}
	text, _ := jsontext.AppendUnquote(nil, value)
	return string(text)
}

// IsZero reports whether there is neither a time nor a text; a field tagged omitzero is then left out.
func (t Time) IsZero() bool { return t.Time.IsZero() && t.odd == nil }

// MarshalJSON writes the time in the form in which it was read, or RFC 3339.
func (t Time) MarshalJSON() ([]byte, error) { return t.append(nil), nil }

// MarshalJSONTo does what MarshalJSON does, for encoding/json/v2.
func (t Time) MarshalJSONTo(enc *jsontext.Encoder) error {
	return enc.WriteValue(t.append(enc.AvailableBuffer()))
}

// append appends the JSON value of t.
func (t Time) append(b []byte) []byte {
	if t.odd != nil {
		if read, _ := parseTime([]byte(*t.odd)); read.Equal(t.Time) {
			return append(b, *t.odd...)
		}
	}
	if t.Time.IsZero() {
		return append(b, "null"...)
	}
	if t.form.holds(t.Time) {
		return t.form.append(b, t.Time)
	}
	b = append(b, '"')
	b = t.Time.AppendFormat(b, time.RFC3339Nano)
	return append(b, '"')
}

// UnmarshalJSON reads any JSON value but an object or a list. Null is the zero Time.
func (t *Time) UnmarshalJSON(data []byte) error { return t.read(bytes.TrimSpace(data)) }

// UnmarshalJSONFrom does what UnmarshalJSON does, for encoding/json/v2.
func (t *Time) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	return t.read(value)
}

var errNoTime = errors.New("time: neither a string nor a number")

func (t *Time) read(value []byte) error {
	switch jsontext.Value(value).Kind() {
	case 'n':
		*t = Time{}
		return nil
	case '{', '[', 0:
		return errNoTime
	}
	read, form := parseTime(value)
	sure := form.kind != formNone && form.flags&flagUnsure == 0
	if form.flags &^= flagUnsure; !sure && form.holds(read) {
		var space [longestTime]byte
		sure = bytes.Equal(form.append(space[:0], read), value)
	}
	if sure && !read.IsZero() {
		*t = Time{Time: read, form: form}
		return nil
	}
	text := string(value)
	*t = Time{Time: read, odd: &text}
	return nil
}
