package pep440

import (
	"encoding/binary"
	"strings"
)

// A key is a string whose byte order is the order of versions without their local parts:
//
//	epoch, release numbers up to the last that is not zero, rank, pre-release number, post, dev, flag
//
// No key is the start of another. A number is a byte for its count of digits, then the digits (none for 0), so that
// any length compares right; a rank ends the release, and is below all such bytes, so that 1 comes before 1.0.1.
// The flag, which says whether it is a pre-release, follows what is distinct already, and so decides nothing.

// rank is the kind of a pre-release; of none, whether it is only a developmental release.
type rank byte

const (
	devOnly rank = iota + 1
	alpha
	beta
	candidate
	finalRelease
)

const (
	noPost, isPost = 1, 2
	isDev, noDev   = 1, 2

	flagFinal, flagPrerelease = 0, 1

	shortNumber = 0x10 // plus the count of digits
	longNumber  = 0xf0 // then the count of digits in eight bytes
	above       = 0xff // in the place of any byte: after all that could be there
)

var preNames = [...]string{alpha: "a", beta: "b", candidate: "rc"}

func (p *parts) isPrerelease() bool { return p.dev || p.pre != finalRelease }

// appendKey appends the key.
func (p *parts) appendKey(b []byte) []byte {
	b = p.appendKeyToPre(b)
	if p.post {
		b = appendNumber(append(b, isPost), p.postN)
	} else {
		b = append(b, noPost)
	}
	if p.dev {
		b = appendNumber(append(b, isDev), p.devN)
	} else {
		b = append(b, noDev)
	}
	if p.isPrerelease() {
		return append(b, flagPrerelease)
	}
	return append(b, flagFinal)
}

// appendKeyToPre appends the key up to and with the pre-release number.
func (p *parts) appendKeyToPre(b []byte) []byte {
	b = appendNumber(b, p.epoch)
	end := len(b)
	for release, more := p.release, true; more; {
		var number string
		number, release, more = strings.Cut(release, ".")
		b = appendNumber(b, number)
		if b[len(b)-1] != shortNumber {
			end = len(b)
		}
	}
	b = b[:end]
	switch {
	case p.pre != finalRelease:
		return appendNumber(append(b, byte(p.pre)), p.preN)
	case p.dev && !p.post:
		return append(b, byte(devOnly))
	}
	return append(b, byte(finalRelease))
}

func appendNumber(b []byte, digits string) []byte {
	digits = strings.TrimLeft(digits, "0")
	if n := len(digits); n < longNumber-shortNumber {
		b = append(b, shortNumber+byte(n))
	} else {
		b = binary.BigEndian.AppendUint64(append(b, longNumber), uint64(n))
	}
	return append(b, digits...)
}

// appendText appends the normal form (PEP 440, "Normalization").
func (p *parts) appendText(b []byte) []byte {
	if epoch := strings.TrimLeft(p.epoch, "0"); epoch != "" {
		b = append(append(b, epoch...), '!')
	}
	b = appendNormal(b, p.release)
	if p.pre != finalRelease {
		b = append(b, preNames[p.pre]...)
		b = appendNormal(b, p.preN)
	}
	if p.post {
		b = append(b, ".post"...)
		b = appendNormal(b, p.postN)
	}
	if p.dev {
		b = append(b, ".dev"...)
		b = appendNormal(b, p.devN)
	}
	if p.local != "" {
		b = append(b, '+')
		b = appendNormal(b, p.local)
	}
	return b
}

// appendNormal appends segments in lower case with dots between, numbers without leading zeros, nothing as 0.
func appendNormal(b []byte, segments string) []byte {
	for {
		end := strings.IndexAny(segments, ".-_")
		segment := segments
		if end >= 0 {
			segment = segments[:end]
		}
		if isNumber(segment) {
			segment = strings.TrimLeft(segment, "0")
			if segment == "" {
				segment = "0"
			}
		}
		for i := range len(segment) {
			b = append(b, lower(segment[i]))
		}
		if end < 0 {
			return b
		}
		b = append(b, '.')
		segments = segments[end+1:]
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
