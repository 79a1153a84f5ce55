package publish

import (
	"fmt"
	"io"
	"os"

	"wheelyard/internal/durable"
	"wheelyard/yard/blob"
)

// place puts a blob where nothing is yet: as a link, which is there at once and takes no room; where that can't be (another file
// system, too many links, a blob of another owner), as a copy. Its contents are read first: what is published never changes, so it had better be right.
// After a link the folder is for the caller to sync.
func place(kept, path, sum string) error {
	info, err := os.Lstat(kept)
	if err != nil {
		return err
	}
	got, _, err := blob.Sum(kept)
	if err != nil {
		return err
	}
	if got != sum {
		return fmt.Errorf("the blob %s is damaged: its SHA-256 is %s", sum, got)
	}
	if info.Mode().IsRegular() && os.Link(kept, path) == nil {
		return nil
	}
	from, err := os.Open(kept)
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
