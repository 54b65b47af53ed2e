package secureaccess

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"time"
)

// errNotDecrypted says as much as there is to know: a wrong key and a changed record look the same.
var errNotDecrypted = errors.New("stored session does not decrypt: it was saved with another key, under another name, or changed since")

// EncryptedStore encrypts what store keeps with AES-256-GCM, for stores that others can read: key must have 32 bytes,
// from a random source and not from a password. Every record has a random nonce and is bound to its own key name, so
// that records cannot be exchanged. Names, sizes and times of sessions stay visible, and whoever can write to the store
// can put an old record back.
//
// A record that does not decrypt costs a sign-in, which replaces it: Load returns an error that says so, with the
// record's version. To change the key, change it everywhere at once; processes with different keys do not share
// sessions.
func EncryptedStore(store SessionStore, key []byte) (SessionStore, error) {
	if store == nil {
		return nil, &ArgumentError{Argument: "session store", Reason: "is nil"}
	}
	if len(key) != 32 {
		return nil, &ArgumentError{Argument: "encryption key", Reason: fmt.Sprintf("has %d bytes; 32 are needed", len(key))}
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, &ArgumentError{Argument: "encryption key", Reason: "cannot be used", Err: err}
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, &ArgumentError{Argument: "encryption key", Reason: "cannot be used", Err: err}
	}
	return &encryptedStore{store: store, aead: aead}, nil
}

// sealFormat begins every record and is authenticated with it, so that another form can be told apart later.
const sealFormat = 1

type encryptedStore struct {
	store SessionStore
	aead  cipher.AEAD // puts the nonce in front of what it seals
}

func associated(key string) []byte { return append([]byte{sealFormat}, key...) }

func (s *encryptedStore) Load(ctx context.Context, key string) (data []byte, version string, err error) {
	sealed, version, err := s.store.Load(ctx, key)
	if err != nil || version == "" && sealed == nil {
		return nil, version, err
	}
	if len(sealed) == 0 || sealed[0] != sealFormat {
		return nil, version, errNotDecrypted
	}
	data, err = s.aead.Open([]byte{}, nil, sealed[1:], associated(key))
	if err != nil {
		return nil, version, errNotDecrypted
	}
	return data, version, nil
}

func (s *encryptedStore) Save(ctx context.Context, key string, data []byte, version string, ttl time.Duration) (string, error) {
	return s.store.Save(ctx, key, s.aead.Seal([]byte{sealFormat}, nil, data, associated(key)), version, ttl)
}

func (s *encryptedStore) Delete(ctx context.Context, key, version string) error {
	return s.store.Delete(ctx, key, version)
}

func (s *encryptedStore) Lock(ctx context.Context, key string, lease time.Duration) (func(), error) {
	return s.store.Lock(ctx, key, lease)
}
