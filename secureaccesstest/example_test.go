package secureaccesstest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/secureaccess-go/secureaccess/secureaccesstest"
)

// A clock that stands still moves when somebody sleeps on it, which takes no time.
func ExampleClock() {
	clock := secureaccesstest.NewClock()
	begin := clock.Now()
	_ = clock.Sleep(context.Background(), 20*time.Minute)
	clock.Advance(time.Hour)
	fmt.Println(clock.Now().Sub(begin))
	// Output: 1h20m0s
}
