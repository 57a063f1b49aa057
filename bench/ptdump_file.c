/* ptdump_file.c - read a dump of page tables, and link its tables. */
#include "ptdump_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/base/bitops.h"
#include "../kernels/pgtable/format.h"
#include "byte_stream.h"

/* What lies between the flags: 52 bits of physical address. */
#define FRAME_MASK (((1ull << 52) - 1) & ~(PAGE_SIZE - 1))

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "entries are used as they are in the file");

/* A file on its way in, and who is told what is wrong with it. */
struct loader {
	struct ptdump_file *f;
	const char *path;
	struct byte_stream *stream;
	uint64_t at; /* bytes read */
	/* [nr_pages] offset of what leads to each page; 0: nothing yet */
	uint64_t *led;
	char *error;
	size_t error_size;
};

/* One line: the path, an offset in the file, what is there. Returns -EINVAL. */
__attribute__((format(printf, 3, 4))) static int
bad(const struct loader *l, uint64_t offset, const char *format, ...)
{
	char what[256];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	snprintf(l->error, l->error_size, "%s: at byte %" PRIu64 ": %s",
		 l->path, offset, what);
	return -EINVAL;
}

static int no_memory(const struct loader *l)
{
	snprintf(l->error, l->error_size, "%s: out of memory", l->path);
	return -ENOMEM;
}

/* Offset of a page's entry in the file; of PTDUMP_ENTRIES: its end. */
static uint64_t offset_of(uint64_t page, unsigned entry)
{
	return sizeof(struct ptdump_header) +
	       page * sizeof(struct ptdump_page) +
	       offsetof(struct ptdump_page, entry) + entry * sizeof(uint64_t);
}

/* Nothing more comes: was it the end? */
static int check_end(const struct loader *l)
{
	bool unreadable;
	const char *wrong = byte_stream_wrong(l->stream, &unreadable);

	return wrong ? bad(l, l->at, "%s", wrong) : 0;
}

/* All of `size` bytes, which are `what`. */
static int read_bytes(struct loader *l, void *bytes, size_t size,
		      const char *what)
{
	size_t got = 0, n;
	int err;

	while (got < size &&
	       (n = byte_stream_read(l->stream, (char *)bytes + got,
				     size - got)))
		got += n;
	l->at += got;
	if (got == size)
		return 0;
	err = check_end(l);
	return err ? err : bad(l, l->at, "the file ends inside %s", what);
}

static int read_header(struct loader *l)
{
	struct ptdump_header *h = &l->f->header;
	int err = read_bytes(l, h->magic, sizeof(h->magic), "its header");

	if (l->at && memcmp(h->magic, PTDUMP_MAGIC, sizeof(h->magic)))
		return bad(l, 0,
			   "no dump of page tables: it does not begin "
			   "with " PTDUMP_MAGIC);
	if (!err)
		err = read_bytes(l, &h->levels,
				 sizeof(*h) -
					 offsetof(struct ptdump_header, levels),
				 "its header");
	if (err)
		return err;
	if (h->levels != 4 && h->levels != 5)
		return bad(l, offsetof(struct ptdump_header, levels),
			   "%u levels of tables; 4 or 5 are known", h->levels);
	if (!h->nr_pages || h->nr_pages > PTDUMP_MAX_PAGES)
		return bad(l, offsetof(struct ptdump_header, nr_pages),
			   "%u pages of tables; 1 to %u can be read",
			   h->nr_pages, PTDUMP_MAX_PAGES);
	if (h->ram_bytes % PAGE_SIZE || h->ram_bytes / PAGE_SIZE < h->nr_pages)
		return bad(l, offsetof(struct ptdump_header, ram_bytes),
			   "0x%" PRIx64 " bytes of memory; it takes whole "
			   "pages, at least the %u of the tables",
			   h->ram_bytes, h->nr_pages);
	return 0;
}

static uint64_t ram_pages(const struct loader *l)
{
	return l->f->header.ram_bytes / PAGE_SIZE;
}

static int read_page(struct loader *l, uint64_t i)
{
	struct ptdump_page *page = &l->f->pages[i];
	const uint64_t offset = l->at;
	int err = read_bytes(l, page, sizeof(*page), "a page of tables");

	if (err)
		return err;
	if (page->pfn >= ram_pages(l))
		return bad(l, offset,
			   "page 0x%" PRIx64 " lies beyond memory, which has "
			   "0x%" PRIx64 " pages",
			   page->pfn, ram_pages(l));
	if (i && page->pfn <= page[-1].pfn)
		return bad(l, offset,
			   "page 0x%" PRIx64 " behind page 0x%" PRIx64
			   "; they must ascend, each there once",
			   page->pfn, page[-1].pfn);
	return 0;
}

/* The header's number is not believed before that many pages have come. */
static int read_pages(struct loader *l)
{
	struct ptdump_file *f = l->f;
	uint64_t room = 0;
	char more;
	int err;

	for (uint64_t i = 0; i < f->header.nr_pages; i++) {
		if (i == room) {
			room = room ? 2 * room : 64;
			void *pages =
				realloc(f->pages, room * sizeof(*f->pages));

			if (!pages)
				return no_memory(l);
			f->pages = pages;
		}
		err = read_page(l, i);
		if (err)
			return err;
	}
	if (byte_stream_read(l->stream, &more, 1))
		return bad(l, l->at, "more bytes than the header's %u pages",
			   f->header.nr_pages);
	return check_end(l); /* where compressed data have their sum */
}

/* The index of a page, or -1. */
static int64_t find_page(const struct ptdump_file *f, uint64_t pfn)
{
	uint64_t low = 0, high = f->header.nr_pages;

	while (low < high) {
		uint64_t middle = (low + high) / 2;

		if (f->pages[middle].pfn < pfn)
			low = middle + 1;
		else
			high = middle;
	}
	return low < f->header.nr_pages && f->pages[low].pfn == pfn
		       ? (int64_t)low
		       : -1;
}

static int link_table(struct loader *l, uint64_t page, unsigned level);

/* An entry that leads to a table: to the index of its page, or none. */
static int link_pointer(struct loader *l, uint64_t page, unsigned level,
			unsigned i)
{
	struct ptdump_file *f = l->f;
	uint64_t *entry = &f->pages[page].entry[i];
	const uint64_t offset = offset_of(page, i), e = *entry;
	const uint64_t pfn = (e & FRAME_MASK) >> PAGE_SHIFT;
	int64_t below;

	if (pfn >= ram_pages(l))
		return bad(l, offset,
			   "entry 0x%" PRIx64 " of level %u leads beyond "
			   "memory, which has 0x%" PRIx64 " pages",
			   e, level, ram_pages(l));
	below = find_page(f, pfn);
	if (below < 0) {
		if (level == f->header.levels && i >= PTDUMP_ENTRIES / 2)
			f->nr_absent_kernel++;
		else
			f->nr_absent_other++;
		*entry = 0;
		return 0;
	}
	/*
	 * 3.13's walk takes an entry without PAGE_ACCESSED for a bad one; from
	 * 6.1 on a kernel clears that bit to see what is used.
	 */
	if ((e & (PAGE_SIZE - 1) & ~(PAGE_USER | PAGE_ACCESSED)) !=
	    (PAGE_KERNPG_TABLE & ~PAGE_ACCESSED))
		return bad(l, offset,
			   "entry 0x%" PRIx64 " of level %u leads to a table, "
			   "but not with the bits (0x63 or 0x67) that Linux "
			   "gives it",
			   e, level);
	if (l->led[below])
		return bad(l, offset,
			   "entry 0x%" PRIx64 " of level %u leads to page "
			   "0x%" PRIx64 ", to which byte %" PRIu64
			   " led already: a loop, or a shared table",
			   e, level, pfn, l->led[below]);
	l->led[below] = offset;
	*entry = (e & ~FRAME_MASK) | PAGE_ACCESSED |
		 (uint64_t)below << PAGE_SHIFT;
	return link_table(l, (uint64_t)below, level - 1);
}

/* Each page is linked once at most, so this ends. */
static int link_table(struct loader *l, uint64_t page, unsigned level)
{
	int err = 0;

	for (unsigned i = 0; i < PTDUMP_ENTRIES && !err; i++) {
		uint64_t e = l->f->pages[page].entry[i];

		if (level == LEVEL_PTE || (level <= LEVEL_PUD && e & PAGE_PSE))
			l->f->nr_mapped += e & PAGE_PRESENT;
		else if (e & PAGE_PRESENT && !(e & PAGE_PSE))
			err = link_pointer(l, page, level, i);
		else if (e && level > LEVEL_PUD)
			err = bad(l, offset_of(page, i),
				  "entry 0x%" PRIx64 " of level %u, which has "
				  "only tables below it",
				  e, level);
	}
	return err;
}

static int link_pages(struct loader *l)
{
	struct ptdump_file *f = l->f;
	const uint64_t pfn = (f->header.cr3 & FRAME_MASK) >> PAGE_SHIFT;
	const uint64_t offset = offsetof(struct ptdump_header, cr3);
	int64_t top = find_page(f, pfn);
	int err;

	if (top < 0)
		return bad(l, offset,
			   "CR3 0x%" PRIx64 " leads to page 0x%" PRIx64
			   ", which is not in the file",
			   f->header.cr3, pfn);
	f->top = (uint64_t)top;
	l->led = calloc(f->header.nr_pages, sizeof(*l->led));
	if (!l->led)
		return no_memory(l);
	l->led[top] = offset;
	err = link_table(l, f->top, f->header.levels);
	for (uint64_t i = 0; i < f->header.nr_pages; i++)
		f->nr_unused += !l->led[i];
	free(l->led);
	return err;
}

int ptdump_file_read(struct ptdump_file *f, const char *path, char *error,
		     size_t error_size)
{
	struct loader l = {
		.f = f, .path = path, .error = error, .error_size = error_size
	};
	int err;

	*f = (struct ptdump_file){ 0 };
	l.stream = byte_stream_open(path, error, error_size);
	if (!l.stream)
		return -EINVAL;
	err = read_header(&l);
	if (!err)
		err = read_pages(&l);
	byte_stream_close(l.stream);
	if (!err)
		err = link_pages(&l);
	if (err)
		ptdump_file_free(f);
	return err;
}

void ptdump_file_free(struct ptdump_file *f)
{
	free(f->pages);
	f->pages = NULL;
}
