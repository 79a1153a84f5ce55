package tag

import "testing"

func BenchmarkBest(b *testing.B) {
	set := NewSet(Supported(cpython(11, "cp311"), debian12))
	for name, s := range map[string]string{
		"fits":    "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64",
		"misses":  "cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64",
		"foreign": "cp311-cp311-macosx_11_0_arm64",
		"pure":    "py2.py3-none-any",
	} {
		tags, err := ParseSet(s)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				set.Best(tags)
			}
		})
	}
}

func BenchmarkSupported(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Supported(cpython(13, "cp313"), debian12)
	}
}

func BenchmarkParseSet(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseSet("cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64"); err != nil {
			b.Fatal(err)
		}
	}
}
