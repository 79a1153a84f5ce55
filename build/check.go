package build

import (
	"bytes"
	"context"
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
	Member string
	Only   int   // 1 or 2: only the wheel of that build has it; 0: both have it
	At     int64 // the first byte that differs
	Bytes  int64 // how many differ, as far as both go, and by how many one is longer
	First  []byte
	Second []byte // what stands there, a few bytes of each
}

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
	a, err := readMembers(first)
	if err != nil {
		return nil, err
	}
	b, err := readMembers(second)
	if err != nil {
		return nil, err
	}
	var all []Difference
	for name, x := range a {
		y, ok := b[name]
		switch {
		case !ok:
			all = append(all, Difference{Member: name, Only: 1})
		case !bytes.Equal(x, y):
			all = append(all, differ(name, x, y))
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			all = append(all, Difference{Member: name, Only: 2})
		}
	}
	slices.SortFunc(all, func(x, y Difference) int { return strings.Compare(x.Member, y.Member) })
	return all, nil
}

func readMembers(path string) (map[string][]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	archive, err := wheel.Open(f, info.Size(), wheelLimits)
	if err != nil {
		return nil, err
	}
	members := map[string][]byte{}
	for _, m := range archive.Members() {
		r, err := archive.OpenMember(m.Name)
		if err != nil {
			return nil, err
		}
		members[m.Name], err = io.ReadAll(r)
		r.Close()
		if err != nil {
			return nil, err
		}
	}
	return members, nil
}

// differ compares two contents that aren't the same.
func differ(name string, x, y []byte) Difference {
	d := Difference{Member: name, At: -1}
	short := min(len(x), len(y))
	for i := range short {
		if x[i] != y[i] {
			if d.At < 0 {
				d.At = int64(i)
			}
			d.Bytes++
		}
	}
	if d.At < 0 {
		d.At = int64(short)
	}
	d.Bytes += int64(max(len(x), len(y)) - short)
	excerpt := func(b []byte) []byte { return b[min(int(d.At), len(b)):min(int(d.At)+16, len(b))] }
	d.First, d.Second = excerpt(x), excerpt(y)
	return d
}
