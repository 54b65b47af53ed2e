package secureaccess_test

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

func TestIntReadsEveryForm(t *testing.T) {
	for in, want := range map[string]int64{
		`1389`:                   1389,
		`"1389"`:                 1389,
		`-7`:                     -7,
		`"-7"`:                   -7,
		`" 12 "`:                 12,
		`0`:                      0,
		`1e3`:                    1000,
		`12.0`:                   12,
		`"12.0"`:                 12,
		`9223372036854775807`:    math.MaxInt64,
		`"-9223372036854775808"`: math.MinInt64,
		`null`:                   42, // as it was
		`""`:                     42,
		`"  "`:                   42,
	} {
		i, q := secureaccess.Int(42), secureaccess.QuotedInt(42)
		if err := json.Unmarshal([]byte(in), &i); err != nil || int64(i) != want {
			t.Errorf("Int of %s: %d, %v", in, i, err)
		}
		if err := json.Unmarshal([]byte(in), &q); err != nil || int64(q) != want {
			t.Errorf("QuotedInt of %s: %d, %v", in, q, err)
		}
	}
}

func TestIntRefusesWhatIsNoWholeNumber(t *testing.T) {
	for _, in := range []string{
		`1.5`, `"abc"`, `true`, `{}`, `[1]`, `"1 2"`, `"NaN"`, `"Inf"`, `1e30`, `-1e30`, `"null"`,
		// A float stands in for these, and for none of them exactly.
		`9223372036854775808`, `"9223372036854775808"`, `-9223372036854775809`, `9007199254740993.0`,
	} {
		i := secureaccess.Int(42)
		if err := json.Unmarshal([]byte(in), &i); err == nil || i != 42 {
			t.Errorf("%s was read as %d, %v", in, i, err)
		}
	}
	var i secureaccess.Int
	err := json.Unmarshal([]byte(`"`+strings.Repeat("x", 5000)+`"`), &i)
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("the error is unbounded: %v", err)
	}
}

func TestBoolReadsEveryForm(t *testing.T) {
	for want, forms := range map[bool][]string{
		true:  {`true`, `"true"`, `"True"`, `"TRUE"`, `"yes"`, `"on"`, `"enabled"`, `"Enabled"`, `"1"`, `1`, `" true "`},
		false: {`false`, `"false"`, `"False"`, `"no"`, `"off"`, `"disabled"`, `"0"`, `0`},
	} {
		for _, in := range forms {
			b, q := secureaccess.Bool(!want), secureaccess.QuotedBool(!want)
			if err := json.Unmarshal([]byte(in), &b); err != nil || bool(b) != want {
				t.Errorf("Bool of %s: %t, %v", in, b, err)
			}
			if err := json.Unmarshal([]byte(in), &q); err != nil || bool(q) != want {
				t.Errorf("QuotedBool of %s: %t, %v", in, q, err)
			}
		}
	}
	for _, in := range []string{`null`, `""`} {
		b := secureaccess.Bool(true)
		if err := json.Unmarshal([]byte(in), &b); err != nil || !b {
			t.Errorf("%s changed it: %t, %v", in, b, err)
		}
	}
	for _, in := range []string{`2`, `"maybe"`, `{}`, `[]`, `1.0`, `"null"`} {
		b := secureaccess.Bool(true)
		if err := json.Unmarshal([]byte(in), &b); err == nil || !b {
			t.Errorf("%s was read as %t, %v", in, b, err)
		}
	}
}

func TestWireTypesWriteTheDocumentedForm(t *testing.T) {
	data, err := json.Marshal([]any{
		secureaccess.Int(-1389), secureaccess.QuotedInt(-1389), secureaccess.Bool(true), secureaccess.Bool(false),
		secureaccess.QuotedBool(true), secureaccess.QuotedBool(false),
	})
	if want := `[-1389,"-1389",true,false,"true","false"]`; err != nil || string(data) != want {
		t.Errorf("%s, %v, want %s", data, err, want)
	}
}

func TestTimeReadsEveryFormAndKeepsItsText(t *testing.T) {
	utc := func(year, month, day, hour, minute, second, nano int) time.Time {
		return time.Date(year, time.Month(month), day, hour, minute, second, nano, time.UTC)
	}
	noon := utc(2016, 3, 9, 12, 30, 45, 0)
	for in, want := range map[string]time.Time{
		`"2016-03-09T12:30:45Z"`:             noon,
		`"2016-03-09T14:30:45+02:00"`:        noon,
		`"2016-03-09T14:30:45+0200"`:         noon,
		`"2016-03-09T12:30:45"`:              noon,
		`"2016-03-09 12:30:45"`:              noon,
		`"2016-03-09 12:30:45Z"`:             noon,
		`"2016-03-09 13:30:45+01:00"`:        noon,
		`"2016/03/09 12:30:45"`:              noon,
		`"2016\/03\/09 12:30:45"`:            noon,
		`"2016-03-09T12:30:45.123456Z"`:      utc(2016, 3, 9, 12, 30, 45, 123456000),
		`"2016-03-09T12:30:45.123"`:          utc(2016, 3, 9, 12, 30, 45, 123000000),
		`"2016-03-09"`:                       utc(2016, 3, 9, 0, 0, 0, 0),
		`1457526645`:                         noon,
		`"1457526645"`:                       noon,
		`"20160309"`:                         {},
		`0`:                                  utc(1970, 1, 1, 0, 0, 0, 0),
		`"never"`:                            {},
		`""`:                                 {},
		`"2016-13-45T99:00:00Z"`:             {},
		`1.5`:                                {},
		`true`:                               {},
		`"<p>\"quoted\"</p>"`:                {},
		`"` + strings.Repeat("9", 400) + `"`: {},
	} {
		var v secureaccess.Time
		if err := json.Unmarshal([]byte(in), &v); err != nil || !v.Equal(want) {
			t.Errorf("%s: %v, %v", in, v, err)
			continue
		}
		if v.IsZero() {
			t.Errorf("%s: is zero, and would be dropped", in)
		}
		var text any
		if err := json.Unmarshal([]byte(in), &text); err != nil {
			t.Fatal(err)
		}
		if s, ok := text.(string); ok && v.Text() != s || !ok && v.Text() != in {
			t.Errorf("%s: text is %q", in, v.Text())
		}
		back, err := v.MarshalJSON()
		if err != nil || string(back) != in {
			t.Errorf("%s goes back as %s, %v", in, back, err)
		}
	}
}

func TestTimeThatWasSetIsWrittenAsRFC3339(t *testing.T) {
	var v secureaccess.Time
	for _, in := range []string{`"2016/03/09 12:30:45"`, `1457526645`, `"never"`} {
		if err := json.Unmarshal([]byte(in), &v); err != nil {
			t.Fatal(err)
		}
		v.Time = time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
		if data, err := json.Marshal(v); err != nil || string(data) != `"2020-01-02T03:04:05Z"` {
			t.Errorf("%s, then set: %s, %v", in, data, err)
		}
	}
	if data, err := json.Marshal(secureaccess.At(time.Unix(0, 0).UTC())); err != nil || string(data) != `"1970-01-01T00:00:00Z"` {
		t.Errorf("%s, %v", data, err)
	}
	if text := secureaccess.At(time.Now()).Text(); text != "" {
		t.Errorf("a time that was never read has the text %q", text)
	}
}

func TestTimeAbsentNullAndZero(t *testing.T) {
	type object struct {
		Kept    secureaccess.Time `json:"kept"`
		Dropped secureaccess.Time `json:"dropped,omitzero"`
	}
	if data, err := json.Marshal(object{}); err != nil || string(data) != `{"kept":null}` {
		t.Errorf("%s, %v", data, err)
	}
	o := object{Kept: secureaccess.At(time.Now())}
	if err := json.Unmarshal([]byte(`{"kept":null}`), &o); err != nil || !o.Kept.IsZero() {
		t.Errorf("null was read as %v, %v", o.Kept, err)
	}
	for _, in := range []string{`{}`, `["2016-03-09"]`} {
		var v secureaccess.Time
		if err := json.Unmarshal([]byte(in), &v); err == nil {
			t.Errorf("%s was read as %v", in, v)
		}
	}
}

func FuzzInt(f *testing.F) {
	for _, seed := range []string{`1`, `"2"`, `1e3`, `-0`, `null`, `""`, `9007199254740993.0`, `"0x1p4"`, `" 7 "`, `{`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var i, back secureaccess.Int
		if json.Unmarshal(data, &i) != nil {
			return
		}
		encoded, err := json.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(encoded, &back); err != nil || back != i {
			t.Fatalf("%q: %d became %d, %v", data, i, back, err)
		}
		// What was read is the number that stands there, and not its neighbour.
		var number json.Number
		if json.Unmarshal(data, &number) == nil && number != "" && !strings.ContainsAny(number.String(), "eE") {
			if exact, ok := new(big.Rat).SetString(number.String()); ok {
				off := exact.Sub(exact, new(big.Rat).SetInt64(int64(i)))
				if off.Abs(off).Cmp(big.NewRat(1, 2)) > 0 {
					t.Fatalf("%s was read as %d", data, i)
				}
			}
		}
	})
}

func FuzzQuotedInt(f *testing.F) {
	f.Add(int64(0))
	f.Add(int64(math.MinInt64))
	f.Fuzz(func(t *testing.T, n int64) {
		var plain secureaccess.Int
		var quoted secureaccess.QuotedInt
		for _, in := range []string{strconv.FormatInt(n, 10), strconv.Quote(strconv.FormatInt(n, 10))} {
			if err := json.Unmarshal([]byte(in), &plain); err != nil || int64(plain) != n {
				t.Fatalf("%s: %d, %v", in, plain, err)
			}
			if err := json.Unmarshal([]byte(in), &quoted); err != nil || int64(quoted) != n {
				t.Fatalf("%s: %d, %v", in, quoted, err)
			}
		}
		if data, err := json.Marshal(quoted); err != nil || string(data) != strconv.Quote(strconv.FormatInt(n, 10)) {
			t.Fatalf("%d was written %s, %v", n, data, err)
		}
	})
}

func FuzzBool(f *testing.F) {
	for _, seed := range []string{`true`, `"True"`, `0`, `"no"`, `null`, `" on "`, `{}`, `"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var b, back secureaccess.Bool
		var quoted secureaccess.QuotedBool
		err := json.Unmarshal(data, &b)
		if qerr := json.Unmarshal(data, &quoted); (qerr == nil) != (err == nil) || bool(quoted) != bool(b) {
			t.Fatalf("%q: Bool %t, %v, QuotedBool %t, %v", data, b, err, quoted, qerr)
		}
		if err != nil {
			return
		}
		encoded, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(encoded, &back); err != nil || back != b {
			t.Fatalf("%q: %t became %t, %v", data, b, back, err)
		}
	})
}

func FuzzTime(f *testing.F) {
	for _, seed := range []string{`"2016-03-09T12:30:45Z"`, `1457526645`, `"2016/03/09 12:30:45"`, `null`, `""`, `"a\u0026b"`, `-1`, `1e400`, `"0000-01-01"`, `99999999999999`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v, back secureaccess.Time
		if json.Unmarshal(data, &v) != nil {
			return
		}
		encoded, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("%q cannot go back: %v", data, err)
		}
		if err := json.Unmarshal(encoded, &back); err != nil || !back.Equal(v.Time) || back.Text() != v.Text() {
			t.Fatalf("%q: %v (%q) became %v (%q), %v", data, v, v.Text(), back, back.Text(), err)
		}
	})
}
