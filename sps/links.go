package sps

import (
	"context"
	"net/url"
	"path"
	"strings"

	"github.com/secureaccess-go/secureaccess"
	"github.com/secureaccess-go/secureaccess/internal/rest"
)

// Link leads to more of an object.
type Link struct {
	Href string `json:"href"`
}

const octetStream = "application/octet-stream"

// Download fetches the content that a link of the appliance leads to, below /api/ only.
func (c *Client) Download(ctx context.Context, href string) (*secureaccess.Download, error) {
	return rest.Fetch(ctx, c.rest, c.follow(rest.GET(linkTemplate("/api/")), href, "/api/", refusedArgument).Accept(octetStream))
}

// linkTemplate names the operation of a link that may lead anywhere below a prefix.
func linkTemplate(prefix string) string { return prefix + "{path}" }

func refusedArgument(reason string) error {
	return &secureaccess.ArgumentError{Argument: "link", Reason: reason}
}

// follow sends op to a link of the appliance, if it leads below prefix. Where the base URL has a path of its own, as
// behind a proxy, the links do not know of it. refuse makes the error of a link that is not followed.
func (c *Client) follow(op *rest.Op, href, prefix string, refuse func(reason string) error) *rest.Op {
	if href == "" {
		return op.Refuse(refuse("is empty"))
	}
	link, err := url.Parse(href)
	if err != nil {
		return op.Refuse(refuse("is not a URL"))
	}
	base := c.setup.Base
	escaped := link.EscapedPath()
	if link.Scheme == "" && link.Host == "" && strings.HasPrefix(link.Path, "/") {
		href = base.EscapedPath() + href
	} else {
		escaped = strings.TrimPrefix(escaped, base.EscapedPath())
	}
	if !below(escaped, prefix) {
		op.Refuse(refuse("does not lead below " + prefix))
	}
	return op.Follow(href)
}

// below reports whether a path is below prefix.
func below(escaped, prefix string) bool {
	plain, err := url.PathUnescape(escaped)
	return err == nil && strings.HasPrefix(plain, prefix) && path.Clean(plain) == strings.TrimRight(plain, "/")
}
