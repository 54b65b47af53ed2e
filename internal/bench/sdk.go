package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/hawk"
	"github.com/secureaccess-go/secureaccess/ics"
	"github.com/secureaccess-go/secureaccess/pulseone"
	"github.com/secureaccess-go/secureaccess/sps"
)

// This file holds every call into the SDK, and nothing else: it alone follows changes of the API.

// sdkOptions sends through transport, nil for the SDK's own.
func sdkOptions(transport http.RoundTripper) []secureaccess.Option {
	if transport == nil {
		return nil
	}
	return []secureaccess.Option{secureaccess.WithTransport(transport)}
}

func sdkHawkClient(base string, transport http.RoundTripper) (*pulseone.Client, error) {
	credentials := hawk.Credentials{ID: "0123456789", Key: secureaccess.NewSecret("a key of a session"), Algorithm: hawk.AlgorithmSHA256}
	return pulseone.New(base, pulseone.Hawk(credentials), sdkOptions(transport)...)
}

func sdkKey(base string, transport http.RoundTripper) (call, error) {
	client, err := ics.New(base, ics.APIKey("0123456789"), sdkOptions(transport)...)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		information, err := client.System.Info(ctx)
		if err == nil && information.System.HostName == "" {
			return errEmpty
		}
		return err
	}, nil
}

func sdkHawk(base string, transport http.RoundTripper) (call, error) {
	client, err := sdkHawkClient(base, transport)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		appliance, err := client.Appliances.Get(ctx, "0123456789abcdef")
		if err == nil && appliance.Name == "" {
			return errEmpty
		}
		return err
	}, nil
}

// sdkList reads the whole list by All.
func sdkList(base string) (call, error) {
	client, err := sdkHawkClient(base, nil)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		n := 0
		for _, err := range client.Appliances.All(ctx, nil) {
			if err != nil {
				return err
			}
			n++
		}
		if n != listLength {
			return fmt.Errorf("%d items of %d", n, listLength)
		}
		return nil
	}, nil
}

func sdkDownload(base string) (call, error) {
	client, err := sps.New(base, sps.Password("admin", "a password"))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		download, err := client.Download(ctx, filePath)
		if err != nil {
			return err
		}
		defer func() { _ = download.Close() }()
		return whole(io.Copy(io.Discard, download))
	}, nil
}

func sdkUpload(base string) (call, error) {
	client, err := ics.New(base, ics.APIKey("0123456789"))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		content := secureaccess.Upload{Reader: newContent(), Size: transferSize}
		_, err := client.Certificates.UploadSigned(ctx, "csr", content, "application/octet-stream")
		return err
	}, nil
}

// sdkNewKey and sdkNewHawk return a client that has sent nothing.
func sdkNewKey(base string) (any, error) { return ics.New(base, ics.APIKey("0123456789")) }

func sdkNewHawk(base string) (any, error) { return sdkHawkClient(base, nil) }
