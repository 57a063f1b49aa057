/*
 * fuzz_ptdump.c - dumps of page tables and oracles against libFuzzer's bytes.
 *
 * What begins with a dump's magic is read as it is, and what begins as an
 * oracle's header is read as one. All else is a recipe: so many pages, and
 * entries for them, since a fuzzer does not find a page table by flipping bits.
 * What is taken for a dump must be a tree that walks find everything in, and
 * soon. tests/fuzz_ptdump.sh builds and runs it.
 */
#include <stdbool.h>

#include "../bench/ptdump.h"
#include "../bench/ptdump_file.h"
#include "../harness/ptdump_oracle.h"
#include "fuzz_input.h"
#include "host_plain.h"

#define ORACLE_BEGIN "vaddr,"
#define MAX_PAGES 24

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk_all(const struct ptdump *d)
{
	struct ptdump_leaf found;

	require(d->nr_tables + d->nr_unused <= PTDUMP_MAX_PAGES);
	require(d->nr_leaves <= d->nr_tables * PTDUMP_ENTRIES);
	for (uint64_t i = 0; i < d->nr_leaves; i++) {
		struct ptdump_leaf leaf = d->leaves[i];
		uint64_t last = leaf.addr + ptdump_leaf_bytes(leaf) - 1;

		require(leaf.level >= 1 && leaf.level <= 3 && leaf.entry);
		require(!i || leaf.addr > d->leaves[i - 1].addr);
		require(ptdump_find(d, last) == (int64_t)i);
		require(ptdump_walk(d, last, &found) == 1);
		require(found.addr == leaf.addr && found.entry == leaf.entry);
		require(ptdump_kind(leaf) < NR_PTDUMP_KINDS);
		require(ptdump_pfn(leaf) < 1ull << 40);
		ptdump_swap(leaf);
	}
}

/* Walks to addresses that are the input's own. */
static void walk_some(const struct ptdump *d, const uint8_t *data, size_t size)
{
	struct ptdump_leaf found;
	uint64_t addr;

	for (; size >= sizeof(addr); data += 8, size -= 8) {
		int64_t i;

		memcpy(&addr, data, sizeof(addr));
		i = ptdump_find(d, addr);
		switch (ptdump_walk(d, addr, &found)) {
		case 1:
			require(i >= 0 && d->leaves[i].addr == found.addr);
			break;
		default:
			require(i < 0);
		}
	}
}

static void fuzz_dump(const uint8_t *data, size_t size)
{
	struct ptdump *d = ptdump_open(input_path, &host_plain, false, error,
				       sizeof(error));

	if (!d) {
		check_error();
		return;
	}
	walk_all(d);
	walk_some(d, data, size);
	ptdump_close(d);
}

static void fuzz_oracle(void)
{
	struct ptdump_oracle *o =
		ptdump_oracle_open(input_path, error, sizeof(error));
	struct ptdump_row row;
	int64_t line, last = 1;

	require(o);
	while ((line = ptdump_oracle_next(o, &row, error, sizeof(error))) > 0) {
		require(line == ++last && row.level <= 3);
		require(row.kind < NR_PTDUMP_KINDS);
	}
	if (line)
		check_error();
	ptdump_oracle_close(o);
}

/* One entry of the recipe: 8 bytes. */
struct step {
	uint8_t page, below;
	uint16_t entry;
	uint8_t how, flags;
	uint16_t bits;
};
_Static_assert(sizeof(struct step) == 8, "no padding");

static uint64_t make_entry(const struct step *s, const struct ptdump_page *page,
			   unsigned nr)
{
	switch (s->how & 3) {
	case 0: /* to a table of the dump */
		return page[s->below % nr].pfn << 12 | 0x67;
	case 1: /* the same with bits of its own */
		return page[s->below % nr].pfn << 12 | s->flags |
		       (uint64_t)s->bits << 48;
	case 2: /* somewhere */
		return (uint64_t)s->bits << 12 | s->flags |
		       (uint64_t)s->below << 48;
	default: /* not present, or beyond memory */
		return (uint64_t)s->bits << 48 | (uint64_t)s->flags << 8;
	}
}

static size_t cook(const uint8_t *data, size_t size, uint8_t *out)
{
	struct ptdump_header h = { .levels = 4 + (data[0] & 1),
				   .nr_pages = 1 + data[1] % MAX_PAGES,
				   .ram_bytes = 0x1000ull << 12 };
	struct ptdump_page *page = calloc(h.nr_pages, sizeof(*page));
	const size_t bytes = h.nr_pages * sizeof(*page);
	struct step s;

	require(page);
	memcpy(h.magic, PTDUMP_MAGIC, sizeof(h.magic));
	for (unsigned i = 0; i < h.nr_pages; i++)
		page[i].pfn = 0x10 + 3 * i;
	h.cr3 = page[data[2] % h.nr_pages].pfn << 12;
	for (size_t at = 4; at + sizeof(s) <= size; at += sizeof(s)) {
		memcpy(&s, data + at, sizeof(s));
		page[s.page % h.nr_pages].entry[s.entry % PTDUMP_ENTRIES] =
			make_entry(&s, page, h.nr_pages);
	}
	memcpy(out, &h, sizeof(h));
	memcpy(out + sizeof(h), page, bytes);
	free(page);
	return sizeof(h) + bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t out[sizeof(struct ptdump_header) +
			   MAX_PAGES * sizeof(struct ptdump_page)];

	set_input(data, size);
	if (size >= 6 && !memcmp(data, ORACLE_BEGIN, 6)) {
		fuzz_oracle();
	} else if (size < 8 || !memcmp(data, PTDUMP_MAGIC, 8) ||
		   data[0] > 0x7f) { /* compressed data begin so, too */
		fuzz_dump(data, size);
	} else {
		set_input(out, cook(data, size, out));
		fuzz_dump(data, size);
	}
	return 0;
}
