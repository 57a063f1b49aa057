#!/usr/bin/env python3
"""ptdump.py - page tables out of an image of physical memory: docs/PTDUMP.md.

ptdump.py IMAGE CR3 OUT [LEVELS]: IMAGE is raw (its offsets are physical
addresses) or an ELF core (/proc/kcore, /proc/vmcore, dump-guest-memory). CR3
is hexadecimal; LEVELS is 4, or 5 for la57.
"""
import struct
import sys

FRAME = (1 << 52) - 4096
PRESENT, PSE = 1, 1 << 7


def segments(image):
    """(physical address, size, offset) of what the image holds."""
    image.seek(0)
    head = image.read(64)
    if head[:4] != b"\x7fELF":
        return [(0, image.seek(0, 2), 0)]
    (table,) = struct.unpack_from("<Q", head, 32)
    size, nr = struct.unpack_from("<HH", head, 54)
    found = []
    for i in range(nr):
        image.seek(table + i * size)
        kind, _, offset, _, paddr, filesz = struct.unpack("<IIQQQQ", image.read(40))
        if kind == 1 and filesz and paddr < 1 << 52:  # PT_LOAD with an address
            found.append((paddr, filesz, offset))
    return found


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    path, cr3, out = sys.argv[1], int(sys.argv[2], 16), sys.argv[3]
    levels = int(sys.argv[4]) if len(sys.argv) == 5 else 4
    image = open(path, "rb", buffering=0)
    memory = segments(image)
    pages = {}

    def read(pfn):
        for start, size, offset in memory:
            if start <= pfn << 12 and (pfn + 1) << 12 <= start + size:
                image.seek(offset + (pfn << 12) - start)
                page = image.read(4096)
                return page if len(page) == 4096 else None
        return None

    def take(pfn, level, entries):
        page = read(pfn)
        if page is None or pfn in pages:
            return
        pages[pfn] = page
        for entry in struct.unpack("<512Q", page)[:entries]:
            if level > 1 and entry & PRESENT and not entry & PSE:
                take((entry & FRAME) >> 12, level - 1, 512)

    take((cr3 & FRAME) >> 12, levels, 256)
    if not pages:
        sys.exit(f"{path}: no page 0x{cr3 & FRAME:x} in it")
    end = max(start + size for start, size, _ in memory) & ~4095
    with open(out, "wb") as dump:
        dump.write(struct.pack("<8sIIQQ", b"KMPTDMP1", levels, len(pages), cr3, end))
        for pfn in sorted(pages):
            dump.write(struct.pack("<Q", pfn) + pages[pfn])
    print(f"{out}: {len(pages)} tables")


main()
