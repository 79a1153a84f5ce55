package upstream

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// DefaultIndex is the address that pip on this machine uses: $PIP_INDEX_URL, or what pip itself reports, out of its configuration or
// built in. It may hold credentials.
//
// Asking pip takes half a second, so the answer is kept in the file remember ("" means: nowhere) until something changes that it
// may depend on: the environment, pip's configuration files, the programs. The file may be deleted at any time.
//
// An error says what to configure instead.
func DefaultIndex(ctx context.Context, remember string) (string, error) {
	return machine{env: os.Environ(), pips: []string{"python3 -m pip", "/usr/bin/python3 -m pip", "pip", "pip3", "python -m pip"}}.index(ctx, remember)
}

// machine is what the answer depends on.
type machine struct {
	env  []string // KEY=value
	pips []string // commands that may be pip, best first
}

const pipTime = 20 * time.Second // for one pip to answer

func (m machine) index(ctx context.Context, remember string) (string, error) {
	if v := m.getenv("PIP_INDEX_URL"); v != "" {
		return v, nil
	}
	key := m.key()
	if index := recall(remember, key); index != "" {
		return index, nil
	}
	index, err := m.askPips(ctx)
	if err != nil {
		return "", err
	}
	if remember != "" {
		text, err := json.Marshal(remembered{Key: key, Index: index})
		if err == nil {
			err = os.MkdirAll(filepath.Dir(remember), 0o755)
		}
		if err == nil {
			err = replace(remember, text, 0o600) // there may be a password in it
		}
		if err != nil {
			return "", fmt.Errorf("remembering pip's index: %w", err)
		}
	}
	return index, nil
}

type remembered struct {
	Key   string `json:"key"`
	Index string `json:"index"`
}

func recall(file, key string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	var r remembered
	if json.Unmarshal(text, &r) != nil || r.Key != key {
		return ""
	}
	return r.Index
}

func (m machine) getenv(name string) string {
	for _, kv := range slices.Backward(m.env) {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v
		}
	}
	return ""
}

// key is a digest of all that pip's answer may depend on.
func (m machine) key() string {
	h := sha256.New()
	for _, kv := range slices.Sorted(slices.Values(m.env)) {
		name, _, _ := strings.Cut(kv, "=")
		switch {
		case strings.HasPrefix(name, "PIP_"), strings.HasPrefix(name, "XDG_CONFIG_"), strings.HasPrefix(name, "PYENV_"),
			name == "HOME", name == "PATH", name == "VIRTUAL_ENV":
			fmt.Fprintf(h, "%s\n", kv)
		}
	}
	for _, file := range m.files() {
		st, err := os.Stat(file)
		if err != nil {
			fmt.Fprintf(h, "%s -\n", file)
			continue
		}
		fmt.Fprintf(h, "%s %d %d\n", file, st.ModTime().UnixNano(), st.Size())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// files are pip's configuration files, there or not, and the programs that may be pip.
func (m machine) files() []string {
	home := m.getenv("HOME")
	config := m.getenv("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(home, ".config")
	}
	dirs := m.getenv("XDG_CONFIG_DIRS")
	if dirs == "" {
		dirs = "/etc/xdg"
	}
	files := []string{"/etc/pip.conf", filepath.Join(home, ".pip", "pip.conf"), filepath.Join(config, "pip", "pip.conf"), m.getenv("PIP_CONFIG_FILE")}
	for _, dir := range filepath.SplitList(dirs) {
		files = append(files, filepath.Join(dir, "pip", "pip.conf"))
	}
	for _, command := range m.pips {
		name, _, _ := strings.Cut(command, " ")
		program := m.lookPath(name)
		if program == "" {
			continue
		}
		files = append(files, program, filepath.Join(filepath.Dir(program), "..", "pip.conf"))
	}
	return files
}

// lookPath finds a program on the PATH of m; "" when it isn't there.
func (m machine) lookPath(name string) string {
	dirs := filepath.SplitList(m.getenv("PATH"))
	if filepath.IsAbs(name) {
		dirs = []string{"/"}
	}
	for _, dir := range dirs {
		file := filepath.Join(dir, name)
		if st, err := os.Stat(file); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
			return file
		}
	}
	return ""
}

// askPips returns the answer of the first pip that gives one.
func (m machine) askPips(ctx context.Context) (string, error) {
	var errs []error
	for _, command := range m.pips {
		words := strings.Fields(command)
		words[0] = m.lookPath(words[0])
		if words[0] == "" {
			continue
		}
		index, err := m.askPip(ctx, words)
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if err == nil {
			return index, nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", command, err))
	}
	return "", fmt.Errorf("no pip here says which index it uses; set index = \"https://…/simple/\" below [upstream] in wheelyard.toml: %w",
		errors.Join(append(errs, errNoPip)...))
}

var (
	errNoPip = errors.New("no other pip was found")
	// helpText is how pip's help reports the index, configured or built in. It hides credentials as "****".
	helpText = regexp.MustCompile(`(?s)--index-url\s+<url>.*?\(default:?\s+(\S+?)\)`)
	// listText is a line of "pip config list"; what holds for install alone beats what holds for all, and the environment beats both.
	listText = regexp.MustCompile(`(?m)^(global|install|:env:)\.index-url='(.*)'\r?$`)
)

func (m machine) askPip(ctx context.Context, pip []string) (string, error) {
	help, err := m.run(ctx, pip, "install", "--help")
	if err != nil {
		return "", err
	}
	found := helpText.FindSubmatch(help)
	if found == nil {
		return "", errors.New("its help names no index")
	}
	index := string(found[1])
	if !strings.Contains(index, "****") {
		return index, nil
	}
	list, err := m.run(ctx, pip, "config", "list")
	if err != nil {
		return "", err
	}
	configured := map[string]string{}
	for _, line := range listText.FindAllSubmatch(list, -1) {
		configured[string(line[1])] = string(line[2])
	}
	for _, section := range []string{":env:", "install", "global"} {
		if v := configured[section]; v != "" {
			return v, nil
		}
	}
	return "", errors.New("its configuration hides the index that it uses")
}

func (m machine) run(ctx context.Context, pip []string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, pipTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, pip[0], append(slices.Clone(pip[1:]), args...)...)
	cmd.Env = append(slices.Clone(m.env), "COLUMNS=2000", "PIP_DISABLE_PIP_VERSION_CHECK=1", "PYTHONIOENCODING=utf-8") // no line is broken
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		said, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	return out, nil
}
