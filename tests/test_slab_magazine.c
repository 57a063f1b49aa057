/*
 * test_slab_magazine.c - what is magazine's own: which magazine an object goes
 * to, when the depot is asked, how magazines grow, and what happens without.
 */
#include "slab_source.h"

#include "../kernels/slab/magazine.h"

#define NR_OBJECTS 200

static struct slab_source source;
static struct magazine_cache cache;
static void *objects[NR_OBJECTS];

/* NR_OBJECTS in use, and nothing in magazines. Of 64 bytes: 14 rounds each. */
static void begin(uint32_t size)
{
	const struct slab_params params = { .name = "rounds", .size = size };

	slab_source_begin(&source, 1);
	assert_int_equal(magazine_create(&cache, &params, &source.host), 0);
	for (unsigned i = 0; i < NR_OBJECTS; i++) {
		objects[i] = magazine_alloc(&cache, 0);
		assert_non_null(objects[i]);
	}
}

static void put(unsigned cpu, unsigned from, unsigned to)
{
	while (from < to)
		magazine_free(&cache, cpu, objects[from++]);
}

static void take(unsigned cpu, unsigned from, unsigned to)
{
	for (; from < to; from++) {
		objects[from] = magazine_alloc(&cache, cpu);
		assert_non_null(objects[from]);
	}
}

static void end(unsigned held)
{
	assert_true(magazine_validate(&cache));
	put(0, 0, held);
	assert_int_equal(magazine_destroy(&cache), 0);
	assert_int_equal(source.nr_pages, 0);
	slab_source_end(&source);
}

static void expect_cpu(unsigned cpu, uint32_t rounds, uint32_t previous)
{
	assert_int_equal(cache.cpu[cpu].rounds, rounds);
	assert_int_equal(cache.cpu[cpu].previous_rounds, previous);
}

static void expect_depot(uint64_t nr_full, uint64_t nr_empty)
{
	assert_int_equal(cache.depot.nr_full, nr_full);
	assert_int_equal(cache.depot.nr_empty, nr_empty);
	assert_true(magazine_validate(&cache));
}

static void rounds_by_object_size(void **unused)
{
	static const uint32_t rounds[] = { 6, 14, 30, 62, 126 };
	static const struct {
		uint32_t size, first, last;
	} t[] = {
		{ 8, 126, 126 }, { 16, 62, 126 }, { 32, 30, 126 },
		{ 64, 14, 126 }, { 128, 6, 126 }, { 192, 6, 126 },
		{ 512, 6, 126 }, { 1024, 6, 62 }, { 2048, 6, 30 },
		{ 4096, 6, 14 }, { 8192, 6, 6 },  { 1 << 20, 6, 6 },
	};

	(void)unused;
	for (uint32_t i = 0; i < ARRAY_SIZE(rounds); i++)
		assert_int_equal(MAGAZINE_ROUNDS(i), rounds[i]);
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		struct magazine_depot d;

		magazine_depot_init(&d, t[i].size);
		assert_int_equal(MAGAZINE_ROUNDS(d.type), t[i].first);
		assert_int_equal(MAGAZINE_ROUNDS(d.last_type), t[i].last);
	}
}

/* Loaded, then previous, then the depot; and out again the other way round. */
static void a_third_magazine_goes_to_the_depot(void **unused)
{
	(void)unused;
	begin(64);
	expect_cpu(0, 0, 0);
	put(0, 0, 14);
	expect_cpu(0, 14, 0);
	put(0, 14, 28);
	expect_cpu(0, 14, 14);
	expect_depot(0, 0);
	put(0, 28, 29);
	expect_cpu(0, 1, 14);
	expect_depot(1, 0);
	put(0, 29, 42);
	expect_cpu(0, 14, 14);
	assert_int_equal(cache.depot.nr_rounds, 14);
	take(0, 28, 42); /* the loaded one */
	take(0, 14, 28); /* the previous one */
	expect_cpu(0, 0, 0);
	expect_depot(1, 0);
	take(0, 13, 14); /* the depot's, for an empty one */
	expect_cpu(0, 13, 0);
	expect_depot(0, 1);
	take(0, 0, 13);
	end(NR_OBJECTS);
}

/* The last in is the first out, from magazine to magazine. */
static void the_last_in_is_the_first_out(void **unused)
{
	(void)unused;
	begin(64);
	put(0, 0, 42);
	for (unsigned i = 42; i--;)
		assert_ptr_equal(magazine_alloc(&cache, 0), objects[i]);
	end(NR_OBJECTS);
}

/* What 2.6.11's arrays pay for at the edge of a batch. */
static void at_an_edge_the_two_are_exchanged(void **unused)
{
	uint64_t refills;

	(void)unused;
	begin(64);
	put(0, 0, 28);
	refills = cache.cpu[0].refills;
	take(0, 14, 28);
	for (unsigned round = 0; round < 100; round++) {
		take(0, 13, 14);
		put(0, 13, 15);
		take(0, 14, 15);
	}
	put(0, 14, 28);
	assert_int_equal(cache.cpu[0].refills, refills);
	take(0, 0, 28);
	end(NR_OBJECTS);
}

/* What one CPU frees another gets, a magazine at a time. */
static void full_magazines_travel(void **unused)
{
	uint64_t refills;

	(void)unused;
	begin(64);
	put(0, 0, 14 * 5);
	expect_depot(3, 0);
	refills = cache.cpu[1].refills;
	for (unsigned i = 14 * 3; i--;)
		assert_ptr_equal(objects[i], magazine_alloc(&cache, 1));
	assert_int_equal(cache.cpu[1].refills, refills + 3);
	expect_depot(0, 1); /* the other empty one is loaded, one previous */
	take(0, 14 * 3, 14 * 5);
	end(NR_OBJECTS);
}

/* A trip of CPU 0 when the lock was found taken often. */
static void grow(void)
{
	cache.depot.trips = MAGAZINE_TRIPS - 1;
	cache.depot.contended = MAGAZINE_CONTENDED;
	magazine_delete_all(&cache, magazine_depot_lock(&cache.depot));
	spin_unlock(&cache.depot.lock);
}

static void magazines_grow_where_the_depot_is_contended(void **unused)
{
	(void)unused;
	begin(1024); /* 6 rounds, 62 at most */
	put(0, 0, 18);
	take(0, 0, 18);
	expect_depot(0, 1);
	cache.depot.trips = MAGAZINE_TRIPS - 1;
	cache.depot.contended = MAGAZINE_CONTENDED - 1;
	magazine_depot_lock(&cache.depot);
	spin_unlock(&cache.depot.lock);
	assert_int_equal(cache.depot.type, 0);
	assert_int_equal(cache.depot.trips + cache.depot.contended, 0);
	grow();
	assert_int_equal(cache.depot.type, 1);
	expect_depot(0, 0); /* an empty one of 6 is of no use */
	grow();
	grow();
	grow();
	assert_int_equal(cache.depot.type, 3);
	put(0, 0, 13); /* two of 6, and one of 62 */
	assert_int_equal(cache.cpu[0].size, 62);
	expect_cpu(0, 1, 6);
	expect_depot(1, 0);
	/* Full ones of 6 are used as they are. */
	take(0, 0, 13);
	assert_int_equal(cache.cpu[0].size, 6);
	assert_int_equal(cache.magazines[0].nr_given, 2);
	expect_depot(0, 1);
	/* But gone once one of 62 comes for them, when they are empty. */
	put(1, 0, NR_OBJECTS);
	expect_depot(2, 0);
	take(0, 0, 62);
	assert_int_equal(cache.magazines[0].nr_given, 1);
	take(0, 62, 124);
	assert_int_equal(cache.magazines[0].nr_given, 0);
	take(1, 124, NR_OBJECTS);
	end(NR_OBJECTS);
}

static void without_a_magazine_objects_go_to_the_slabs(void **unused)
{
	struct slab_stats stats;

	(void)unused;
	begin(64);
	source.fail_every = 1;
	put(0, 0, NR_OBJECTS);
	expect_cpu(0, 0, 0);
	expect_depot(0, 0);
	magazine_stats(&cache, &stats);
	assert_int_equal(stats.live_objects, 0);
	assert_int_equal(stats.cached_objects, 0);
	assert_int_equal(stats.refills, 2 * NR_OBJECTS);
	take(0, 0, NR_OBJECTS);
	end(NR_OBJECTS);
}

/* So that they can be given back; without magazines they are all there is. */
static void empty_slabs_are_the_last_to_be_used(void **unused)
{
	const struct magazine_slabs *slabs = &cache.slabs;
	struct page *empty;
	uint64_t elsewhere;

	(void)unused;
	begin(64);
	source.fail_every = 1;
	put(0, 100, 101);
	empty = slab_virt_to_head(&cache.cache, objects[0]);
	put(0, 0, slabs->nr_each); /* all of that slab */
	assert_int_equal(empty->counters, 0);
	elsewhere = (slabs->nr_slabs - 1) * slabs->nr_each - slabs->nr_given;
	assert_ptr_equal(magazine_alloc(&cache, 0), objects[100]);
	for (unsigned i = 0; i < slabs->nr_each; i++) {
		assert_int_equal(empty->counters,
				 i + 1 > elsewhere ? i + 1 - elsewhere : 0);
		take(0, i, i + 1);
	}
	end(NR_OBJECTS);
}

/* Its full one as it is, the other by the slabs. */
static void a_dead_cpus_magazines_are_found(void **unused)
{
	struct slab_stats stats;

	(void)unused;
	begin(64);
	put(1, 0, 20);
	expect_cpu(1, 6, 14);
	magazine_drain_cpu(&cache, 0, 1);
	expect_cpu(1, 0, 0);
	assert_null(cache.cpu[1].loaded);
	assert_null(cache.cpu[1].previous);
	expect_depot(1, 0);
	magazine_stats(&cache, &stats);
	assert_int_equal(stats.cached_objects, 14);
	take(0, 0, 20);
	end(NR_OBJECTS);
}

static void what_is_held_is_said(void **unused)
{
	const struct slab_params params = { .name = "held", .size = 64 };
	struct slab_stats stats;

	(void)unused;
	slab_source_begin(&source, 1);
	source.host.nr_cpus = 64; /* 64 bytes each: a page */
	assert_int_equal(magazine_create(&cache, &params, &source.host), 0);
	magazine_stats(&cache, &stats);
	assert_int_equal(stats.page_bytes, 4096);
	assert_int_equal(stats.metadata_bytes, 4096);
	magazine_free(&cache, 63, magazine_alloc(&cache, 63));
	magazine_stats(&cache, &stats);
	assert_int_equal(stats.nr_slabs, 1);
	assert_int_equal(stats.cached_objects, 1);
	/* And a page of magazines. */
	assert_int_equal(stats.metadata_bytes, 8192);
	assert_int_equal(magazine_shrink(&cache, 0),
			 (stats.page_bytes >> PAGE_SHIFT) - 1);
	end(0);
}

static void validate_sees_what_is_broken(void **unused)
{
	struct magazine_cpu *own = &cache.cpu[0];
	void *round;

	(void)unused;
	begin(64);
	own = &cache.cpu[0];
	put(0, 0, 50);
	assert_true(magazine_validate(&cache));
	own->previous_rounds--; /* neither full nor empty */
	assert_false(magazine_validate(&cache));
	own->previous_rounds++;
	cache.depot.nr_rounds++;
	assert_false(magazine_validate(&cache));
	cache.depot.nr_rounds--;
	cache.slabs.nr_given--;
	assert_false(magazine_validate(&cache));
	cache.slabs.nr_given++;
	round = own->loaded->round[0]; /* another cache's */
	own->loaded->round[0] = own->previous;
	assert_false(magazine_validate(&cache));
	own->loaded->round[0] = round;
	assert_true(magazine_validate(&cache));
	take(0, 0, 50);
	end(NR_OBJECTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rounds_by_object_size),
		cmocka_unit_test(a_third_magazine_goes_to_the_depot),
		cmocka_unit_test(the_last_in_is_the_first_out),
		cmocka_unit_test(at_an_edge_the_two_are_exchanged),
		cmocka_unit_test(full_magazines_travel),
		cmocka_unit_test(magazines_grow_where_the_depot_is_contended),
		cmocka_unit_test(without_a_magazine_objects_go_to_the_slabs),
		cmocka_unit_test(empty_slabs_are_the_last_to_be_used),
		cmocka_unit_test(a_dead_cpus_magazines_are_found),
		cmocka_unit_test(what_is_held_is_said),
		cmocka_unit_test(validate_sees_what_is_broken),
	};

	return cmocka_run_group_tests_name("slab_magazine", tests, NULL, NULL);
}
