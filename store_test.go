package secureaccess_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// memoryStore is the least that a store has to do, without a lease.
type memoryStore struct {
	mu      sync.Mutex
	count   int
	records map[string]memoryRecord
	locks   map[string]chan struct{}
}

type memoryRecord struct {
	data    []byte
	version string
	end     time.Time
}

func newMemoryStore() *memoryStore {
	return &memoryStore{records: map[string]memoryRecord{}, locks: map[string]chan struct{}{}}
}

func (s *memoryStore) get(key string) memoryRecord {
	r := s.records[key]
	if !r.end.IsZero() && !time.Now().Before(r.end) {
		return memoryRecord{}
	}
	return r
}

func (s *memoryStore) Load(_ context.Context, key string) ([]byte, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.get(key)
	return bytes.Clone(r.data), r.version, nil
}

func (s *memoryStore) Save(_ context.Context, key string, data []byte, version string, ttl time.Duration) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.get(key).version != version {
		return "", secureaccess.ErrStoreConflict
	}
	s.count++
	r := memoryRecord{data: bytes.Clone(data), version: fmt.Sprint(s.count)}
	if ttl > 0 {
		r.end = time.Now().Add(ttl)
	}
	s.records[key] = r
	return r.version, nil
}

func (s *memoryStore) Delete(_ context.Context, key, version string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.get(key); version != "" && r.version != "" && r.version != version {
		return secureaccess.ErrStoreConflict
	}
	delete(s.records, key)
	return nil
}

func (s *memoryStore) Lock(ctx context.Context, key string, _ time.Duration) (func(), error) {
	s.mu.Lock()
	lock, ok := s.locks[key]
	if !ok {
		lock = make(chan struct{}, 1)
		s.locks[key] = lock
	}
	s.mu.Unlock()
	select {
	case lock <- struct{}{}:
		return sync.OnceFunc(func() { <-lock }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

const key = "ics:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// stores are what every rule of SessionStore is tried on.
func stores(t *testing.T, test func(t *testing.T, store secureaccess.SessionStore)) {
	files := func(t *testing.T) secureaccess.SessionStore { return fileStore(t, t.TempDir()+"/sessions") }
	for name, open := range map[string]func(*testing.T) secureaccess.SessionStore{
		"memory":    func(*testing.T) secureaccess.SessionStore { return newMemoryStore() },
		"file":      files,
		"encrypted": func(t *testing.T) secureaccess.SessionStore { return encrypted(t, newMemoryStore(), 1) },
		"both":      func(t *testing.T) secureaccess.SessionStore { return encrypted(t, files(t), 1) },
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func save(t *testing.T, store secureaccess.SessionStore, key, data, version string) string {
	t.Helper()
	fresh, err := store.Save(t.Context(), key, []byte(data), version, time.Hour)
	if err != nil || fresh == "" || fresh == version {
		t.Fatalf("saved as %q over %q: %v", fresh, version, err)
	}
	return fresh
}

func checkStored(t *testing.T, store secureaccess.SessionStore, key, want, version string) {
	t.Helper()
	data, got, err := store.Load(t.Context(), key)
	if err != nil || string(data) != want || got != version || (data == nil) != (version == "") {
		t.Errorf("%q of version %q, %v; want %q of %q", data, got, err, want, version)
	}
}

func TestSessionStore_versions(t *testing.T) {
	stores(t, func(t *testing.T, store secureaccess.SessionStore) {
		checkStored(t, store, key, "", "")
		first := save(t, store, key, "a\nb\x00", "")
		checkStored(t, store, key, "a\nb\x00", first)
		for _, version := range []string{"", "other"} {
			if _, err := store.Save(t.Context(), key, []byte("lost"), version, time.Hour); !errors.Is(err, secureaccess.ErrStoreConflict) {
				t.Errorf("saved over version %q: %v", version, err)
			}
		}
		second := save(t, store, key, "", first)
		checkStored(t, store, key, "", second)
		if _, err := store.Save(t.Context(), key, []byte("lost"), first, time.Hour); !errors.Is(err, secureaccess.ErrStoreConflict) {
			t.Errorf("saved over an old version: %v", err)
		}
		if err := store.Delete(t.Context(), key, first); !errors.Is(err, secureaccess.ErrStoreConflict) {
			t.Errorf("deleted an old version: %v", err)
		}
		checkStored(t, store, key, "", second)
		other := save(t, store, "sps:other", "b", "")
		for range 2 {
			if err := store.Delete(t.Context(), key, second); err != nil {
				t.Error(err)
			}
			checkStored(t, store, key, "", "")
		}
		if _, err := store.Save(t.Context(), key, []byte("lost"), second, time.Hour); !errors.Is(err, secureaccess.ErrStoreConflict) {
			t.Errorf("saved over what is deleted: %v", err)
		}
		third := save(t, store, key, "c", "")
		if third == first || third == second {
			t.Error("a version came again")
		}
		checkStored(t, store, "sps:other", "b", other)
		if err := store.Delete(t.Context(), key, ""); err != nil {
			t.Error(err)
		}
		checkStored(t, store, key, "", "")
	})
}

func TestSessionStore_ttl(t *testing.T) {
	stores(t, func(t *testing.T, store secureaccess.SessionStore) {
		synctest.Test(t, func(t *testing.T) {
			version, err := store.Save(t.Context(), key, []byte("a"), "", time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			kept, err := store.Save(t.Context(), "sps:kept", []byte("b"), "", 0)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute - time.Millisecond)
			checkStored(t, store, key, "a", version)
			time.Sleep(time.Millisecond)
			checkStored(t, store, key, "", "")
			checkStored(t, store, "sps:kept", "b", kept)
			if _, err := store.Save(t.Context(), key, []byte("lost"), version, 0); !errors.Is(err, secureaccess.ErrStoreConflict) {
				t.Errorf("saved over what has expired: %v", err)
			}
			if fresh := save(t, store, key, "c", ""); fresh == version {
				t.Error("a version came again")
			}
		})
	})
}

func TestSessionStore_Save_oneWinner(t *testing.T) {
	stores(t, func(t *testing.T, store secureaccess.SessionStore) {
		version := ""
		for range 5 {
			var winners atomic.Int32
			var won string
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					fresh, err := store.Save(t.Context(), key, []byte{byte('0' + i)}, version, time.Hour)
					switch {
					case err == nil:
						winners.Add(1)
						won = fresh
					case !errors.Is(err, secureaccess.ErrStoreConflict):
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if winners.Load() != 1 {
				t.Fatalf("%d winners", winners.Load())
			}
			version = won
		}
	})
}

func TestSessionStore_Lock(t *testing.T) {
	stores(t, func(t *testing.T, store secureaccess.SessionStore) {
		var inside, most atomic.Int32
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				unlock, err := store.Lock(t.Context(), key, time.Minute)
				if err != nil {
					t.Error(err)
					return
				}
				most.Store(max(most.Load(), inside.Add(1)))
				// The holder can save, and others can as well.
				_, version, err := store.Load(t.Context(), key)
				if err == nil {
					_, err = store.Save(t.Context(), key, []byte{byte(i)}, version, time.Hour)
				}
				if err != nil {
					t.Error(err)
				}
				inside.Add(-1)
				unlock()
			})
		}
		wg.Wait()
		if most.Load() != 1 {
			t.Errorf("%d held the lock at once", most.Load())
		}

		unlock, err := store.Lock(t.Context(), key, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		other, err := store.Lock(t.Context(), "sps:other", time.Minute)
		if err != nil {
			t.Fatalf("the lock of another key: %v", err)
		}
		other()
		unlock()
		unlock2, err := store.Lock(t.Context(), key, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		unlock() // is spent, and releases nothing of others
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := store.Lock(ctx, key, time.Minute); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		unlock2()
	})
}

func TestSessionStore_Lock_waitsForTheContext(t *testing.T) {
	stores(t, func(t *testing.T, store secureaccess.SessionStore) {
		synctest.Test(t, func(t *testing.T) {
			unlock, err := store.Lock(t.Context(), key, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			defer unlock()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			begun := time.Now()
			if _, err := store.Lock(ctx, key, time.Hour); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != 10*time.Second {
				t.Errorf("%v after %v", err, time.Since(begun))
			}
			// A lock that is released is noticed.
			got := make(chan error)
			go func() {
				again, err := store.Lock(t.Context(), key, time.Hour)
				if err == nil {
					again()
				}
				got <- err
			}()
			time.Sleep(5 * time.Second)
			unlock()
			if err := <-got; err != nil {
				t.Error(err)
			}
		})
	})
}
