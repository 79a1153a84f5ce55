package plan

import (
	"time"

	"wheelyard/packaging/project"
	"wheelyard/source"
	"wheelyard/yard"
)

// Verdict says what becomes of a want on a target.
type Verdict string

// The verdicts, in the order in which they are asked.
const (
	Excluded Verdict = "excluded" // a rule or a marker says no
	Unknown  Verdict = "unknown"  // upstream has no such project or version, or could not be asked
	Python   Verdict = "python"   // requires-python refuses the interpreter
	Upstream Verdict = "upstream" // upstream has a wheel that pip takes
	Held     Verdict = "held"     // the yard has a wheel that serves
	Shared   Verdict = "shared"   // another order of the plan is thought to yield a wheel that serves, or tells what has to be built
	Failed   Verdict = "failed"   // the last attempt failed, and its time to be tried again has not come
	NoSdist  Verdict = "no-sdist" // there is nothing to build from
	Skipped  Verdict = "skipped"  // the policy does not want it
	Build    Verdict = "build"    // ordered
)

// Verdicts lists all of them, in the order in which they are asked.
var Verdicts = []Verdict{Excluded, Unknown, Python, Upstream, Held, Shared, Failed, NoSdist, Skipped, Build}

// Unserved says whether it leaves a want without a wheel, now and by what is ordered.
func (v Verdict) Unserved() bool { return v == Unknown || v == Python || v == Failed || v == NoSdist }

// Code tells the reasons of one verdict apart, for programs. Codes are stable.
type Code string

// The codes, by verdict.
const (
	ByRule   Code = "rule"   // excluded: a rule names it
	ByMarker Code = "marker" // excluded: its marker is false

	NoProject   Code = "no-project"  // unknown: upstream has no such project
	Quarantined Code = "quarantined" // unknown: upstream offers no file of the project for now
	NoVersion   Code = "no-version"  // unknown: no version matches
	OnlyYanked  Code = "only-yanked" // unknown: what matches is yanked, and only an exact pin takes that
	Unreachable Code = "unreachable" // unknown: upstream could not be asked; temporary

	RequiresPython Code = "requires-python" // python

	WheelFits Code = "wheel"      // upstream: a wheel for this platform
	PureFits  Code = "pure-wheel" // upstream: a wheel for every platform

	InYard Code = "in-yard" // held

	Scout      Code = "scout" // shared: the first build of the sdist tells what it turns into
	SharesPure Code = "pure"  // shared, skipped: the wheel is thought to be pure
	SharesABI  Code = "abi3"  // shared: the wheel is thought to serve this interpreter too

	Final   Code = "final"     // failed: not tried again while its inputs are the same
	Backoff Code = "backoff"   // failed: tried again at RetryAt
	Lost    Code = "unfitting" // failed: it was built, and the wheel does not serve the target

	NoFile   Code = "no-sdist" // no-sdist: the version has none
	NoDigest Code = "no-hash"  // no-sdist: it has one, without a sha256

	NoWheel Code = "no-wheel" // build: never tried
	Retry   Code = "retry"    // build: tried, and its time has come again
	Changed Code = "changed"  // build: tried, and its inputs have changed
)

// Decision is what the plan says of one version of a project on one target.
type Decision struct {
	Project project.Name
	Version string // as upstream spells it in normal form; the pin when unknown; "" when no version matched a range
	Target  string
	Verdict Verdict
	Code    Code
	File    string   // of upstream and held
	Reason  string   // one line for people
	Notes   []string // what else people should know: "yanked: …"
	// Steps are the questions asked, in order; the last one gave the verdict.
	Steps      []Step
	Candidates []Candidate // upstream's files of the version, as listed
	Order      yard.Key    // of build: its order; of shared: the one it waits for; of failed: the one that failed
	WantedBy   []source.Origin
	RetryAt    time.Time  // of failed; zero: not before an input changes
	Class      yard.Class // of failed
	Advice     string     // of failed
	Temporary  bool       // of unknown: upstream could not be asked; ask again
}

// Step is one question of the chain with its answer.
type Step struct {
	Asked  Verdict `json:"asked"`
	Yes    bool    `json:"yes"`
	Answer string  `json:"answer"`
}

// Candidate is one upstream file of the version, with why it does or does not fit.
type Candidate struct {
	Filename string   `json:"filename"`
	Fits     bool     `json:"fits"`
	Chosen   bool     `json:"chosen"` // the one that pip takes
	Mismatch Mismatch `json:"mismatch,omitempty"`
	Why      string   `json:"why"`
}

// Mismatch tells the ways apart in which a file does not fit, for programs. "" means that it fits.
type Mismatch string

// The mismatches.
const (
	BadName         Mismatch = "name"            // the file name cannot be read
	WrongProject    Mismatch = "project"         // it belongs to another project
	WrongFormat     Mismatch = "format"          // no kind of file that pip takes
	WrongPython     Mismatch = "interpreter"     // built for another interpreter
	WrongABI        Mismatch = "abi3"            // its stable ABI begins with a later interpreter
	WrongThreading  Mismatch = "free-threaded"   // free-threaded against not
	WrongPlatform   Mismatch = "platform"        // for another operating system
	WrongArch       Mismatch = "arch"            // for another architecture
	WrongLibc       Mismatch = "libc"            // needs a newer C library
	WrongMusl       Mismatch = "musl"            // musl against glibc
	RefusedByPython Mismatch = "requires-python" // requires-python refuses the interpreter
	Yanked          Mismatch = "yanked"          // yanked, and something else fits or the want is no exact pin
)
