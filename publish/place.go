package publish

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"wheelyard/internal/durable"
)

// place puts a blob where nothing is yet: as a link, which is there at once and takes no room; where that can't be (another file
// system, too many links, a blob of another owner), as a copy. Its contents are read first: what is published never changes, so it had better be right.
// After a link the folder is for the caller to sync.
func place(blob, path, sum string) error {
	info, err := os.Lstat(blob)
	if err != nil {
		return err
	}
	got, err := sumOf(blob)
	if err != nil {
		return err
	}
	if got != sum {
		return fmt.Errorf("the blob %s is damaged: its SHA-256 is %s", sum, got)
	}
	if info.Mode().IsRegular() && os.Link(blob, path) == nil {
		return nil
	}
	from, err := os.Open(blob)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := durable.Create(path, 0o444)
	if err != nil {
		return err
	}
	defer to.Abort()
	if _, err := io.Copy(to, from); err != nil {
		return err
	}
	return to.Commit()
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
