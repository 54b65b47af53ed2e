module github.com/secureaccess-go/secureaccess

go 1.26.0

require (
	github.com/coder/websocket v1.8.15
	github.com/go-json-experiment/json v1.27.2
	github.com/google/go-querystring v1.2.0
	github.com/hashicorp/go-retryablehttp v0.7.8
	github.com/hiyosi/hawk v1.0.1
	github.com/jarcoal/httpmock v1.4.2
	golang.org/x/net v0.62.0
)

require github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
