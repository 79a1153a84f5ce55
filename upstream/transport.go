package upstream

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
)

// authorized adds a name and password to the requests for one host, whether it was asked at first or after a redirect.
type authorized struct {
	transport    *http.Transport
	scheme, host string
	user         *url.Userinfo
}

func (a *authorized) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == a.scheme && r.URL.Host == a.host {
		password, _ := a.user.Password()
		r = r.Clone(r.Context())
		r.SetBasicAuth(a.user.Username(), password)
	}
	return a.transport.RoundTrip(r)
}

func (a *authorized) CloseIdleConnections() { a.transport.CloseIdleConnections() }

const (
	maxRedirects = 10
	maxURL       = 8 << 10
)

var (
	errRedirects  = fmt.Errorf("redirected more than %d times", maxRedirects)
	errDowngraded = errors.New("redirected from https to http")
	errLongURL    = errors.New("redirected to an address that is too long")
)

func checkRedirect(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return errRedirects
	}
	if via[len(via)-1].URL.Scheme == "https" && r.URL.Scheme != "https" {
		return errDowngraded
	}
	if len(r.URL.String()) > maxURL {
		return errLongURL // it would be put before each relative address of a page
	}
	return nil
}

func certificates(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the trusted certificates: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("reading the trusted certificates: %s has none", file)
	}
	return pool, nil
}
