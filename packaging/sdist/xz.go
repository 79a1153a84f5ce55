package sdist

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// xzReader unpacks a file in the format xz (version 1.2.1), streams and padding after each other.
//
// The container is read here, and only LZMA2 by the library: the library's own container takes whatever memory each block of a hostile file asks
// for. The dictionary of a block is made no larger than the block's contents, which the headers of its chunks tell before.
type xzReader struct {
	r     *io.SectionReader
	off   int64
	check byte // the stream's kind of check; valid inside a stream

	inStream bool
	sums     blockSums // of the blocks of the stream, to be found again in its index
	block    *xzBlock  // nil: between blocks
}

const (
	xzMagic       = "\xfd7zXZ\x00"
	xzFooterMagic = "YZ"
	xzHeaderSize  = 12
)

var errXZ = errors.New("xz: damaged")

func damaged(what string) error { return fmt.Errorf("%w: %s", errXZ, what) }

func (x *xzReader) Read(p []byte) (int, error) {
	for len(p) > 0 {
		if x.block == nil {
			if err := x.next(); err != nil {
				return 0, err
			}
			continue
		}
		n, err := x.block.Read(p)
		if err == io.EOF {
			err = x.endBlock()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, nil
}

// take reads the next n bytes.
func (x *xzReader) take(n int) ([]byte, error) {
	b := make([]byte, n)
	got, err := x.r.ReadAt(b, x.off)
	if got < n {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	x.off += int64(n)
	return b, nil
}

// next goes on to the next block: past the ends of streams and the beginnings of others. io.EOF at the end of the file.
func (x *xzReader) next() error {
	if !x.inStream {
		return x.streamHeader()
	}
	first, err := x.take(1)
	if err != nil {
		return err
	}
	x.off--
	if first[0] == 0 {
		return x.endStream()
	}
	x.block, err = x.blockHeader(int(first[0])*4 + 4)
	return err
}

func (x *xzReader) streamHeader() error {
	for x.off > 0 && x.off < x.r.Size() { // padding between streams: multiples of four zeros
		pad, err := x.take(4)
		if err != nil {
			return err
		}
		if !bytes.Equal(pad, []byte{0, 0, 0, 0}) {
			x.off -= 4
			break
		}
	}
	if x.off > 0 && x.off == x.r.Size() {
		return io.EOF
	}
	h, err := x.take(xzHeaderSize)
	if err != nil {
		return err
	}
	if string(h[:6]) != xzMagic || h[6] != 0 || h[7] > 15 || !crcFits(h[6:8], h[8:]) {
		return damaged("the header of a stream")
	}
	x.check, x.inStream, x.sums = h[7], true, blockSums{}
	return nil
}

func crcFits(data, crc []byte) bool {
	return crc32.ChecksumIEEE(data) == binary.LittleEndian.Uint32(crc)
}

// endStream reads the index and the footer.
func (x *xzReader) endStream() error {
	start := x.off
	in := &crcReader{r: bufio.NewReader(io.NewSectionReader(x.r, start, x.r.Size()-start))}
	in.ReadByte() // the zero that begins it
	records, err := binary.ReadUvarint(in)
	if err == nil && records != x.sums.blocks {
		err = damaged("the number of blocks")
	}
	var listed blockSums
	for ; err == nil && listed.blocks < records; err = in.err {
		unpadded, _ := binary.ReadUvarint(in)
		uncompressed, _ := binary.ReadUvarint(in)
		listed.add(unpadded, uncompressed)
	}
	for err == nil && in.n%4 != 0 {
		var b byte
		if b, err = in.ReadByte(); err == nil && b != 0 {
			err = damaged("the padding of the index")
		}
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	x.off = start + in.n
	tail, err := x.take(4 + xzHeaderSize)
	if err != nil {
		return err
	}
	footer := tail[4:]
	backward := (int64(binary.LittleEndian.Uint32(footer[4:])) + 1) * 4
	switch {
	case in.sum != binary.LittleEndian.Uint32(tail) || listed != x.sums:
		return damaged("the index")
	case string(footer[10:]) != xzFooterMagic || !crcFits(footer[4:10], footer) || footer[8] != 0 || footer[9] != x.check || backward != in.n+4:
		return damaged("the end of a stream")
	}
	x.inStream = false
	return nil
}

// crcReader reads bytes, counts them and sums them up, and remembers the first error.
type crcReader struct {
	r   io.ByteReader
	n   int64
	sum uint32
	err error
}

func (c *crcReader) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err != nil {
		c.err = err
		return 0, err
	}
	c.n++
	c.sum = crc32.Update(c.sum, crc32.IEEETable, []byte{b})
	return b, nil
}

// blockSums stands for a list of sizes: two lists with the same sums are the same, in all that matters here.
type blockSums struct {
	blocks, chain uint64
}

func (s *blockSums) add(unpadded, uncompressed uint64) {
	var b [24]byte
	binary.LittleEndian.PutUint64(b[0:], s.chain)
	binary.LittleEndian.PutUint64(b[8:], unpadded)
	binary.LittleEndian.PutUint64(b[16:], uncompressed)
	s.blocks++
	s.chain = crc64.Checksum(b[:], crcTable)
}

var crcTable = crc64.MakeTable(crc64.ECMA)

// xzBlock is one block while it is read.
type xzBlock struct {
	lzma2    *lzma.Reader2
	start    int64 // of its header
	end      int64 // of its compressed data
	size     int64 // of its contents
	read     int64
	checksum hash.Hash // nil: none
	checked  int       // size of the check
}

func (b *xzBlock) Read(p []byte) (int, error) {
	n, err := b.lzma2.Read(p)
	b.read += int64(n)
	if b.checksum != nil {
		b.checksum.Write(p[:n])
	}
	return n, err
}

// endBlock reads what follows the contents of a block, and forgets it.
func (x *xzReader) endBlock() error {
	b := x.block
	x.block, x.off = nil, b.end
	if b.read != b.size {
		return damaged("the size of a block")
	}
	tail, err := x.take(int(-b.end&3) + b.checked)
	if err != nil {
		return err
	}
	check := tail[len(tail)-b.checked:]
	for _, pad := range tail[:len(tail)-b.checked] {
		if pad != 0 {
			return damaged("the padding of a block")
		}
	}
	if b.checksum != nil && !sumFits(b.checksum, check) {
		return damaged("the contents of a block")
	}
	x.sums.add(uint64(b.end-b.start)+uint64(b.checked), uint64(b.size))
	return nil
}

// sumFits compares a checksum with one in the order of bytes that xz has: little-endian numbers.
func sumFits(h hash.Hash, want []byte) bool {
	sum := h.Sum(nil)
	if _, number := h.(interface{ Sum64() uint64 }); number || len(sum) == 4 {
		for i, j := 0, len(sum)-1; i < j; i, j = i+1, j-1 {
			sum[i], sum[j] = sum[j], sum[i]
		}
	}
	return bytes.Equal(sum, want)
}

func (x *xzReader) blockHeader(size int) (*xzBlock, error) {
	b := &xzBlock{start: x.off}
	h, err := x.take(size)
	if err != nil {
		return nil, err
	}
	fields, crc := h[:size-4], h[size-4:]
	if !crcFits(fields, crc) {
		return nil, damaged("the header of a block")
	}
	dictionary, sizes, err := blockFields(fields[1:])
	if err != nil {
		return nil, err
	}
	if b.end, b.size, err = x.chunks(x.off); err != nil {
		return nil, err
	}
	if c := sizes.compressed; c != nil && *c != uint64(b.end-x.off) {
		return nil, damaged("the size of a block")
	}
	if u := sizes.uncompressed; u != nil && *u != uint64(b.size) {
		return nil, damaged("the size of a block")
	}
	if b.checksum, b.checked, err = newCheck(x.check); err != nil {
		return nil, err
	}
	need := min(dictionary, b.size)
	if need > maxDictionary {
		return nil, fmt.Errorf("%w: unpacking it needs %d bytes of memory", ErrLimit, need)
	}
	in := bufio.NewReader(io.NewSectionReader(x.r, x.off, b.end-x.off))
	b.lzma2, err = lzma.Reader2Config{DictCap: int(max(need, lzma.MinDictCap))}.NewReader2(in)
	return b, err
}

type blockSizes struct{ compressed, uncompressed *uint64 }

// blockFields reads the header of a block without its first byte: flags, sizes if they are there, one filter, padding.
func blockFields(h []byte) (dictionary int64, sizes blockSizes, err error) {
	in := bytes.NewReader(h)
	flags, _ := in.ReadByte()
	if flags&0x3c != 0 {
		return 0, sizes, damaged("the flags of a block")
	}
	number := func() *uint64 {
		n, e := binary.ReadUvarint(in)
		if e != nil {
			err = damaged("the header of a block")
		}
		return &n
	}
	if flags&0x40 != 0 {
		sizes.compressed = number()
	}
	if flags&0x80 != 0 {
		sizes.uncompressed = number()
	}
	filter, length := number(), number()
	bits, e := in.ReadByte()
	switch {
	case err != nil || e != nil:
		return 0, sizes, damaged("the header of a block")
	case flags&3 != 0 || *filter != lzma2Filter || *length != 1:
		return 0, sizes, errors.New("xz: it uses a filter that isn't known")
	case bits > 40:
		return 0, sizes, damaged("the size of a dictionary")
	}
	for in.Len() > 0 {
		if pad, _ := in.ReadByte(); pad != 0 {
			return 0, sizes, damaged("the padding of the header of a block")
		}
	}
	if bits == 40 {
		return 1<<32 - 1, sizes, nil
	}
	return (2 | int64(bits&1)) << (bits/2 + 11), sizes, nil
}

const lzma2Filter = 0x21

// chunks follows the headers of LZMA2's chunks, to where they end and to what they unpack to.
func (x *xzReader) chunks(off int64) (end, unpacked int64, err error) {
	in := bufio.NewReaderSize(io.NewSectionReader(x.r, off, x.r.Size()-off), 512)
	for {
		control, err := in.ReadByte()
		if err != nil {
			return 0, 0, unexpected(err)
		}
		off++
		if control == 0 {
			return off, unpacked, nil
		}
		header := 2 // of an uncompressed chunk
		if control >= 0x80 {
			header = 4
		}
		if control >= 0xc0 {
			header = 5
		}
		var h [5]byte
		if _, err := io.ReadFull(in, h[:header]); err != nil {
			return 0, 0, unexpected(err)
		}
		packed := int64(binary.BigEndian.Uint16(h[:])) + 1
		if control >= 0x80 {
			unpacked += int64(control&0x1f)<<16 + packed
			packed = int64(binary.BigEndian.Uint16(h[2:])) + 1
		} else {
			unpacked += packed
		}
		off += int64(header) + packed
		if _, err := in.Discard(int(packed)); err != nil {
			return 0, 0, unexpected(err)
		}
	}
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// newCheck is the sum of one of xz's kinds of check, and its size.
func newCheck(kind byte) (hash.Hash, int, error) {
	switch kind {
	case 0:
		return nil, 0, nil
	case 1:
		return crc32.NewIEEE(), 4, nil
	case 4:
		return crc64.New(crcTable), 8, nil
	case 10:
		return sha256.New(), 32, nil
	}
	return nil, 0, fmt.Errorf("xz: it uses the kind of check %d, which isn't known", kind)
}
