package plan

// SKELETON

import (
	"time"

	"wheelyard/packaging/project"
	"wheelyard/packaging/simple"
	"wheelyard/platform"
	"wheelyard/source"
	"wheelyard/upstream"
	"wheelyard/yard"
)

type Verdict string

const (
	Excluded Verdict = "excluded"
	Unknown  Verdict = "unknown"
	Python   Verdict = "python"
	Upstream Verdict = "upstream"
	Held     Verdict = "held"
	Shared   Verdict = "shared"
	Failed   Verdict = "failed"
	NoSdist  Verdict = "no-sdist"
	Skipped  Verdict = "skipped"
	Build    Verdict = "build"
)

type Policy struct {
	Pure string // "build" or "skip"
}

// Input is all that a plan depends on.
type Input struct {
	Now      time.Time
	Wants    []source.Want
	Excludes []source.Exclude
	Problems []source.Problem
	Targets  []platform.Target
	Page     func(project.Name) (upstream.Page, error) // called at most once for each project, at once from several goroutines
	Held     []yard.Wheel
	Attempts []yard.Attempt
	Inputs   func(platform.Target) string // digest: what besides the order an attempt's outcome depends on
	Policy   Policy
}

type Plan struct {
	Made      time.Time
	Decisions []Decision
	Orders    []Order
	Problems  []source.Problem
	Wants     int
}

type Decision struct {
	Project    project.Name
	Version    string // as upstream spells it in normal form; the pin when unknown; "" when no version matched a range
	Target     string
	Verdict    Verdict
	File       string   // of upstream and held
	Reason     string   // one line for people
	Notes      []string // "yanked: …"
	Candidates []Candidate
	Order      yard.Key
	WantedBy   []source.Origin
	RetryAt    time.Time  // of failed
	Class      yard.Class // of failed
}

// Candidate is one upstream file of the version, with why it does or does not fit.
type Candidate struct {
	Filename string `json:"filename"`
	Fits     bool   `json:"fits"`
	Why      string `json:"why"`
}

type Order struct {
	Key         yard.Key
	Project     project.Name
	Version     string
	Target      string
	Sdist       simple.File
	BuildNumber int
	Serves      []string   // targets
	After       []yard.Key // orders first
	Inputs      string
}

func Make(in Input) Plan { panic("unwritten") }
