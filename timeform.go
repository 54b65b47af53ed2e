package secureaccess

import (
	"bytes"
	"math"
	"strconv"
	"time"
)

// timeForm is how a time stands on the wire: what has to be known beside the time to write it as it came.
type timeForm struct {
	kind     uint8 // formNone and so on
	flags    uint8
	fraction uint8 // digits of it
	zone     uint8 // zoneNone and so on
	offset   int16 // of the zone, in minutes
}

// Kinds of forms.
const (
	formNone   = iota // not read
	formTime          // date and time
	formDate          // a date alone
	formNumber        // Unix seconds or milliseconds
)

// Flags of forms.
const (
	flagSlash   = 1 << iota // 2006/01/02
	flagBlank               // a blank for the T
	flagComma               // a comma for the point of the fraction
	flagEscaped             // \/ for /
	flagQuoted              // a number in quotes
	flagMillis              // milliseconds
	flagApart               // a blank before the zone
	flagUnsure              // while reading: the form may not give back what was read
)

// Zones of forms.
const (
	zoneNone  = iota // taken as UTC
	zoneZ            // Z
	zoneHour         // +02
	zonePlain        // +0200
	zoneColon        // +02:00
)

const (
	// longestTime is more than the longest form takes.
	longestTime = 64
	// leastMillis is where numbers begin to be milliseconds: as seconds it is the year 5138, as milliseconds 1973.
	leastMillis = 100_000_000_000
	// leastQuoted is how many digits make a number in quotes one; fewer would be a date without dashes.
	leastQuoted = 9
	// Years 0 to 9999, which have a form with four digits.
	firstSecond, lastSecond = -62167219200, 253402300799
)

// parseTime reads a JSON value as a time and its form. Without a form only the time counts, the zero time is none.
func parseTime(value []byte) (time.Time, timeForm) {
	if len(value) < 2 || value[0] != '"' {
		return parseNumber(value, 0)
	}
	text := value[1 : len(value)-1]
	var flags uint8
	var space [longestTime]byte
	if bytes.IndexByte(text, '\\') >= 0 {
		if len(text) > longestTime {
			return time.Time{}, timeForm{}
		}
		text = withoutEscapes(space[:0], text)
		flags = flagEscaped | flagUnsure // perhaps not all slashes are
	}
	if len(text) >= 10 && (text[4] == '-' || text[4] == '/') {
		return parseDate(text, flags)
	}
	if whole := bytes.IndexAny(text, ".,eE"); whole >= leastQuoted || whole < 0 && len(text) >= leastQuoted {
		return parseNumber(text, flagQuoted)
	}
	return time.Time{}, timeForm{}
}

// withoutEscapes takes the backslash off slashes. Other escapes stay, and make the text none that is known.
func withoutEscapes(b, text []byte) []byte {
	for i, c := range text {
		if c != '\\' || i+1 == len(text) || text[i+1] != '/' {
			b = append(b, c)
		}
	}
	return b
}

// digits reads n decimal digits at the beginning of text, -1 if there are others.
func digits(text []byte, n int) int {
	if len(text) < n {
		return -1
	}
	value := 0
	for _, c := range text[:n] {
		if c < '0' || c > '9' {
			return -1
		}
		value = value*10 + int(c-'0')
	}
	return value
}

// parseDate reads a date, with a time or alone.
func parseDate(text []byte, flags uint8) (time.Time, timeForm) {
	form := timeForm{kind: formDate, flags: flags}
	separator := text[4]
	if separator == '/' {
		form.flags |= flagSlash
	}
	year, month, day := digits(text, 4), digits(text[5:], 2), digits(text[8:], 2)
	if year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || text[7] != separator {
		return time.Time{}, timeForm{}
	}
	var hour, minute, second, nano int
	if rest := text[10:]; len(rest) > 0 {
		form.kind = formTime
		if len(rest) < 9 || rest[0] != 'T' && rest[0] != ' ' || rest[3] != ':' || rest[6] != ':' {
			return time.Time{}, timeForm{}
		}
		if rest[0] == ' ' {
			form.flags |= flagBlank
		}
		hour, minute, second = digits(rest[1:], 2), digits(rest[4:], 2), digits(rest[7:], 2)
		if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
			return time.Time{}, timeForm{}
		}
		var ok bool
		if nano, rest, ok = form.parseFraction(rest[9:], 9); !ok || !form.parseZone(rest) {
			return time.Time{}, timeForm{}
		}
	}
	if year == 0 || year == 9999 {
		form.flags |= flagUnsure // in UTC it may be another
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nano, time.UTC)
	if t.Day() != day {
		return time.Time{}, timeForm{} // the 31st of a month of 30 days
	}
	return t.Add(-time.Duration(form.offset) * time.Minute), form
}

// parseFraction reads an optional fraction in units of which a whole has 10^places. Further digits are cut; the form is
// none then that gives the text back.
func (f *timeForm) parseFraction(text []byte, places int) (units int, rest []byte, ok bool) {
	if len(text) == 0 || text[0] != '.' && text[0] != ',' {
		return 0, text, true
	}
	if text[0] == ',' {
		f.flags |= flagComma
	}
	n := 1
	for ; n < len(text) && text[n] >= '0' && text[n] <= '9'; n++ {
		if n <= places {
			units = units*10 + int(text[n]-'0')
			f.fraction++
		} else {
			f.flags |= flagUnsure
		}
	}
	for i := int(f.fraction); i < places; i++ {
		units *= 10
	}
	return units, text[n:], n > 1
}

func (f *timeForm) parseZone(text []byte) bool {
	if len(text) > 1 && text[0] == ' ' {
		f.flags |= flagApart
		text = text[1:]
	}
	switch {
	case len(text) == 0:
		return true
	case len(text) == 1 && text[0] == 'Z':
		f.zone = zoneZ
		return true
	case text[0] != '+' && text[0] != '-':
		return false
	}
	hours, minutes := digits(text[1:], 2), 0
	switch {
	case len(text) == 3:
		f.zone = zoneHour
	case len(text) == 5:
		f.zone, minutes = zonePlain, digits(text[3:], 2)
	case len(text) == 6 && text[3] == ':':
		f.zone, minutes = zoneColon, digits(text[4:], 2)
	default:
		return false
	}
	if hours < 0 || hours > 23 || minutes < 0 || minutes > 59 {
		return false
	}
	if f.offset = int16(hours*60 + minutes); text[0] == '-' {
		f.offset = -f.offset
		f.flags |= flagUnsure // -00:00
	}
	return true
}

// parseNumber reads Unix seconds or milliseconds.
func parseNumber(text []byte, flags uint8) (time.Time, timeForm) {
	form := timeForm{kind: formNumber, flags: flags}
	whole := text
	negative := len(text) > 0 && text[0] == '-'
	if negative {
		whole = text[1:]
	}
	n := 0
	for n < len(whole) && whole[n] >= '0' && whole[n] <= '9' {
		n++
	}
	if n == 0 || n > 18 {
		return time.Time{}, timeForm{}
	}
	if n < len(whole) && (whole[n] == 'e' || whole[n] == 'E' || bytes.ContainsAny(whole[n:], "eE")) {
		return parseExponent(text)
	}
	value := int64(digits(whole, n))
	places := 9
	if value >= leastMillis {
		form.flags |= flagMillis
		places = 6
	}
	units, rest, ok := form.parseFraction(whole[n:], places)
	if !ok || len(rest) > 0 || form.flags&flagComma != 0 {
		return time.Time{}, timeForm{}
	}
	if whole[0] == '0' {
		form.flags |= flagUnsure // as 0012
	}
	if negative {
		form.flags |= flagUnsure // as -0
		value, units = -value, -units
	}
	seconds, nanos := value, int64(units)
	if form.flags&flagMillis != 0 {
		seconds, nanos = value/1000, value%1000*1_000_000+int64(units)
	}
	if seconds < firstSecond || seconds > lastSecond {
		return time.Time{}, timeForm{}
	}
	return time.Unix(seconds, nanos).UTC(), form
}

// parseExponent reads numbers as 1.457526645e9. They are kept as text, no form is like that.
func parseExponent(text []byte) (time.Time, timeForm) {
	value, err := strconv.ParseFloat(string(text), 64)
	if err != nil || value != math.Trunc(value) || math.Abs(value) > lastSecond*1000 {
		return time.Time{}, timeForm{}
	}
	t, _ := parseNumber(strconv.AppendInt(nil, int64(value), 10), 0)
	return t, timeForm{}
}
