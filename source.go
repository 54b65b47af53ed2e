package secureaccess

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// SecretSource supplies a password, key or token each time a client signs in. Constructors with From in their names
// take one in place of a plain string.
//
// A source is read when the client signs in, never when it is made: a rotated secret is in use from the next sign-in
// on. Secret may be called by several goroutines at once, should return when ctx ends, and returns a secret that is not
// empty or an error. The error names the source and never quotes a value.
//
// A [Secret] is a source of itself. [EnvSecret], [FileSecret] and [SecretFunc] are the others here.
type SecretSource interface {
	Secret(ctx context.Context) (Secret, error)
}

// Secret returns s itself, which makes every Secret a [SecretSource]. An empty secret is an error.
func (s Secret) Secret(context.Context) (Secret, error) {
	if s.IsZero() {
		return Secret{}, errors.New("secureaccess: the secret is empty")
	}
	return s, nil
}

// EnvSecret reads the environment variable of that name. A variable that is not set, or is empty, is an error.
// Nothing is cut off its value.
func EnvSecret(name string) SecretSource { return envSource(name) }

type envSource string

func (name envSource) Secret(context.Context) (Secret, error) {
	value, set := os.LookupEnv(string(name))
	switch {
	case !set:
		return Secret{}, fmt.Errorf("secureaccess: environment variable %q is not set", string(name))
	case value == "":
		return Secret{}, fmt.Errorf("secureaccess: environment variable %q is empty", string(name))
	}
	return NewSecret(value), nil
}

// maxSecretFile is the largest file that [FileSecret] reads. Longer ones are something else than a secret.
const maxSecretFile = 64 << 10

// FileSecret reads the file at path, anew at each sign-in. One line end (LF or CRLF) at the end of the file is cut off;
// all other bytes belong to the secret. It follows symbolic links, since Kubernetes mounts secrets that way.
//
// A file that cannot be read, is empty but for its line end, is larger than 64 KiB, or is a directory, pipe or device
// is an error.
func FileSecret(path string) SecretSource { return fileSource(path) }

type fileSource string

func (path fileSource) Secret(context.Context) (Secret, error) {
	fail := func(reason string) (Secret, error) {
		return Secret{}, fmt.Errorf("secureaccess: secret file %q %s", string(path), reason)
	}
	// Asked before it is opened: opening a pipe waits for its writer, whatever the context says.
	info, err := os.Stat(string(path))
	if err != nil {
		return Secret{}, fmt.Errorf("secureaccess: secret file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fail("is not a regular file")
	}
	f, err := os.Open(string(path))
	if err != nil {
		return Secret{}, fmt.Errorf("secureaccess: secret file: %w", err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	switch {
	case err != nil:
		return Secret{}, fmt.Errorf("secureaccess: secret file: %w", err)
	case len(data) > maxSecretFile:
		return fail("is larger than 64 KiB")
	}
	if n := len(data); n > 0 && data[n-1] == '\n' {
		data = data[:n-1]
		if n > 1 && data[n-2] == '\r' {
			data = data[:n-2]
		}
	}
	if len(data) == 0 {
		return fail("is empty")
	}
	return NewSecret(string(data)), nil
}

// SecretFunc makes a source of a function, which can ask a vault. A nil function, and one that returns an empty secret,
// is an error when it is asked.
type SecretFunc func(ctx context.Context) (Secret, error)

// Secret calls f. Its error wraps that of f.
func (f SecretFunc) Secret(ctx context.Context) (Secret, error) {
	if f == nil {
		return Secret{}, errors.New("secureaccess: the secret function is nil")
	}
	secret, err := f(ctx)
	switch {
	case err != nil:
		return Secret{}, fmt.Errorf("secureaccess: secret function: %w", err)
	case secret.IsZero():
		return Secret{}, errors.New("secureaccess: the secret function returned an empty secret")
	}
	return secret, nil
}
