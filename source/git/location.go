package git

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
)

// location is where a repository is.
type location struct {
	address string   // for git; has no secret that another user could see in the list of processes
	shown   string   // for people
	header  string   // of http, with the credentials; or empty
	local   bool     // a path
	secrets []string // what no message may show
}

// protocols are those that git may speak. That it obeys also where a server sends it elsewhere is up to GIT_ALLOW_PROTOCOL.
const protocols = "file:git:http:https:ssh"

// scp is the short form of ssh addresses: no slash before the colon, and nothing that ssh would take for an option.
var scp = regexp.MustCompile(`^(?:[A-Za-z0-9_][A-Za-z0-9._+-]*@)?(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\]):[^:-]`)

// locate reads an address. Errors never show credentials.
func locate(s string) (location, error) {
	helper, _, isHelper := strings.Cut(s, "::")
	switch {
	case s == "":
		return location{}, errors.New("the address of a repository is empty")
	case strings.HasPrefix(s, "-"):
		return location{}, errors.New("the address of a repository begins with a hyphen: write ./ before a path")
	case strings.ContainsFunc(s, unicode.IsControl):
		return location{}, errors.New("the address of a repository has a control character in it")
	case strings.Contains(s, "://"):
		return locateURL(s)
	case isHelper && !strings.ContainsAny(helper, "/["):
		return location{}, fmt.Errorf("repositories are not reached through %q: use https, http, ssh, git or file", helper+"::")
	case scp.MatchString(s):
		return location{address: s, shown: s}, nil
	}
	return locatePath(s)
}

func locatePath(path string) (location, error) {
	path, err := filepath.Abs(path)
	return location{address: path, shown: path, local: true}, err
}

func locateURL(s string) (location, error) {
	u, err := url.Parse(s)
	if err != nil {
		return location{}, errors.New("the address of a repository is no URL") // err would show all of it
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	at := location{address: s, shown: shown.String()}
	password, secret := u.User.Password()
	switch u.Scheme {
	case "file":
		if u.Host != "" && u.Host != "localhost" || !strings.HasPrefix(u.Path, "/") {
			return location{}, fmt.Errorf("%s: a file URL has an absolute path and no host: file:///PATH", at.shown)
		}
		return locatePath(u.Path)
	case "http", "https":
		if u.User != nil {
			at.header = "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password))
			at.secrets = []string{u.User.String(), at.header[len("Authorization: "):], password}
			if !secret { // a token, often
				at.secrets = append(at.secrets, u.User.Username())
			}
			u.User = nil
			at.address = u.String()
		}
		at.secrets = append(at.secrets, u.RawQuery, u.Fragment)
	case "ssh", "git":
		if secret {
			return location{}, fmt.Errorf("%s: no password is sent over %s: use a key", at.shown, u.Scheme)
		}
	default:
		return location{}, fmt.Errorf("%s: repositories are not reached through %q: use https, http, ssh, git or file", at.shown, u.Scheme)
	}
	if u.Host == "" || strings.HasPrefix(u.Host, "-") || strings.HasPrefix(u.User.Username(), "-") {
		return location{}, fmt.Errorf("%s has no proper host", at.shown)
	}
	return at, nil
}

// shellQuote is one word for sh.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
