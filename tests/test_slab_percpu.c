/*
 * test_slab_percpu.c - what is percpu's and percpu_rseq's own: magazines and
 * where they go, bounds on what is kept, a store that somebody else works on.
 */
#include "slab_source.h"

#include <sched.h>

#include "../kernels/slab/percpu.h"
#include "../kernels/slab/percpu_rseq.h"

/* Of 64 bytes: a magazine of 62, 32 of them a CPU, 512 the depot. In checked
 * builds objects are larger, and all this is the same. */
#define SIZE 64
#define MAG 62
#define STORE (32 * MAG)
#define DEPOT (512 * MAG)
#define NR_OBJECTS (2 * STORE + DEPOT + 20000)

static struct slab_source source;
static struct percpu_cache cache;
static void *objects[NR_OBJECTS];

static void begin(uint32_t size, unsigned nr_nodes)
{
	const struct slab_params params = { .name = "percpu", .size = size };

	slab_source_begin(&source, nr_nodes);
	assert_int_equal(percpu_create(&cache, &params, &source.host), 0);
}

static void end(void)
{
	assert_true(percpu_validate(&cache));
	assert_int_equal(percpu_destroy(&cache), 0);
	assert_int_equal(source.nr_pages, 0);
	slab_source_end(&source);
}

static void take(unsigned cpu, unsigned from, unsigned to)
{
	for (; from < to; from++) {
		objects[from] = percpu_alloc(&cache, cpu);
		assert_non_null(objects[from]);
	}
}

static void put(unsigned cpu, unsigned from, unsigned to)
{
	while (from < to)
		percpu_free(&cache, cpu, objects[from++]);
}

static struct slab_stats stats(void)
{
	struct slab_stats s;

	percpu_stats(&cache, &s);
	return s;
}

static void expect_depot(unsigned node, uint32_t nr_full, uint32_t nr_empty)
{
	const struct percpu_depot *d = &cache.pool.node[node]->depot;

	assert_int_equal(d->nr_full, nr_full);
	assert_int_equal(d->nr_empty, nr_empty);
}

/* ---- layouts and bounds ---- */

static void layouts_and_bounds_are_as_computed(void **state)
{
	static const struct {
		uint32_t size, order, nr_each, first, mag, store, depot;
	} t[] = {
		/* 8 words of map: the first 64 bytes */
		{ 8, 0, 504, 64, 62, 32, 512 },
		{ 16, 0, 254, 32, 62, 32, 512 },
		{ 32, 0, 127, 16, 62, 32, 512 },
		{ 56, 0, 72, 16, 62, 32, 512 },
		/* a word in the head's counters */
		{ 64, 0, 64, 0, 62, 32, 512 },
		{ 192, 0, 21, 0, 62, 32, 512 },
		{ 512, 0, 8, 0, 62, 32, 512 },
		/* 2 in a page would waste a quarter, 5 in two less */
		{ 1500, 1, 5, 0, 43, 32, 259 },
		/* 62 x 1024 is 62 KiB: 2 MiB hold 33, 16 MiB hold 264 */
		{ 1024, 0, 4, 0, 62, 32, 264 },
		/* 64 KiB a magazine */
		{ 2048, 0, 2, 0, 32, 32, 256 },
		{ 8192, 1, 1, 0, 8, 32, 256 },
		{ 65536, 4, 1, 0, 1, 32, 256 },
		{ 1 << 20, 8, 1, 0, 1, 2, 16 },
		{ SLAB_MAX_SIZE, 10, 1, 0, 1, 1, 4 },
	};

	(void)state;
	if (KMB_DEBUG)
		skip(); /* objects are larger */
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		const struct percpu_pool *p = &cache.pool;

		begin(t[i].size, 1);
		assert_int_equal(p->order, t[i].order);
		assert_int_equal(p->nr_each, t[i].nr_each);
		assert_int_equal(p->first, t[i].first);
		assert_int_equal(p->mag_objects, t[i].mag);
		assert_int_equal(p->store_mags, t[i].store);
		assert_int_equal(p->depot_mags, t[i].depot);
		end();
	}
}

/* All is freed: two stores and the depot are full, the rest was given back but
 * for the idle slabs. */
static void what_is_kept_is_bounded(void **state)
{
	uint64_t slabs;

	(void)state;
	begin(SIZE, 1);
	take(0, 0, NR_OBJECTS);
	put(0, 0, NR_OBJECTS / 2);
	put(1, NR_OBJECTS / 2, NR_OBJECTS);
	assert_int_equal(stats().live_objects, 0);
	assert_true(stats().cached_objects <= 2 * STORE + DEPOT);
	assert_true(stats().cached_objects > 2 * (STORE - MAG) + DEPOT - 1);
	assert_true(cache.pool.node[0]->slabs.nr_idle <= PERCPU_IDLE_PAGES);
	slabs = stats().nr_slabs;
	assert_true(percpu_shrink(&cache, 0) >= slabs << cache.pool.order);
	assert_int_equal(stats().nr_slabs, 0);
	assert_int_equal(stats().cached_objects, 0);
	/* the table, and a node with its stores */
	assert_int_equal(stats().page_bytes, stats().metadata_bytes);
	assert_int_equal(stats().page_bytes, 2 * PAGE_SIZE);
	end();
}

/* One object of each slab is in use: the slabs stay, the magazines go. */
static void shrink_keeps_slabs_in_use(void **state)
{
	unsigned kept = 0;

	(void)state;
	begin(SIZE, 1);
	take(0, 0, 6400);
	for (unsigned i = 0; i < 6400; i++)
		if (percpu_slab_index(
			    &cache.pool,
			    slab_virt_to_head(&cache.cache, objects[i]),
			    objects[i]) == 5)
			objects[kept++] = objects[i];
		else
			percpu_free(&cache, 0, objects[i]);
	percpu_shrink(&cache, 0);
	assert_true(percpu_validate(&cache));
	assert_int_equal(stats().live_objects, kept);
	assert_int_equal(stats().nr_slabs, kept);
	assert_int_equal(stats().page_bytes - stats().metadata_bytes,
			 kept * PAGE_SIZE << cache.pool.order);
	put(0, 0, kept);
	end();
}

/* ---- magazines ---- */

/* Up and down across the edge of a magazine: nobody else is asked. */
static void an_edge_of_a_magazine_is_no_trip(void **state)
{
	uint64_t trips;

	(void)state;
	begin(SIZE, 1);
	take(0, 0, 4 * MAG);
	put(0, 0, 2 * MAG);
	trips = stats().refills;
	for (unsigned i = 0; i < 100; i++) {
		take(0, 0, MAG + 2);
		put(0, 0, MAG + 2);
	}
	assert_int_equal(stats().refills, trips);
	take(0, 0, 2 * MAG);
	put(0, 0, 4 * MAG);
	end();
}

/* CPU 1 frees what CPU 0 allocates: magazine by magazine it comes back, the
 * last first, in the order that objects were freed. */
static void full_magazines_travel(void **state)
{
	const unsigned nr = STORE + 3 * MAG;
	struct percpu_mag *full;
	uint64_t slabs;

	(void)state;
	begin(SIZE, 1);
	take(0, 0, nr);
	while (cache.pool.store[0]->top !=
	       percpu_mag_bottom(&cache.pool, cache.pool.store[0]->mag[0]))
		percpu_free(&cache, 1, percpu_alloc(&cache, 0));
	slabs = stats().nr_slabs;
	percpu_drain_cpu(&cache, 0, 1);
	put(1, 0, nr);
	full = cache.pool.node[0]->depot.full;
	assert_non_null(full);
	take(0, 0, MAG);
	assert_ptr_equal(cache.pool.store[0]->mag[0], full);
	for (unsigned i = 0; i < MAG; i++)
		assert_ptr_equal(objects[i],
				 full->word[PERCPU_BLOCK_WORDS - 1 - i]);
	assert_int_equal(stats().nr_slabs, slabs);
	put(0, 0, MAG);
	end();
}

/* Its full magazines are the depot's, the rest of its objects their slabs'. */
static void a_dead_cpus_magazines_are_the_depots(void **state)
{
	const uint64_t in_slabs = 7;

	(void)state;
	begin(SIZE, 1);
	take(0, 0, 5 * MAG + in_slabs);
	percpu_shrink(&cache, 0);
	put(1, 0, 5 * MAG + in_slabs);
	expect_depot(0, 0, 2);
	percpu_drain_cpu(&cache, 0, 1);
	expect_depot(0, 5, 3);
	assert_int_equal(stats().cached_objects, 5 * MAG);
	assert_ptr_equal(cache.pool.store[1]->top,
			 &cache.pool.store[1]->nothing);
	percpu_drain_cpu(&cache, 0, 1);
	assert_true(percpu_validate(&cache));
	take(0, 0, 5 * MAG);
	expect_depot(0, 0, 7);
	put(1, 0, 5 * MAG);
	end();
}

/* Each node's CPUs draw on slabs and a depot of their own, and give objects
 * back to the slab they came from. */
static void objects_go_back_to_their_node(void **state)
{
	(void)state;
	begin(SIZE, 2); /* CPU 1 is node 1's */
	take(0, 0, 1000);
	assert_int_equal(cache.pool.node[1]->slabs.nr_slabs, 0);
	put(1, 0, 1000);
	percpu_drain_cpu(&cache, 0, 1);
	assert_true(cache.pool.node[1]->depot.nr_full > 0);
	assert_int_equal(cache.pool.node[1]->slabs.nr_free, 0);
	percpu_shrink(&cache, 0);
	assert_int_equal(stats().nr_slabs, 0);
	end();
}

/* ---- bulks ---- */

/* Whole magazines in one call, as one by one. */
static void bulks_move_magazines(void **state)
{
	(void)state;
	begin(SIZE, 1);
	assert_int_equal(percpu_alloc_bulk(&cache, 0, 5 * MAG, objects),
			 5 * MAG);
	percpu_shrink(&cache, 0);
	percpu_free_bulk(&cache, 0, 5 * MAG, objects);
	assert_int_equal(cache.pool.store[0]->loaded, 4);
	assert_int_equal(percpu_alloc_bulk(&cache, 0, 3 * MAG + 1, objects),
			 3 * MAG + 1);
	assert_int_equal(cache.pool.store[0]->loaded, 1);
	assert_int_equal(stats().live_objects, 3 * MAG + 1);
	percpu_free_bulk(&cache, 1, 3 * MAG + 1, objects);
	end();
}

/* ---- without pages ---- */

/* No magazine for a free: the object's slab takes it. */
static void a_free_needs_no_magazine(void **state)
{
	(void)state;
	begin(SIZE, 1);
	take(0, 0, 1000);
	source.fail_every = 1;
	percpu_shrink(&cache, 0);
	put(1, 0, 1000);
	assert_true(percpu_validate(&cache));
	assert_int_equal(stats().live_objects, 0);
	assert_int_equal(stats().cached_objects, 0);
	assert_true(stats().nr_slabs <= PERCPU_IDLE_PAGES);
	/* nor does an alloc, while a slab has an object */
	take(0, 0, 10);
	assert_int_equal(stats().cached_objects, 0);
	assert_int_equal(percpu_alloc_bulk(&cache, 0, 5, objects + 10), 5);
	put(0, 0, 15);
	end();
}

/* A store that is full, and no page for one more magazine. */
static void a_full_store_needs_no_magazine(void **state)
{
	(void)state;
	begin(SIZE, 1);
	take(0, 0, STORE + 1000);
	percpu_shrink(&cache, 0);
	put(0, 0, 1);
	source.fail_every = 1;
	put(0, 1, STORE + 1000);
	/* a page of magazines is 8 */
	assert_int_equal(stats().cached_objects / MAG, 7);
	assert_true(percpu_validate(&cache));
	assert_int_equal(stats().live_objects, 0);
	end();
}

/* What another node has is better than nothing. */
static void the_other_nodes_are_asked_last(void **state)
{
	unsigned nr = 0;

	(void)state;
	begin(SIZE, 2);
	take(1, 0, 5 * MAG);
	put(1, 0, 5 * MAG);
	percpu_drain_cpu(&cache, 1, 1);
	source.fail_every = 1;
	while ((objects[nr] = percpu_alloc(&cache, 0)))
		nr++;
	assert_int_equal(nr, stats().nr_objects);
	put(0, 0, nr);
	end();
}

/* ---- percpu_rseq ---- */

static struct percpu_rseq_cache rseq;

/* nr_cpus of 1 is a host whose threads are mostly elsewhere. */
static void begin_rseq(unsigned nr_cpus)
{
	const struct slab_params params = { .name = "rseq", .size = SIZE };

	slab_source_begin(&source, 1);
	source.host.nr_cpus = nr_cpus ? nr_cpus : source.host.nr_cpus;
	assert_int_equal(percpu_rseq_create(&rseq, &params, &source.host), 0);
}

static void end_rseq(void)
{
	assert_true(percpu_rseq_validate(&rseq));
	assert_int_equal(percpu_rseq_destroy(&rseq), 0);
	assert_int_equal(source.nr_pages, 0);
	slab_source_end(&source);
}

static void rseq_take_and_put(void)
{
	for (unsigned i = 0; i < 5 * MAG; i++) {
		objects[i] = percpu_rseq_alloc(&rseq, 0);
		assert_non_null(objects[i]);
	}
	for (unsigned i = 0; i < 5 * MAG; i++)
		percpu_rseq_free(&rseq, 0, objects[i]);
}

/* Objects that stores [from, to) keep. */
static uint64_t rseq_kept(unsigned from, unsigned to)
{
	uint64_t nr = 0;

	for (; from < to; from++) {
		struct percpu_store *s = rseq.pool.store[from];

		nr += s->loaded * MAG +
		      percpu_store_loaded(&rseq.pool, s, percpu_store_top(s));
	}
	return nr;
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* That this process may use. */
static int first = -1, last;

static void find_cpus(void)
{
	cpu_set_t set;

	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &set)) {
			first = first < 0 ? i : first;
			last = i;
		}
}

/* By sequences where there are any, else by locks. */
static void objects_are_this_cpus_store(void **state)
{
	const unsigned nr = slab_source_cpus();

	(void)state;
	begin_rseq(0);
	run_on(last);
	rseq_take_and_put();
	if (rseq_available())
		assert_true(rseq_kept((unsigned)last, (unsigned)last + 1) >=
			    5 * MAG);
	else
		assert_true(rseq_kept(nr, 2 * nr) >= 5 * MAG);
	run_on(first);
	percpu_rseq_drain_cpu(&rseq, 0, (unsigned)last);
	if (first != last)
		assert_int_equal(rseq_kept(0, nr), 0);
	end_rseq();
}

/* Somebody was moved away while he worked on this CPU's store. */
static void a_taken_store_is_left_alone(void **state)
{
	struct percpu_store *s;
	uint64_t kept;

	(void)state;
	if (!rseq_available())
		skip();
	run_on(first);
	begin_rseq(0);
	for (unsigned loaded = 0; loaded < 2; loaded++) {
		s = percpu_rseq_take_store(&rseq);
		assert_ptr_equal(s, rseq.pool.store[first]);
		assert_ptr_equal(s->top, &s->nothing);
		assert_int_equal(s->idle, 0);
		kept = percpu_store_loaded(&rseq.pool, s, s->held);
		assert_true(loaded ? kept > 0 : kept == 0);
		rseq_take_and_put();
		assert_ptr_equal(s->top, &s->nothing);
		assert_int_equal(percpu_store_loaded(&rseq.pool, s, s->held),
				 kept);
		percpu_rseq_put_store(s);
		rseq_take_and_put();
		assert_ptr_not_equal(s->top, &s->nothing);
	}
	end_rseq();
}

/* A CPU whose number the host did not count on. */
static void a_cpu_out_of_range_takes_locks(void **state)
{

	(void)state;
	if (!last)
		skip();
	run_on(last);
	begin_rseq(1);
	rseq_take_and_put();
	assert_int_equal(rseq_kept(0, 1), 0);
	assert_true(rseq_kept(1, 2) >= 5 * MAG);
	assert_int_equal(percpu_rseq_alloc_bulk(&rseq, 0, 3 * MAG, objects),
			 3 * MAG);
	percpu_rseq_free_bulk(&rseq, 0, 3 * MAG, objects);
	run_on(first);
	rseq_take_and_put();
	end_rseq();
}

/* As where glibc registers nothing. */
static void without_sequences_there_are_locks(void **state)
{
	const unsigned nr = slab_source_cpus();

	(void)state;
	begin_rseq(0);
	percpu_rseq_number(&rseq, 0);
	rseq_take_and_put();
	assert_int_equal(rseq_kept(0, nr), 0);
	assert_true(rseq_kept(nr, 2 * nr) >= 5 * MAG);
	percpu_rseq_drain_cpu(&rseq, 0, 0);
	assert_true(percpu_rseq_shrink(&rseq, 0) > 0);
	assert_int_equal(rseq_kept(0, 2 * nr), 0);
	rseq_take_and_put();
	end_rseq();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layouts_and_bounds_are_as_computed),
		cmocka_unit_test(what_is_kept_is_bounded),
		cmocka_unit_test(shrink_keeps_slabs_in_use),
		cmocka_unit_test(an_edge_of_a_magazine_is_no_trip),
		cmocka_unit_test(full_magazines_travel),
		cmocka_unit_test(a_dead_cpus_magazines_are_the_depots),
		cmocka_unit_test(objects_go_back_to_their_node),
		cmocka_unit_test(bulks_move_magazines),
		cmocka_unit_test(a_free_needs_no_magazine),
		cmocka_unit_test(a_full_store_needs_no_magazine),
		cmocka_unit_test(the_other_nodes_are_asked_last),
		cmocka_unit_test(objects_are_this_cpus_store),
		cmocka_unit_test(a_taken_store_is_left_alone),
		cmocka_unit_test(a_cpu_out_of_range_takes_locks),
		cmocka_unit_test(without_sequences_there_are_locks),
	};

	find_cpus();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
