/*
 * rmap_reclaim_checks.h - template: what a STRATEGY says when a page is to go,
 * and what becomes of it: part of rmap_checks.h.
 */
static x86_64_pte_t S(entry_at)(unsigned process, uint64_t page)
{
	return x86_64_lookup(&S(process)[process]->tables, rmap_page_addr(page))
		.pte;
}

/* A world in which process 0 has written one page. */
static struct page *S(begin_page)(void)
{
	S(begin)(16);
	S(play)("mmap 0 10 1 anon 0 0 rw\nwrite 0 10 1 1");
	return S(page_at)(0, 10);
}

/* Every entry that was used since, counted once. */
static void S(referenced)(void **unused)
{
	struct page *page = S(begin_page)();

	(void)unused;
	assert_int_equal(S(asks)(page), 1);
	assert_int_equal(S(asks)(page), 0);
	for (unsigned child = 1; child < NR_PROCESSES; child++)
		S(play)("fork 0 %u", child);
	/* A fork's copies are old. */
	assert_int_equal(S(asks)(page), 0);
	for (unsigned id = 0; id < NR_PROCESSES; id++)
		S(play)("read %u 10 1 1", id);
	assert_int_equal(S(asks)(page), NR_PROCESSES);
	S(play)("read 3 10 1 1");
	assert_int_equal(S(asks)(page), 1);
	/* All but one have their own now. */
	for (unsigned id = 0; id + 1 < NR_PROCESSES; id++)
		S(play)("write %u 10 1 1", id);
	assert_int_equal(S(asks)(page), 0);
	S(play)("read %u 10 1 1", NR_PROCESSES - 1);
	assert_int_equal(S(asks)(page), 1);
	S(puts)(page);
	S(end)();
}

/* "after unmap-all mapcount is -1"; the page comes back while it is cached, and
 * another one when it is not. */
static void S(unmapped_and_back)(void **unused)
{
	struct page *page = S(begin_page)(), *back;

	(void)unused;
	assert_int_equal(S(asks)(page), 1);
	assert_int_equal(S(unmaps)(page), SWAP_SUCCESS);
	assert_int_equal(page->_mapcount, -1);
	assert_true(page_test(page, PG_swapcache) && page_test(page, PG_dirty));
	assert_int_equal(S(process)[0]->rss, 0);
	assert_int_equal(swap_slot(S(entry_at)(0, 10)), page->private);
	S(check_all)();
	assert_int_equal(nr_truth, 0);
	nr_answer = 0;
	assert_int_equal(S(rmap_walk)(&S(tested).rmap, 0, page, find_one, page),
			 0);
	assert_int_equal(nr_answer, 0);
	/* Nothing is left to unmap: that is success, too. */
	assert_int_equal(S(unmaps)(page), SWAP_SUCCESS);

	S(play)("read 0 10 1 1");
	back = S(page_at)(0, 10);
	assert_ptr_equal(back, page);
	S(put_page)(&S(tested), 0, back);
	assert_false(page_test(page, PG_swapcache));
	assert_int_equal(S(tested).swap.nr_used, 0);
	S(puts)(page);

	S(play)("referenced 0 10\nreclaim 0 10");
	assert_int_equal(S(tested).swap.nr_used, 1);
	assert_int_equal(page->_refcount, 0);
	S(play)("write 0 10 1 1");
	assert_int_equal(S(tested).swap.nr_used, 0);
	S(check_all)();
	assert_int_equal(nr_truth, 1);
	S(end)();
}

/* Used, locked by somebody, mlocked, held by somebody, no place in swap. */
static void S(may_not_go)(void **unused)
{
	struct page *page, *other;

	(void)unused;
	S(begin)(1);
	S(play)("mmap 0 10 2 anon 0 0 rw\nwrite 0 10 2 1");
	page = S(page_at)(0, 10);
	assert_int_equal(S(unmaps)(page), SWAP_FAIL);
	assert_true(trylock_page(page));
	assert_int_equal(S(unmaps)(page), SWAP_AGAIN);
	unlock_page(page);
	S(play)("mlock 0 10 1");
	assert_int_equal(S(unmaps)(page), SWAP_FAIL);
	S(play)("munlock 0 10 1");
	get_page(page);
	assert_int_equal(S(unmaps)(page), SWAP_FAIL);
	S(put_page)(&S(tested), 0, page);
	assert_int_equal(page->_mapcount, 0);
	S(check_all)();
	/* None of these any more. */
	assert_int_equal(S(unmaps)(page), SWAP_SUCCESS);
	S(puts)(page);

	other = S(page_at)(0, 11);
	S(asks)(other);
	assert_int_equal(S(unmaps)(other), SWAP_FAIL);
	assert_false(page_test(other, PG_swapcache));
	S(puts)(other);
	S(end)();

	S(begin)(1024);
	S(play)
	("mmap 0 0 512 anon 0 0 rw\n"
	 "hugepage 0 0 512\n"
	 "write 0 0 1 1");
	page = S(page_at)(0, 77);
	assert_int_equal(S(asks)(page), 1);
	assert_int_equal(S(unmaps)(page), SWAP_FAIL);
	/* Small ones may. */
	S(play)("mprotect 0 100 1 rw\nfork 0 1\nwrite 1 5 1 1");
	S(check_all)();
	S(puts)(page);
	S(end)();
}

/* One of many that must not go keeps it; then it goes from all. */
static void S(shared)(void **unused)
{
	struct page *page = S(begin_page)();
	uint64_t slot;

	(void)unused;
	S(play)("fork 0 1\nfork 1 2\nfork 2 3\nmlock 2 10 1");
	S(asks)(page);
	assert_int_equal(S(unmaps)(page), SWAP_FAIL);
	assert_true(x86_64_pte_present(S(entry_at)(2, 10)));
	S(check_all)();
	S(play)("munlock 2 10 1");
	assert_int_equal(S(unmaps)(page), SWAP_SUCCESS);
	assert_int_equal(page->_mapcount, -1);
	slot = page->private;
	assert_int_equal(S(tested).swap.place[slot].count, 4);

	/* A fork's copy of a swap entry; then they come back, one by one, and
	 * the youngest first. */
	S(play)("fork 3 4");
	assert_int_equal(S(tested).swap.place[slot].count, 5);
	for (unsigned id = 5; id--;) {
		S(play)("read %u 10 1 1", id);
		assert_int_equal(page->_mapcount, 4 - id);
		S(check_all)();
	}
	S(puts)(page);
	S(play)("exit 0\nwrite 3 10 1 1");
	S(check_all)();
	assert_int_equal(nr_truth, 4);
	S(end)();
}

/* It is empty where a file's page was, and that stays. */
static void S(file_page)(void **unused)
{
	struct page *page;

	(void)unused;
	S(begin)(16);
	S(play)("mmap 0 10 8 shared 0 3 rw\nfork 0 1\nfork 0 2");
	for (unsigned id = 0; id < 3; id++)
		S(play)("write %u 10 8 1", id);
	page = S(page_at)(1, 15);
	assert_ptr_equal(page, S(tested).files[0].file.pages[8]);
	assert_int_equal(S(asks)(page), 3);
	assert_int_equal(S(unmaps)(page), SWAP_SUCCESS);
	assert_int_equal(page->_mapcount, -1);
	assert_true(page_test(page, PG_dirty));
	for (unsigned id = 0; id < 3; id++)
		assert_int_equal(S(entry_at)(id, 15).v, 0);
	S(puts)(page);
	S(check_all)();
	assert_int_equal(nr_truth, 21);
	S(play)("read 2 15 1 1");
	assert_int_equal(page->_mapcount, 0);
	S(check_all)();
	S(end)();
}

static unsigned S(nr_areas)(unsigned process)
{
	unsigned nr = 0;

	for (struct rb_node *n = rb_first(&S(process)[process]->areas); n;
	     n = rb_next(n))
		nr++;
	return nr;
}

/* What is moved is found there, also by who was forked before; and what is cut
 * and whole again is. */
static void S(moved_and_merged)(void **unused)
{
	(void)unused;
	S(begin)(16);
	S(play)("mmap 0 10 10 anon 0 0 rw\nwrite 0 10 10 1");
	S(play)("fork 0 1\nmremap 0 12 4 6 100");
	assert_int_equal(S(nr_areas)(0), 3);
	S(check_all)();
	assert_int_equal(nr_truth, 20);
	S(play)("write 0 100 6 1\nfork 0 2");
	S(check_all)();
	/* Back again: one area, as it was. */
	S(play)("mremap 0 100 4 4 12\nmunmap 0 104 2");
	assert_int_equal(S(nr_areas)(0), 1);
	S(check_all)();
	S(play)("mprotect 0 18 2 r");
	assert_int_equal(S(nr_areas)(0), 2);
	S(check_all)();
	S(play)("mprotect 0 18 2 rw");
	assert_int_equal(S(nr_areas)(0), 1);
	S(play)("write 0 10 10 1");
	S(check_all)();
	S(play)("referenced 1 15\nunmap 1 15\nexit 1");
	S(check_all)();
	S(end)();
}
