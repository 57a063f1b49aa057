/*
 * ptdump_file.h - the file of page tables that were taken from a running
 * kernel: read, checked, and its tables linked to each other anew.
 *
 * Little-endian: char[8] "KMPTDMP1", u32 levels, u32 pages, u64 CR3, u64 bytes
 * of memory, then for each page u64 its physical page number, ascending, and
 * its 4096 bytes (docs/PTDUMP.md). Plain or compressed (byte_stream.h).
 *
 * What is taken is a tree: each table has one entry that leads to it, so a walk
 * of it ends, and takes time in proportion to the file.
 */
#ifndef KMB_PTDUMP_FILE_H
#define KMB_PTDUMP_FILE_H

#include <stddef.h>
#include <stdint.h>

#define PTDUMP_MAGIC "KMPTDMP1"
#define PTDUMP_ENTRIES 512
/* 4 GiB of tables, which map 2 TiB by pages of 4 KiB. */
#define PTDUMP_MAX_PAGES (1u << 20)

struct ptdump_header {
	char magic[8];
	uint32_t levels, nr_pages;
	uint64_t cr3, ram_bytes;
};
_Static_assert(sizeof(struct ptdump_header) == 32, "no padding");

struct ptdump_page {
	uint64_t pfn; /* as the file has it */
	uint64_t entry[PTDUMP_ENTRIES];
};
_Static_assert(sizeof(struct ptdump_page) == 4104, "no padding");

struct ptdump_file {
	struct ptdump_header header;
	/*
	 * [header.nr_pages]. An entry that leads to a table has the index of
	 * its page for a frame number; leaves are as they were.
	 */
	struct ptdump_page *pages;
	uint64_t top; /* index of the page that CR3 leads to */
	/*
	 * Entries made none, since the table that they led to is not here: in
	 * the kernel's half of the top page, and elsewhere.
	 */
	uint64_t nr_absent_kernel, nr_absent_other;
	uint64_t nr_unused; /* pages that nothing leads to */
	uint64_t nr_mapped; /* present leaves, of any size */
};

/* 0, or -errno with one line in error: path, offset and what is wrong. */
int ptdump_file_read(struct ptdump_file *f, const char *path, char *error,
		     size_t error_size);
void ptdump_file_free(struct ptdump_file *f);

#endif
