/*
 * scan_checks.h - what every variant of the bitmap scans must do.
 *
 * Plain C, without cmocka: scan_arm64.c runs it under an emulator. A check
 * returns NULL, or what went wrong, valid until the next check.
 */
#ifndef KMB_SCAN_CHECKS_H
#define KMB_SCAN_CHECKS_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../kernels/base/random.h"
#include "../kernels/scan/scan.h"

#define SCAN_CHECK_WORDS 1024

static printf_like(1, 2) const char *scan_wrong(const char *fmt, ...)
{
	static char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return text;
}

#define SCAN_EXPECT(call, expected)                                      \
	do {                                                             \
		uint64_t got = (call), want = (expected);                \
                                                                         \
		if (got != want)                                         \
			return scan_wrong("%s/%s: %s is %llu, not %llu", \
					  v->strategy, v->isa, #call,    \
					  (unsigned long long)got,       \
					  (unsigned long long)want);     \
	} while (0)

/*
 * SCAN_CHECK_WORDS words between two pages that fault: a bitmap that begins
 * at the first or ends at the last of them shows any read outside.
 */
static uint64_t *scan_guarded_words(void)
{
	static uint64_t *words;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t bytes = SCAN_CHECK_WORDS * sizeof(*words);
	char *area;

	if (words)
		return words;
	bytes = (bytes + page - 1) / page * page;
	area = mmap(NULL, bytes + 2 * page, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED ||
	    mprotect(area + page, bytes, PROT_READ | PROT_WRITE))
		return NULL;
	words = (uint64_t *)(void *)(area + page);
	return words;
}

/* A bitmap of that many words, at the back or the front of the area. */
static uint64_t *scan_place(uint64_t nr_words, bool back)
{
	uint64_t *words = scan_guarded_words();

	return back ? words + SCAN_CHECK_WORDS - nr_words : words;
}

static void scan_clear(uint64_t *map, uint64_t bit, uint64_t nr)
{
	while (nr--)
		clear_bit(map, bit++);
}

static uint64_t *scan_place_busy(uint64_t nr_words)
{
	uint64_t *map = scan_place(nr_words, true);

	memset(map, 0xff, nr_words * sizeof(*map));
	return map;
}

/* Nothing to find; nothing there; nothing that counts. */
static const char *scan_check_none(const struct scan_variant *v)
{
	uint64_t *end = scan_place(0, true), *map;

	SCAN_EXPECT(v->first_zero(end, 0, 0), 0);
	SCAN_EXPECT(v->first_run(end, 0, 0, 8), 0);
	SCAN_EXPECT(v->count_zeros(end, 0, 0), 0);
	SCAN_EXPECT(v->load(end, 0), 0);

	for (uint64_t nr_bits = 1; nr_bits <= 64 * 20; nr_bits++) {
		uint64_t nr_words = BITS_TO_WORDS(nr_bits);

		map = scan_place_busy(nr_words);
		if (nr_bits % 64)
			map[nr_words - 1] = (1ull << nr_bits % 64) - 1;
		SCAN_EXPECT(v->first_zero(map, nr_bits, 0), nr_bits);
		SCAN_EXPECT(v->first_run(map, nr_bits, 0, 1), nr_bits);
		SCAN_EXPECT(v->first_run(map, nr_bits, 0, 8), nr_bits);
		SCAN_EXPECT(v->count_zeros(map, nr_bits, 0), 0);
		scan_clear(map, 0, nr_bits);
		SCAN_EXPECT(v->first_zero(map, nr_bits, nr_bits), nr_bits);
		SCAN_EXPECT(v->first_zero(map, nr_bits, nr_bits + 9), nr_bits);
		SCAN_EXPECT(v->first_run(map, nr_bits, nr_bits, 8), nr_bits);
		SCAN_EXPECT(v->first_run(map, nr_bits, 1, nr_bits), nr_bits);
		SCAN_EXPECT(v->count_zeros(map, nr_bits, nr_bits), 0);
	}
	return NULL;
}

/* One run, placed by its last bit: seen when it is long enough. */
static const char *scan_check_one_run(const struct scan_variant *v,
				      uint64_t nr_bits, uint64_t end,
				      uint64_t n)
{
	uint64_t *map = scan_place_busy(BITS_TO_WORDS(nr_bits));
	uint64_t at = end - n;

	scan_clear(map, at, n);
	SCAN_EXPECT(v->first_zero(map, nr_bits, 0), at);
	SCAN_EXPECT(v->first_zero(map, nr_bits, at + n - 1), at + n - 1);
	SCAN_EXPECT(v->first_run(map, nr_bits, 0, n), at);
	SCAN_EXPECT(v->first_run(map, nr_bits, at, n), at);
	SCAN_EXPECT(v->first_run(map, nr_bits, 0, n + 1), nr_bits);
	SCAN_EXPECT(v->first_run(map, nr_bits, at + 1, n), nr_bits);
	SCAN_EXPECT(v->count_zeros(map, nr_bits, 0), n);
	SCAN_EXPECT(v->count_zeros(map, nr_bits, at + 1), n - 1);
	SCAN_EXPECT(v->count_zeros(map, at + 1, 0), 1);
	return NULL;
}

/* Runs at the very end, and across every border of words and vectors. */
static const char *scan_check_runs(const struct scan_variant *v)
{
	static const uint64_t lengths[] = { 1,	2,  7,	8,   9,	  15,  16,
					    31, 63, 64, 127, 128, 512, 1024 };
	const char *why = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(lengths) && !why; i++) {
		uint64_t n = lengths[i];

		for (uint64_t nr_bits = n; nr_bits < n + 1200 && !why;
		     nr_bits += 13)
			why = scan_check_one_run(v, nr_bits, nr_bits, n);
		for (uint64_t border = align_up(n, 64);
		     border <= 64 * 48 && !why; border += 64)
			for (uint64_t over = 0; over < 10 && !why; over++)
				why = scan_check_one_run(v, 64 * 50,
							 border + over, n);
	}
	return why;
}

/* Holes of up to `hole` bits, up to `busy` others between them. */
static void scan_fill_holes(struct random *r, uint64_t *map, uint64_t nr_words,
			    uint64_t hole, uint64_t busy)
{
	uint64_t bit = 0, nr_bits = nr_words * BITS_PER_WORD, nr;

	memset(map, 0xff, nr_words * sizeof(*map));
	while (bit < nr_bits) {
		nr = 1 + random_below(r, hole);
		if (nr > nr_bits - bit)
			nr = nr_bits - bit;
		scan_clear(map, bit, nr);
		bit += nr + 1 + random_below(r, busy);
	}
}

/* All densities, holes shorter and longer than what is sought. */
static void scan_fill_any(struct random *r, uint64_t *map, uint64_t nr_words)
{
	static const uint64_t lengths[] = { 1, 7, 8, 15, 40, 200, 3000 };

	if (random_below(r, 8))
		scan_fill_holes(r, map, nr_words,
				lengths[random_below(r, ARRAY_SIZE(lengths))],
				lengths[random_below(r, ARRAY_SIZE(lengths))]);
	else
		for (uint64_t i = 0; i < nr_words; i++)
			map[i] = random_next(r);
}

/*
 * Against the first variant, the naive one, on random bitmaps of random
 * places, starts and ends. Makes 4 comparisons a trial.
 */
static const char *scan_check_random(const struct scan_variant *v,
				     uint64_t seed, unsigned trials)
{
	const struct scan_variant *naive = scan_variants;
	struct random r = { seed };

	for (unsigned i = 0; i < trials; i++) {
		uint64_t limit = random_below(&r, 8) ? 60 : SCAN_CHECK_WORDS;
		uint64_t nr_words = 1 + random_below(&r, limit);
		uint64_t nr_bits = nr_words * 64 - random_below(&r, 64);
		uint64_t start = random_below(&r, nr_bits);
		uint64_t n =
			1 + random_below(&r, random_below(&r, 2) ? 12 : 200);
		uint64_t *map = scan_place(nr_words, random_below(&r, 2));

		if (random_below(&r, 2))
			start = random_below(&r, start / 16 + 1);
		scan_fill_any(&r, map, nr_words);
		SCAN_EXPECT(v->first_zero(map, nr_bits, start),
			    naive->first_zero(map, nr_bits, start));
		SCAN_EXPECT(v->first_run(map, nr_bits, start, n),
			    naive->first_run(map, nr_bits, start, n));
		SCAN_EXPECT(v->count_zeros(map, nr_bits, start),
			    naive->count_zeros(map, nr_bits, start));
		SCAN_EXPECT(v->load(map, nr_words), naive->load(map, nr_words));
	}
	return NULL;
}

#endif
