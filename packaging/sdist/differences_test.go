package sdist

import "strings"

// differences from pip in what pyproject.toml is taken for, each with a part of the texts that it is about.
var differences = []struct{ part, why string }{
	{"x = 99999999999999999999", "a number that fits in no 64 bits is refused, wherever it stands"},
	{"x = 1e400", "so is a float that is too large"},
	{`"\x41"`, "TOML 1.1 is read, as by Python 3.15"},
	{`"\e"`, "TOML 1.1 is read, as by Python 3.15"},
	{"{a = 1,", "TOML 1.1 is read, as by Python 3.15"},
	{"x = 07:32\n", "TOML 1.1 is read, as by Python 3.15"},
}

func difference(text string) string {
	for _, d := range differences {
		if strings.Contains(text, d.part) {
			return d.why
		}
	}
	return ""
}
