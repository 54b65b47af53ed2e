package secureaccess_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/secureaccess-go/secureaccess"
)

func encrypted(t *testing.T, store secureaccess.SessionStore, seed byte) secureaccess.SessionStore {
	t.Helper()
	s, err := secureaccess.EncryptedStore(store, bytes.Repeat([]byte{seed}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEncryptedStore_arguments(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33} {
		if s, err := secureaccess.EncryptedStore(newMemoryStore(), make([]byte, n)); s != nil || err == nil {
			t.Errorf("a key of %d bytes: %v", n, err)
		}
	}
	if s, err := secureaccess.EncryptedStore(nil, make([]byte, 32)); s != nil || err == nil {
		t.Errorf("no store: %v", err)
	}
}

func TestEncryptedStore_hidesData(t *testing.T) {
	plain := newMemoryStore()
	store := encrypted(t, plain, 1)
	version := save(t, store, key, "S-session", "")
	first, _, _ := plain.Load(t.Context(), key)
	save(t, store, key, "S-session", version)
	second, _, _ := plain.Load(t.Context(), key)
	if bytes.Contains(first, []byte("S-session")) || bytes.Equal(first, second) {
		t.Errorf("%q, then %q", first, second)
	}
}

func TestEncryptedStore_Load_unreadable(t *testing.T) {
	plain := newMemoryStore()
	store := encrypted(t, plain, 1)
	save(t, store, key, "S-session", "")
	sealed, version, _ := plain.Load(t.Context(), key)

	put := func(key string, data []byte) string {
		_, version, _ := plain.Load(t.Context(), key)
		version, err := plain.Save(t.Context(), key, data, version, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return version
	}
	check := func(what string, store secureaccess.SessionStore, key, version string) {
		t.Helper()
		data, got, err := store.Load(t.Context(), key)
		if data != nil || got != version || err == nil || !strings.Contains(err.Error(), "decrypt") {
			t.Fatalf("%s: %q of %q, %v", what, data, got, err)
		}
	}
	check("another key", encrypted(t, plain, 2), key, version)
	check("another name", store, "sps:other", put("sps:other", sealed))
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		check("a changed byte", store, key, put(key, changed))
		check("a cut record", store, key, put(key, sealed[:i]))
	}
	check("plain text", store, key, put(key, []byte("\x01plain")))

	// The version that came with the error replaces the record.
	_, version, _ = store.Load(t.Context(), key)
	checkStored(t, store, key, "new", save(t, store, key, "new", version))
}
