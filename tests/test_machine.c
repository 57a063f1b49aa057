/* test_machine.c - what the machine family reads is what it says it reads. */
#include "test.h"

#include <stdbool.h>

#include "../kernels/base/bitops.h"
#include "../kernels/machine/chase.h"
#include "../kernels/machine/load.h"
#include "../kernels/machine/scatter.h"

static void *alloc_lines(size_t bytes)
{
	void *lines = NULL;

	assert_int_equal(posix_memalign(&lines, CACHE_LINE_BYTES, bytes), 0);
	return lines;
}

/* From the first line, nr loads pass every line once and lead back. */
static void check_cycle(struct chase_line *lines, uint64_t nr)
{
	uint64_t *seen = calloc(BITS_TO_WORDS(nr), sizeof(*seen));
	struct chase_line *at = lines;

	assert_non_null(seen);
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t line = (uint64_t)(at - lines);

		check(line < nr, "%llu lines: load %llu leaves the set",
		      (unsigned long long)nr, (unsigned long long)i);
		check(!test_bit(seen, line), "%llu lines: %llu met twice",
		      (unsigned long long)nr, (unsigned long long)line);
		set_bit(seen, line);
		at = chase(at, 1);
	}
	assert_ptr_equal(at, lines);
	assert_ptr_equal(chase(lines, nr), lines);
	free(seen);
}

static void chase_is_one_cycle(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 3, 7, 64, 1000, 4096, 100003 };
	struct random random = { .state = test_seed() };

	(void)state;
	for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
		struct chase_line *lines =
			alloc_lines(sizes[s] * sizeof(*lines));

		chase_build(lines, sizes[s], &random);
		check_cycle(lines, sizes[s]);
		free(lines);
	}
}

/* Of the (4 - 1)! cycles through four lines each comes up a sixth of the time.
 */
static void chase_draws_all_cycles_alike(void **state)
{
	enum { DRAWS = 60000 };
	struct random random = { .state = test_seed() };
	struct chase_line lines[4];
	unsigned count[64] = { 0 }, nr_cycles = 0;

	(void)state;
	for (unsigned i = 0; i < DRAWS; i++) {
		unsigned first, second, third;

		chase_build(lines, 4, &random);
		first = (unsigned)(chase(lines, 1) - lines);
		second = (unsigned)(chase(lines, 2) - lines);
		third = (unsigned)(chase(lines, 3) - lines);
		count[first * 16 + second * 4 + third]++;
	}
	for (unsigned i = 0; i < ARRAY_SIZE(count); i++) {
		if (!count[i])
			continue;
		nr_cycles++;
		/* 10000 expected, sigma 91: five of them either side */
		assert_in_range(count[i], 9540, 10460);
	}
	assert_int_equal(nr_cycles, 6);
}

/* Chains advance in turn, also when nr is no multiple of their number. */
static void chains_take_turns(void **state)
{
	enum { CHAINS = 5, LINES = 97, LOADS = 1003 };
	struct random random = { .state = test_seed() };
	struct chase_line *lines = alloc_lines(CHAINS * LINES * sizeof(*lines));
	struct chase_line *at[CHAINS];

	(void)state;
	for (unsigned c = 0; c < CHAINS; c++) {
		at[c] = lines + c * LINES;
		chase_build(at[c], LINES, &random);
	}
	chase_chains(at, CHAINS, LOADS);
	for (unsigned c = 0; c < CHAINS; c++) {
		unsigned loads = LOADS / CHAINS + (c < LOADS % CHAINS);

		assert_ptr_equal(at[c], chase(lines + c * LINES, loads));
	}
	free(lines);
}

/* From any start, 2^bits calls in a row give each number below it once. */
static void scatter_covers_the_set(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits <= 18; bits++) {
		uint64_t nr = 1ull << bits, start = test_seed() * (bits + 1);
		uint64_t *seen = calloc(BITS_TO_WORDS(nr), sizeof(*seen));
		struct scatter s = scatter_init(bits);

		assert_non_null(seen);
		for (uint64_t i = 0; i < nr; i++) {
			uint64_t line = scatter(s, start + i);

			assert_true(line < nr);
			check(!test_bit(seen, line), "%u bits: %llu twice",
			      bits, (unsigned long long)line);
			set_bit(seen, line);
		}
		free(seen);
	}
}

/* No stride that a prefetcher could learn: hardly any two steps are alike. */
static void scatter_has_no_stride(void **state)
{
	enum { BITS = 16 };
	struct scatter s = scatter_init(BITS);
	unsigned count[1 << BITS] = { 0 }, most = 0;

	(void)state;
	for (uint64_t i = 0; i < 1 << BITS; i++) {
		uint64_t step = scatter(s, i + 1) - scatter(s, i);

		if (++count[step & s.mask] > most)
			most = count[step & s.mask];
	}
	check(most <= (1 << BITS) / 256, "one step came up %u times", most);
}

static const struct load_variant {
	const char *isa;
	const char *(*unsupported)(void);
	uint64_t (*sum)(const uint64_t *set, uint64_t nr);
} variants[] = {
	{ "scalar", NULL, load_sum_scalar },
#ifdef __x86_64__
	{ "avx2", load_avx2_unsupported, load_sum_avx2 },
	{ "avx512", load_avx512_unsupported, load_sum_avx512 },
#endif
#ifdef __aarch64__
	{ "neon", NULL, load_sum_neon },
#endif
};

/* A set of exactly nr words, so that AddressSanitizer sees a load too many. */
static void check_load(const struct load_variant *v, struct random *random,
		       uint64_t nr)
{
	uint64_t *set = alloc_lines(nr * sizeof(*set));
	uint64_t expected = 0;

	for (uint64_t i = 0; i < nr; i++)
		expected += set[i] = random_next(random);
	check(v->sum(set, nr) == expected, "%s: %llu words: wrong sum", v->isa,
	      (unsigned long long)nr);
	free(set);
}

static void loads_read_every_word(void **state)
{
	struct random random = { .state = test_seed() };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
		const struct load_variant *v = &variants[i];
		const char *why = v->unsupported ? v->unsupported() : NULL;

		if (why) {
			print_message("%s not tested: %s\n", v->isa, why);
			continue;
		}
		for (uint64_t nr = 1; nr <= 200; nr++)
			check_load(v, &random, nr);
		check_load(v, &random, 2048);
		check_load(v, &random, 32768 + 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chase_is_one_cycle),
		cmocka_unit_test(chase_draws_all_cycles_alike),
		cmocka_unit_test(chains_take_turns),
		cmocka_unit_test(scatter_covers_the_set),
		cmocka_unit_test(scatter_has_no_stride),
		cmocka_unit_test(loads_read_every_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
