/*
 * test_slab_array_cache_nodes.c - array_cache on two nodes: alien caches, pages
 * that come from elsewhere or not at all, and reap and hot-unplug beside
 * threads.
 */
#include "chaos.h"

#include "array_cache_space.h"

#include "../kernels/base/random.h"

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

#define FAIL_OBJECTS 200

/* Whatever of a slab, its management or a node's memory could not be had. */
static void fail_every(uint64_t k, uint32_t stride)
{
	struct random r = { test_seed() + k };
	void *objects[FAIL_OBJECTS];
	unsigned nr = 0;

	source.fail_every = k;
	for (unsigned step = 0; step < 3000; step++) {
		unsigned cpu = (unsigned)random_below(&r, 4);
		unsigned i;

		if (nr < FAIL_OBJECTS && random_below(&r, 1000) < 600) {
			objects[nr] = array_cache_alloc(&cache, cpu);
			nr += !!objects[nr];
		} else if (nr) {
			i = (unsigned)random_below(&r, nr);
			array_cache_free(&cache, cpu, objects[i]);
			objects[i] = objects[--nr];
		}
		if (step % 500 == 499) {
			check(array_cache_validate(&cache),
			      "%u bytes, each %u. call failed", stride,
			      (unsigned)k);
			assert_int_equal(stats().live_objects, nr);
			array_cache_reap(&cache, cpu, 5 * step);
		}
	}
	free_all(0, objects, nr);
	assert_true(source.nr_failed);
}

static void nothing_leaks_if_pages_fail_anywhere(void **unused)
{
	static const uint32_t strides[] = { 64, 512, 4096, 8192 };

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(strides); i++)
		for (uint64_t k = 1; k <= 6; k++) {
			begin(strides[i], 2);
			fail_every(k, strides[i]);
			end();
		}
}

/* The second of two nodes gets nothing: the first one's memory goes back. */
static void create_fails_whole(void **unused)
{
	const struct slab_params params = { .name = "none", .size = 64 };

	(void)unused;
	slab_source_begin(&source, 2);
	source.host.nr_cpus = 4;
	for (uint64_t k = 1; k <= 2; k++) {
		source.nr_calls = 0;
		source.fail_every = k;
		assert_int_equal(
			array_cache_create(&cache, &params, &source.host),
			-ENOMEM);
		assert_int_equal(source.nr_failed, k);
		assert_int_equal(source.nr_pages, 0);
	}
	slab_source_end(&source);
}

#define NR_STEPS (KMB_DEBUG ? 20000 : 200000)
#define NR_SLOTS 64

static void *slots[NR_SLOTS];

/* Objects go from CPU to CPU, which is to say from node to node, while each
 * CPU's timer comes by every 64 steps. */
static void *run_cpu(void *arg)
{
	const unsigned cpu = (unsigned)(uintptr_t)arg;
	struct random r = { test_seed() + cpu };

	chaos_one_in = 64;
	for (unsigned step = 0; step < NR_STEPS; step++) {
		void **slot = &slots[random_below(&r, NR_SLOTS)];
		void *object = array_cache_alloc(&cache, cpu);

		memset(object, (int)cpu, 8);
		object = xchg_full(slot, object);
		if (object)
			array_cache_free(&cache, cpu, object);
		if (step % 64 == 0)
			array_cache_reap(&cache, cpu, step);
	}
	return NULL;
}

/* CPU 3 is gone, which takes what it left; the others go on meanwhile. */
static void *run_unplug(void *arg)
{
	chaos_one_in = 8;
	for (unsigned i = 0; i < NR_STEPS / 100; i++)
		array_cache_drain_cpu(&cache, 2, 3);
	return arg;
}

static void reap_and_hot_unplug_run_beside_others(void **unused)
{
	pthread_t threads[3];
	void *objects[100];

	(void)unused;
	begin(512, 2);
	alloc_all(3, objects, 100);
	free_all(3, objects, 50);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
						i < 2 ? run_cpu : run_unplug,
						(void *)(uintptr_t)i),
				 0);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_true(array_cache_validate(&cache));
	assert_int_equal(cache.cpu[3]->avail, 0);
	for (unsigned i = 0; i < NR_SLOTS; i++)
		if (slots[i])
			array_cache_free(&cache, i % 4, slots[i]);
	free_all(0, objects + 50, 50);
	assert_int_equal(stats().live_objects, 0);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_of_another_node_go_home_by_twelves),
		cmocka_unit_test(aliens_go_into_slabs_without_a_shared_array),
		cmocka_unit_test(reap_and_hot_unplug_drain_aliens),
		cmocka_unit_test(a_node_without_pages_uses_anothers),
		cmocka_unit_test(nothing_leaks_if_pages_fail_anywhere),
		cmocka_unit_test(create_fails_whole),
		cmocka_unit_test(reap_and_hot_unplug_run_beside_others),
	};

	return cmocka_run_group_tests_name("slab/array_cache nodes", tests,
					   NULL, NULL);
}
