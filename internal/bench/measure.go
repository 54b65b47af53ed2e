package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"
)

// result is what one contender's call takes.
type result struct {
	time   time.Duration // the median of the rounds
	ratio  float64       // to the first contender's: the median of the ratios within a round
	allocs float64
	bytes  float64
}

// interleave runs every call in every round, each time with another one first.
func interleave(ctx context.Context, names []string, calls []call, rounds, perRound int) ([]result, error) {
	for i, c := range calls { // connections, sessions and pools are there before anything is measured
		for range min(perRound, 20) {
			if err := c(ctx); err != nil {
				return nil, fmt.Errorf("%s: %w", names[i], err)
			}
		}
	}
	times := make([][]time.Duration, len(calls))
	results := make([]result, len(calls))
	for round := range rounds {
		for turn := range calls {
			i := (round + turn) % len(calls)
			runtime.GC() // each begins with the same heap
			elapsed, allocs, bytes, err := measure(func() error {
				for range perRound {
					if err := calls[i](ctx); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return nil, fmt.Errorf("%s: %w", names[i], err)
			}
			times[i] = append(times[i], elapsed/time.Duration(perRound))
			results[i].allocs += allocs / float64(rounds*perRound)
			results[i].bytes += bytes / float64(rounds*perRound)
		}
	}
	for i := range results {
		ratios := make([]float64, rounds)
		for round := range ratios {
			ratios[round] = float64(times[i][round]) / float64(times[0][round])
		}
		slices.Sort(ratios)
		slices.Sort(times[i])
		results[i].time, results[i].ratio = times[i][rounds/2], ratios[rounds/2]
	}
	return results, nil
}

func measure(f func() error) (elapsed time.Duration, allocs, bytes float64, err error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begun := time.Now()
	err = f()
	elapsed = time.Since(begun)
	runtime.ReadMemStats(&after)
	return elapsed, float64(after.Mallocs - before.Mallocs), float64(after.TotalAlloc - before.TotalAlloc), err
}

type cost struct{ allocs, bytes float64 }

// costOnCanned counts a call that needs no connection.
func costOnCanned(ctx context.Context, c contender) (cost, error) {
	one, err := c.connect("http://127.0.0.1", canned{})
	if err != nil {
		return cost{}, err
	}
	if err := one(ctx); err != nil {
		return cost{}, err
	}
	allocs := testing.AllocsPerRun(1000, func() {
		if e := one(ctx); e != nil {
			err = e
		}
	})
	const calls = 1000
	_, _, bytes, _ := measure(func() error {
		for range calls {
			if e := one(ctx); e != nil {
				err = e
			}
		}
		return nil
	})
	return cost{allocs, bytes / calls}, err
}

type clientCost struct {
	time                time.Duration
	allocs, bytes, kept float64
	goroutines          int
}

// costOfClients makes a thousand clients and keeps them.
func costOfClients(base string, newClient func(string) (any, error)) (clientCost, error) {
	const clients = 1000
	if _, err := newClient(base); err != nil {
		return clientCost{}, err
	}
	kept := make([]any, 0, clients)
	goroutines, heap := runtime.NumGoroutine(), heapInUse()
	elapsed, allocs, bytes, err := measure(func() error {
		for range clients {
			client, err := newClient(base)
			if err != nil {
				return err
			}
			kept = append(kept, client)
		}
		return nil
	})
	c := clientCost{
		time: elapsed / clients, allocs: allocs / clients, bytes: bytes / clients,
		kept:       max(float64(heapInUse())-float64(heap), 0) / clients,
		goroutines: runtime.NumGoroutine() - goroutines,
	}
	runtime.KeepAlive(kept)
	return c, err
}

func heapInUse() uint64 {
	runtime.GC()
	runtime.GC() // what the first one only marked for finalizers and pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
