package upstream

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"
)

// HashError says that a file isn't the one that its page describes. It is never in the cache.
type HashError struct {
	Filename  string
	Want, Got string // SHA-256 in hex
}

func (e *HashError) Error() string {
	return fmt.Sprintf("%s: its SHA-256 is %s, upstream's page says %s", e.Filename, e.Got, e.Want)
}

// SizeError says that a file is larger than its page says, or than any may be; it was cut off there.
type SizeError struct {
	Filename string
	Limit    int64 // in bytes
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("%s: larger than the %d bytes that it may have", e.Filename, e.Limit)
}

// failure is why an answer could not be had.
type failure struct {
	cause error
	again bool          // it may be better next time
	after time.Duration // not before this
	moved bool          // some of it came: the next try goes on from there
	down  bool          // the index as a whole may be out of order
}

func (f *failure) Error() string { return f.cause.Error() }
func (f *failure) Unwrap() error { return f.cause }

func final(format string, args ...any) error {
	return &failure{cause: fmt.Errorf(format, args...)}
}

// broken judges an error of the network.
func broken(err error) *failure {
	_, mistrusted := errors.AsType[*tls.CertificateVerificationError](err)
	hopeless := mistrusted || errors.Is(err, errRedirects) || errors.Is(err, errDowngraded) || errors.Is(err, errLongURL)
	return &failure{cause: clean(err), again: !hopeless}
}

// clean takes the address off an error of net/http: it may hold what isn't to be printed, and is said anyway.
func clean(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the answer broke off: %w", err)
	}
	return err
}
