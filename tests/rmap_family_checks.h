/*
 * rmap_family_checks.h - template: the lists of areas of a STRATEGY of
 * anon_vma_template.h. Adds its tests.
 */
#include "rmap_churn.h"

/* "every area on an anon_vma's list links back", and is on it once; equal
 * areas of relatives are on the same. */
static void S(check_lists)(void)
{
	struct list_head *m, *l, *mmlist = &S(tested).mmlist;
	struct rmap_stats stats;
	uint64_t nr = 0;

	for (m = mmlist->next; m != mmlist; m = m->next) {
		struct mm_struct *mm = list_entry(m, struct mm_struct, mmlist);

		for (struct rb_node *n = rb_first(&mm->areas); n;
		     n = rb_next(n)) {
			struct S(vma) *vma = S(vma_of)(
				rb_entry(n, struct vm_area_struct, vm_rb));
			unsigned times = 0;

			if (!vma->anon_vma)
				continue;
			nr++;
			for (l = vma->anon_vma->head.next;
			     l != &vma->anon_vma->head; l = l->next) {
				struct S(vma) *on =
					list_entry(l, struct S(vma), anon_node);

				assert_ptr_equal(on->anon_vma, vma->anon_vma);
				assert_ptr_equal(l->next->prev, l);
				times += on == vma;
			}
			assert_int_equal(times, 1);
		}
	}
	S(stats)(&S(tested).rmap, &stats);
	assert_int_equal(stats.links, nr);
	assert_true(stats.anon_vmas <= nr);
}

static void S(lists)(void **unused)
{
	struct rmap_random r = { .r = { test_seed() },
				 .area_pages = 48,
				 .reclaims = true };

	(void)unused;
	source_begin(TEST_FRAMES);
	S(begin)(64);
	S(revive)();
	S(churn)(&r, NR_OPS, S(check_lists));
	S(check_all)();
	S(end)();
	source_end();
}

static void S(does)(enum rmap_op_kind kind, unsigned process)
{
	struct rmap_op op = { .kind = (uint8_t)kind,
			      .process = process,
			      .child = 1,
			      .page = 10,
			      .nr = 4,
			      .step = 1,
			      .flags = VM_READ | VM_WRITE };

	assert_int_equal(S(run_op)(&op), 0);
}

/* A relative without a page is passed by: nobody waits for its lock. */
static void S(without_a_page)(void **unused)
{
	struct page *page;
	struct mm_struct *mm;

	(void)unused;
	source_begin(TEST_FRAMES);
	S(begin)(16);
	S(does)(RMAP_MMAP, 0);
	S(does)(RMAP_WRITE, 0);
	S(does)(RMAP_FORK, 0);
	S(does)(RMAP_DONTNEED, 1);
	mm = S(process)[1];
	assert_int_equal(mm->rss, 0);
	page = S(get_mapped_page)(&S(tested), S(process)[0],
				  rmap_page_addr(10));
	spin_lock(&mm->tables.page_table_lock);
	assert_true(trylock_page(page));
	assert_int_equal(S(page_referenced)(&S(tested).rmap, 0, page), 1);
	unlock_page(page);
	assert_int_equal(S(reclaim)(&S(tested), 0, page), SWAP_SUCCESS);
	spin_unlock(&mm->tables.page_table_lock);
	S(put_page)(&S(tested), 0, page);
	S(end)();
	source_end();
}

static __attribute__((constructor)) void S(add_tests)(void)
{
	add_test(STRATEGY_NAME ": without a page", S(without_a_page));
	add_test(STRATEGY_NAME ": lists", S(lists));
}
