package git

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// Everything that git could be made to run in the source's own repository makes a file.
func TestNothingRuns(t *testing.T) {
	ran := filepath.Join(t.TempDir(), "ran")
	run := script(t, "echo \"$0 $*\" >>"+shellQuote(ran)+"\ncat\n")
	r := newRepo(t)
	r.commit(".gitattributes", "* filter=f diff=d\n", "f", "one", ".gitmodules", "[submodule \"s\"]\n\tpath = s\n\turl = ext::"+run+"\n\tupdate = !"+run+"\n")
	hooks := filepath.Join(r.dir, ".git", "hooks")
	for _, name := range strings.Fields("applypatch-msg post-applypatch post-checkout post-commit post-index-change post-merge post-receive post-rewrite post-update " +
		"pre-auto-gc pre-commit pre-push pre-receive proc-receive push-to-checkout reference-transaction sendemail-validate update fsmonitor-watchman") {
		if err := errors.Join(os.MkdirAll(hooks, 0o755), os.Symlink(run, filepath.Join(hooks, name))); err != nil {
			t.Fatal(err)
		}
	}
	quoted := shellQuote(run)
	for key, value := range map[string]string{
		"uploadpack.packObjectsHook": quoted, "core.fsmonitor": run, "core.sshCommand": quoted, "core.askPass": run, "credential.helper": "!" + quoted,
		"core.pager": quoted, "core.editor": quoted, "core.gitProxy": quoted, "core.alternateRefsCommand": quoted, "filter.f.smudge": quoted, "filter.f.clean": quoted, "diff.d.textconv": quoted,
		"core.hooksPath": hooks, "gc.auto": "1", "extensions.partialClone": "evil", "remote.evil.url": "ext::" + run, "remote.evil.promisor": "true",
		"remote.evil.uploadpack": quoted, "uploadpack.allowFilter": "true", "protocol.ext.allow": "always", "core.attributesFile": run, "include.path": "/nonexistent",
	} {
		r.git("config", key, value)
	}
	if err := os.RemoveAll(ran); err != nil { // what the person ran
		t.Fatal(err)
	}
	m := fetched(t, r.dir)
	one := resolve(t, m, "master")
	read(t, m, one.ID, "f")
	if err := os.WriteFile(filepath.Join(r.dir, ".git", "refs", "heads", "b"), []byte(one.ID+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	fetch(t, m)
	if text, err := os.ReadFile(ran); err == nil {
		t.Errorf("these ran:\n%s", text)
	}
	// The trap works: git itself, asked to, falls into it.
	exec.Command("git", "-C", r.dir, "-c", "core.fsmonitor=false", "commit", "--quiet", "--allow-empty", "--message", "x").Run()
	if _, err := os.Stat(ran); err != nil {
		t.Error("the hooks don't work at all")
	}
}

// A repository without an object that it promises to get from elsewhere: git must not go there.
func TestPromise(t *testing.T) {
	ran := filepath.Join(t.TempDir(), "ran")
	run := script(t, "echo ran >>"+shellQuote(ran)+"\n")
	r := newRepo(t)
	r.commit("f", "one")
	id := r.id("HEAD:f")
	r.git("config", "extensions.partialClone", "evil")
	r.git("config", "remote.evil.url", r.dir)
	r.git("config", "remote.evil.promisor", "true")
	r.git("config", "remote.evil.uploadpack", shellQuote(run))
	if err := os.Remove(filepath.Join(r.dir, ".git", "objects", string(id[:2]), string(id[2:]))); err != nil {
		t.Fatal(err)
	}
	m := open(t, r.dir, nil)
	_, err := m.Fetch(t.Context())
	if _, ok := errors.AsType[*Error](err); !ok {
		t.Error(err)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("git went there")
	}
}

// The variables and files with which people change git's behaviour change nothing.
func TestEnvironment(t *testing.T) {
	r := newRepo(t)
	one := r.commit("f", "one")
	home := t.TempDir()
	ran := filepath.Join(home, "ran")
	config := fmt.Sprintf("[url \"/nowhere\"]\n\tinsteadOf = /\n[core]\n\thooksPath = %s\n[fetch]\n\tprune = maybe\n[transfer]\n\tfsckObjects = nonsense\n[uploadpack]\n\tpackObjectsHook = touch %s\n", home, ran)
	for _, name := range []string{".gitconfig", "config", ".config/git/config", "git/config"} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(home, name)), 0o755), os.WriteFile(filepath.Join(home, name), []byte(config), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(home, "reference-transaction"), []byte("#!/bin/sh\ntouch "+ran+"\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": home, "GIT_CONFIG_GLOBAL": filepath.Join(home, "config"), "GIT_CONFIG_SYSTEM": filepath.Join(home, "config"),
		"GIT_CONFIG": filepath.Join(home, "config"), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "nonsense", "GIT_CONFIG_PARAMETERS": "'core.bare'='nonsense'",
		"GIT_DIR": home, "GIT_WORK_TREE": home, "GIT_INDEX_FILE": home, "GIT_OBJECT_DIRECTORY": home, "GIT_ALTERNATE_OBJECT_DIRECTORIES": home, "GIT_NAMESPACE": "other",
		"GIT_SHALLOW_FILE": home, "GIT_GRAFT_FILE": home, "GIT_CEILING_DIRECTORIES": "/", "GIT_EXEC_PATH": home, "GIT_TEMPLATE_DIR": home, "GIT_COMMON_DIR": home,
		"GIT_ALLOW_PROTOCOL": "none", "GIT_TRACE": filepath.Join(home, "ran"), "GIT_TRACE2_EVENT": ran, "GIT_TRACE_CURL": ran, "GIT_ASKPASS": "touch", "SSH_ASKPASS": "touch", "GIT_SSH": "touch",
		"GIT_DEFAULT_HASH": "sha256", "GIT_PROTOCOL": "version=0", "LC_ALL": "xx_XX", "LANGUAGE": "de",
		"PATH": "relative:" + os.Getenv("PATH"),
	} {
		t.Setenv(name, value)
	}
	t.Chdir(home)
	m := open(t, r.dir, func(o *Options) { o.Dir = filepath.Join(filepath.Dir(r.dir), "mirror") })
	same(t, fetch(t, m), Change{"refs/heads/master", "", one})
	if got := read(t, m, one, "f"); got != "one" {
		t.Error(got)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("something ran")
	}
	_, err := open(t, filepath.Join(home, "nothing"), func(o *Options) { o.Dir = m.o.Dir }).Heads(t.Context())
	says(t, err, "does not appear to be a git repository")
}

// These variables are all that git gets.
func TestVariables(t *testing.T) {
	seen := filepath.Join(t.TempDir(), "seen")
	for name, value := range map[string]string{"PATH": "bin:" + os.Getenv("PATH") + ":.:", "HOME": "/nowhere", "https_proxy": "http://proxy.example", "SSL_CERT_FILE": "/cert", "SSH_AUTH_SOCK": "/sock",
		"GIT_PROXY_COMMAND": "touch", "LD_PRELOAD_X": "x", "LANG": "de_DE", "GIT_EDITOR": "x", "GIT_SSL_NO_VERIFY": "1", "GIT_CURL_VERBOSE": "1", "PASSWORD": "x"} {
		t.Setenv(name, value)
	}
	t.Setenv("GIT_SSL_CAINFO", "")
	os.Unsetenv("GIT_SSL_CAINFO")
	open(t, "/x", func(o *Options) { o.Program = script(t, "env >"+shellQuote(seen)+"\nexec \"$GIT\" \"$@\"\n") })
	text, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		got[name] = value
	}
	for name, want := range map[string]string{"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
		"GIT_ATTR_NOSYSTEM": "1", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_LITERAL_PATHSPECS": "1", "GIT_SSH_VARIANT": "ssh", "GIT_DIR": "/dev/null",
		"HOME": "/nowhere", "https_proxy": "http://proxy.example", "GIT_SSL_CAINFO": "/cert", "SSH_AUTH_SOCK": "/sock"} {
		if got[name] != want {
			t.Errorf("%s=%s, want %s", name, got[name], want)
		}
		delete(got, name)
	}
	for _, dir := range filepath.SplitList(got["PATH"]) {
		if !filepath.IsAbs(dir) {
			t.Errorf("PATH=%s", got["PATH"])
		}
	}
	if !strings.Contains(got["GIT_SSH_COMMAND"], "BatchMode=yes") {
		t.Errorf("ssh may ask: %s", got["GIT_SSH_COMMAND"])
	}
	for name := range got {
		switch name {
		case "PATH", "GIT_SSH_COMMAND", "PWD", "_", "OLDPWD", "SHLVL": // the last are the shell's own
		case "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "GIT_SSL_CAPATH", "GIT_PROXY_SSL_CAINFO": // this machine's
		default:
			if !strings.HasPrefix(name, "GIT_CONFIG_") {
				t.Errorf("%s=%s", name, got[name])
			}
		}
	}
}

// Programs that would speak other protocols are not started, however git gets to them.
func TestProtocols(t *testing.T) {
	dir, ran := t.TempDir(), filepath.Join(t.TempDir(), "ran")
	if err := os.WriteFile(filepath.Join(dir, "git-remote-odd"), []byte("#!/bin/sh\ntouch "+ran+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	m := open(t, "https://git.example/x", nil)
	for _, address := range []string{"odd::x", "odd://x/y", "ext::touch " + ran} {
		m.at.address = address
		_, err := m.Fetch(t.Context())
		says(t, err, "not allowed")
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("it ran")
	}
}

// Whose the source is doesn't matter.
func TestOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	r := newRepo(t)
	one := r.commit("f", "one")
	chown := func(dir string) {
		err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
			return errors.Join(err, os.Lchown(path, 4321, 4321))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	chown(r.dir)
	m := fetched(t, r.dir)
	chown(m.o.Dir)
	if got := read(t, m, resolve(t, m, "master").ID, "f"); got != "one" {
		t.Error(got)
	}
	if out, err := exec.Command("git", "-c", "safe.directory=", "ls-remote", r.dir).CombinedOutput(); err == nil {
		t.Logf("this git doesn't ask who owns a repository: %s", out)
	}
	same(t, fetch(t, m))
	if got := resolve(t, m, "master"); got.ID != one {
		t.Error(got)
	}
}

func TestLocate(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]location{
		"https://git.example/x":         {address: "https://git.example/x", shown: "https://git.example/x"},
		"http://git.example:8080/x.git": {address: "http://git.example:8080/x.git", shown: "http://git.example:8080/x.git"},
		"git://git.example/x":           {address: "git://git.example/x", shown: "git://git.example/x"},
		"ssh://me@git.example:22/~/x":   {address: "ssh://me@git.example:22/~/x", shown: "ssh://git.example:22/~/x"},
		"me@git.example:x/y":            {address: "me@git.example:x/y", shown: "me@git.example:x/y"},
		"git.example:/x":                {address: "git.example:/x", shown: "git.example:/x"},
		"[::1]:x":                       {address: "[::1]:x", shown: "[::1]:x"},
		"file:///srv/a%20b":             {address: "/srv/a b", shown: "/srv/a b", local: true},
		"/srv/x.bundle":                 {address: "/srv/x.bundle", shown: "/srv/x.bundle", local: true},
		"/srv/a:b":                      {address: "/srv/a:b", shown: "/srv/a:b", local: true},
		"./-x":                          {address: here + "/-x", shown: here + "/-x", local: true},
		"x y":                           {address: here + "/x y", shown: here + "/x y", local: true},
		"./ext::x":                      {address: here + "/ext::x", shown: here + "/ext::x", local: true},
		"https://me:pw@git.example/x?t=1#f": {address: "https://git.example/x?t=1#f", shown: "https://git.example/x",
			header: "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("me:pw"))},
		"https://token@git.example/x": {address: "https://git.example/x", shown: "https://git.example/x",
			header: "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("token:"))},
	} {
		got, err := locate(given)
		if err != nil || got.address != want.address || got.shown != want.shown || got.header != want.header || got.local != want.local {
			t.Errorf("%s: %+v, %v", given, got, err)
		}
	}
	if at, err := locate("https://to%2Fken@git.example/x"); err != nil || !slices.Contains(at.secrets, "to/ken") || !slices.Contains(at.secrets, "to%2Fken") {
		t.Errorf("%q, %v", at.secrets, err)
	}
	for given, want := range map[string]string{
		"": "is empty", "-x": "begins with a hyphen", "--upload-pack=touch x": "begins with a hyphen", "ext::sh -c x": "are not reached through", "fd::1": "are not reached through",
		"https::x": "are not reached through", "x\ny": "control character", "https://git.example/\x1b": "control character",
		"ftp://git.example/x": "are not reached through", "HTTPS+x://git.example/x": "are not reached through", "transport::https://git.example/x": "are not reached through",
		"ssh://-oProxyCommand=x/y": "has no proper host", "ssh://-x@git.example/y": "has no proper host", "https:///x": "has no proper host", "git://": "has no proper host",
		"https://me:pw@/x": "has no proper host", "ssh://me:pw@git.example/x": "use a key", "file://git.example/x": "has an absolute path and no host", "https://me:pw@%zz/": "is no URL",
	} {
		at, err := locate(given)
		says(t, err, want)
		if err == nil || strings.Contains(err.Error(), "pw") {
			t.Errorf("%q: %+v, %v", given, at, err)
		}
	}
	for _, given := range []string{"-oProxyCommand=x:y", "-x@git.example:y", "me@-x:y", "git.example:-x"} {
		if at, err := locate(given); err == nil && !at.local {
			t.Errorf("%s: %+v", given, at)
		}
	}
}

func TestHarmless(t *testing.T) {
	for given, want := range map[string]string{
		"":            "",
		"fatal: no\n": "fatal: no",
		"hint: x\nwarning: y\nremote: z\nfatal: a\nerror: b\n\nPlease make sure\n": "fatal: a; error: b",
		"remote: one\nremote: two\r\n":                                             "remote: one; remote: two",
		"Receiving 1%\rReceiving 2%\rfatal: x":                                     "fatal: x",
		"fatal: \x1b[2J\x07\u202e\xff'":                                            "fatal: ?[2J???'",
		"fatal: 'https://pw@git.example' secret":                                   "fatal: 'https://***@git.example' secret",
		"fatal: a\tb":                                                              "fatal: a b",
		"error: 1\nerror: 2\nerror: 3\nerror: 4\nerror: 5":                         "error: 2; error: 3; error: 4; error: 5",
	} {
		if got := harmless(given, []string{"", "pw"}); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
	if got := harmless("fatal: "+strings.Repeat("ä", 10_000), nil); len(got) > maxSaid+10 || !utf8.ValidString(got) {
		t.Errorf("%d bytes", len(got))
	}
	var all tail
	for n := range 3 * tailSize {
		fmt.Fprintf(&all, "%d\n", n)
	}
	all.Write(make([]byte, 3*tailSize))
	if len(all.kept) != tailSize {
		t.Errorf("%d bytes are kept", len(all.kept))
	}
}

func FuzzHarmless(f *testing.F) {
	f.Add("fatal: x\nerror: \x1b[2J\r\xff")
	f.Fuzz(func(t *testing.T, text string) {
		got := harmless(text, []string{"secret"})
		if !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) || len(got) > maxSaid+10 {
			t.Errorf("%q", got)
		}
	})
}

func FuzzLocate(f *testing.F) {
	for _, s := range []string{"https://me:pw@git.example/x?q#f", "me@git.example:x", "ext::x", "/srv/x", "-x", "file:///x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := locate(s)
		if err != nil {
			return
		}
		scheme, _, isURL := strings.Cut(at.address, "://")
		switch {
		case at.local && strings.HasPrefix(at.address, "/"):
		case strings.HasPrefix(at.address, "-"), strings.ContainsFunc(at.address, unicode.IsControl):
			t.Errorf("%q: %+v", s, at)
		case isURL && !strings.Contains(protocols, scheme):
			t.Errorf("%q: %+v", s, at)
		case !isURL && !scp.MatchString(at.address):
			t.Errorf("%q: %+v", s, at)
		}
	})
}

func FuzzParseHeads(f *testing.F) {
	id := strings.Repeat("1", 40)
	f.Add([]byte(id + "\trefs/heads/x\n" + id + "\trefs/tags/v\n" + id + "\trefs/tags/v^{}\n"))
	f.Add([]byte(id + "\tHEAD\n" + id + id))
	f.Fuzz(func(t *testing.T, out []byte) {
		heads, err := parseHeads(out, 3)
		if err == nil && len(heads) > 3 {
			t.Errorf("%d", len(heads))
		}
		for name, id := range heads {
			if err == nil && (!id.valid() || !wellFormed(name) || strings.ContainsAny(name, " :\n^*")) {
				t.Errorf("%q %q", id, name)
			}
		}
	})
}

// wellFormed is what git itself thinks.
func TestWellFormed(t *testing.T) {
	for _, name := range []string{"x", "a/b", "-x", "@", "a@", "a@{b", "a..b", ".a", "a/.b", "a.", "a./b", "a.lock", "a.lock/b", "a/b.lock", "a.lockx", "a b", "a~", "a^", "a:b", "a?", "a*", "a[", "a]", "a\\b", "a//b", "/a", "a/",
		"a\x7fb", "a\tb", "ä", "{", "a{b}", "a,b", "a'b", "a\"b", "$(x)", "..", "", "a..", "a/..", "lock", ".lock"} {
		err := person("/", 0, "check-ref-format", branches+name).Run()
		if got := wellFormed(branches + name); got != (err == nil) {
			t.Errorf("%q: %v, git says %v", name, got, err)
		}
	}
	for _, name := range []string{"refs/x", "HEAD", "refs/notes/x", "refs/heads", branches + "\xff", branches + strings.Repeat("x", 1100), branches + "\u0085"} {
		if wellFormed(name) {
			t.Errorf("%q", name)
		}
	}
}

func TestProgram(t *testing.T) {
	for text, want := range map[string]string{
		"echo git version 2.38.9":              "git 2.38: at least 2.39 is needed (Debian package git)",
		"echo git version 1.99.0":              "git 1.99: at least 2.39",
		"echo hello":                           `is no git: it calls itself "hello"`,
		"echo; exit 3":                         "git version ended with status 3",
		"echo 'fatal: broken\x1b' >&2; exit 1": "git version: fatal: broken?",
		"yes":                                  "printed more than can be",
		"kill -9 $$":                           "git version was killed",
	} {
		_, err := Open(t.Context(), Options{Location: "/x", Dir: t.TempDir(), Program: script(t, text+"\n")})
		says(t, err, want)
	}
	for _, text := range []string{"echo git version 2.39.0", "echo git version 2.100", "echo 'git version 3.0.1.windows.1 (x)'"} {
		m, err := Open(t.Context(), Options{Location: "/x", Dir: t.TempDir(), Program: script(t, text+"\n")})
		if err != nil {
			t.Error(err)
			continue
		}
		m.Close()
	}
	t.Setenv("PATH", t.TempDir())
	_, err := Open(t.Context(), Options{Location: "/x", Dir: t.TempDir()})
	says(t, err, "git is needed", "(Debian package git)")
	if !errors.Is(err, exec.ErrNotFound) {
		t.Error(err)
	}
	_, err = Open(context.Background(), Options{Location: "/x"})
	says(t, err, "no folder is given")
}
