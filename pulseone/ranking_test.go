package pulseone_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/pulseone"
)

func TestRanking_order(t *testing.T) {
	const body = `{"zoe":12,"message":10,"a\\b":10,"error":"9","code":7.0,"least":-9223372036854775808,"most":9.007199254740991e15,"Jo\u00e9":9007199254740993,"zoe":1}`
	client, _ := scripted(t, "/api/v1/sa/access", body)
	got := must(client.Access.TopSessions(t.Context(), nil))(t)
	want := pulseone.Ranking[int64]{
		{"zoe", 12}, {"message", 10}, {`a\b`, 10}, {"error", 9}, {"code", 7}, {"least", math.MinInt64}, {"most", 9007199254740991}, {"Joé", 9007199254740993}, {"zoe", 1},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRanking_fractions(t *testing.T) {
	client, _ := scripted(t, "/api/v1/sa/access", `{"a":12000.25,"b":10000,"c":null,"d":1e300,"e":-1e19}`)
	got := must(client.Access.TopSessionTimes(t.Context(), nil))(t)
	if !slices.Equal(got, pulseone.Ranking[float64]{{"a", 12000.25}, {"b", 10000}, {"c", 0}, {"d", 1e300}, {"e", -1e19}}) {
		t.Errorf("got %v", got)
	}
}

func TestRanking_empty(t *testing.T) {
	client, _ := scripted(t, "/api/v1/sa/access", `{}`)
	if got := must(client.Access.TopRoles(t.Context(), nil))(t); got == nil || len(got) != 0 {
		t.Errorf("got %#v, want an empty one", got)
	}
}

// What is no object of numbers is no ranking: an error in place of one does not pass for a user.
func TestRanking_badResponses(t *testing.T) {
	bodies := []string{`null`, `[]`, `"x"`, `{"message":"try again"}`, `{"a":1,"b":{}}`, `{"a":[1]}`, `{"a":true}`, `{"a":"NaN"}`, `{"a":1e300}`, `{"a":1`,
		`{"a":9223372036854775808}`, `{"a":"9.3e18"}`, `{"a":-9.3e18}`, `{"a":7.5}`, `{"a":9.007199254740992e15}`}
	for _, body := range bodies {
		client, _ := scripted(t, "/api/v1/sa/", body, body)
		if _, err := client.Access.TopSessions(t.Context(), nil); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s: %v", body, err)
		}
		if _, err := client.Profiler.CountByOS(t.Context(), nil); !errors.Is(err, secureaccess.ErrBadResponse) {
			t.Errorf("%s as a map: %v", body, err)
		}
	}
}

func TestRanking_json(t *testing.T) {
	const body = `{"zoe":12,"a":9007199254740993}`
	var ranking pulseone.Ranking[int64]
	check(t, json.Unmarshal([]byte(body), &ranking))
	data := must(json.Marshal(ranking))(t)
	own := must(secureaccess.Marshal(ranking))(t)
	if string(data) != body || string(own) != body {
		t.Errorf("got %s and %s, want %s", data, own, body)
	}
	if err := json.Unmarshal([]byte(`{"a":"x"}`), &ranking); err == nil || len(ranking) != 2 {
		t.Errorf("read %v, %v", ranking, err)
	}
	fractions := must(json.Marshal(pulseone.Ranking[float64]{{"a", 0.5}}))(t)
	if string(fractions) != `{"a":0.5}` {
		t.Errorf("got %s", fractions)
	}
}
