package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/digitalocean/godo"
	"github.com/google/go-github/v74/github"
	"github.com/hashicorp/go-retryablehttp"
	gitlab "gitlab.com/gitlab-org/api/client-go"
	"resty.dev/v3"
)

// contender is a library that carries out the same call: one GET whose JSON object of two members is decoded.
type contender struct {
	name    string
	connect func(base string, transport http.RoundTripper) (call, error) // a nil transport: one of its own
}

// contenders begins with the measure of all others.
var contenders = []contender{
	{"net/http", bareGET},
	{"SDK, key", sdkKey},
	{"SDK, Hawk", sdkHawk},
	{"go-retryablehttp", retryableGET},
	{"go-github", githubGET},
	{"gitlab client-go", gitlabGET},
	{"godo", godoGET},
	{"resty", restyGET},
}

var errEmpty = errors.New("the object is empty")

type object struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func httpClient(transport http.RoundTripper) *http.Client {
	if transport == nil {
		transport = newTransport()
	}
	return &http.Client{Transport: transport}
}

// get is a call as a careful program writes it on the standard library alone.
func get(ctx context.Context, client *http.Client, address string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

func bareGET(base string, transport http.RoundTripper) (call, error) {
	client := httpClient(transport)
	return func(ctx context.Context) error {
		var o object
		if err := get(ctx, client, base+barePath, &o); err != nil {
			return err
		}
		if o.Name == "" {
			return errEmpty
		}
		return nil
	}, nil
}

func retryableGET(base string, transport http.RoundTripper) (call, error) {
	client := retryablehttp.NewClient()
	client.Logger = nil
	client.HTTPClient = httpClient(transport)
	return func(ctx context.Context) error {
		req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, base+barePath, nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode != http.StatusOK {
			return errors.New(resp.Status)
		}
		data, err := io.ReadAll(resp.Body)
		if err != nil {
			return err
		}
		var o object
		if err := json.Unmarshal(data, &o); err != nil {
			return err
		}
		if o.Name == "" {
			return errEmpty
		}
		return nil
	}, nil
}

func githubGET(base string, transport http.RoundTripper) (call, error) {
	client := github.NewClient(httpClient(transport))
	address, err := url.Parse(base + "/")
	if err != nil {
		return nil, err
	}
	client.BaseURL = address
	return func(ctx context.Context) error {
		user, _, err := client.Users.Get(ctx, "octocat")
		if err == nil && user.GetName() == "" {
			return errEmpty
		}
		return err
	}, nil
}

// unlimited stands in for gitlab's limiter, which would ask the server for its limits first.
type unlimited struct{}

func (unlimited) Wait(context.Context) error { return nil }

func gitlabGET(base string, transport http.RoundTripper) (call, error) {
	client, err := gitlab.NewClient("a token", gitlab.WithBaseURL(base), gitlab.WithHTTPClient(httpClient(transport)),
		gitlab.WithCustomLimiter(unlimited{}))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		user, _, err := client.Users.GetUser(1, gitlab.GetUsersOptions{}, gitlab.WithContext(ctx))
		if err == nil && user.Name == "" {
			return errEmpty
		}
		return err
	}, nil
}

func godoGET(base string, transport http.RoundTripper) (call, error) {
	client, err := godo.New(httpClient(transport), godo.SetBaseURL(base+"/"))
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		key, _, err := client.Keys.GetByID(ctx, 1)
		if err == nil && key.Name == "" {
			return errEmpty
		}
		return err
	}, nil
}

func restyGET(base string, transport http.RoundTripper) (call, error) {
	client := resty.NewWithClient(httpClient(transport)).SetBaseURL(base)
	return func(ctx context.Context) error {
		var o object
		resp, err := client.R().SetContext(ctx).SetResult(&o).Get(barePath)
		if err != nil {
			return err
		}
		if resp.IsStatusFailure() || o.Name == "" {
			return errEmpty
		}
		return nil
	}, nil
}

// bareList is the loop that a program without the SDK has: the same members, read by encoding/json.
func bareList(base string) (call, error) {
	type appliance struct {
		ID           string    `json:"id"`
		Name         string    `json:"name"`
		State        string    `json:"state"`
		Type         string    `json:"type"`
		Model        string    `json:"model"`
		SerialNumber string    `json:"serial_number"`
		Version      string    `json:"appliance_version"`
		Created      time.Time `json:"created"`
		Updated      time.Time `json:"updated"`
	}
	client := httpClient(nil)
	return func(ctx context.Context) error {
		n := 0
		for {
			var page struct {
				Items []appliance `json:"items"`
				Total int         `json:"total"`
			}
			address := base + listPath + "?limit=" + strconv.Itoa(pageLength) + "&start=" + strconv.Itoa(n)
			if err := get(ctx, client, address, &page); err != nil {
				return err
			}
			n += len(page.Items)
			if len(page.Items) == 0 || n >= page.Total {
				break
			}
		}
		if n != listLength {
			return fmt.Errorf("%d items of %d", n, listLength)
		}
		return nil
	}, nil
}

func bareDownload(base string) (call, error) {
	client := httpClient(nil)
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+filePath, nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		return whole(io.Copy(io.Discard, resp.Body))
	}, nil
}

func bareUpload(base string) (call, error) {
	client := httpClient(nil)
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+uploadPath, newContent())
		if err != nil {
			return err
		}
		req.ContentLength = transferSize
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode != http.StatusOK {
			return errors.New(resp.Status)
		}
		return nil
	}, nil
}

// newContent is what is uploaded: bytes that cost next to nothing to make.
func newContent() io.Reader { return io.LimitReader(zeros{}, transferSize) }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func whole(n int64, err error) error {
	if err == nil && n != transferSize {
		return fmt.Errorf("%d bytes of %d", n, transferSize)
	}
	return err
}

// makers return a client that has sent nothing, each with a transport of its own.
var makers = []struct {
	name string
	make func(base string) (any, error)
}{
	{"net/http", func(string) (any, error) { return httpClient(nil), nil }},
	{"SDK, key", sdkNewKey},
	{"SDK, Hawk", sdkNewHawk},
	{"go-retryablehttp", func(string) (any, error) { return retryablehttp.NewClient(), nil }},
	{"go-github", func(string) (any, error) { return github.NewClient(httpClient(nil)), nil }},
	{"gitlab client-go", func(base string) (any, error) {
		return gitlab.NewClient("a token", gitlab.WithBaseURL(base), gitlab.WithHTTPClient(httpClient(nil)))
	}},
	{"godo", func(base string) (any, error) { return godo.New(httpClient(nil), godo.SetBaseURL(base+"/")) }},
	{"resty", func(base string) (any, error) { return resty.NewWithClient(httpClient(nil)).SetBaseURL(base), nil }},
}
