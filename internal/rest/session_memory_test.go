package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

// store is a session store in memory that can be told to fail. It holds one key.
type store struct {
	mu      sync.Mutex
	count   int
	data    []byte
	version string
	end     time.Time
	lock    chan struct{}
	saves   int

	loadErr, saveErr, deleteErr, lockErr error
	hangs                                bool
	beforeSave                           func()
}

func newStore() *store { return &store{lock: make(chan struct{}, 1)} }

func (s *store) has() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data != nil
}

func (s *store) expire() {
	if !s.end.IsZero() && !time.Now().Before(s.end) {
		s.data, s.version, s.end = nil, "", time.Time{}
	}
}

func (s *store) wait(ctx context.Context) error {
	if s.hangs {
		<-ctx.Done()
	}
	return ctx.Err()
}

func (s *store) Load(ctx context.Context, _ string) ([]byte, string, error) {
	if err := s.wait(ctx); err != nil {
		return nil, "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	if s.loadErr != nil {
		return nil, s.version, s.loadErr
	}
	return bytes.Clone(s.data), s.version, nil
}

func (s *store) Save(ctx context.Context, _ string, data []byte, version string, ttl time.Duration) (string, error) {
	if err := s.wait(ctx); err != nil {
		return "", err
	}
	if f := s.beforeSave; f != nil {
		s.beforeSave = nil
		f()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire()
	switch {
	case s.saveErr != nil:
		return "", s.saveErr
	case version != s.version:
		return "", secureaccess.ErrStoreConflict
	}
	s.count++
	s.saves++
	s.data, s.version, s.end = bytes.Clone(data), fmt.Sprint(s.count), time.Now().Add(ttl)
	return s.version, nil
}

func (s *store) Delete(_ context.Context, _, version string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deleteErr != nil {
		return s.deleteErr
	}
	if version != s.version {
		return secureaccess.ErrStoreConflict
	}
	s.data, s.version = nil, ""
	return nil
}

func (s *store) Lock(ctx context.Context, _ string, _ time.Duration) (func(), error) {
	if err := s.wait(ctx); err != nil {
		return nil, err
	}
	if s.lockErr != nil {
		return nil, s.lockErr
	}
	select {
	case s.lock <- struct{}{}:
		return sync.OnceFunc(func() { <-s.lock }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// process is the session of another process, on one store.
func (o *office) process(on *store) *Session[pass] {
	s := o.session()
	s.Sharing = Sharing[pass]{
		Store: on, Key: "test:key",
		Encode: func(p pass) ([]byte, error) { return json.Marshal(p) },
		Decode: func(data []byte) (p pass, err error) { err = json.Unmarshal(data, &p); return p, err },
	}
	return s
}
