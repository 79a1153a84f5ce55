package upstream

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fakePip writes a program that answers as pip does, and counts how often it was asked for help.
func fakePip(t *testing.T, dir, name, help, list string) {
	t.Helper()
	script := "#!/bin/sh\necho x >>" + filepath.Join(dir, "asked") + "\ncase \"$*\" in\n*'install --help') cat <<'EOF'\n" + help + "\nEOF\n;;\n*'config list') cat <<'EOF'\n" + list + "\nEOF\n;;\n*) exit 1\nesac\n"
	if help == "" {
		script = "#!/bin/sh\necho 'No module named pip' >&2\nexit 1\n"
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
}

const pipHelp = `Package Index Options:
  -i, --index-url <url>       Base URL of the Python Package Index (default
                              INDEX). This should point to a repository
  --extra-index-url <url>     Extra URLs (default other)`

func asked(dir string) int {
	text, _ := os.ReadFile(filepath.Join(dir, "asked"))
	return strings.Count(string(text), "x")
}

// pips is a machine whose programs are those of dir alone, besides sh and cat.
func pips(dir string, env ...string) machine {
	return machine{env: append([]string{"PATH=" + dir + ":/usr/bin:/bin", "HOME=" + dir}, env...), pips: []string{"fake3 -m pip", "fakepip"}}
}

func TestDefaultIndex(t *testing.T) {
	const index = "https://index.example/simple"
	help := func(s string) string { return strings.ReplaceAll(pipHelp, "INDEX", s) }
	hidden := help("https://user:****@index.example/simple")
	for name, c := range map[string]struct {
		python, pip, list string
		env               []string
		want, err         string
	}{
		"from the environment": {python: help("x"), env: []string{"PIP_INDEX_URL=https://env.example/simple"}, want: "https://env.example/simple"},
		"built in":             {python: help(index), want: index},
		"python without pip":   {python: "", pip: help(index), want: index},
		"only pip":             {pip: help(index), want: index},
		"hidden credentials": {python: hidden, want: "https://user:p'w@index.example/simple",
			list: "global.index-url='https://no.example/simple'\ninstall.index-url='https://user:p'w@index.example/simple'\ninstall.timeout='3'"},
		"hidden, of all commands": {python: hidden, want: "https://user:pw@index.example/simple", list: "global.index-url='https://user:pw@index.example/simple'"},
		"hidden, and not found":   {python: hidden, list: "global.timeout='3'", err: "hides the index"},
		"no index in the help":    {python: "usage: pip", err: "names no index"},
		"no pip":                  {err: "[upstream]"},
	} {
		dir := t.TempDir()
		fakePip(t, dir, "fake3", c.python, c.list)
		if c.pip != "" {
			fakePip(t, dir, "fakepip", c.pip, c.list)
		}
		got, err := pips(dir, c.env...).index(t.Context(), "")
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestDefaultIndexIsRemembered(t *testing.T) {
	dir := t.TempDir()
	first, second := strings.ReplaceAll(pipHelp, "INDEX", "https://a.example/"), strings.ReplaceAll(pipHelp, "INDEX", "https://b.example/")
	fakePip(t, dir, "fake3", first, "")
	file := filepath.Join(dir, "cache", "index.json")
	expect := func(want string, times int, env ...string) {
		t.Helper()
		got, err := pips(dir, env...).index(t.Context(), file)
		if got != want || err != nil || asked(dir) != times {
			t.Errorf("%q, %v; asked %d times, want %q and %d", got, err, asked(dir), want, times)
		}
	}
	expect("https://a.example/", 1)
	expect("https://a.example/", 1)
	expect("https://a.example/", 1, "UNRELATED=1")
	expect("https://a.example/", 2, "PIP_CONFIG_FILE=/dev/null")
	expect("https://a.example/", 3)
	if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("it may hold a password, and is %v, %v", st.Mode(), err)
	}

	conf := filepath.Join(dir, ".config", "pip", "pip.conf")
	if err := os.MkdirAll(filepath.Dir(conf), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, []byte("[global]"), 0o644); err != nil {
		t.Fatal(err)
	}
	expect("https://a.example/", 4)
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(conf, later, later); err != nil {
		t.Fatal(err)
	}
	expect("https://a.example/", 5)
	fakePip(t, dir, "fake3", second, "")
	if err := os.Chtimes(filepath.Join(dir, "fake3"), later, later); err != nil {
		t.Fatal(err)
	}
	expect("https://b.example/", 6)
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	expect("https://b.example/", 7)
	expect("https://b.example/", 7)
}

func TestDefaultIndexGivenUp(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fake3"), []byte("#!/bin/sh\nexec sleep 1000\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := pips(dir).index(ctx, ""); err == nil {
		t.Error("it waited for a pip that doesn't answer, and was content")
	}
}

// The pip of this machine, if there is one, names an index that New takes.
func TestDefaultIndexHere(t *testing.T) {
	index, err := DefaultIndex(t.Context(), filepath.Join(t.TempDir(), "index.json"))
	if err != nil {
		t.Skip("no pip here: ", err)
	}
	c, err := New(Options{Index: index, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}
