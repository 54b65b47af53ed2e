package secureaccess_test

import (
	"bytes"
	stdjson "encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/json"
)

// readTime reads a value by all the ways there are, which have to agree.
func readTime(t *testing.T, in string) secureaccess.Time {
	t.Helper()
	var one, two secureaccess.Time
	if err := stdjson.Unmarshal([]byte(in), &one); err != nil {
		t.Fatalf("%s: %v", in, err)
	}
	if err := secureaccess.Unmarshal([]byte(in), &two); err != nil || one.Text() != two.Text() || !one.Equal(two.Time) {
		t.Fatalf("%s: %v and %v, %v", in, one, two, err)
	}
	return two
}

// writeTime writes a value by all the ways there are.
func writeTime(t *testing.T, v secureaccess.Time) string {
	t.Helper()
	one, err := v.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	two, err := secureaccess.Marshal(v)
	if err != nil || !bytes.Equal(one, two) {
		t.Fatalf("%s and %s, %v", one, two, err)
	}
	return string(two)
}

func utc(year, month, day, hour, minute, second, nano int) time.Time {
	return time.Date(year, time.Month(month), day, hour, minute, second, nano, time.UTC)
}

var noon = utc(2016, 3, 9, 12, 30, 45, 0)

// timeForms are values as servers write them and what they mean, the zero time if nothing.
var timeForms = map[string]time.Time{
	`"2016-03-09T12:30:45Z"`:             noon,
	`"2016-03-09T14:30:45+02:00"`:        noon,
	`"2016-03-09T14:30:45+0200"`:         noon,
	`"2016-03-09T07:00:45-0530"`:         noon,
	`"2016-03-09 14:30:45+02"`:           noon,
	`"2016-03-09 12:30:45 +0000"`:        noon,
	`"2016-03-09T12:30:45"`:              noon,
	`"2016-03-09 12:30:45"`:              noon,
	`"2016-03-09 12:30:45Z"`:             noon,
	`"2016-03-09 13:30:45+01:00"`:        noon,
	`"2016-03-10T12:00:45+23:30"`:        noon,
	`"2016/03/09 12:30:45"`:              noon,
	`"2016\/03\/09 12:30:45"`:            noon,
	`"2016\/03/09 12:30:45"`:             noon,
	`"2016-03-09T12:30:45.123456Z"`:      utc(2016, 3, 9, 12, 30, 45, 123456000),
	`"2016-03-09T12:30:45.123"`:          utc(2016, 3, 9, 12, 30, 45, 123000000),
	`"2016-03-09T12:30:45,5"`:            utc(2016, 3, 9, 12, 30, 45, 500000000),
	`"2016-03-09T12:30:45.000000000Z"`:   noon,
	`"2016-03-09T12:30:45.1234567891Z"`:  utc(2016, 3, 9, 12, 30, 45, 123456789),
	`"2016-03-09"`:                       utc(2016, 3, 9, 0, 0, 0, 0),
	`"2016/03/09"`:                       utc(2016, 3, 9, 0, 0, 0, 0),
	`"0000-01-01T00:00:00Z"`:             utc(0, 1, 1, 0, 0, 0, 0),
	`"9999-12-31T23:59:59.999999999Z"`:   utc(9999, 12, 31, 23, 59, 59, 999999999),
	`"0001-01-01T00:00:00Z"`:             {},
	`1457526645`:                         noon,
	`1457526645.5`:                       noon.Add(500 * time.Millisecond),
	`1457526645.123456`:                  noon.Add(123456 * time.Microsecond),
	`1457526645000`:                      noon,
	`1457526645123.5`:                    noon.Add(123500 * time.Microsecond),
	`"1457526645"`:                       noon,
	`"1457526645000"`:                    noon,
	`1.457526645e9`:                      noon,
	`99999999999`:                        time.Unix(99999999999, 0).UTC(),
	`100000000000`:                       time.UnixMilli(100000000000).UTC(),
	`0`:                                  utc(1970, 1, 1, 0, 0, 0, 0),
	`1.5`:                                utc(1970, 1, 1, 0, 0, 1, 500000000),
	`-1.5`:                               utc(1969, 12, 31, 23, 59, 58, 500000000),
	`-0.5`:                               utc(1969, 12, 31, 23, 59, 59, 500000000),
	`-86400`:                             utc(1969, 12, 31, 0, 0, 0, 0),
	`"20160309"`:                         {},
	`"never"`:                            {},
	`""`:                                 {},
	`"2016-13-45T99:00:00Z"`:             {},
	`"2016-02-30"`:                       {},
	`"2016-03/09"`:                       {},
	`"2016-03-09T24:00:00Z"`:             {},
	`"2016-03-09T12:30"`:                 {},
	`"2016-03-09T12:30:45."`:             {},
	`"2016-03-09T12:30:45 "`:             {},
	`"2016-03-09T12:30:45+2"`:            {},
	`"2016-03-09T12:30:45 CET"`:          {},
	`"1457526645,5"`:                     {},
	`253402300799999999`:                 {},
	`99999999999999999999`:               {},
	`1e400`:                              {},
	`true`:                               {},
	`"<p>\"quoted\"</p>"`:                {},
	`"` + strings.Repeat("9", 400) + `"`: {},
}

func TestTime_everyFormGoesBackAsItCame(t *testing.T) {
	for in, want := range timeForms {
		v := readTime(t, in)
		if !v.Equal(want) || v.IsZero() {
			t.Errorf("%s: %v, zero %t", in, v, v.IsZero())
			continue
		}
		var text any
		if err := stdjson.Unmarshal([]byte(in), &text); err != nil && in != `1e400` {
			t.Fatal(err)
		}
		if s, ok := text.(string); ok && v.Text() != s || !ok && v.Text() != in {
			t.Errorf("%s: text is %q", in, v.Text())
		}
		if back := writeTime(t, v); back != in {
			t.Errorf("%s goes back as %s", in, back)
		}
	}
}

// A changed time keeps the form that the server writes, as far as that can hold it.
func TestTime_setLater(t *testing.T) {
	whole, fine := utc(2020, 1, 2, 3, 4, 5, 0), utc(2020, 1, 2, 3, 4, 5, 120000000)
	day := utc(2020, 1, 2, 0, 0, 0, 0)
	for _, test := range []struct {
		in   string
		set  time.Time
		want string
	}{
		{`"2016-03-09T12:30:45Z"`, whole, `"2020-01-02T03:04:05Z"`},
		{`"2016-03-09T14:30:45+02:00"`, whole, `"2020-01-02T05:04:05+02:00"`},
		{`"2016-03-09T07:00:45-0530"`, whole, `"2020-01-01T21:34:05-0530"`},
		{`"2016/03/09 12:30:45"`, whole, `"2020/01/02 03:04:05"`},
		{`"2016\/03\/09 12:30:45"`, whole, `"2020\/01\/02 03:04:05"`},
		{`"2016/03/09 12:30:45"`, fine, `"2020-01-02T03:04:05.12Z"`},
		{`"2016-03-09T12:30:45.123"`, fine, `"2020-01-02T03:04:05.120"`},
		{`"2016-03-09T12:30:45.1"`, fine, `"2020-01-02T03:04:05.12Z"`},
		{`"2016-03-09"`, day, `"2020-01-02"`},
		{`"2016-03-09"`, whole, `"2020-01-02T03:04:05Z"`},
		{`1457526645`, whole, `1577934245`},
		{`1457526645`, fine, `"2020-01-02T03:04:05.12Z"`},
		{`1457526645.50`, fine, `1577934245.12`},
		{`1457526645000`, fine, `1577934245120`},
		{`1457526645000`, time.UnixMilli(5).UTC(), `"1970-01-01T00:00:00.005Z"`}, // it would be read as seconds
		{`"1457526645"`, whole, `"1577934245"`},
		{`"1457526645"`, time.Unix(5, 0).UTC(), `"1970-01-01T00:00:05Z"`},
		{`1457526645`, utc(6000, 1, 1, 0, 0, 0, 0), `"6000-01-01T00:00:00Z"`},
		{`"never"`, whole, `"2020-01-02T03:04:05Z"`},
		{`1.457526645e9`, whole, `"2020-01-02T03:04:05Z"`},
		{`"2016-03-09T12:30:45Z"`, whole.In(time.FixedZone("", 3600)), `"2020-01-02T03:04:05Z"`},
		{`"2016-03-09T12:30:45Z"`, time.Time{}, `null`},
		{`null`, whole, `"2020-01-02T03:04:05Z"`},
	} {
		v := readTime(t, test.in)
		v.Time = test.set
		if got := writeTime(t, v); got != test.want {
			t.Errorf("%s, then %v: %s, want %s", test.in, test.set, got, test.want)
		}
	}
	if got := writeTime(t, secureaccess.At(time.Unix(0, 0).UTC())); got != `"1970-01-01T00:00:00Z"` {
		t.Errorf("%s", got)
	}
	if text := secureaccess.At(time.Now()).Text(); text != "" {
		t.Errorf("a time that was never read has the text %q", text)
	}
}

func TestTime_absentNullAndZero(t *testing.T) {
	type object struct {
		Kept    secureaccess.Time `json:"kept"`
		Dropped secureaccess.Time `json:"dropped,omitzero"`
	}
	for name, marshal := range map[string]func(any) ([]byte, error){"v1": stdjson.Marshal, "v2": secureaccess.Marshal} {
		if data, err := marshal(object{}); err != nil || string(data) != `{"kept":null}` {
			t.Errorf("%s: %s, %v", name, data, err)
		}
	}
	o := object{Kept: secureaccess.At(time.Now())}
	if err := secureaccess.Unmarshal([]byte(`{"kept":null}`), &o); err != nil || !o.Kept.IsZero() {
		t.Errorf("null was read as %v, %v", o.Kept, err)
	}
	for _, in := range []string{`{}`, `["2016-03-09"]`} {
		var v secureaccess.Time
		if err := stdjson.Unmarshal([]byte(in), &v); err == nil {
			t.Errorf("%s was read as %v", in, v)
		}
	}
	if a, b := readTime(t, `"2016-03-09"`), readTime(t, `"2016-03-09"`); a != b {
		t.Error("what was read twice is not equal")
	}
}

func TestTime_readsWithoutAllocation(t *testing.T) {
	for _, in := range []string{
		`"2016-03-09T12:30:45Z"`, `"2016-03-09T14:30:45+02:00"`, `"2016/03/09 12:30:45"`, `"2016\/03\/09 12:30:45"`, `1457526645`, `1457526645123`,
		`1457526645.5`, `"2016-03-09T12:30:45.123456Z"`, `"2016-03-09"`, `"2016-03-09 12:30:45"`, `"2016-03-09T14:30:45-0700"`,
	} {
		data := []byte(in)
		var v secureaccess.Time
		if n := testing.AllocsPerRun(10, func() {
			if v.UnmarshalJSON(data) != nil || v.Time.IsZero() {
				t.Error(in)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", in, n)
		}
	}
}

// Whatever is made of a form by chance goes back as it came.
func TestTime_mutationsGoBackAsTheyCame(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var seeds []string
	for in := range timeForms {
		if len(in) < 60 {
			seeds = append(seeds, in)
		}
	}
	const letters = `0123456789-/:.,+TZ eE\"`
	for range 100_000 {
		in := []byte(seeds[random.IntN(len(seeds))])
		for range 1 + random.IntN(3) {
			switch i := random.IntN(len(in)); random.IntN(3) {
			case 0:
				in[i] = letters[random.IntN(len(letters))]
			case 1:
				in = append(in[:i], in[i+1:]...)
			default:
				in = append(in[:i], append([]byte{letters[random.IntN(len(letters))]}, in[i:]...)...)
			}
			if len(in) == 0 {
				break
			}
		}
		if !stdjson.Valid(in) || bytes.TrimSpace(in)[0] == '{' {
			continue
		}
		var v secureaccess.Time
		if err := v.UnmarshalJSON(in); err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		if back, err := v.MarshalJSON(); err != nil || !bytes.Equal(back, bytes.TrimSpace(in)) {
			t.Fatalf("%s goes back as %s, %v", in, back, err)
		}
	}
}

func FuzzTime(f *testing.F) {
	for in := range timeForms {
		f.Add([]byte(in), int64(1577934245), int64(120000000))
	}
	f.Add([]byte(`null`), int64(0), int64(0))
	f.Add([]byte(`"a\u0026b"`), int64(-1), int64(1))
	f.Fuzz(func(t *testing.T, data []byte, seconds, nanos int64) {
		var v secureaccess.Time
		if !stdjson.Valid(data) || v.UnmarshalJSON(data) != nil {
			return
		}
		if back, err := v.MarshalJSON(); err != nil || !bytes.Equal(back, bytes.TrimSpace(data)) {
			t.Fatalf("%q goes back as %q, %v", data, back, err)
		}
		// A time that is set is the time that is read from what is written.
		set := time.Unix(seconds%200_000_000_000, nanos%1_000_000_000).UTC()
		if set.Year() < 0 || set.Year() > 9999 || set.IsZero() {
			return
		}
		v.Time = set
		written, err := v.MarshalJSON()
		var again secureaccess.Time
		if err != nil || again.UnmarshalJSON(written) != nil || !again.Equal(set) {
			t.Fatalf("%q, then %v: %s, %v, read as %v", data, set, written, err, again)
		}
	})
}

func TestQuotedBool(t *testing.T) {
	for want, forms := range map[bool][]string{
		true:  {`true`, `"true"`, `"True"`, `"TRUE"`, `"yes"`, `"on"`, `"enabled"`, `"Enabled"`, `"1"`, `1`, `" true "`},
		false: {`false`, `"false"`, `"False"`, `"no"`, `"off"`, `"disabled"`, `"0"`, `0`, `null`, `""`},
	} {
		for _, in := range forms {
			one, two := secureaccess.QuotedBool(!want), secureaccess.QuotedBool(!want)
			if err := stdjson.Unmarshal([]byte(in), &one); err != nil || bool(one) != want {
				t.Errorf("%s: %t, %v", in, one, err)
			}
			if err := secureaccess.Unmarshal([]byte(in), &two); err != nil || bool(two) != want {
				t.Errorf("%s: %t, %v", in, two, err)
			}
		}
	}
	for _, in := range []string{`2`, `"maybe"`, `{}`, `[]`, `1.0`, `"null"`} {
		b := secureaccess.QuotedBool(true)
		if err := stdjson.Unmarshal([]byte(in), &b); err == nil || !b {
			t.Errorf("%s was read as %t, %v", in, b, err)
		}
	}
	for _, marshal := range []func(any) ([]byte, error){stdjson.Marshal, secureaccess.Marshal} {
		if data, err := marshal([]secureaccess.QuotedBool{true, false}); err != nil || string(data) != `["true","false"]` {
			t.Errorf("%s, %v", data, err)
		}
	}
}

// int64 with the option string is a number in quotes that is read in both forms.
func TestMarshal_quotedNumber(t *testing.T) {
	type object struct {
		Port int64  `json:"port,omitzero,string"`
		Next *int64 `json:"next,omitzero,string"`
	}
	for in, want := range map[string]int64{
		`"830"`: 830, `830`: 830, `" 830 "`: 830, `"-9223372036854775808"`: -1 << 63, `9223372036854775807`: 1<<63 - 1, `8.3e2`: 830, `""`: 0, `null`: 0,
	} {
		var o object
		odd, err := json.Unmarshal([]byte(`{"port":`+in+`,"next":`+in+`}`), &o, json.Limits{})
		if err != nil || odd != nil || o.Port != want || o.Next != nil && *o.Next != want || o.Next == nil && in != "null" {
			t.Errorf("%s: %+v, %q, %v", in, o, odd, err)
		}
	}
	n := int64(5)
	if data, err := secureaccess.Marshal(object{830, &n}); err != nil || string(data) != `{"port":"830","next":"5"}` {
		t.Errorf("%s, %v", data, err)
	}
}

func BenchmarkTime(b *testing.B) {
	for name, in := range map[string]string{"RFC3339": `"2016-03-09T12:30:45Z"`, "slashes": `"2016/03/09 12:30:45"`, "Unix": `1457526645`} {
		data := []byte(in)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var v secureaccess.Time
			for b.Loop() {
				if err := v.UnmarshalJSON(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
