package sandbox

import (
	"path/filepath"
	"strings"
)

// Interpreter is what has to be mounted for an interpreter to work: nothing for those below /usr, otherwise the folder that it is installed in.
func Interpreter(path string) []Mount {
	if path == "" || strings.HasPrefix(filepath.Clean(path), "/usr/") {
		return nil
	}
	prefix := filepath.Dir(filepath.Dir(filepath.Clean(path)))
	if prefix == "/" { // /bin/python3: a link into /usr, or there anyway
		return nil
	}
	return []Mount{{Host: prefix, At: prefix}}
}
