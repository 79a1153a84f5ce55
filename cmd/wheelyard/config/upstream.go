package config

import (
	"net/url"
)

// checkUpstream: what it says never shows the address, which may hold a password.
func checkUpstream(c *Config, _ places) *problem {
	if c.Upstream.Index == "" {
		return nil
	}
	u, err := url.Parse(c.Upstream.Index)
	if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return nil
	}
	return &problem{"upstream.index", "index is no address that begins with http:// or https://", `for example index = "https://mirror.example/simple/"; without it: the index that pip on this machine uses`}
}
