/*
 * test_slab_array_cache.c - 2.6.11's SLAB by its numbers: what is decided from
 * a size, and when objects move between arrays and slabs.
 */
#include "slab_source.h"

#include "../kernels/slab/array_cache.h"

#define I386 24 /* bytes of struct slab */
#define BITS_64 40

static struct slab_source source;
static struct array_cache_cache cache;

/* Four CPUs; the object with its red zone, if any, is `stride` bytes. */
static void begin(uint32_t stride, unsigned nr_nodes)
{
	const struct slab_params params = {
		.name = "array_cache",
		.size = stride - (KMB_DEBUG >= 1 ? 8 : 0),
		.flags = SLAB_HWCACHE_ALIGN,
	};

	slab_source_begin(&source, nr_nodes);
	source.host.nr_cpus = 4;
	memset(&cache, SLAB_SOURCE_JUNK, sizeof(cache));
	assert_int_equal(array_cache_create(&cache, &params, &source.host), 0);
	assert_int_equal(cache.cache.size, stride);
}

/* Everything was freed. */
static void end(void)
{
	assert_true(array_cache_validate(&cache));
	assert_int_equal(array_cache_destroy(&cache), 0);
	assert_int_equal(source.nr_pages, 0);
	assert_int_equal(source.nr_faults, 0);
	slab_source_end(&source);
}

static void alloc_all(unsigned cpu, void **objects, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++) {
		objects[i] = array_cache_alloc(&cache, cpu);
		assert_non_null(objects[i]);
	}
}

static void free_all(unsigned cpu, void **objects, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		array_cache_free(&cache, cpu, objects[i]);
}

/* Past all arrays, into their slabs; in a checked build free by then. */
static void free_into_slabs(unsigned nid, void **objects, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		assert_true(slab_check_free(&cache.cache, objects[i]));
	array_cache_free_block(&cache, cache.node[nid], 0, objects, nr);
}

static struct slab_stats stats(void)
{
	struct slab_stats s;

	array_cache_stats(&cache, &s);
	return s;
}

static struct array_cache_slab *first_of(const struct list_head *list)
{
	assert_false(list_empty(list));
	return list_first_entry(list, struct array_cache_slab, list);
}

static unsigned length(const struct list_head *list)
{
	struct list_head *l;
	unsigned nr = 0;

	list_for_each (l, list)
		nr++;
	return nr;
}

/* Of kmalloc's sizes and some between, on 64 bits and with 64-byte lines. */
static void a_slab_holds_as_many_objects_as_in_2_6_11(void **unused)
{
	static const struct {
		uint32_t size, align;
		unsigned order;
		uint32_t num, mgmt;
		bool off_slab;
		uint32_t colours;
	} t[] = {
		{ 8, 8, 0, 405, 856, false, 0 },
		{ 16, 16, 0, 225, 496, false, 0 },
		{ 24, 8, 0, 156, 352, false, 0 },
		{ 32, 32, 0, 119, 288, false, 0 },
		{ 40, 8, 0, 96, 232, false, 0 },
		{ 64, 64, 0, 61, 192, false, 0 },
		{ 72, 8, 0, 54, 152, false, 0 },
		{ 96, 8, 0, 41, 128, false, 0 },
		{ 96, 64, 0, 31, 128, false, 0 },
		{ 128, 64, 0, 31, 128, false, 0 },
		{ 136, 64, 0, 20, 128, false, 2 },
		{ 192, 64, 0, 20, 128, false, 2 },
		{ 200, 8, 0, 20, 80, false, 0 },
		{ 256, 64, 0, 15, 128, false, 2 },
		{ 264, 8, 0, 15, 72, false, 1 },
		{ 384, 64, 0, 10, 64, false, 3 },
		/* Just below an eighth of a page: on-slab, an object fewer. */
		{ 504, 64, 0, 7, 64, false, 7 },
		{ 512, 64, 0, 8, 56, true, 0 },
		/* What is left over holds the management after all. */
		{ 520, 64, 0, 7, 64, false, 0 },
		{ 640, 64, 0, 6, 64, false, 3 },
		{ 1000, 64, 0, 4, 48, true, 0 },
		{ 1000, 8, 0, 4, 48, false, 0 },
		{ 1024, 64, 0, 4, 48, true, 0 },
		{ 1032, 64, 1, 7, 64, false, 8 },
		{ 1280, 64, 0, 3, 64, false, 3 },
		{ 1536, 64, 1, 5, 64, false, 7 },
		{ 2048, 64, 0, 2, 44, true, 0 },
		{ 2056, 64, 1, 3, 64, false, 28 },
		{ 3000, 64, 1, 2, 64, false, 33 },
		{ 3000, 4096, 0, 1, 42, true, 0 },
		{ 4096, 64, 0, 1, 42, true, 0 },
		{ 4104, 64, 1, 1, 64, false, 62 },
		{ 8192, 64, 1, 1, 42, true, 0 },
		{ 12288, 64, 2, 1, 64, false, 63 },
		{ 16384, 64, 2, 1, 42, true, 0 },
		{ 32768, 64, 3, 1, 42, true, 0 },
		{ 65536, 64, 4, 1, 42, true, 0 },
		{ 131072, 64, 5, 1, 42, true, 0 },
		{ 262144, 64, 6, 1, 42, true, 0 },
		{ 4190208, 64, 10, 1, 64, false, 63 },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		struct array_cache_layout l = array_cache_layout(
			t[i].size, t[i].align, 0, BITS_64, 1);

		check(l.order == t[i].order && l.num == t[i].num &&
			      l.mgmt_bytes == t[i].mgmt &&
			      l.off_slab == t[i].off_slab &&
			      l.colours == t[i].colours && l.colour_off >= 64,
		      "%u bytes: order %u, %u objects, %u of management, "
		      "off-slab %d, %u colours",
		      t[i].size, l.order, l.num, l.mgmt_bytes, l.off_slab,
		      l.colours);
	}
}

static void i386_differs_where_its_struct_slab_is_smaller(void **unused)
{
	static const struct {
		uint32_t size, num, mgmt, colours;
	} t[] = {
		{ 32, 119, 288, 0 },  { 64, 61, 192, 0 }, { 128, 31, 128, 0 },
		{ 192, 20, 64, 3 },   { 256, 15, 64, 3 }, { 512, 8, 40, 0 },
		{ 1024, 4, 32, 0 },   { 2048, 2, 28, 0 }, { 4096, 1, 26, 0 },
		{ 131072, 1, 26, 0 },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		struct array_cache_layout l = array_cache_layout(
			t[i].size, t[i].size < 64 ? 32 : 64, 0, I386, 1);

		assert_int_equal(l.num, t[i].num);
		assert_int_equal(l.mgmt_bytes, t[i].mgmt);
		assert_int_equal(l.off_slab, t[i].size >= 512);
		assert_int_equal(l.colours, t[i].colours);
	}
}

/* Up to 32 MiB the first order will do, as for what can be had back. */
static void orders_are_low_where_memory_is(void **unused)
{
	static const struct {
		uint32_t size;
		unsigned order, low, reclaimable;
	} t[] = {
		{ 64, 0, 0, 0 },   { 1032, 1, 0, 0 }, { 1280, 0, 0, 0 },
		{ 1536, 1, 0, 0 }, { 2056, 1, 0, 0 }, { 3000, 1, 0, 0 },
		{ 4096, 0, 0, 0 }, { 4104, 1, 1, 1 }, { 12288, 2, 2, 2 },
	};
	struct physmem mem = { .nr_pages = 8192 };
	struct page_source pages = { .mem = &mem };
	struct array_cache_cache c = { .cache.pages = &pages };

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		const uint32_t size = t[i].size;

		assert_int_equal(
			array_cache_layout(size, 64, 0, BITS_64, 1).order,
			t[i].order);
		assert_int_equal(
			array_cache_layout(size, 64, 0, BITS_64, 0).order,
			t[i].low);
		assert_int_equal(array_cache_layout(size, 64,
						    SLAB_RECLAIM_ACCOUNT,
						    BITS_64, 1)
					 .order,
				 t[i].reclaimable);
	}
	assert_int_equal(array_cache_break_order(&c), 0);
	mem.nr_pages++;
	assert_int_equal(array_cache_break_order(&c), 1);
}

static void limits_and_batches_go_by_size(void **unused)
{
	static const struct {
		uint32_t size, limit, batch, shared;
	} t[] = {
		{ 8, 120, 60, 480 },  { 256, 120, 60, 480 },
		{ 257, 54, 27, 216 }, { 1024, 54, 27, 216 },
		{ 1025, 24, 12, 96 }, { 4096, 24, 12, 96 },
		{ 4097, 8, 4, 0 },    { 131072, 8, 4, 0 },
		{ 131073, 1, 1, 0 },  { 4190208, 1, 1, 0 },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		struct array_cache_tune tune = array_cache_tune(t[i].size, 2);

		assert_int_equal(tune.limit, t[i].limit);
		assert_int_equal(tune.batch, t[i].batch);
		assert_int_equal(tune.shared * tune.batch, t[i].shared);
		assert_int_equal(array_cache_tune(t[i].size, 1).limit,
				 t[i].limit);
		assert_int_equal(array_cache_tune(t[i].size, 1).shared, 0);
	}
}

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
	/* Another CPU finds them there, the last first. */
	one = array_cache_alloc(&cache, 3);
	assert_ptr_equal(one, objects[59]);
	assert_int_equal(cache.cpu[3]->avail, 15);
	assert_int_equal(shared->avail, 44);
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

static unsigned aliens_of(unsigned node, unsigned other)
{
	return array_cache_alien(cache.node[node], other)->avail;
}

/* CPUs 0 and 2 are node 0's. */
static void objects_of_another_node_go_home_by_twelves(void **unused)
{
	void *objects[40];

	(void)unused;
	begin(64, 2);
	assert_int_equal(cache.node[0]->free_limit, 3 * 60 + 61);
	alloc_all(0, objects, 40);
	free_all(1, objects, 6);
	free_all(3, objects + 6, 6);
	assert_int_equal(aliens_of(1, 0), 12);
	assert_int_equal(cache.cpu[1]->avail + cache.cpu[3]->avail, 0);
	assert_int_equal(cache.node[0]->shared->avail, 0);
	assert_int_equal(stats().remote_frees, 12);
	free_all(1, objects + 12, 1);
	assert_int_equal(aliens_of(1, 0), 1);
	assert_int_equal(cache.node[0]->shared->avail, 12);
	assert_int_equal(stats().remote_frees, 13);
	assert_int_equal(stats().live_objects, 27);
	assert_true(array_cache_validate(&cache));
	/* At home they go into the CPU's own array. */
	free_all(2, objects + 13, 27);
	assert_int_equal(cache.cpu[2]->avail, 27);
	assert_int_equal(stats().remote_frees, 13);
	end();
}

/* Without a shared array, into slabs; whole pages here, so the limits are 8
 * and 3 * 4 + 1. */
static void aliens_go_into_slabs_without_a_shared_array(void **unused)
{
	void *objects[15];

	(void)unused;
	begin(8192, 2);
	assert_null(cache.node[0]->shared);
	alloc_all(0, objects, 15);
	assert_int_equal(stats().nr_slabs, 15);
	free_all(1, objects, 13);
	assert_int_equal(cache.node[0]->free_objects, 12);
	assert_int_equal(stats().nr_slabs, 15);
	assert_int_equal(cache.node[1]->nr_slabs, 0);
	free_all(1, objects + 13, 2);
	assert_int_equal(aliens_of(1, 0), 3);
	end();
}

static void reap_and_hot_unplug_drain_aliens(void **unused)
{
	void *objects[10];

	(void)unused;
	begin(64, 2);
	alloc_all(0, objects, 10);
	free_all(1, objects, 5);
	/* Its own node's turn comes, too. */
	array_cache_reap(&cache, 1, 0);
	array_cache_reap(&cache, 1, 2000);
	assert_int_equal(aliens_of(1, 0), 0);
	assert_int_equal(cache.node[0]->shared->avail, 5);
	free_all(1, objects + 5, 5);
	assert_int_equal(aliens_of(1, 0), 5);
	array_cache_drain_cpu(&cache, 0, 1);
	assert_int_equal(aliens_of(1, 0), 0);
	assert_int_equal(cache.node[0]->shared->avail, 10);
	end();
}

/* Node 1 has no pages left: its CPUs live on node 0's and take no more of
 * them than they need. */
static void a_node_without_pages_uses_anothers(void **unused)
{
	static void *objects[1000];
	uint64_t slabs = 0;

	(void)unused;
	begin(64, 2);
	source.node[1].next = source.node[1].end;
	for (unsigned round = 0; round < 4; round++) {
		alloc_all(1, objects, 1000);
		assert_int_equal(cache.cpu[1]->avail, 0);
		assert_int_equal(cache.node[1]->nr_slabs, 0);
		assert_true(cache.node[1]->grew_elsewhere);
		assert_true(array_cache_validate(&cache));
		if (!round)
			slabs = stats().nr_slabs;
		assert_true(stats().nr_slabs <= slabs);
		free_all(1, objects, 1000);
	}
	assert_int_equal(slabs, 17);
	/* And comes back to its own. */
	source.node[1].next = SLAB_SOURCE_NODE_PAGES + 1024;
	array_cache_shrink(&cache, 0);
	alloc_all(1, objects, 100);
	assert_false(cache.node[1]->grew_elsewhere);
	assert_int_equal(cache.node[0]->nr_slabs, 0);
	free_all(1, objects, 100);
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
	array_cache_put(&cache, array_cache_virt_to_slab(&cache, was), was);
	assert_false(array_cache_validate(&cache));
	array_cache_get(&cache, array_cache_virt_to_slab(&cache, was));
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
		cmocka_unit_test(a_slab_holds_as_many_objects_as_in_2_6_11),
		cmocka_unit_test(i386_differs_where_its_struct_slab_is_smaller),
		cmocka_unit_test(orders_are_low_where_memory_is),
		cmocka_unit_test(limits_and_batches_go_by_size),
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
		cmocka_unit_test(objects_of_another_node_go_home_by_twelves),
		cmocka_unit_test(aliens_go_into_slabs_without_a_shared_array),
		cmocka_unit_test(reap_and_hot_unplug_drain_aliens),
		cmocka_unit_test(a_node_without_pages_uses_anothers),
		cmocka_unit_test(destroy_counts_what_is_in_use),
		cmocka_unit_test(validate_sees_an_object_in_two_places),
		cmocka_unit_test(validate_sees_wrong_slabs_and_sums),
	};

	return cmocka_run_group_tests_name("slab/array_cache", tests, NULL,
					   NULL);
}
