/* scan.c - the scalar scans, and the table of all variants. */
#include "scan.h"

#include "../base/cpu.h"
#include "scan_word.h"

static uint64_t first_zero_naive(const uint64_t *map, uint64_t nr_bits,
				 uint64_t start)
{
	for (uint64_t bit = start; bit < nr_bits; bit++)
		if (!test_bit(map, bit))
			return bit;
	return nr_bits;
}

static uint64_t first_run_naive(const uint64_t *map, uint64_t nr_bits,
				uint64_t start, uint64_t n)
{
	uint64_t nr = 0;

	for (uint64_t bit = start; bit < nr_bits; bit++) {
		nr = test_bit(map, bit) ? 0 : nr + 1;
		if (nr == n)
			return bit + 1 - n;
	}
	return nr_bits;
}

static uint64_t count_zeros_naive(const uint64_t *map, uint64_t nr_bits,
				  uint64_t start)
{
	uint64_t nr = 0;

	for (uint64_t bit = start; bit < nr_bits; bit++)
		nr += !test_bit(map, bit);
	return nr;
}

static uint64_t first_zero_word(const uint64_t *map, uint64_t nr_bits,
				uint64_t start)
{
	return scan_next_zero(map, nr_bits, start);
}

static uint64_t first_run_word(const uint64_t *map, uint64_t nr_bits,
			       uint64_t start, uint64_t n)
{
	return scan_next_zero_run(map, nr_bits, start, n);
}

static uint64_t count_zeros_word(const uint64_t *map, uint64_t nr_bits,
				 uint64_t start)
{
	return scan_nr_zeros(map, nr_bits, start);
}

static uint64_t load_word(const uint64_t *map, uint64_t nr_words)
{
	uint64_t all = 0;

	for (uint64_t i = 0; i < nr_words; i++) {
		uint64_t word = map[i];

		OPTIMIZER_HIDE(word);
		all |= word;
	}
	return all;
}

#define V(name) KMB_PASTE(name, SUFFIX)

/* A row of the table below, of what scan_template.h made. */
#define SCAN_VECTOR_VARIANT(isa_name, suffix)                                \
	{                                                                    \
		.strategy = "vector", .isa = isa_name,                       \
		.models = "whole vectors at a time; runs by pairs of bytes", \
		.unsupported = KMB_PASTE(unsupported, suffix),               \
		.first_zero = KMB_PASTE(first_zero, suffix),                 \
		.first_run = KMB_PASTE(first_run, suffix),                   \
		.count_zeros = KMB_PASTE(count_zeros, suffix),               \
		.load = KMB_PASTE(load, suffix),                             \
	}

#if defined(__x86_64__)
#include "x86/scan_impl.h"
#elif defined(__aarch64__)
#include "arm64/scan_impl.h"
#else
#define SCAN_VECTOR_VARIANTS
#endif

const struct scan_variant scan_variants[] = {
	{
		.strategy = "naive",
		.isa = "scalar",
		.models = "one bit at a time, as bootmem's test_bit() loops "
			  "(2.4 mm/bootmem.c)",
		.first_zero = first_zero_naive,
		.first_run = first_run_naive,
		.count_zeros = count_zeros_naive,
		.load = load_word,
	},
	{
		.strategy = "word",
		.isa = "scalar",
		.models = "64 bits at a time, as find_next_zero_bit() (Linux "
			  "2.6 lib/find_next_bit.c)",
		.first_zero = first_zero_word,
		.first_run = first_run_word,
		.count_zeros = count_zeros_word,
		.load = load_word,
	},
	SCAN_VECTOR_VARIANTS
};

const unsigned nr_scan_variants = ARRAY_SIZE(scan_variants);

const struct scan_variant *scan_widest(void)
{
	const struct scan_variant *v = scan_variants + nr_scan_variants - 1;

	while (v->unsupported && v->unsupported())
		v--;
	return v;
}
