package wheel

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
)

func sum64(name string, b []byte) string { return name + "=" + base64.RawURLEncoding.EncodeToString(b) }

func TestCheckRecord(t *testing.T) {
	good := string(recordOf(demo()).data)
	first, rest, _ := strings.Cut(good, "\n")
	fields := strings.Split(first, ",")
	init := demo()[0].contents()
	s384, s512, m := sha512.Sum384(init), sha512.Sum512(init), md5.Sum(init)
	other := sha256.Sum256([]byte("other"))
	line := func(f ...string) string { return strings.Join(f, ",") + "\n" + rest }
	for _, c := range []struct {
		name, record string
		kind         error // nil: it is right
		says         string
	}{
		{"good", good, nil, ""},
		{"CRLF", strings.ReplaceAll(good, "\n", "\r\n"), nil, ""},
		{"no line end at the end", strings.TrimSuffix(good, "\n"), nil, ""},
		{"quoted", line(`"`+fields[0]+`"`, fields[1], fields[2]), nil, ""},
		{"itself not named", strings.Replace(good, demoInfo+"RECORD,,\n", "", 1), nil, ""},
		{"signatures named", good + demoInfo + "RECORD.jws,,\n" + demoInfo + "RECORD.p7s,,\n", nil, ""},
		{"no size", line(fields[0], fields[1], ""), nil, ""},
		{"SHA-384", line(fields[0], sum64("sha384", s384[:]), fields[2]), nil, ""},
		{"SHA-512", line(fields[0], sum64("sha512", s512[:]), fields[2]), nil, ""},

		{"MD5", line(fields[0], sum64("md5", m[:]), fields[2]), ErrRecord, "no hash of at least SHA-256"},
		{"hash of another length", line(fields[0], sum64("sha512", s384[:]), fields[2]), ErrRecord, "no hash in base64"},
		{"algorithm in capitals", line(fields[0], strings.Replace(fields[1], "sha", "SHA", 1), fields[2]), ErrRecord, "no hash"},
		{"hash padded", line(fields[0], fields[1]+"=", fields[2]), ErrRecord, "padding"},
		{"hash in hex", line(fields[0], fmt.Sprintf("sha256=%x", sha256.Sum256(init)), fields[2]), ErrRecord, "padding"},
		{"hash with bits left over", line(fields[0], fields[1][:len(fields[1])-1]+"_", fields[2]), ErrRecord, "padding"},
		{"hash with a line end", line(fields[0], `"`+fields[1][:20]+"\n"+fields[1][20:]+`"`, fields[2]), ErrRecord, "padding"},
		{"another hash", line(fields[0], sum64("sha256", other[:]), fields[2]), ErrRecord, "hash is another"},
		{"no hash", line(fields[0], "", ""), ErrRecord, "no hash"},
		{"another size", line(fields[0], fields[1], "239"), ErrRecord, "240 bytes, and 239"},
		{"no number", line(fields[0], fields[1], "x"), ErrRecord, "no size"},
		{"negative", line(fields[0], fields[1], "-1"), ErrRecord, "no size"},
		{"number in another form", line(fields[0], fields[1], "0240"), ErrRecord, "no size"},
		{"missing", rest, ErrRecord, "doesn't name it"},
		{"twice", good + first + "\n", ErrRecord, "twice"},
		{"itself twice", good + demoInfo + "RECORD,,\n", ErrRecord, "twice"},
		{"too many", good + "demo/other," + fields[1] + "," + fields[2] + "\n", ErrRecord, "isn't there"},
		{"absolute", good + "/etc/passwd,,\n", ErrRecord, "isn't there"},
		{"not clean", line("./"+fields[0], fields[1], fields[2]), ErrRecord, "isn't there"},
		{"another case", line(strings.ToUpper(fields[0]), fields[1], fields[2]), ErrRecord, "isn't there"},
		{"a folder", good + "demo/,,\n", ErrRecord, "folder"},
		{"itself with a hash", strings.Replace(good, "RECORD,,", "RECORD,"+fields[1]+",", 1), ErrRecord, "has a hash for it"},
		{"a signature with a hash", good + demoInfo + "RECORD.jws," + fields[1] + ",\n", ErrRecord, "has a hash for it"},
		{"two fields", line(fields[0], fields[1]), ErrRecord, "wrong number of fields"},
		{"four fields", line(fields[0], fields[1], fields[2], ""), ErrRecord, "wrong number of fields"},
		{"empty line", first + "\n\n" + rest, ErrRecord, "empty line"},
		{"empty line, CRLF", strings.ReplaceAll(first+"\n\n"+rest, "\n", "\r\n"), ErrRecord, "empty line"},
		{"empty line at the beginning", "\n" + good, ErrRecord, "empty line"},
		{"empty line at the beginning, CRLF", "\r\n" + good, ErrRecord, "empty line"},
		{"quotes within", line(`demo/__init__".py`, fields[1], fields[2]), ErrRecord, `"`},
		{"quotes left open", good + `"x,,`, ErrRecord, `"`},
		{"empty", "", ErrRecord, "doesn't name it"},
		{"byte order mark", "\ufeff" + good, ErrRecord, "isn't there"},
	} {
		a := open(t, handmade(append(demo(), plain("demo/", ""), plain(demoInfo+"RECORD", c.record), plain(demoInfo+"RECORD.jws", "{}")), nil))
		err := a.CheckRecord()
		if !errors.Is(err, c.kind) || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %v: %s", c.name, err, c.kind, c.says)
		}
		var m *MemberError
		if err != nil && !errors.As(err, &m) {
			t.Errorf("%s: %T names no member", c.name, err)
		}
	}
}

func TestCheckRecordOfOtherFiles(t *testing.T) {
	for name, c := range map[string]struct {
		parts []part
		kind  error
	}{
		"no RECORD":                {demo(), fs.ErrNotExist},
		"a member more":            {append(recorded(demo()), plain("more", "")), ErrRecord},
		"a RECORD.jws elsewhere":   {append(recorded(demo()), plain("RECORD.jws", "")), ErrRecord},
		"a signature of its own":   {append(recorded(demo()), plain(demoInfo+"RECORD.sig", "")), ErrRecord},
		"a member that is damaged": {recorded(append(demo(), squeezed("x", "abc", 6).with(func(p *part) { p.crc++; p.localCRC++ }))), ErrFormat},
	} {
		b := handmade(c.parts, nil)
		a, err := Open(bytes.NewReader(b), int64(len(b)), Limits{})
		if err == nil {
			err = a.CheckRecord()
		}
		if !errors.Is(err, c.kind) {
			t.Errorf("%s: %v, want %v", name, err, c.kind)
		}
	}
}
