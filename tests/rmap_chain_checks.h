/*
 * rmap_chain_checks.h - template: pages with chains of entries (a STRATEGY of
 * pte_chain_template.h with NRPTE slots in an array), slot by slot. Adds its
 * tests to the list.
 */
#include "rmap_world.h"

/* The page's process's own entries stand for any others: a chain does not read
 * them. */
static x86_64_pte_t S(ptes)[MAX_MAPPINGS];

static void S(adds)(struct page *page, unsigned i)
{
	assert_int_equal(S(reserve)(&S(tested).rmap, 0), 0);
	S(page_add_file)(&S(tested).rmap, 0, page, NULL, 0, &S(ptes)[i]);
}

static void S(removes)(struct page *page, unsigned i)
{
	S(page_remove)(&S(tested).rmap, 0, page, &S(ptes)[i]);
}

/* "a chain holds exactly mapcount non-zero entries": each of `in`, once, and no
 * other; "only the head has free slots, and they are its first". */
static void S(check_chain)(const struct page *page, const bool *in)
{
	const struct S(pte_chain) *pc = (void *)page->chain;
	unsigned nr = 0, times[MAX_MAPPINGS] = { 0 };

	for (unsigned i = 0; i < MAX_MAPPINGS; i++)
		nr += in[i];
	assert_int_equal(page->_mapcount + 1, nr);
	assert_int_equal(page_test(page, PG_chainlock), 0);
	if (page_test(page, PG_direct)) {
		assert_int_equal(nr, 1);
		assert_true(in[(x86_64_pte_t *)page->direct - S(ptes)]);
		return;
	}
	assert_int_equal(!pc, !nr);
	for (; pc; pc = S(chain_next)(pc)) {
		if (pc != (void *)page->chain)
			assert_int_equal(S(chain_idx)(pc), 0);
		for (unsigned i = 0; i < S(chain_idx)(pc); i++)
			assert_null(pc->ptes[i]);
		for (unsigned i = S(chain_idx)(pc); i < S(nrpte); i++) {
			assert_non_null(pc->ptes[i]);
			times[pc->ptes[i] - S(ptes)]++;
		}
	}
	for (unsigned i = 0; i < MAX_MAPPINGS; i++)
		assert_int_equal(times[i], in[i]);
}

/* One: direct. Two: a chain, of the old one in the last slot. A full head is
 * pushed down. */
static void S(slots)(void **unused)
{
	const unsigned n = S(nrpte);
	const struct S(pte_chain) * pc;
	struct page *page;

	(void)unused;
	S(begin)(1);
	page = S(new_page)(&S(tested), 0, 0);
	S(adds)(page, 0);
	assert_true(page_test(page, PG_direct));
	assert_ptr_equal(page->direct, &S(ptes)[0]);
	for (unsigned i = 1; i < 3 * n + 1; i++) {
		/* The i + 1st: in the head are those over full ones below it.
		 */
		const unsigned idx = n - 1 - i % n;

		S(adds)(page, i);
		assert_false(page_test(page, PG_direct));
		pc = (void *)page->chain;
		assert_int_equal(S(chain_idx)(pc), idx);
		assert_ptr_equal(pc->ptes[idx], &S(ptes)[i]);
		assert_int_equal((uintptr_t)pc % sizeof(*pc), 0);
	}
	/* One that is not in the head is replaced by the head's lowest: the
	 * head had one, so it goes. */
	S(removes)(page, 1);
	pc = (void *)page->chain;
	assert_int_equal(S(chain_idx)(pc), 0);
	assert_ptr_equal(pc->ptes[0], &S(ptes)[n == 1 ? 2 : 3 * n - 1]);
	for (unsigned i = 0; i < 3 * n + 1; i++)
		if (i != 1)
			S(removes)(page, i);
	assert_null(page->chain);
	assert_int_equal(page->_mapcount, -1);
	S(put_page)(&S(tested), 0, page);
	S(end)();
}

/* Any order of adding and removing; "a removed entry never reappears". */
static void S(churned)(void **unused)
{
	struct random r = { test_seed() };
	bool in[MAX_MAPPINGS] = { false };
	struct page *page;

	(void)unused;
	S(begin)(1);
	page = S(new_page)(&S(tested), 0, 0);
	for (unsigned step = 0; step < NR_STEPS; step++) {
		unsigned i = (unsigned)random_below(&r, MAX_MAPPINGS);
		unsigned fill = step / 128 % 4; /* of 4 */

		if (in[i] && random_below(&r, 4) >= fill) {
			S(removes)(page, i);
			in[i] = false;
		} else if (!in[i] && random_below(&r, 4) <= fill) {
			S(adds)(page, i);
			in[i] = true;
		} else if (in[i]) {
			unsigned to = (unsigned)random_below(&r, MAX_MAPPINGS);

			if (in[to])
				continue;
			S(page_move)
			(&S(tested).rmap, 0, page, &S(ptes)[i], &S(ptes)[to]);
			in[i] = false;
			in[to] = true;
		}
		S(check_chain)(page, in);
	}
	for (unsigned i = 0; i < MAX_MAPPINGS; i++)
		if (in[i])
			S(removes)(page, i);
	assert_null(page->chain);
	S(put_page)(&S(tested), 0, page);
	S(end)();
}

/* page_referenced() makes a chain of one a direct pointer again; nothing else
 * does. */
static void S(collapses)(void **unused)
{
	struct page *page;

	(void)unused;
	S(begin)(1);
	page = S(new_page)(&S(tested), 0, 0);
	for (unsigned i = 0; i < 3; i++)
		S(adds)(page, i);
	S(removes)(page, 0);
	S(page_referenced)(&S(tested).rmap, 0, page);
	assert_false(page_test(page, PG_direct));
	S(removes)(page, 2);
	assert_false(page_test(page, PG_direct));
	S(page_referenced)(&S(tested).rmap, 0, page);
	assert_true(page_test(page, PG_direct));
	assert_ptr_equal(page->direct, &S(ptes)[1]);
	S(removes)(page, 1);
	S(put_page)(&S(tested), 0, page);
	S(end)();
}

/* A chain is ready on a CPU before it is needed, and stays there when it is
 * not; each m >= 2 mappings take ceil(m / NRPTE) arrays. */
static void S(reserves)(void **unused)
{
	struct rmap_stats stats;
	struct page *page;

	(void)unused;
	S(begin)(1);
	page = S(new_page)(&S(tested), 0, 0);
	for (unsigned m = 1; m <= 4 * S(nrpte); m++) {
		S(adds)(page, m);
		S(stats)(&S(tested).rmap, &stats);
		assert_int_equal(
			stats.links,
			S(tested).rmap.spare[0].nr +
				(m < 2 ? 0 : (m + S(nrpte) - 1) / S(nrpte)));
		assert_int_equal(stats.bytes % sizeof(struct S(pte_chain)), 0);
	}
	for (unsigned m = 4 * S(nrpte); m; m--)
		S(removes)(page, m);
	S(put_page)(&S(tested), 0, page);
	S(end)();
}

/* Who comes from a chain tries a process's lock: if it is busy, AGAIN, and what
 * was unmapped before it stays so. */
static void S(busy)(void **unused)
{
	struct mm_struct *busy;
	struct page *page;

	(void)unused;
	S(begin)(16);
	S(play)("mmap 0 10 1 anon 0 0 rw\nwrite 0 10 1 1");
	for (unsigned child = 1; child < NR_PROCESSES; child++)
		S(play)("fork 0 %u", child);
	page = S(page_at)(0, 10);
	S(asks)(page);
	busy = S(process)[2];
	spin_lock(&busy->tables.page_table_lock);
	nr_answer = 0;
	assert_int_equal(S(rmap_walk)(&S(tested).rmap, 0, page, find_one, page),
			 -EAGAIN);
	assert_int_equal(S(unmaps)(page), SWAP_AGAIN);
	spin_unlock(&busy->tables.page_table_lock);
	assert_int_equal(page->_mapcount, 0);
	assert_true(x86_64_pte_present(
		x86_64_lookup(&busy->tables, rmap_page_addr(10)).pte));
	S(check_all)();
	assert_int_equal(nr_truth, 1);
	assert_int_equal(S(unmaps)(page), SWAP_SUCCESS);
	assert_int_equal(page->_mapcount, -1);
	S(puts)(page);
	S(end)();
}

static __attribute__((constructor)) void S(add_tests)(void)
{
	add_test(STRATEGY_NAME ": slots", S(slots));
	add_test(STRATEGY_NAME ": churned", S(churned));
	add_test(STRATEGY_NAME ": collapses", S(collapses));
	add_test(STRATEGY_NAME ": reserves", S(reserves));
	add_test(STRATEGY_NAME ": busy", S(busy));
}
