package wheel

// Limits bound what is read from a wheel; zero fields mean the defaults.
type Limits struct {
	Members  int   // files and folders; 100,000
	Bytes    int64 // unpacked, all members; 4 GiB
	MetaFile int64 // one file of .dist-info that is read whole: METADATA, WHEEL, RECORD; 16 MiB
}

func (l Limits) orDefaults() Limits {
	if l.Members == 0 {
		l.Members = 100_000
	}
	if l.Bytes == 0 {
		l.Bytes = 4 << 30
	}
	if l.MetaFile == 0 {
		l.MetaFile = 16 << 20
	}
	return l
}
