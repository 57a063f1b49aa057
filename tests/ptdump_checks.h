/*
 * ptdump_checks.h - template: every strategy over a real process's tables: the
 * frame of each mapped page is the oracle's.
 */
#if KMB_PASTE(PTDUMP_FORMAT_, FORMAT)
#include "../bench/ptdump_space.h"

static void P(check_row)(struct P(space) * s, const struct ptdump_row *row)
{
	const uint64_t pages = row->page_size >> PAGE_SHIFT;
	/* Every page of 2 MiB, some of 1 GiB. */
	const uint64_t step = pages > 512 ? pages / 512 : 1;
	const unsigned largest =
		P(traits) & PGTABLE_SMALL_PAGES ? LEVEL_PTE : LEVEL_PUD;

	if (row->kind == PTDUMP_SWAP && !(P(traits) & PGTABLE_MAPPED_ONLY))
		assert_int_equal(P(walk)(s, 0, row->vaddr), PFN_NONE);
	if (row->kind != PTDUMP_MAPPED || row->level > largest)
		return;
	for (uint64_t i = 0; i < pages; i += step)
		assert_int_equal(P(walk)(s, 0, row->vaddr + (i << PAGE_SHIFT)),
				 row->pfn + i);
	assert_int_equal(P(walk)(s, 0, row->vaddr + row->page_size - PAGE_SIZE),
			 row->pfn + pages - 1);
}

/* The same by walk_many(), for pages of 4 KiB. */
static void P(check_many)(struct P(space) * s)
{
	uint64_t *addr = malloc(nr_rows * sizeof(*addr));
	pfn_t *pfn = malloc(nr_rows * sizeof(*pfn));
	unsigned nr = 0;

	for (uint64_t i = 0; i < nr_rows; i++)
		if (rows[i].kind == PTDUMP_MAPPED && rows[i].level == 1)
#ifdef STRATEGY_PREPARE
			addr[nr++] = P(prepare)(s, rows[i].vaddr);
#else
			addr[nr++] = rows[i].vaddr;
#endif
	P(walk_many)(s, 0, addr, pfn, nr);
	for (uint64_t i = nr_rows; i--;)
		if (rows[i].kind == PTDUMP_MAPPED && rows[i].level == 1)
			assert_int_equal(pfn[--nr], rows[i].pfn);
	free(addr);
	free(pfn);
}

static void P(agrees_with_the_oracle)(void **unused)
{
	static struct P(space) space;
	struct ptdump *d = open_dump(F(nr_levels)());

	(void)unused;
	assert_int_equal(P(ptdump_open)(&space, d, 1), 0);
	for (uint64_t i = 0; i < nr_rows; i++)
		P(check_row)(&space, &rows[i]);
	P(check_many)(&space);
	P(ptdump_close)(&space);
	ptdump_close(d);
}

static __attribute__((constructor)) void P(add_test)(void)
{
	if (!(P(traits) & PGTABLE_NULL))
		add_test((struct CMUnitTest){
			.name = STRATEGY_NAME " over " FORMAT_NAME,
			.test_func = P(agrees_with_the_oracle) });
}
#endif
