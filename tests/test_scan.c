/* test_scan.c - every variant of the scans that this CPU can run. */
#include "test.h"

#include <stdbool.h>

#include "../bench/scan_maps.h"
#include "../kernels/base/cpu.h"
#include "scan_checks.h"

/* Comparisons with naive: four of each trial, on each other variant. */
#ifdef __SANITIZE_THREAD__ /* which one thread has nothing to tell */
#define TRIALS 3000
#else
#define TRIALS 30000
#endif

typedef const char *(*scan_check)(const struct scan_variant *v);

static void check_all(scan_check run)
{
	for (unsigned i = 0; i < nr_scan_variants; i++) {
		const struct scan_variant *v = &scan_variants[i];
		const char *why = v->unsupported ? v->unsupported() : NULL;

		if (why) {
			print_message("# %s/%s not checked: %s\n", v->strategy,
				      v->isa, why);
			continue;
		}
		why = run(v);
		check(!why, "%s", why);
	}
}

static const char *check_random(const struct scan_variant *v)
{
	return scan_check_random(v, test_seed(), TRIALS);
}

static void finds_nothing(void **state)
{
	(void)state;
	check_all(scan_check_none);
}

static void finds_single_runs(void **state)
{
	(void)state;
	check_all(scan_check_runs);
}

static void agrees_with_naive(void **state)
{
	(void)state;
	check_all(check_random);
}

static void load_reads_every_word(void **state)
{
	(void)state;
	for (unsigned i = 0; i < nr_scan_variants; i++) {
		const struct scan_variant *v = &scan_variants[i];

		if (v->unsupported && v->unsupported())
			continue;
		for (uint64_t word = 0; word < 100; word++) {
			uint64_t *map = scan_place(100, true);

			memset(map, 0, 100 * sizeof(*map));
			map[word] = 1ull << word % 64;
			assert_int_equal(v->load(map, 100), map[word]);
		}
	}
}

/* The answers that bench/suite_scan.c expects, by the naive scans. */
static void timed_bitmaps_hold_what_they_say(void **state)
{
	static const uint64_t sizes[] = { 64, 65, 1000, (1 << 17) + 3, 300000 };
	const struct scan_variant *naive = scan_variants;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint64_t nr_words = sizes[i], nr_bits = nr_words * 64, zeros;
		uint64_t *map = malloc(nr_words * sizeof(*map));

		assert_non_null(map);
		scan_fill_last(map, nr_words, test_seed());
		assert_int_equal(naive->first_zero(map, nr_bits, 0),
				 nr_bits - 1);
		scan_fill_few_holes(map, nr_words, test_seed());
		assert_int_equal(naive->first_run(map, nr_bits, 0, 8),
				 nr_bits - 8);
		assert_in_range(naive->count_zeros(map, nr_bits, 0),
				nr_words / 64 + 8, nr_words / 64 * 7 + 8);
		scan_fill_short_holes(map, nr_words, test_seed());
		assert_int_equal(naive->first_run(map, nr_bits, 0, 8),
				 nr_bits - 8);
		zeros = naive->count_zeros(map, nr_bits, 0);
		assert_in_range(zeros, nr_bits * 2 / 5, nr_bits * 3 / 5);
		scan_fill_random(map, nr_words, test_seed());
		zeros = naive->count_zeros(map, nr_bits, 0);
		assert_in_range(zeros, nr_bits * 2 / 5, nr_bits * 3 / 5);
		free(map);
	}
}

static void parses_feature_lists(void **state)
{
	const char *list = "bmi1,sse9,popcnt,mmx", *unknown;

	(void)state;
	assert_int_equal(cpu_parse_features("", &unknown), 0);
	assert_null(unknown);
	assert_int_equal(cpu_parse_features("avx2,avx512f,neon", &unknown),
			 CPU_AVX2 | CPU_AVX512F | CPU_NEON);
	assert_null(unknown);
	assert_int_equal(cpu_parse_features(list, &unknown),
			 CPU_BMI1 | CPU_POPCNT);
	assert_ptr_equal(unknown, list + 5);
	assert_int_equal(cpu_parse_features("avx", &unknown), 0);
	assert_non_null(unknown);
}

static void names_what_is_missing(void **state)
{
	const unsigned all = 2 * CPU_NEON - 1;
	const char *why = cpu_unsupported(all);

	(void)state;
	assert_null(cpu_unsupported(0));
	assert_null(cpu_unsupported(cpu_features()));
	/* No CPU is both x86 and arm64. */
	assert_non_null(why);
	assert_int_equal(strncmp(why, "no ", 3), 0);
}

/* What this program prints with --widest and these features disabled. */
static void widest_without(const char *features, char isa[32])
{
	char self[512], command[1024];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	FILE *pipe;

	assert_true(len > 0);
	self[len] = '\0';
	snprintf(command, sizeof(command), "KMB_DISABLE_CPU=%s '%s' --widest",
		 features, self);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_non_null(fgets(isa, 32, pipe));
	assert_int_equal(pclose(pipe), 0);
}

static void disabled_features_are_not_used(void **state)
{
	char isa[32];

	(void)state;
	widest_without("", isa);
	assert_string_equal(isa, scan_widest()->isa);
	widest_without("avx2,avx512f,neon", isa);
	assert_string_equal(isa, "scalar");
	if (!strcmp(scan_widest()->isa, "avx512")) {
		widest_without("avx512vpopcntdq", isa);
		assert_string_equal(isa, "avx2");
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_nothing),
		cmocka_unit_test(finds_single_runs),
		cmocka_unit_test(agrees_with_naive),
		cmocka_unit_test(load_reads_every_word),
		cmocka_unit_test(timed_bitmaps_hold_what_they_say),
		cmocka_unit_test(parses_feature_lists),
		cmocka_unit_test(names_what_is_missing),
		cmocka_unit_test(disabled_features_are_not_used),
	};

	if (argc > 1 && !strcmp(argv[1], "--widest")) {
		fputs(scan_widest()->isa, stdout);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
