package pep508

import "testing"

func BenchmarkParse(b *testing.B) {
	for _, s := range []string{"oslo.concurrency===6.0.0", "foo[bar]>=2.8.1,<3;python_version<'3.9' and sys_platform=='linux'", "foo @ https://a.example/foo.whl ; extra == 'x'"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Parse(s)
			}
		})
	}
}

func BenchmarkEval(b *testing.B) {
	for _, s := range []string{"sys_platform == 'win32'", "python_version >= '3.9'", "'3.9' <= python_version", "(python_version < '3.9' or python_full_version >= '3.11.1') and sys_platform == 'linux'"} {
		m := mustParseMarker(b, s)
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Eval(debian)
			}
		})
	}
}

func BenchmarkString(b *testing.B) {
	r := mustParse(b, "foo[bar]>=2.8.1,<3;python_version<'3.9' and (sys_platform=='linux' or os_name=='nt')")
	b.ReportAllocs()
	for b.Loop() {
		_ = r.String()
	}
}
