package secureaccess

import (
	"strconv"
	"time"
)

// holds reports whether the form can stand for t exactly.
func (f timeForm) holds(t time.Time) bool {
	seconds := t.Unix()
	if f.kind == formNone || seconds < firstSecond || seconds > lastSecond {
		return false
	}
	places := 9
	if f.flags&flagMillis != 0 {
		places = 6
	}
	unit := 1
	for range places - int(f.fraction) {
		unit *= 10
	}
	if f.kind != formDate && t.Nanosecond()%unit != 0 {
		return false
	}
	switch local := t.UTC().Add(time.Duration(f.offset) * time.Minute); f.kind {
	case formNumber:
		value, fraction := f.number(t)
		value = max(value, -value)
		if fraction < 0 || f.flags&flagQuoted != 0 && value < 100_000_000 {
			return false
		}
		return (f.flags&flagMillis != 0) == (value >= leastMillis)
	case formDate:
		hour, minute, second := local.Clock()
		return hour == 0 && minute == 0 && second == 0 && t.Nanosecond() == 0
	default:
		return local.Year() >= 0 && local.Year() <= 9999
	}
}

// number returns t in the form's unit and the rest in nanoseconds. Where the whole is 0 and the time is before 1970 the
// rest is negative: such a number has no form.
func (f timeForm) number(t time.Time) (whole, rest int64) {
	whole, rest = t.Unix(), int64(t.Nanosecond())
	one := int64(time.Second)
	if f.flags&flagMillis != 0 {
		one = int64(time.Millisecond)
		whole, rest = whole*1000+rest/one, rest%one
	}
	if whole < 0 && rest > 0 { // -1.5 is -2 and 0.5
		whole, rest = whole+1, one-rest
		if whole == 0 {
			rest = -rest
		}
	}
	return whole, rest
}

// append appends t in the form, which has to hold it.
func (f timeForm) append(b []byte, t time.Time) []byte {
	if f.kind == formNumber {
		whole, rest := f.number(t)
		if f.flags&flagQuoted != 0 {
			b = append(b, '"')
		}
		b = strconv.AppendInt(b, whole, 10)
		if f.flags&flagMillis != 0 {
			rest *= 1000
		}
		b = f.appendFraction(b, int(rest))
		if f.flags&flagQuoted != 0 {
			b = append(b, '"')
		}
		return b
	}
	t = t.UTC().Add(time.Duration(f.offset) * time.Minute)
	year, month, day := t.Date()
	b = append(b, '"')
	b = appendDigits(b, year, 4)
	b = f.appendSeparator(b)
	b = appendDigits(b, int(month), 2)
	b = f.appendSeparator(b)
	b = appendDigits(b, day, 2)
	if f.kind == formTime {
		between := byte('T')
		if f.flags&flagBlank != 0 {
			between = ' '
		}
		hour, minute, second := t.Clock()
		b = appendDigits(append(b, between), hour, 2)
		b = appendDigits(append(b, ':'), minute, 2)
		b = appendDigits(append(b, ':'), second, 2)
		b = f.appendZone(f.appendFraction(b, t.Nanosecond()))
	}
	return append(b, '"')
}

func (f timeForm) appendSeparator(b []byte) []byte {
	switch f.flags & (flagSlash | flagEscaped) {
	case flagSlash:
		return append(b, '/')
	case flagSlash | flagEscaped:
		return append(b, '\\', '/')
	}
	return append(b, '-')
}

func (f timeForm) appendFraction(b []byte, nano int) []byte {
	if f.fraction == 0 {
		return b
	}
	point := byte('.')
	if f.flags&flagComma != 0 {
		point = ','
	}
	return appendDigits(append(b, point), nano, 9)[:len(b)+1+int(f.fraction)]
}

func (f timeForm) appendZone(b []byte) []byte {
	if f.flags&flagApart != 0 {
		b = append(b, ' ')
	}
	sign, offset := byte('+'), int(f.offset)
	if offset < 0 {
		sign, offset = '-', -offset
	}
	switch f.zone {
	case zoneZ:
		return append(b, 'Z')
	case zoneHour:
		return appendDigits(append(b, sign), offset/60, 2)
	case zonePlain:
		return appendDigits(append(b, sign), offset/60*100+offset%60, 4)
	case zoneColon:
		b = appendDigits(append(b, sign), offset/60, 2)
		return appendDigits(append(b, ':'), offset%60, 2)
	}
	return b
}

// appendDigits appends a number with n digits.
func appendDigits(b []byte, value, n int) []byte {
	for range n {
		b = append(b, '0')
	}
	for i := len(b) - 1; value > 0 && i >= len(b)-n; i-- {
		b[i] = byte('0' + value%10)
		value /= 10
	}
	return b
}
