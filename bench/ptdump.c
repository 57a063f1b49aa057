/* ptdump.c - a dump's tables laid out in simulated memory, and walked. */
#include "ptdump.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/base/bitops.h"
#include "../kernels/pgtable/formats.h"
#include "ptdump_file.h"

/* 64 MiB, of which no more is touched than is used. */
#define SPARE_LEAST 16384

/* One more leaf. */
static int ptdump_add(struct ptdump *d, struct ptdump_leaf leaf)
{
	/* Room for a power of two of them, from 512 on. */
	if (d->nr_leaves >= 512 ? !(d->nr_leaves & (d->nr_leaves - 1))
				: !d->nr_leaves) {
		uint64_t room = d->nr_leaves ? 2 * d->nr_leaves : 512;
		void *leaves = realloc(d->leaves, room * sizeof(*d->leaves));

		if (!leaves)
			return -ENOMEM;
		d->leaves = leaves;
	}
	d->leaves[d->nr_leaves++] = leaf;
	return 0;
}

#define FORMAT x86_64
#include "ptdump_format.h"
#undef FORMAT
#define FORMAT x86_64_la57
#include "ptdump_format.h"
#undef FORMAT

static struct page *spare_alloc(void *self, unsigned cpu, unsigned order)
{
	struct ptdump *d = self;
	pfn_t pfn = align_up(d->next, 1ull << order);

	(void)cpu;
	if (pfn + (1ull << order) > d->mem.nr_pages)
		return NULL;
	d->next = pfn + (1ull << order);
	return pfn_to_page(&d->mem, pfn);
}

static void spare_free(void *self, unsigned cpu, struct page *page,
		       unsigned order)
{
	(void)self, (void)cpu, (void)page, (void)order;
}

/* Memory for the tables and the spare frames, with the tables in it. */
static int lay_out(struct ptdump *d, const struct ptdump_file *f,
		   struct host_memory *host, bool spare)
{
	const uint64_t nr = f->header.nr_pages;
	struct physmem_config config = {
		.nr_nodes = 1,
		.node_pages = { align_up(spare ? 4 * nr + SPARE_LEAST : nr + 1,
					 1u << MAX_PAGE_ORDER) },
	};
	int err = physmem_init(&d->mem, &config, host);

	if (err)
		return err;
	for (uint64_t i = 0; i < nr; i++) {
		struct page *page = pfn_to_page(&d->mem, i);

		memcpy(pfn_to_virt(&d->mem, i), f->pages[i].entry, PAGE_SIZE);
		set_page_count(page, 1);
		spin_lock_init(&page->ptl);
	}
	d->top = pfn_to_virt(&d->mem, f->top);
	d->next = nr;
	return 0;
}

struct ptdump *ptdump_open(const char *path, struct host_memory *host,
			   bool spare, char *error, size_t error_size)
{
	struct ptdump *d = calloc(1, sizeof(*d));
	struct ptdump_file f;
	int err;

	if (!d)
		goto no_memory;
	if (ptdump_file_read(&f, path, error, error_size)) {
		free(d);
		return NULL;
	}
	d->levels = f.header.levels;
	d->cr3 = f.header.cr3;
	d->ram_bytes = f.header.ram_bytes;
	d->nr_tables = f.header.nr_pages - f.nr_unused;
	d->nr_absent_kernel = f.nr_absent_kernel;
	d->nr_absent_other = f.nr_absent_other;
	d->nr_unused = f.nr_unused;
	d->source = (struct page_source){ .alloc_pages = spare_alloc,
					  .free_pages = spare_free,
					  .self = d,
					  .mem = &d->mem };
	d->sources[0] = &d->source;
	err = lay_out(d, &f, host, spare);
	ptdump_file_free(&f);
	if (!err)
		err = d->levels == 4 ? x86_64_ptdump_collect(d)
				     : x86_64_la57_ptdump_collect(d);
	if (!err)
		return d;
	ptdump_close(d);
no_memory:
	snprintf(error, error_size, "%s: out of memory", path);
	return NULL;
}

void ptdump_close(struct ptdump *d)
{
	if (d->mem.base)
		physmem_destroy(&d->mem);
	free(d->leaves);
	free(d);
}

int ptdump_walk(const struct ptdump *d, uint64_t addr, struct ptdump_leaf *leaf)
{
	return d->levels == 4 ? x86_64_ptdump_walk(d, addr, leaf)
			      : x86_64_la57_ptdump_walk(d, addr, leaf);
}

int64_t ptdump_find(const struct ptdump *d, uint64_t addr)
{
	uint64_t low = 0, high = d->nr_leaves;

	/* The last leaf that begins at the address or before it. */
	while (low < high) {
		uint64_t middle = (low + high) / 2;

		if (d->leaves[middle].addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || addr - d->leaves[low - 1].addr >=
			    ptdump_leaf_bytes(d->leaves[low - 1]))
		return -1;
	return (int64_t)low - 1;
}

enum ptdump_kind ptdump_kind(struct ptdump_leaf leaf)
{
	if (leaf.entry & PAGE_PRESENT)
		return PTDUMP_MAPPED;
	return leaf.entry & PAGE_PROTNONE ? PTDUMP_PROTNONE : PTDUMP_SWAP;
}

const char *ptdump_kind_name(enum ptdump_kind kind)
{
	static const char *const names[] = { [PTDUMP_MAPPED] = "mapped",
					     [PTDUMP_PROTNONE] = "protnone",
					     [PTDUMP_SWAP] = "swap" };

	return names[kind];
}

/*
 * What is not present holds its frame inverted, so that a CPU that reads on
 * regardless (L1TF) finds no memory there. Bit 12 of a huge page is its PAT.
 */
pfn_t ptdump_pfn(struct ptdump_leaf leaf)
{
	const uint64_t e = leaf.entry & PAGE_PRESENT ? leaf.entry : ~leaf.entry;

	return x86_64_pte_pfn((x86_64_pte_t){ e }) &
	       ~((ptdump_leaf_bytes(leaf) >> PAGE_SHIFT) - 1);
}

/* arch/x86/include/asm/pgtable_64.h from 4.19 on: the offset is inverted. */
uint64_t ptdump_swap(struct ptdump_leaf leaf)
{
	return leaf.entry >> 59 | (~leaf.entry << 5 >> 14) << 5;
}
