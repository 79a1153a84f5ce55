package simple

import (
	"bufio"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

// WriteProjectJSON writes a project's page in JSON, as version 1.4 of the API has it. A quarantined project is written without files.
// What is not said (a size of -1, a zero time, …) is left out. The key dist-info-metadata is never written: pip 22.3 to 23.1 fail on it.
//
// Errors are those of w, and that p has no name.
func WriteProjectJSON(w io.Writer, p Project) error {
	if p.Name == "" {
		return errNoName
	}
	b := append([]byte(nil), `{"meta":{"api-version":"`+APIVersion+`"},"name":`...)
	b = appendText(b, string(p.Name))
	if p.Status != "" {
		b = append(b, `,"project-status":{"status":`...)
		b = appendText(b, p.Status)
		if p.StatusReason != "" {
			b = append(b, `,"reason":`...)
			b = appendText(b, p.StatusReason)
		}
		b = append(b, '}')
	}
	b = append(b, `,"versions":[`...)
	for i, v := range p.Versions {
		b = appendText(comma(b, i), v)
	}
	b = append(b, `],"files":[`...)
	bw := bufio.NewWriterSize(w, 1<<16)
	bw.Write(b)
	for i, f := range p.offered() {
		bw.Write(f.appendJSON(append(comma(b[:0], i), '\n')))
	}
	bw.WriteString("]}\n")
	return bw.Flush()
}

// WriteRootJSON writes the list of projects in JSON. Errors are those of w.
func WriteRootJSON(w io.Writer, r Root) error {
	bw := bufio.NewWriterSize(w, 1<<16)
	bw.WriteString(`{"meta":{"api-version":"` + APIVersion + `"},"projects":[`)
	var b []byte
	for i, name := range r.Projects {
		b = append(comma(b[:0], i), "\n{\"name\":"...)
		bw.Write(append(appendText(b, name), '}'))
	}
	bw.WriteString("]}\n")
	return bw.Flush()
}

var errNoName = errors.New("a page of a project without a name")

// offered are the files that the page may list (PEP 792).
func (p *Project) offered() []File {
	if p.Status == Quarantined {
		return nil
	}
	return p.Files
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return b
}

func (f *File) appendJSON(b []byte) []byte {
	b = append(b, `{"filename":`...)
	b = appendText(b, f.Filename)
	b = append(b, `,"url":`...)
	b = appendText(b, f.URL)
	b = append(b, `,"hashes":`...)
	b = appendHashes(b, f.Hashes)
	if f.Size >= 0 {
		b = append(b, `,"size":`...)
		b = strconv.AppendInt(b, f.Size, 10)
	}
	if !f.UploadTime.IsZero() {
		b = append(b, `,"upload-time":"`...)
		b = f.UploadTime.UTC().AppendFormat(b, timeLayout)
		b = append(b, '"')
	}
	if f.RequiresPython != "" {
		b = append(b, `,"requires-python":`...)
		b = appendText(b, f.RequiresPython)
	}
	if f.CoreMetadata {
		b = append(b, `,"core-metadata":`...)
		if len(f.CoreMetadataHashes) > 0 {
			b = appendHashes(b, f.CoreMetadataHashes)
		} else {
			b = append(b, "true"...)
		}
	}
	b = f.appendYanked(b)
	if f.GPGSig != nil {
		b = append(b, `,"gpg-sig":`...)
		b = strconv.AppendBool(b, *f.GPGSig)
	}
	if f.Provenance != "" {
		b = append(b, `,"provenance":`...)
		b = appendText(b, f.Provenance)
	}
	return append(b, '}')
}

func (f *File) appendYanked(b []byte) []byte {
	b = append(b, `,"yanked":`...)
	if f.Yanked && f.YankedReason != "" {
		return appendText(b, f.YankedReason)
	}
	return strconv.AppendBool(b, f.Yanked)
}

func appendHashes(b []byte, hashes map[string]string) []byte {
	b = append(b, '{')
	for i, algorithm := range sortedKeys(hashes) {
		b = appendText(comma(b, i), algorithm)
		b = append(b, ':')
		b = appendText(b, hashes[algorithm])
	}
	return append(b, '}')
}

func sortedKeys(m map[string]string) []string {
	if len(m) == 1 {
		for k := range m {
			return []string{k}
		}
	}
	return slices.Sorted(maps.Keys(m))
}

// appendText writes a JSON text; what isn't UTF-8 becomes U+FFFD.
func appendText(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, s[done:i]...)
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, s[done:i]...)
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			i++
			continue
		default:
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
			b = append(b, s[done:i]...)
			b = utf8.AppendRune(b, utf8.RuneError)
		}
		i++
		done = i
	}
	b = append(b, s[done:]...)
	return append(b, '"')
}
