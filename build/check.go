package build

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"wheelyard/packaging/wheel"
	"wheelyard/plan"
	"wheelyard/platform"
	"wheelyard/yard"
)

// Difference is a member of a wheel that two builds of one order made differently.
type Difference struct {
	Member string  `json:"member"`
	Only   int     `json:"only,omitempty"` // 1 or 2: only the wheel of that build has it; 0: both have it
	At     int64   `json:"at"`             // the first byte that differs
	Bytes  int64   `json:"bytes"`          // how many differ, as far as both go, and by how many one is longer
	First  Excerpt `json:"first"`
	Second Excerpt `json:"second"` // what stands there, a few bytes of each
}

// Excerpt is a few bytes; as text they are hexadecimal.
type Excerpt []byte

// MarshalText writes the bytes in hexadecimal.
func (e Excerpt) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, e), nil }

func (d Difference) String() string {
	if d.Only != 0 {
		return fmt.Sprintf("%s: only build %d made it", d.Member, d.Only)
	}
	return fmt.Sprintf("%s: %d bytes differ, from byte %d on: %q, %q", d.Member, d.Bytes, d.At, d.First, d.Second)
}

// Check does the order twice and compares the wheels, member by member. None differ: no Differences. When one of the builds fails, there is
// nothing to compare, and the Result is that one's. The Result has to be closed; it is the first build's otherwise.
func (b *Builder) Check(ctx context.Context, o plan.Order, t platform.Target, live io.Writer) (Result, []Difference, error) {
	first, err := b.Build(ctx, o, t, live)
	if err != nil || first.Attempt.Class != yard.Built {
		return first, nil, err
	}
	second, err := b.Build(ctx, o, t, live)
	if err != nil {
		first.Close()
		return Result{}, nil, err
	}
	if second.Attempt.Class != yard.Built {
		first.Close()
		return second, nil, nil
	}
	defer second.Close()
	if first.Attempt.Wheel == second.Attempt.Wheel {
		return first, nil, nil
	}
	differences, err := compareWheels(first.Wheel, second.Wheel)
	if err != nil {
		first.Close()
		return Result{}, nil, err
	}
	return first, differences, nil
}

func compareWheels(first, second string) ([]Difference, error) {
	a, err := openWheel(first)
	if err != nil {
		return nil, err
	}
	defer a.close()
	b, err := openWheel(second)
	if err != nil {
		return nil, err
	}
	defer b.close()
	var all []Difference
	for name := range a.members {
		if !b.members[name] {
			all = append(all, Difference{Member: name, Only: 1})
			continue
		}
		d, err := differ(name, a, b)
		if err != nil {
			return nil, err
		}
		if d.Bytes > 0 {
			all = append(all, d)
		}
	}
	for name := range b.members {
		if !a.members[name] {
			all = append(all, Difference{Member: name, Only: 2})
		}
	}
	slices.SortFunc(all, func(x, y Difference) int { return strings.Compare(x.Member, y.Member) })
	return all, nil
}

// openedWheel is a wheel on the disk.
type openedWheel struct {
	*wheel.Archive
	file    *os.File
	members map[string]bool
}

func openWheel(path string) (*openedWheel, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	archive, err := wheel.Open(f, info.Size(), wheelLimits)
	if err != nil {
		f.Close()
		return nil, err
	}
	w := &openedWheel{Archive: archive, file: f, members: map[string]bool{}}
	for _, m := range archive.Members() {
		w.members[m.Name] = true
	}
	return w, nil
}

func (w *openedWheel) close() { w.file.Close() }

// excerpt is how many bytes are shown of where two contents differ.
const excerpt = 16

// differ compares a member that both wheels have, of any size: it isn't read into memory.
func differ(name string, a, b *openedWheel) (Difference, error) {
	d := Difference{Member: name}
	x, err := a.OpenMember(name)
	if err != nil {
		return d, err
	}
	defer x.Close()
	y, err := b.OpenMember(name)
	if err != nil {
		return d, err
	}
	defer y.Close()
	first, second := bufio.NewReaderSize(x, 64<<10), bufio.NewReaderSize(y, 64<<10)
	for at := int64(0); ; at++ {
		p, err1 := first.ReadByte()
		q, err2 := second.ReadByte()
		if err1 != nil && err1 != io.EOF || err2 != nil && err2 != io.EOF {
			return d, errors.Join(err1, err2)
		}
		if err1 != nil && err2 != nil {
			return d, nil
		}
		if err1 == nil && err2 == nil && p == q {
			continue
		}
		if d.Bytes++; d.Bytes == 1 {
			d.At = at
			d.First, d.Second = from(first, err1), from(second, err2)
		}
	}
}

// from shows what a reader gives from the byte on that it gave last; end says that there was none.
func from(r *bufio.Reader, end error) []byte {
	if end != nil || r.UnreadByte() != nil {
		return nil
	}
	next, _ := r.Peek(excerpt)
	next = bytes.Clone(next)
	r.ReadByte()
	return next
}
