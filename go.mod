module wheelyard

go 1.26.0

require (
	github.com/alecthomas/kong v1.17.0 // the commands, their flags and help
	github.com/google/go-cmp v0.7.0 // tests: differences that people can read
	github.com/in-toto/attestation v1.2.0 // records are in-toto statements
	github.com/klauspost/compress v1.20.4 // the deflate of wheels: pinned, so that the same wheel has the same bytes under any version of Go
	github.com/pelletier/go-toml/v2 v2.4.3 // the configuration and hand-kept lists, with the place of each mistake
	github.com/pressly/goose/v3 v3.29.0 // migrations of the catalog
	github.com/rogpeppe/go-internal v1.16.0 // tests: testscript, and txtar for the local upstream
	github.com/secure-systems-lab/go-securesystemslib v0.11.1 // DSSE, the signed envelope of a record
	github.com/ulikunitz/xz v0.5.17 // sdists packed with LZMA
	github.com/vbauerster/mpb/v8 v8.16.2 // progress bars on a terminal
	go.uber.org/goleak v1.3.0 // tests: nothing is left running
	golang.org/x/net v0.62.0 // HTML pages of indexes, read as browsers do
	golang.org/x/sync v0.25.0 // errgroup and singleflight
	golang.org/x/sys v0.50.0 // what syscall lacks of Linux: seccomp, flock, ptrace, namespaces
	golang.org/x/term v0.48.0 // is it a terminal
	google.golang.org/protobuf v1.36.12 // the JSON form of in-toto statements
	modernc.org/sqlite v1.62.0 // the catalog; in pure Go, so that the program is one static file
	pgregory.net/rapid v1.3.0 // tests: properties on random input that shrinks
)

require (
	github.com/BurntSushi/toml v1.4.1-0.20240526193622-a339e1f7089c // indirect
	github.com/VividCortex/ewma v1.2.0 // indirect
	github.com/acarl005/stripansi v0.0.0-20180116102854-5a71ef0e047d // indirect
	github.com/clipperhouse/uax29/v2 v2.7.0 // indirect
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/mattn/go-runewidth v0.0.30 // indirect
	github.com/mfridman/interpolate v0.0.2 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/sethvargo/go-retry v0.5.0 // indirect
	github.com/vbauerster/cupwriter v0.0.5 // indirect
	go.uber.org/multierr v1.11.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/exp/typeparams v0.0.0-20231108232855-2478ac86f678 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
	honnef.co/go/tools v0.8.2 // indirect
	modernc.org/libc v1.80.1 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)

// make check: mistakes that vet does not find
tool honnef.co/go/tools/cmd/staticcheck
