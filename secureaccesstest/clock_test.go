package secureaccesstest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess/secureaccesstest"
)

func TestClock(t *testing.T) {
	still := secureaccesstest.NewClock()
	begun := still.Now()
	if err := still.Sleep(t.Context(), time.Hour); err != nil || still.Now().Sub(begun) != time.Hour {
		t.Errorf("an hour's sleep took %v: %v", still.Now().Sub(begun), err)
	}
	still.Advance(-time.Hour)
	if !still.Now().Equal(begun) {
		t.Error("the clock does not go back")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, clock := range map[string]*secureaccesstest.Clock{"still": still, "system": secureaccesstest.SystemClock()} {
		if err := clock.Sleep(ended, time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: slept under a dead context: %v", name, err)
		}
	}
	going := secureaccesstest.SystemClock()
	going.Advance(24 * time.Hour)
	if ahead := time.Until(going.Now()); ahead < 23*time.Hour {
		t.Errorf("advanced by a day, it is %v ahead", ahead)
	}
}
