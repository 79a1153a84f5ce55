package plan

import (
	"encoding/json"
	"time"

	"wheelyard/packaging/project"
	"wheelyard/source"
	"wheelyard/yard"
)

// The JSON of plans is documented and versioned: fields are added, never changed. Times are RFC 3339 in UTC, to the second.
const jsonFormat = 1

type jsonPlan struct {
	Format    int              `json:"format"`
	Made      string           `json:"made"`
	Decisions []jsonDecision   `json:"decisions"`
	Orders    []jsonOrder      `json:"orders"`
	Problems  []source.Problem `json:"problems"`
	Summary   Summary          `json:"summary"`
}

type jsonDecision struct {
	Project   project.Name    `json:"project"`
	Version   string          `json:"version"`
	Target    string          `json:"target"`
	Verdict   Verdict         `json:"verdict"`
	Code      Code            `json:"code"`
	File      *string         `json:"file"`
	Reason    string          `json:"reason"`
	Notes     []string        `json:"notes,omitempty"`
	Order     *yard.Key       `json:"order"`
	Class     yard.Class      `json:"class,omitempty"`
	Advice    string          `json:"advice,omitempty"`
	RetryAt   string          `json:"retry_at,omitempty"`
	Temporary bool            `json:"temporary,omitempty"`
	WantedBy  []source.Origin `json:"wanted_by"`
}

type jsonOrder struct {
	Key         yard.Key     `json:"key"`
	Project     project.Name `json:"project"`
	Version     string       `json:"version"`
	Target      string       `json:"target"`
	Here        bool         `json:"here"`
	Sdist       yard.File    `json:"sdist"`
	BuildNumber int          `json:"build_number"`
	Serves      []string     `json:"serves"`
	After       []yard.Key   `json:"after"`
	Inputs      string       `json:"inputs,omitempty"`
	More        bool         `json:"more,omitempty"`
}

// MarshalJSON writes the plan as `plan --format json` prints it: without steps and candidates, which Explanation has.
func (p Plan) MarshalJSON() ([]byte, error) {
	j := jsonPlan{Format: jsonFormat, Made: stamp(p.Made), Summary: p.Summary(),
		Decisions: make([]jsonDecision, len(p.Decisions)), Orders: make([]jsonOrder, len(p.Orders)),
		Problems: append([]source.Problem{}, p.Problems...)}
	for i := range p.Decisions {
		j.Decisions[i] = p.Decisions[i].json()
	}
	for i := range p.Orders {
		j.Orders[i] = p.Orders[i].json()
	}
	return json.Marshal(j)
}

func (o Order) json() jsonOrder {
	return jsonOrder{Key: o.Key, Project: o.Project, Version: o.Version, Target: o.Target, Here: o.Here,
		Sdist:       yard.File{Filename: o.Sdist.Filename, SHA256: digest(&o.Sdist), Size: max(o.Sdist.Size, 0)},
		BuildNumber: o.BuildNumber, Serves: append([]string{}, o.Serves...), After: append([]yard.Key{}, o.After...), Inputs: o.Inputs, More: o.More}
}

func (d Decision) json() jsonDecision {
	j := jsonDecision{Project: d.Project, Version: d.Version, Target: d.Target, Verdict: d.Verdict, Code: d.Code,
		Reason: d.Reason, Notes: d.Notes, Class: d.Class, Advice: d.Advice, Temporary: d.Temporary,
		WantedBy: append([]source.Origin{}, d.WantedBy...)}
	if d.File != "" {
		j.File = &d.File
	}
	if d.Order != "" {
		j.Order = &d.Order
	}
	if !d.RetryAt.IsZero() {
		j.RetryAt = stamp(d.RetryAt)
	}
	return j
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// MarshalJSON writes the decision with its whole chain: steps and candidates.
func (d Decision) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		jsonDecision
		Steps      []Step      `json:"steps"`
		Candidates []Candidate `json:"candidates"`
	}{d.json(), append([]Step{}, d.Steps...), append([]Candidate{}, d.Candidates...)})
}

// Explanation is what `why` answers: decisions with the whole chain of their reasons.
type Explanation struct {
	Made      time.Time
	Decisions []Decision
}

// Why picks the decisions of a project; version and target may be "" for all. It may be empty.
func (p Plan) Why(name project.Name, version, target string) Explanation {
	e := Explanation{Made: p.Made}
	for _, d := range p.Decisions {
		if d.Project == name && (version == "" || d.Version == version) && (target == "" || d.Target == target) {
			e.Decisions = append(e.Decisions, d)
		}
	}
	return e
}

// MarshalJSON writes the explanation as `why --format json` prints it.
func (e Explanation) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Format    int        `json:"format"`
		Made      string     `json:"made"`
		Decisions []Decision `json:"decisions"`
	}{jsonFormat, stamp(e.Made), append([]Decision{}, e.Decisions...)})
}
