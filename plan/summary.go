package plan

// Summary counts a plan.
type Summary struct {
	Wants     int             `json:"wants"`
	Decisions int             `json:"decisions"`
	Orders    int             `json:"orders"`
	Elsewhere int             `json:"elsewhere"` // orders that this machine cannot build
	Verdicts  map[Verdict]int `json:"verdicts"`  // all ten, also those that don't occur
	Unserved  int             `json:"unserved"`  // decisions that leave a want without a wheel, now and by the orders of this plan
}

// Summary counts the plan.
func (p Plan) Summary() Summary {
	s := Summary{Wants: p.Wants, Decisions: len(p.Decisions), Orders: len(p.Orders), Verdicts: map[Verdict]int{}}
	for _, v := range Verdicts {
		s.Verdicts[v] = 0
	}
	for _, d := range p.Decisions {
		s.Verdicts[d.Verdict]++
		if d.Verdict.Unserved() {
			s.Unserved++
		}
	}
	for _, o := range p.Orders {
		if !o.Here {
			s.Elsewhere++
		}
	}
	return s
}
