/*
 * rmap_family_checks.h - template: the lists of areas of a STRATEGY of
 * anon_vma_template.h. Adds its tests.
 */
#include "rmap_churn.h"

static uint64_t S(nr_on_lists);

/* "every area on an anon_vma's list links back", and is on it once; equal
 * areas of relatives are on the same. */
static void S(check_area)(struct S(vma) * vma)
{
	struct list_head *l;
	unsigned times = 0;

	if (!vma->anon_vma)
		return;
	S(nr_on_lists)++;
	list_for_each (l, &vma->anon_vma->head) {
		struct S(vma) *on = list_entry(l, struct S(vma), anon_node);

		assert_ptr_equal(on->anon_vma, vma->anon_vma);
		assert_ptr_equal(l->next->prev, l);
		times += on == vma;
	}
	assert_int_equal(times, 1);
}

static void S(check_lists)(void)
{
	struct rmap_stats stats;

	S(nr_on_lists) = 0;
	S(see_areas)(S(check_area));
	S(stats)(&S(tested).rmap, &stats);
	assert_int_equal(stats.links, S(nr_on_lists));
	assert_true(stats.anon_vmas <= S(nr_on_lists));
}

static void S(lists)(void **unused)
{
	(void)unused;
	S(churn_small)(S(check_lists));
}

/* A relative without a page is passed by: nobody waits for its lock. */
static void S(without_a_page)(void **unused)
{
	struct page *page;
	struct mm_struct *mm;

	(void)unused;
	S(begin)(16);
	S(play)
	("mmap 0 10 4 anon 0 0 rw\nwrite 0 10 4 1\n"
	 "fork 0 1\ndontneed 1 10 4");
	mm = S(process)[1];
	assert_int_equal(mm->rss, 0);
	page = S(page_at)(0, 10);
	spin_lock(&mm->tables.page_table_lock);
	assert_int_equal(S(asks)(page), 1);
	assert_int_equal(S(unmaps)(page), SWAP_SUCCESS);
	spin_unlock(&mm->tables.page_table_lock);
	S(puts)(page);
	S(end)();
}

static __attribute__((constructor)) void S(add_tests)(void)
{
	add_test(STRATEGY_NAME ": without a page", S(without_a_page));
	add_test(STRATEGY_NAME ": lists", S(lists));
}
