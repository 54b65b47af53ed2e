package rest

import "sync/atomic"

// A retry costs as much of a budget as ten successes bring in, so it is counted in tenths.
const (
	retryCost     = 10
	defaultBudget = 10
)

// budget bounds the retries of a client's calls together. Nil is no limit.
type budget struct {
	most int64
	left atomic.Int64
}

func newBudget(retries int) *budget {
	if retries < 0 {
		return nil
	}
	if retries == 0 {
		retries = defaultBudget
	}
	b := &budget{most: int64(retries) * retryCost}
	b.left.Store(b.most)
	return b
}

// take pays for a retry; false when there is not enough left.
func (b *budget) take() bool {
	if b == nil {
		return true
	}
	for {
		left := b.left.Load()
		if left < retryCost {
			return false
		}
		if b.left.CompareAndSwap(left, left-retryCost) {
			return true
		}
	}
}

// succeed brings in what a successful call returns.
func (b *budget) succeed() {
	if b == nil {
		return
	}
	for {
		left := b.left.Load()
		if left >= b.most || b.left.CompareAndSwap(left, left+1) {
			return
		}
	}
}
