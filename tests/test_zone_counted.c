/*
 * test_zone_counted.c - the count of percpu_bitfield_counted: how far it may
 * drift, and that it is exact where it is said to be.
 */
#include "test.h"
#include "host_plain.h"

#include "../kernels/base/random.h"
#include "../kernels/zone/percpu_bitfield_counted.h"

#define CPUS 4
#define HELD 4096

static struct percpu_bitfield_counted_allocator counted;
static struct physmem mem;

/* One node of NORMAL alone. */
static const struct zone *begin(uint64_t blocks)
{
	struct physmem_config config = {
		.nr_nodes = 1,
		.node_pages = { blocks << MAX_PAGE_ORDER },
		.boot_bytes = percpu_bitfield_counted_boot_bytes(
			blocks << MAX_PAGE_ORDER, CPUS),
	};
	const struct zone *zone = &mem.node_data[0].zones[ZONE_NORMAL];

	assert_int_equal(physmem_init(&mem, &config, &host_plain), 0);
	assert_int_equal(zone->nr_pages, blocks << MAX_PAGE_ORDER);
	assert_int_equal(
		percpu_bitfield_counted_create(&counted, &mem, zone, CPUS), 0);
	return zone;
}

static void end(void)
{
	assert_true(percpu_bitfield_counted_validate(&counted));
	percpu_bitfield_counted_destroy(&counted);
	physmem_destroy(&mem);
}

static void threshold_is_a_share_of_what_lies_between_the_marks(void **unused)
{
	static const struct {
		uint64_t blocks;
		int64_t threshold;
	} t[] = {
		{ 1, 1 },    /* 4 MiB: min 256 KiB, 64; low 80: 16 / 4 / 4 */
		{ 16, 4 },   /* 64 MiB: 1024 KiB, 256; 320: 64 / 4 / 4 */
		{ 64, 8 },   /* 256 MiB: 2048 KiB, 512; 640: 128 / 4 / 4 */
		{ 256, 16 }, /* 1 GiB: 4096 KiB, 1024; 1280: 256 / 4 / 4 */
	};

	(void)unused;
	for (unsigned i = 0; i < ARRAY_SIZE(t); i++) {
		begin(t[i].blocks);
		assert_int_equal(counted.threshold, t[i].threshold);
		assert_int_equal(counted.drift, CPUS * t[i].threshold);
		end();
	}
}

static void check_count(int64_t is)
{
	int64_t about = percpu_bitfield_counted_about(&counted);

	check(about - is <= counted.drift && is - about <= counted.drift,
	      "%lld free, about %lld", (long long)is, (long long)about);
	assert_int_equal(percpu_bitfield_counted_snapshot(&counted), is);
}

/* Some CPUs allocate more, others free more, for a while. */
static void drift_is_bounded_and_the_snapshot_exact(void **unused)
{
	const unsigned nr_ops = KMB_DEBUG >= 1 ? 30000 : 400000;
	static uint64_t held[HELD];
	struct random r = { test_seed() };
	int64_t is = (int64_t)begin(16)->nr_pages;
	bool drifted = false;
	unsigned nr = 0;

	(void)unused;
	for (unsigned op = 0; op < nr_ops; op++) {
		unsigned cpu = (unsigned)random_below(&r, CPUS);
		bool take = random_below(&r, 8) < (cpu % 2 ? 6 : 2);

		if (take && nr < HELD) {
			unsigned most = random_below(&r, 64) ? 4 : 12;
			unsigned order = (unsigned)random_below(&r, most);
			pfn_t pfn = percpu_bitfield_counted_alloc(&counted, cpu,
								  order);

			if (pfn == PFN_NONE)
				continue;
			held[nr++] = pfn << 4 | order;
			is -= 1ll << order;
		} else if (nr) {
			uint64_t i = random_below(&r, nr), block = held[i];

			held[i] = held[--nr];
			percpu_bitfield_counted_free(&counted, cpu, block >> 4,
						     block & 15);
			is += 1ll << (block & 15);
		}
		check_count(is);
		drifted |= percpu_bitfield_counted_about(&counted) != is;
	}
	assert_true(drifted);
	while (nr--)
		percpu_bitfield_counted_free(&counted, 0, held[nr] >> 4,
					     held[nr] & 15);
	check_count(16 << MAX_PAGE_ORDER);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			threshold_is_a_share_of_what_lies_between_the_marks),
		cmocka_unit_test(drift_is_bounded_and_the_snapshot_exact),
	};

	return cmocka_run_group_tests_name("zone_counted", tests, NULL, NULL);
}
