package pep440

import "testing"

func BenchmarkParse(b *testing.B) {
	for _, s := range []string{"1.2.3", "2024.1.0", "1!2.3.4rc5.post6.dev7+ubuntu.8"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(s)
			}
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	for _, pair := range [][2]string{{"1.2.3", "1.2.4"}, {"1.2.3", "1.2.3"}, {"1.0+ubuntu.1", "1.0+ubuntu.2"}} {
		v, w := MustParse(pair[0]), MustParse(pair[1])
		b.Run(pair[0]+"_"+pair[1], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v.Compare(w)
			}
		})
	}
}

func BenchmarkContains(b *testing.B) {
	for _, s := range []string{">=1.2,<2,!=1.5", "~=1.4,!=1.4.7,!=1.5.*"} {
		set, v := mustParseSpecifiers(b, s), MustParse("1.4.3")
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				set.Contains(v, PrereleasesDefault)
			}
		})
	}
}

func BenchmarkParseSpecifiers(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ParseSpecifiers(">=2.7,!=3.0.*,!=3.1.*,<4")
	}
}
