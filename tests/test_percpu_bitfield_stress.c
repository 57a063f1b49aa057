/*
 * test_percpu_bitfield_stress.c - CPUs run dry, take from each other, and free
 * what others allocated, all at once.
 */
#include "percpu_bitfield_space.h"

#include <pthread.h>
#include <time.h>

/* Blocks that the threads hand each other: pfn << 4 | order, or 0. */
static uint64_t mailbox[64];
static double stress_seconds;

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* A block's frames carry its name, which nobody else writes while it is held.
 */
static void stamp(uint64_t block)
{
	for (pfn_t p = block >> 4, end = p + (1u << (block & 15)); p < end; p++)
		WRITE_ONCE(pfn_to_page(&frame_mem, p)->index, block);
}

static uint64_t is_stamped(uint64_t block)
{
	uint64_t bad = 0;

	for (pfn_t p = block >> 4, end = p + (1u << (block & 15)); p < end;
	     p++) {
		uint64_t *name = &pfn_to_page(&frame_mem, p)->index;

		bad += READ_ONCE(*name) != block;
		WRITE_ONCE(*name, 0);
	}
	return bad;
}

/* More is wanted than there is: CPUs run dry, stop each other, give back. */
static void *stress(void *arg)
{
	unsigned cpu = (unsigned)(uintptr_t)arg;
	struct percpu_bitfield_allocator *a = &under_test;
	struct random r = { test_seed() ^ (cpu + 1) };
	double until = seconds() + stress_seconds;
	uint64_t held[1024], nr = 0, bad = 0;
	bool go = true;

	for (uint64_t op = 0; go || nr; op++) {
		uint64_t block = 0;

		if (op % 1024 == 0)
			go = go && seconds() < until;
		if (go && nr < 1024 &&
		    random_below(&r, 16) < 8 + (op >> 14) % 2) {
			unsigned order = random_order(&r);
			pfn_t pfn = percpu_bitfield_alloc(a, cpu, order);

			if (pfn == PFN_NONE)
				continue;
			held[nr++] = pfn << 4 | order;
			stamp(held[nr - 1]);
		} else if (nr) {
			uint64_t i = random_below(&r, nr);

			block = held[i];
			held[i] = held[--nr];
			if (go && random_below(&r, 4) == 0)
				block = __atomic_exchange_n(
					&mailbox[random_below(&r, 64)], block,
					__ATOMIC_ACQ_REL);
		}
		if (block) {
			bad += is_stamped(block);
			percpu_bitfield_free(a, cpu, block >> 4, block & 15);
		}
	}
	return (void *)(uintptr_t)bad;
}

static void stress_all(double how_long)
{
	struct percpu_bitfield_allocator *a = begin(NR_CPUS);
	pthread_t thread[NR_CPUS];

	test_seed();
	stress_seconds = how_long;
	for (uintptr_t t = 0; t < NR_CPUS; t++)
		assert_int_equal(
			pthread_create(&thread[t], NULL, stress, (void *)t), 0);
	for (unsigned t = 0; t < NR_CPUS; t++) {
		void *bad;

		assert_int_equal(pthread_join(thread[t], &bad), 0);
		assert_null(bad);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(mailbox); i++) {
		uint64_t block = mailbox[i];

		mailbox[i] = 0;
		if (!block)
			continue;
		assert_int_equal(is_stamped(block), 0);
		percpu_bitfield_free(a, 0, block >> 4, block & 15);
	}
	end(a);
}

/* $KMB_STRESS_SECONDS: of each of the two; 1 if it isn't set. */
static double stress_time(void)
{
	const char *text = getenv("KMB_STRESS_SECONDS");

	return text ? strtod(text, NULL) : 1;
}

static void threads_run_dry_and_free_each_others_frames(void **unused)
{
	(void)unused;
	stress_all(stress_time());
}

static void threads_do_without_a_fence(void **unused)
{
	void (*fence)(struct host_memory *) = host_plain.fence_others;

	(void)unused;
	host_plain.fence_others = NULL;
	stress_all(stress_time());
	host_plain.fence_others = fence;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_run_dry_and_free_each_others_frames),
		cmocka_unit_test(threads_do_without_a_fence),
	};

	return cmocka_run_group_tests_name("percpu_bitfield", tests, NULL,
					   NULL);
}
