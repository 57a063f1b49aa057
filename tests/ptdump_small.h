/* ptdump_small.h - a dump of page tables that a test makes, byte by byte. */
#ifndef KMB_PTDUMP_SMALL_H
#define KMB_PTDUMP_SMALL_H

#include <string.h>

#include "../bench/ptdump_file.h"

/* By index in the file: the order of the levels is not that of the pages. */
enum { SMALL_PMD, SMALL_PUD, SMALL_PTE, SMALL_TOP, SMALL_PAGES };
/* Their page numbers. */
#define SMALL_PFN(page) (0x10ull + 0x10 * (page))
#define SMALL_RAM_PAGES 0x1000ull

#define SMALL_TABLE(page) (SMALL_PFN(page) << 12 | 0x67)

struct small_dump {
	struct ptdump_header header;
	struct ptdump_page page[SMALL_PAGES];
};

/* Offsets in it, as messages name them. */
#define SMALL_PAGE(i) offsetof(struct small_dump, page[i])
#define SMALL_ENTRY(i, e) offsetof(struct small_dump, page[i].entry[e])

/* Four tables in a row, and a leaf of each kind and size below them. */
static inline void small_dump_make(struct small_dump *d)
{
	memset(d, 0, sizeof(*d));
	memcpy(d->header.magic, PTDUMP_MAGIC, sizeof(d->header.magic));
	d->header.levels = 4;
	d->header.nr_pages = SMALL_PAGES;
	d->header.cr3 = SMALL_PFN(SMALL_TOP) << 12 | 0x1b; /* a PCID */
	d->header.ram_bytes = SMALL_RAM_PAGES << 12;
	for (unsigned i = 0; i < SMALL_PAGES; i++)
		d->page[i].pfn = SMALL_PFN(i);
	d->page[SMALL_TOP].entry[1] = SMALL_TABLE(SMALL_PUD);
	d->page[SMALL_PUD].entry[2] = SMALL_TABLE(SMALL_PMD);
	d->page[SMALL_PMD].entry[3] = SMALL_TABLE(SMALL_PTE);
	/* 4 KiB, dirty and not executable; its frame is above memory. */
	d->page[SMALL_PTE].entry[4] = 1ull << 63 | 0xabcdeull << 12 | 0x67;
	/* Swap: type 3, offset 0x123. */
	d->page[SMALL_PTE].entry[5] = 3ull << 59 | (~0x123ull << 14 >> 5) | 2;
	/* PROT_NONE: frame 0x777, inverted. */
	d->page[SMALL_PTE].entry[6] =
		(~(0x777ull << 12) & 0x000ffffffffff000) | 0x160;
	/* 2 MiB with the PAT bit of a huge page; 1 GiB. */
	d->page[SMALL_PMD].entry[7] = 0x600ull << 12 | 0x10e7;
	d->page[SMALL_PUD].entry[8] = 0x80000ull << 12 | 0xe5;
	/* Tables that are not in the file. */
	d->page[SMALL_TOP].entry[300] = 0x50067;
	d->page[SMALL_PMD].entry[9] = 0x51067;
}

#endif
