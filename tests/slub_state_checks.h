/* slub_state_checks.h - template: what each alloc and free does to a slab. Part
 * of slub_checks.h. */

static void S(first_alloc_freezes_a_new_slab)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	char *object = S(alloc)(c, 1);
	struct slub_cpu *k = c->cpu[1];

	(void)unused;
	S(check_state)(c, object, 16, true);
	assert_null(S(head_of)(c, object)->freelist);
	assert_ptr_equal(k->page, S(head_of)(c, object));
	assert_ptr_equal(k->freelist, object + c->cache.size);
	assert_int_equal(k->tid, 1 + 4);
	assert_int_equal(c->node[0]->nr_partial, 0);
	/* In the order of addresses, the last of them too. */
	for (unsigned n = 1; n < 16; n++)
		assert_ptr_equal(S(alloc)(c, 1), object + n * c->cache.size);
	assert_null(k->freelist);
	assert_int_equal(k->tid, 1 + 16 * 4);
	S(free_all)(c, 1, object, 0, 16);
	S(end)(c, 0);
}

static void S(free_to_the_cpu_slab_stays_with_the_cpu)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	void *first = S(alloc)(c, 0), *second = S(alloc)(c, 0);
	uint64_t tid = c->cpu[0]->tid;

	(void)unused;
	S(free)(c, 0, first);
	S(check_state)(c, first, 16, true);
	assert_ptr_equal(c->cpu[0]->freelist, first);
	assert_int_equal(c->cpu[0]->tid, tid + 4);
	assert_int_equal(c->cpu[0]->remote_frees, 0);
	assert_ptr_equal(S(alloc)(c, 0), first);
	S(free)(c, 0, second);
	S(free)(c, 0, first);
	S(end)(c, 0);
}

static void S(remote_free_changes_the_slab_only)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	void *object[3];
	struct slub_cpu *k = c->cpu[0], before;

	(void)unused;
	for (unsigned i = 0; i < 3; i++)
		object[i] = S(alloc)(c, 0);
	before = *k;
	S(free)(c, 1, object[0]);
	S(check_state)(c, object[0], 15, true);
	S(free)(c, 1, object[2]);
	S(check_state)(c, object[0], 14, true);
	assert_ptr_equal(S(head_of)(c, object[0])->freelist, object[2]);
	assert_ptr_equal(k->freelist, before.freelist);
	assert_int_equal(k->tid, before.tid);
	assert_ptr_equal(k->page, before.page);
	assert_null(c->cpu[1]->partial);
	assert_null(c->cpu[1]->page);
	assert_int_equal(c->node[0]->nr_partial, 0);
	assert_int_equal(c->cpu[1]->remote_frees, 2);
	S(free)(c, 0, object[1]);
	S(end)(c, 0);
}

static void S(exhausted_cpu_slab_takes_what_others_freed)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	void *first;

	(void)unused;
	S(fill_slabs)(c, 1, &first);
	S(free_all)(c, 3, first, 4, 7);
	S(check_state)(c, first, 13, true);
	for (unsigned n = 7; n-- > 4;) {
		assert_ptr_equal(S(alloc)(c, 0),
				 (char *)first + n * c->cache.size);
		S(check_state)(c, first, 16, true);
	}
	assert_int_equal(c->cpu[0]->refills, 2);
	S(free_all)(c, 0, first, 0, 16);
	S(end)(c, 0);
}

static void S(full_slab_is_on_no_list)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	void *first[2];

	(void)unused;
	S(fill_slabs)(c, 2, first);
	S(check_state)(c, first[0], 16, false);
	S(check_state)(c, first[1], 16, true);
	assert_ptr_equal(c->cpu[0]->page, S(head_of)(c, first[1]));
	assert_null(c->cpu[0]->partial);
	assert_int_equal(c->node[0]->nr_partial, 0);
	S(free_all)(c, 0, first[0], 0, 16);
	S(free_all)(c, 0, first[1], 0, 16);
	S(end)(c, 0);
}

static void S(free_to_a_full_slab_freezes_it_for_who_frees)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	void *first[2];

	(void)unused;
	S(fill_slabs)(c, 2, first);
	S(free_all)(c, 2, first[0], 0, 1);
	S(check_state)(c, first[0], 15, true);
	assert_ptr_equal(c->cpu[2]->partial, S(head_of)(c, first[0]));
	/* Counted when it was added; another CPU's free does not take it. */
	S(free_all)(c, 3, first[0], 1, 3);
	S(check_state)(c, first[0], 13, true);
	assert_int_equal(c->cpu[2]->partial->pobjects, 1);
	assert_null(c->cpu[3]->partial);
	/* It becomes its cpu slab before anything of the node's does. */
	assert_ptr_equal(S(alloc)(c, 2), (char *)first[0] + 2 * c->cache.size);
	assert_ptr_equal(c->cpu[2]->page, S(head_of)(c, first[0]));
	assert_null(c->cpu[2]->partial);
	S(free_all)(c, 0, first[0], 2, 16);
	S(free_all)(c, 0, first[1], 0, 16);
	S(end)(c, 0);
}

/* A slab is the CPU's that allocated from it last. */
static void S(free_to_an_older_slab_is_not_remote)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	void *first[2];

	(void)unused;
	S(fill_slabs)(c, 2, first);
	S(free_all)(c, 0, first[0], 0, 4);
	assert_int_equal(c->cpu[0]->remote_frees, 0);
	S(free_all)(c, 1, first[0], 4, 6);
	assert_int_equal(c->cpu[1]->remote_frees, 2);
	S(drain_cpu)(c, 1, 0);
	assert_ptr_equal(S(alloc)(c, 1), (char *)first[0] + 5 * c->cache.size);
	S(free_all)(c, 0, first[0], 6, 7);
	assert_int_equal(c->cpu[0]->remote_frees, 1);
	S(end)(c, 32 - 7 + 1);
}

/* One free object in each of 14 full slabs: more than 13, so at the next they
 * go to the node. */
static void S(list_partial_slabs)(struct S(cache) * c, void **first)
{
	S(fill_slabs)(c, 16, first);
	for (unsigned i = 0; i < 14; i++) {
		S(free_all)(c, 2, first[i], 0, 1);
		assert_int_equal(c->cpu[2]->partial->pobjects, i + 1);
		assert_int_equal(c->node[0]->nr_partial, 0);
	}
	S(free_all)(c, 2, first[14], 0, 1);
	assert_int_equal(c->cpu[2]->partial->pobjects, 1);
	assert_int_equal(c->node[0]->nr_partial, 14);
	S(check_state)(c, first[13], 15, false);
	S(check_state)(c, first[14], 15, true);
}

static void S(node_keeps_min_partial_empty_slabs)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	void *first[16];

	(void)unused;
	S(list_partial_slabs)(c, first);
	for (unsigned i = 0; i < 14; i++) {
		uint64_t pages = slub_source.nr_pages;
		bool kept = i >= 9; /* 14 - 9 are not more than 5 */

		S(free_all)(c, 1, first[i], 1, 15);
		S(check_state)(c, first[i], 1, false);
		S(free_all)(c, 1, first[i], 15, 16);
		assert_int_equal(pages - slub_source.nr_pages, kept ? 0 : 4);
		assert_int_equal(c->node[0]->nr_partial, kept ? 5 : 13 - i);
		if (kept)
			S(check_state)(c, first[i], 0, false);
	}
	S(free_all)(c, 1, first[14], 1, 16);
	S(free_all)(c, 1, first[15], 0, 16);
	/* Five empty ones, CPU 2's and CPU 0's; and a page of metadata. */
	assert_int_equal(slub_source.nr_pages, 1 + 7 * 4);
	assert_int_equal(S(shrink)(c, 0), 7 * 4);
	S(end)(c, 0);
}

/* 13 / 2 is 6: one free object in each, so seven slabs. */
static void S(refill_takes_half_of_cpu_partial)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	void *first[16];
	unsigned nr = 0;

	(void)unused;
	S(list_partial_slabs)(c, first);
	assert_ptr_equal(S(alloc)(c, 3), first[13]);
	assert_ptr_equal(c->cpu[3]->page, S(head_of)(c, first[13]));
	S(check_state)(c, first[13], 16, true);
	for (struct page *p = c->cpu[3]->partial; p; p = p->next)
		nr++;
	assert_int_equal(nr, 6);
	assert_int_equal(c->cpu[3]->partial->pobjects, 6);
	assert_int_equal(c->node[0]->nr_partial, 7);
	/* Seven refills later those of the node are its own. */
	for (unsigned i = 0; i < 7; i++)
		assert_non_null(S(alloc)(c, 3));
	assert_int_equal(c->node[0]->nr_partial, 0);
	assert_int_equal(c->cpu[3]->refills, 8);
	assert_true(S(validate)(c));
	S(end)(c, 16 * 16 - 15 + 8);
}

static void S(drained_cpu_gives_its_slabs_to_the_node)(void **unused)
{
	struct S(cache) *c = S(begin)(1);
	void *first[2], *own;

	(void)unused;
	S(fill_slabs)(c, 2, first);
	S(free_all)(c, 0, first[0], 0, 2); /* a partial slab */
	own = S(alloc)(c, 1);
	S(free_all)(c, 0, first[1], 3, 7); /* on its own freelist */
	S(free_all)(c, 2, first[1], 7, 9); /* on the slab's */
	S(drain_cpu)(c, 2, 0);
	assert_null(c->cpu[0]->page);
	assert_null(c->cpu[0]->freelist);
	assert_null(c->cpu[0]->partial);
	assert_int_equal(c->node[0]->nr_partial, 2);
	S(check_state)(c, first[0], 14, false);
	S(check_state)(c, first[1], 10, false);
	S(check_state)(c, own, 16, true);
	S(end)(c, 14 + 10 + 1);
}
