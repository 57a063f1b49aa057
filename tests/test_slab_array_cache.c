/*
 * test_slab_array_cache.c - 2.6.11's SLAB on one node: when objects move
 * between arrays and slabs, and slabs come and go.
 */
#include "array_cache_space.h"

/* Two colours of 64 bytes, behind 128 bytes of management. */
static void each_new_slab_has_the_next_colour(void **unused)
{
	const uint32_t first[] = { 128, 192, 128, 192, 128 };
	void *objects[100];

	(void)unused;
	begin(192, 1);
	alloc_all(0, objects, 100);
	assert_int_equal(stats().nr_slabs, 5);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(slab_first_offset(slab_virt_to_head(
					 &cache.cache, objects[i])),
				 first[i / 20]);
	free_all(0, objects, 100);
	end();
}

/* 61 a slab: 16 at first; then 60, of which the slab has 45; then again. */
static void a_cold_array_is_refilled_with_16(void **unused)
{
	struct array_cache *ac;
	void *objects[123];

	(void)unused;
	begin(64, 1);
	ac = cache.cpu[1];
	alloc_all(1, objects, 1);
	assert_int_equal(ac->avail, 15);
	alloc_all(1, objects + 1, 16);
	assert_int_equal(ac->avail, 44);
	alloc_all(1, objects + 17, 45);
	assert_int_equal(ac->avail, 59);
	alloc_all(1, objects + 62, 60);
	assert_int_equal(ac->avail, 0);
	assert_int_equal(stats().refills, 4);
	assert_int_equal(stats().nr_slabs, 2);
	ac->touched = false;
	alloc_all(1, objects + 122, 1);
	assert_int_equal(ac->avail, 15);
	assert_true(ac->touched);
	free_all(1, objects, 123);
	end();
}

/* A slab's first object is its first free one, a batch's last is given first,
 * and what was freed last comes first. */
static void objects_come_in_the_order_of_a_stack(void **unused)
{
	void *objects[16], *again[2];

	(void)unused;
	begin(64, 1);
	alloc_all(0, objects, 16);
	for (unsigned i = 0; i < 15; i++)
		assert_ptr_equal(objects[i], (char *)objects[i + 1] + 64);
	free_all(0, objects, 2);
	alloc_all(0, again, 2);
	assert_ptr_equal(again[0], objects[1]);
	assert_ptr_equal(again[1], objects[0]);
	free_all(0, objects, 16);
	end();
}

/* At 120 the 60 that were freed first go, the rest moves down. */
static void a_full_array_gives_its_oldest_batch(void **unused)
{
	struct array_cache *ac, *shared;
	void *objects[700], *one;

	(void)unused;
	begin(64, 1);
	ac = cache.cpu[0];
	shared = cache.node[0]->shared;
	alloc_all(0, objects, 700);
	array_cache_drain_cpu(&cache, 0, 0);
	free_all(0, objects, 120);
	assert_int_equal(ac->avail, 120);
	assert_int_equal(shared->avail, 0);
	free_all(0, objects + 120, 1);
	assert_int_equal(ac->avail, 61);
	assert_ptr_equal(ac->entry[0], objects[60]);
	assert_ptr_equal(ac->entry[60], objects[120]);
	assert_int_equal(shared->avail, 60);
	assert_ptr_equal(shared->entry[0], objects[0]);
	assert_ptr_equal(shared->entry[59], objects[59]);
	assert_false(shared->touched);
	/* Another CPU finds them there, the last first. */
	one = array_cache_alloc(&cache, 3);
	assert_ptr_equal(one, objects[59]);
	assert_int_equal(cache.cpu[3]->avail, 15);
	assert_int_equal(shared->avail, 44);
	assert_true(shared->touched);
	array_cache_free(&cache, 3, one);
	free_all(0, objects + 121, 579);
	end();
}

/* Room for 7 after 8 batches less one: only 7 leave the array. */
static void a_full_shared_array_sends_batches_into_slabs(void **unused)
{
	struct array_cache *ac, *shared;
	void *objects[800];
	uint64_t free;

	(void)unused;
	begin(64, 1);
	ac = cache.cpu[0];
	shared = cache.node[0]->shared;
	assert_int_equal(shared->limit, 480);
	alloc_all(0, objects, 800);
	array_cache_drain_cpu(&cache, 0, 0);
	free_all(0, objects, 120 + 7 * 60 + 1);
	assert_int_equal(shared->avail, 480);
	assert_int_equal(ac->avail, 61);
	shared->avail -= 7;
	array_cache_free_block(&cache, cache.node[0], 0, &shared->entry[473],
			       7);
	free = cache.node[0]->free_objects;
	free_all(0, objects + 541, 60);
	assert_int_equal(shared->avail, 480);
	assert_int_equal(ac->avail, 114);
	assert_int_equal(cache.node[0]->free_objects, free);
	free_all(0, objects + 601, 7);
	assert_int_equal(ac->avail, 61);
	assert_int_equal(cache.node[0]->free_objects, free + 60);
	free_all(0, objects + 608, 192);
	end();
}

/* The slab that an object came back to waits longest. */
static void a_slab_that_is_freed_into_goes_to_the_tail(void **unused)
{
	struct array_cache_slab *a, *b, *c;
	struct array_cache_node *node;
	void *objects[60], *one;

	(void)unused;
	begin(192, 1);
	node = cache.node[0];
	alloc_all(0, objects, 60);
	a = array_cache_virt_to_slab(&cache, objects[0]);
	b = array_cache_virt_to_slab(&cache, objects[20]);
	c = array_cache_virt_to_slab(&cache, objects[40]);
	assert_int_equal(length(&node->full), 3);
	free_into_slabs(0, &objects[0], 1);
	free_into_slabs(0, &objects[20], 1);
	free_into_slabs(0, &objects[40], 1);
	assert_ptr_equal(first_of(&node->partial), a);
	free_into_slabs(0, &objects[1], 1);
	assert_ptr_equal(first_of(&node->partial), b);
	assert_ptr_equal(node->partial.prev, &a->list);
	assert_ptr_equal(first_of(&b->list), c);
	/* Taken from the head on, and of a slab what came back last. */
	one = array_cache_alloc(&cache, 0);
	assert_ptr_equal(cache.cpu[0]->entry[0], objects[20]);
	assert_ptr_equal(cache.cpu[0]->entry[1], objects[40]);
	assert_ptr_equal(cache.cpu[0]->entry[2], objects[1]);
	assert_ptr_equal(one, objects[0]);
	assert_int_equal(length(&node->full), 3);
	array_cache_free(&cache, 0, one);
	free_all(0, objects + 2, 18);
	free_all(0, objects + 21, 19);
	free_all(0, objects + 41, 19);
	end();
}

/* (1 + 4 CPUs) * 60 + 61 = 361: five slabs of 61 stay, no sixth. */
static void an_empty_slab_goes_where_enough_is_free(void **unused)
{
	void *objects[20 * 61];

	(void)unused;
	begin(64, 1);
	assert_int_equal(cache.node[0]->free_limit, 361);
	alloc_all(0, objects, 20 * 61);
	for (unsigned i = 0; i < 20; i++) {
		free_into_slabs(0, objects + 61 * i, 61);
		assert_int_equal(stats().nr_slabs, i < 5 ? 20 : 24 - i);
	}
	assert_int_equal(cache.node[0]->free_objects, 305);
	assert_int_equal(length(&cache.node[0]->free), 5);
	end();
}

static void arrays_that_are_idle_lose_a_fifth_of_their_limit(void **unused)
{
	const uint32_t avail[] = { 100, 76, 52, 28, 4, 2, 1, 0, 0 };
	struct array_cache *ac;
	void *objects[100], *oldest;

	(void)unused;
	begin(64, 1);
	ac = cache.cpu[2];
	alloc_all(2, objects, 100);
	array_cache_drain_cpu(&cache, 2, 2);
	free_all(2, objects, 100);
	assert_true(ac->touched);
	for (unsigned i = 0; i < ARRAY_SIZE(avail); i++) {
		oldest = ac->entry[24];
		array_cache_reap(&cache, 2, 2000 * i);
		assert_int_equal(ac->avail, avail[i]);
		if (i == 1)
			assert_ptr_equal(ac->entry[0], oldest);
		assert_true(array_cache_validate(&cache));
	}
	end();
}

/* A fifth of 361 is two slabs of 61; the shared array's fifth is 96. */
static void shared_arrays_and_free_slabs_are_reaped_every_4_s(void **unused)
{
	static const struct {
		uint64_t now_ms;
		unsigned shared, slabs;
	} t[] = {
		{ 0, 120, 5 }, /* was used: it is looked at first */
		{ 2000, 120, 5 }, { 3999, 120, 5 }, { 4000, 24, 3 },
		{ 6000, 24, 3 },  { 8000, 12, 1 },  { 12000, 6, 0 },
	};
	struct array_cache_node *node;
	void *objects[9 * 61];

	(void)unused;
	begin(64, 1);
	node = cache.node[0];
	alloc_all(0, objects, 9 * 61);
	free_into_slabs(0, objects, 5 * 61);
	assert_int_equal(array_cache_give_shared(node, objects + 5 * 61, 120),
			 120);
	for (unsigned i = 0; i < 120; i++)
		assert_true(slab_check_free(&cache.cache, objects[305 + i]));
	node->shared->touched = true;
	assert_true(node->free_touched);
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		array_cache_reap(&cache, 3, t[i].now_ms);
		assert_int_equal(node->shared->avail, t[i].shared);
		assert_true(array_cache_validate(&cache));
	}
	free_all(0, objects + 425, 124);
	end();
}

/* 56 bytes of management, 73 to a page. */
static void off_slab_management_has_pages_of_its_own(void **unused)
{
	static void *objects[74 * 8];

	(void)unused;
	begin(512, 1);
	assert_true(cache.layout.off_slab);
	assert_int_equal(slab_first_offset(slab_virt_to_head(
				 &cache.cache,
				 objects[0] = array_cache_alloc(&cache, 0))),
			 0);
	alloc_all(0, objects + 1, 73 * 8 - 1);
	assert_int_equal(cache.nr_mgmt_pages, 1);
	alloc_all(0, objects + 73 * 8, 8);
	assert_int_equal(cache.nr_mgmt_pages, 2);
	assert_int_equal(stats().metadata_bytes,
			 (2 + (1 << cache.node[0]->order)) * PAGE_SIZE);
	free_all(0, objects, 74 * 8);
	array_cache_shrink(&cache, 0);
	assert_int_equal(cache.nr_mgmt_pages, 0);
	assert_int_equal(stats().metadata_bytes, stats().page_bytes);
	end();
}

/* The objects that are left have the slabs that stay; all else goes. */
static void destroy_counts_what_is_in_use(void **unused)
{
	void *objects[24];

	(void)unused;
	begin(1024, 1);
	alloc_all(0, objects, 24);
	for (unsigned i = 0; i < 24; i++)
		if (i != 5 && i != 6 && i != 17)
			array_cache_free(&cache, 0, objects[i]);
	assert_int_equal(array_cache_destroy(&cache), 3);
	assert_int_equal(source.nr_pages, 2);
	slab_source_end(&source);
}

/* Twice in an array, not where one begins, free as well, on another node's. */
static void validate_sees_an_object_in_two_places(void **unused)
{
	struct array_cache *ac;
	void *objects[20], *was;

	(void)unused;
	begin(64, 2);
	ac = cache.cpu[0];
	alloc_all(0, objects, 20);
	free_all(0, objects, 20);
	assert_true(array_cache_validate(&cache));
	was = ac->entry[3];
	ac->entry[3] = ac->entry[4];
	assert_false(array_cache_validate(&cache));
	ac->entry[3] = (char *)was + 8;
	assert_false(array_cache_validate(&cache));
	ac->entry[3] = was;
	array_cache_slab_push(&cache, array_cache_virt_to_slab(&cache, was),
			      was);
	assert_false(array_cache_validate(&cache));
	array_cache_slab_pop(&cache, array_cache_virt_to_slab(&cache, was));
	assert_true(array_cache_validate(&cache));
	cache.cpu[1]->entry[cache.cpu[1]->avail++] = ac->entry[--ac->avail];
	assert_false(array_cache_validate(&cache));
	ac->entry[ac->avail++] = cache.cpu[1]->entry[--cache.cpu[1]->avail];
	end();
}

static void validate_sees_wrong_slabs_and_sums(void **unused)
{
	struct array_cache_slab *slab;
	struct array_cache_node *node;
	void *objects[70];

	(void)unused;
	begin(64, 1);
	node = cache.node[0];
	alloc_all(0, objects, 70);
	slab = first_of(&node->partial);
	node->free_objects++;
	assert_false(array_cache_validate(&cache));
	node->free_objects--;
	list_del(&slab->list);
	list_add(&slab->list, &node->free);
	assert_false(array_cache_validate(&cache));
	list_del(&slab->list);
	list_add(&slab->list, &node->partial);
	slab->inuse--;
	assert_false(array_cache_validate(&cache));
	slab->inuse++;
	/* A chain that bites its tail. */
	slab->bufctl[60] = slab->free;
	assert_false(array_cache_validate(&cache));
	slab->bufctl[60] = BUFCTL_END;
	assert_true(array_cache_validate(&cache));
	free_all(0, objects, 70);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_new_slab_has_the_next_colour),
		cmocka_unit_test(a_cold_array_is_refilled_with_16),
		cmocka_unit_test(objects_come_in_the_order_of_a_stack),
		cmocka_unit_test(a_full_array_gives_its_oldest_batch),
		cmocka_unit_test(a_full_shared_array_sends_batches_into_slabs),
		cmocka_unit_test(a_slab_that_is_freed_into_goes_to_the_tail),
		cmocka_unit_test(an_empty_slab_goes_where_enough_is_free),
		cmocka_unit_test(
			arrays_that_are_idle_lose_a_fifth_of_their_limit),
		cmocka_unit_test(
			shared_arrays_and_free_slabs_are_reaped_every_4_s),
		cmocka_unit_test(off_slab_management_has_pages_of_its_own),
		cmocka_unit_test(destroy_counts_what_is_in_use),
		cmocka_unit_test(validate_sees_an_object_in_two_places),
		cmocka_unit_test(validate_sees_wrong_slabs_and_sums),
	};

	return cmocka_run_group_tests_name("slab/array_cache", tests, NULL,
					   NULL);
}
