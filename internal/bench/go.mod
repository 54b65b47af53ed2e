module github.com/secureaccess-go/secureaccess/internal/bench

go 1.26.0

replace github.com/secureaccess-go/secureaccess => ../..

require (
	github.com/digitalocean/godo v1.236.0
	github.com/google/go-github/v74 v74.0.0
	github.com/hashicorp/go-retryablehttp v0.7.8
	github.com/secureaccess-go/secureaccess v0.0.0
	gitlab.com/gitlab-org/api/client-go v1.46.0
	resty.dev/v3 v3.0.0-rc.4
)

require (
	github.com/go-json-experiment/json v1.27.2 // indirect
	github.com/google/go-querystring v1.2.0 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hiyosi/hawk v1.0.1 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/oauth2 v0.34.0 // indirect
	golang.org/x/time v0.14.0 // indirect
)
