/*
 * test_slab_kmalloc.c - kmalloc: its classes, literally, and random requests
 * over the caches of list_lock.
 */
#include "slab_source.h"

#include "../kernels/base/random.h"
#include "../kernels/slab/list_lock.h"

#define STRATEGY list_lock
#include "../kernels/slab/kmalloc_template.h"

#define KMALLOC_HELD 500

static struct slab_source source;
static struct list_lock_kmalloc kmallocs;

static void kmalloc_begin(const struct kmalloc_classes *classes)
{
	slab_source_begin(&source, 1);
	assert_int_equal(
		list_lock_kmalloc_create(&kmallocs, classes, &source.host), 0);
}

static void kmalloc_end(uint64_t faults)
{
	assert_true(list_lock_kmalloc_validate(&kmallocs));
	assert_int_equal(source.nr_faults, faults);
	assert_int_equal(list_lock_kmalloc_destroy(&kmallocs), 0);
	assert_int_equal(source.nr_pages, 0);
	slab_source_end(&source);
}

/* Of a size that the compiler does not know. */
static never_inline void *kmalloc(unsigned cpu, uint64_t size)
{
	return list_lock_kmalloc(&kmallocs, cpu, size);
}

static void a_request_gets_the_smallest_class_that_holds_it(void **unused)
{
	static const struct {
		uint64_t size, slab, slub;
	} t[] = {
		{ 0, 0, 0 },
		{ 1, 32, 8 },
		{ 8, 32, 8 },
		{ 9, 32, 16 },
		{ 17, 32, 32 },
		{ 32, 32, 32 },
		{ 33, 64, 64 },
		{ 64, 64, 64 },
		{ 65, 128, 96 },
		{ 96, 128, 96 },
		{ 97, 128, 128 },
		{ 128, 128, 128 },
		{ 129, 192, 192 },
		{ 192, 192, 192 },
		{ 193, 256, 256 },
		{ 256, 256, 256 },
		{ 257, 512, 512 },
		{ 1000, 1024, 1024 },
		{ 1025, 2048, 2048 },
		{ 4096, 4096, 4096 },
		{ 4097, 8192, 8192 },
		{ 8192, 8192, 8192 },
		{ 8193, 16384, 16384 }, /* a class; whole pages */
		{ 65537, 131072, 131072 },
		{ 131072, 131072, 131072 },
		{ 131073, 262144, 262144 },
		{ 4194304, 4194304, 4194304 },
		{ 4194305, 0, 0 },
		{ UINT64_MAX, 0, 0 },
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		assert_int_equal(kmalloc_size(&kmalloc_slab, t[i].size),
				 t[i].slab);
		assert_int_equal(kmalloc_size(&kmalloc_slub, t[i].size),
				 t[i].slub);
	}
}

/* A class holds all that the one below does not, and no more than it can. */
static void check_classes(const struct kmalloc_classes *classes)
{
	unsigned is = 0;

	for (uint64_t size = 1; size <= classes->class[classes->nr - 1].size;
	     size++) {
		is += size > classes->class[is].size;
		assert_int_equal(kmalloc_index(classes, size), is);
	}
	assert_int_equal(is, classes->nr - 1);
}

static void every_size_is_in_its_class(void **unused)
{
	(void)unused;
	check_classes(&kmalloc_slab);
	check_classes(&kmalloc_slub);
}

/* 2.6.11's begin at cache lines, 3.13's at words. */
static void a_request_comes_from_its_class_or_from_pages(void **unused)
{
	struct slab_stats stats;
	void *small, *large;

	(void)unused;
	kmalloc_begin(&kmalloc_slab);
	small = kmalloc(0, 100);
	assert_ptr_equal(
		slab_virt_to_page(&kmallocs.cache[0].cache, small)->slab_cache,
		&kmallocs.cache[2]);
	assert_string_equal(kmallocs.cache[2].cache.params.name, "size-128");
	assert_int_equal(kmallocs.cache[2].cache.align, 64);
	large = kmalloc(1, 131073);
	assert_int_equal((uintptr_t)large % (1 << 18), 0);
	list_lock_kmalloc_stats(&kmallocs, &stats);
	assert_int_equal(stats.live_objects, 2);
	assert_int_equal(stats.page_bytes, source.nr_pages << PAGE_SHIFT);
	list_lock_kfree(&kmallocs, 1, small);
	list_lock_kfree(&kmallocs, 0, large);
	kmalloc_end(0);
	kmalloc_begin(&kmalloc_slub);
	assert_string_equal(kmallocs.cache[4].cache.params.name, "kmalloc-96");
	assert_int_equal(kmallocs.cache[4].cache.align, 8);
	kmalloc_end(0);
}

static void nothing_and_too_much_are_what_is_documented(void **unused)
{
	(void)unused;
	kmalloc_begin(&kmalloc_slub);
	assert_ptr_equal(kmalloc(0, 0), (void *)16);
	assert_null(kmalloc(0, KMALLOC_MAX_SIZE + 1));
	assert_null(kmalloc(0, UINT64_MAX));
	list_lock_kfree(&kmallocs, 0, NULL);
	list_lock_kfree(&kmallocs, 0, KMALLOC_ZERO_SIZE);
	kmalloc_end(0);
}

/* Small ones mostly, a whole block now and then. */
static uint64_t random_size(struct random *r)
{
	return 1 + random_below(r, 1ull << random_below(r, 17));
}

struct request {
	unsigned char *object;
	uint64_t size;
	unsigned char fill;
};

static void check_request(const struct request *q)
{
	for (uint64_t i = 0; i < q->size; i++)
		if (q->object[i] != q->fill)
			fail_msg("byte %llu of %llu was written",
				 (unsigned long long)i,
				 (unsigned long long)q->size);
}

/* Filled, each with a byte of its own: what overlaps is seen at a free. */
static void random_requests(const struct kmalloc_classes *classes,
			    uint64_t fail_every)
{
	static struct request held[KMALLOC_HELD];
	struct random r = { test_seed() };
	struct slab_stats stats;
	unsigned nr = 0;

	slab_source_begin(&source, 1);
	assert_int_equal(
		list_lock_kmalloc_create(&kmallocs, classes, &source.host), 0);
	source.fail_every = fail_every;
	for (unsigned step = 0; step < (KMB_DEBUG ? 3000 : 30000); step++) {
		unsigned cpu = step % SLAB_SOURCE_CPUS;
		struct request *q = &held[nr];

		if (nr < KMALLOC_HELD && random_below(&r, 2)) {
			q->size = random_size(&r);
			q->fill = (unsigned char)step;
			q->object = kmalloc(cpu, q->size);
			assert_true(q->object || source.nr_failed);
			if (!q->object)
				continue;
			memset(q->object, q->fill, q->size);
			nr++;
		} else if (nr) {
			q = &held[random_below(&r, nr)];
			check_request(q);
			list_lock_kfree(&kmallocs, cpu, q->object);
			*q = held[--nr];
		}
	}
	list_lock_kmalloc_stats(&kmallocs, &stats);
	assert_int_equal(stats.live_objects, nr);
	assert_int_equal(stats.page_bytes, source.nr_pages << PAGE_SHIFT);
	while (nr--)
		list_lock_kfree(&kmallocs, 0, held[nr].object);
	list_lock_kmalloc_drain_cpu(&kmallocs, 0, 1);
	assert_true(list_lock_kmalloc_shrink(&kmallocs, 0) > 0);
	assert_int_equal(source.nr_pages, 0);
	kmalloc_end(0);
}

static void requests_never_overlap(void **unused)
{
	(void)unused;
	random_requests(&kmalloc_slab, 0);
	random_requests(&kmalloc_slub, 0);
	random_requests(&kmalloc_slub, 3);
}

static void destroy_returns_what_is_in_use(void **unused)
{
	(void)unused;
	kmalloc_begin(&kmalloc_slub);
	assert_non_null(kmalloc(0, 100));
	assert_non_null(kmalloc(0, 5000));
	assert_non_null(kmalloc(0, 50000));
	assert_int_equal(list_lock_kmalloc_destroy(&kmallocs), 3);
	slab_source_end(&source);
}

static void expect_fault(void *object, enum slab_fault_kind kind)
{
	uint64_t faults = source.nr_faults;

	list_lock_kfree(&kmallocs, 0, object);
	assert_int_equal(source.nr_faults, faults + 1);
	assert_int_equal(source.fault.kind, kind);
	assert_ptr_equal(source.fault.object, object);
}

static void checked_builds_see_what_is_no_object(void **unused)
{
	struct list_lock_cache other;
	char *small, *large, *others;

	(void)unused;
	if (!KMB_DEBUG)
		skip();
	kmalloc_begin(&kmalloc_slub);
	assert_int_equal(list_lock_create(&other,
					  &(struct slab_params){
						  .name = "other", .size = 64 },
					  &source.host),
			 0);
	small = kmalloc(0, 100);
	large = kmalloc(0, 10000);
	others = list_lock_alloc(&other, 0);
	expect_fault(&kmallocs, SLAB_FREE_FOREIGN);
	expect_fault(large + PAGE_SIZE, SLAB_FREE_FOREIGN);
	expect_fault(others, SLAB_FREE_OTHER);
	assert_string_equal(source.fault.owner, "other");
	expect_fault(small + 8, SLAB_FREE_INSIDE);
	assert_string_equal(source.fault.cache, "kmalloc-128");
	list_lock_kfree(&kmallocs, 0, small);
	expect_fault(small, SLAB_FREE_TWICE);
	list_lock_kfree(&kmallocs, 0, large);
	expect_fault(large, SLAB_FREE_FOREIGN);
	list_lock_free(&other, 0, others);
	list_lock_destroy(&other);
	kmalloc_end(6);
}

/* Creation too: what classes before it had is given back. */
static void without_pages_nothing_leaks(void **unused)
{
	(void)unused;
	slab_source_begin(&source, 1);
	source.fail_every = 1;
	if (!list_lock_kmalloc_create(&kmallocs, &kmalloc_slub, &source.host)) {
		assert_null(kmalloc(0, 8));
		assert_null(kmalloc(0, 100000));
		list_lock_kmalloc_destroy(&kmallocs);
	}
	assert_int_equal(source.nr_pages, 0);
	slab_source_end(&source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_request_gets_the_smallest_class_that_holds_it),
		cmocka_unit_test(every_size_is_in_its_class),
		cmocka_unit_test(a_request_comes_from_its_class_or_from_pages),
		cmocka_unit_test(nothing_and_too_much_are_what_is_documented),
		cmocka_unit_test(requests_never_overlap),
		cmocka_unit_test(destroy_returns_what_is_in_use),
		cmocka_unit_test(checked_builds_see_what_is_no_object),
		cmocka_unit_test(without_pages_nothing_leaks),
	};

	return cmocka_run_group_tests_name("slab_kmalloc", tests, NULL, NULL);
}
