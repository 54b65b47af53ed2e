package secureaccess

import (
	"context"
	"errors"
	"time"
)

// ErrStoreConflict is what [SessionStore] methods return when the record of a key is not of the version that the caller
// named.
var ErrStoreConflict = errors.New("stored session was changed by another process")

// SessionStore keeps the sessions of clients between processes, and shares them among processes that run at once: one
// sign-in serves all. [FileStore] is one; others are a few lines over Redis, NATS KV or a database table.
// [EncryptedStore] wraps one that others can read.
//
// A store holds one record per key. Keys have at most 128 of the characters a-z, 0-9, ":", "_" and "-"; records are
// opaque bytes, at most 1 MiB, and as secret as a password. What an implementation has to do:
//
//   - All methods are safe for concurrent use, by goroutines and by processes, and return when ctx ends.
//   - Each write gives its record a new version, a string that is not empty and is never used again for that key,
//     neither after a deletion nor after an expiry: the revision of NATS KV, or 16 random bytes.
//   - Comparing the version and writing is one step: a transaction, a script, a compare-and-swap. Of two Saves that
//     name the same version one succeeds, whether or not anybody holds the lock.
//   - A record whose ttl is over is no record: Load does not return it, and Save with version "" may replace it.
//   - Lock only avoids work done twice. Nothing breaks when two callers hold it, so a lock with a lease is enough.
//
// An error of a store costs at most a sign-in: clients report it to their logger and go on without the store.
type SessionStore interface {
	// Load returns the record of key and its version; nil, "", nil when there is none. A record that is there and
	// cannot be used, because it was encrypted with another key for instance, is an error together with its version,
	// so that the caller can replace it.
	Load(ctx context.Context, key string) (data []byte, version string, err error)

	// Save writes data if the record still has the given version, "" for "there is no record", and returns the version
	// of what it wrote. Otherwise it returns [ErrStoreConflict], or an error that wraps it, and changes nothing.
	// The record may be dropped after ttl; 0 or less keeps it until it is deleted.
	Save(ctx context.Context, key string, data []byte, version string, ttl time.Duration) (newVersion string, err error)

	// Delete removes the record if it has the given version, or whatever its version is where version is "". A record
	// that is not there is no error; one of another version is [ErrStoreConflict], and stays.
	Delete(ctx context.Context, key, version string) error

	// Lock waits until nobody else holds the lock of key, or ctx ends, and takes it. It is independent of the other
	// methods: the holder calls Save for the same key.
	//
	// unlock releases it. It may be called several times, from any goroutine, and after the lease is over; it must not
	// release a lock that somebody else has taken since. A store that cannot tell whether the holder is still alive
	// releases the lock when lease is over; one that can, as FileStore does, may ignore lease.
	Lock(ctx context.Context, key string, lease time.Duration) (unlock func(), err error)
}
