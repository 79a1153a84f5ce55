package wheel

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whatever bit of a wheel is turned, it is refused, but for the fields that say nothing about contents: times, versions of zip, attributes.
func TestEveryByteCounts(t *testing.T) {
	for name, b := range map[string][]byte{
		"plain":   handmade(recorded(demo()), nil),
		"zip64":   handmade(recorded(append(demo(), squeezed("x", "abc", 6).streamed())), func(c *closing) { c.wide = true }),
		"wanting": handmade(recorded(demo()), func(c *closing) { c.wide, c.members, c.here, c.size, c.offset = true, max16, max16, max32, max32 }),
	} {
		harmless, original := harmlessBytes(b), open(t, b)
		want := contentsOf(original)
		for i := range b {
			for _, mask := range []byte{1, 2, 0x80, 0xff} {
				c := bytes.Clone(b)
				c[i] ^= mask
				a, err := Open(bytes.NewReader(c), int64(len(c)), Limits{})
				if err == nil {
					err = readAll(a)
				}
				// a deflate stream may say the same in other words, and doesn't use all bits of its last byte
				if err == nil && !harmless[i] && !(compressed(original, int64(i)) && cmp.Equal(want, contentsOf(a))) {
					t.Errorf("%s: byte %d of %d turned by %#x is taken", name, i, len(b), mask)
				}
				if err != nil && !errors.Is(err, ErrFormat) && !errors.Is(err, ErrUnsafe) && !errors.Is(err, ErrLimit) {
					t.Errorf("%s: byte %d turned by %#x: %v", name, i, mask, err)
				}
			}
		}
	}
}

func compressed(a *Archive, at int64) bool {
	for _, e := range a.entries {
		if e.method == deflated && e.data <= at && at < e.data+e.packed {
			return true
		}
	}
	return false
}

// contentsOf are all members in their order, or as far as they can be read.
func contentsOf(a *Archive) (all []string) {
	for _, m := range a.Members() {
		r, err := a.OpenMember(m.Name)
		if err != nil {
			return append(all, err.Error())
		}
		b, err := io.ReadAll(r)
		all = append(all, fmt.Sprint(m, string(b), err))
	}
	return all
}

// harmlessBytes are those that may have other values without anybody reading other contents.
func harmlessBytes(b []byte) map[int]bool {
	harmless := map[int]bool{}
	for signature, fields := range map[uint32][][2]int{
		localSignature:     {{4, 6}, {10, 14}},           // version, time
		centralSignature:   {{4, 8}, {12, 16}, {36, 42}}, // versions, time, attributes
		end64Signature:     {{12, 16}},                   // versions
		locator64Signature: {{16, 17}},                   // 0 or 1 part
		endSignature:       {{8, 8}},                     // none
	} {
		s := binary.LittleEndian.AppendUint32(nil, signature)
		for at := 0; ; at++ {
			i := bytes.Index(b[at:], s)
			if i < 0 {
				break
			}
			at += i
			for _, f := range fields {
				for j := f[0]; j < f[1]; j++ {
					harmless[at+j] = true
				}
			}
		}
	}
	return harmless
}

// The end alone, in every length.
func TestShortEnds(t *testing.T) {
	whole := handmade(recorded(demo()), func(c *closing) { c.wide = true })
	for n := range 200 {
		b := whole[len(whole)-n:]
		if _, err := Open(bytes.NewReader(b), int64(n), Limits{}); !errors.Is(err, ErrFormat) && !errors.Is(err, ErrUnsafe) {
			t.Errorf("%d: %v", n, err)
		}
	}
}
