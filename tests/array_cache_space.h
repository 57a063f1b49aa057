/* array_cache_space.h - an array_cache over a source of pages, for its tests.
 */
#ifndef KMB_ARRAY_CACHE_SPACE_H
#define KMB_ARRAY_CACHE_SPACE_H

#include "slab_source.h"

#include "../kernels/slab/array_cache.h"

static struct slab_source source;
static struct array_cache_cache cache;

/* Four CPUs; the object with its red zone, if any, is `stride` bytes. */
static maybe_unused void begin(uint32_t stride, unsigned nr_nodes)
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
static maybe_unused void end(void)
{
	assert_true(array_cache_validate(&cache));
	assert_int_equal(array_cache_destroy(&cache), 0);
	assert_int_equal(source.nr_pages, 0);
	assert_int_equal(source.nr_faults, 0);
	slab_source_end(&source);
}

static maybe_unused void alloc_all(unsigned cpu, void **objects, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++) {
		objects[i] = array_cache_alloc(&cache, cpu);
		assert_non_null(objects[i]);
	}
}

static maybe_unused void free_all(unsigned cpu, void **objects, unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		array_cache_free(&cache, cpu, objects[i]);
}

/* Past all arrays, into their slabs; in a checked build free by then. */
static maybe_unused void free_into_slabs(unsigned nid, void **objects,
					 unsigned nr)
{
	for (unsigned i = 0; i < nr; i++)
		assert_true(slab_check_free(&cache.cache, objects[i]));
	array_cache_free_block(&cache, cache.node[nid], 0, objects, nr);
}

static maybe_unused struct slab_stats stats(void)
{
	struct slab_stats s;

	array_cache_stats(&cache, &s);
	return s;
}

static maybe_unused struct array_cache_slab *
first_of(const struct list_head *list)
{
	assert_false(list_empty(list));
	return list_first_entry(list, struct array_cache_slab, list);
}

static maybe_unused unsigned length(const struct list_head *list)
{
	struct list_head *l;
	unsigned nr = 0;

	list_for_each (l, list)
		nr++;
	return nr;
}

#endif
