/* tsc.c - how long a tick is, how fine, and how long a reading takes. */
#include "tsc.h"

#include <stdlib.h>

/* The two clocks at one moment, as nearly as they can be read. */
struct moment {
	uint64_t ticks, ns;
};

/* The reading that was interrupted least, of a few. */
static struct moment take_moment(void)
{
	struct moment best = { 0, 0 };
	uint64_t shortest = UINT64_MAX;

	for (unsigned i = 0; i < 16; i++) {
		uint64_t before = tsc_now(), ns = bench_now_ns();
		uint64_t took = tsc_now() - before;

		if (took < shortest) {
			shortest = took;
			best = (struct moment){ before + took / 2, ns };
		}
	}
	return best;
}

double tsc_calibrate(uint64_t ns)
{
	struct moment start = take_moment(), stop;

	while (bench_now_ns() - start.ns < ns)
		;
	stop = take_moment();
	return (double)(stop.ns - start.ns) /
	       (double)(stop.ticks - start.ticks);
}

static int compare_ticks(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static uint64_t greatest_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/*
 * Rows of readings, so that the cost shows even where a step is longer than
 * it.
 */
void tsc_measure(struct tsc_reading *reading)
{
	enum { NR_ROWS = 501, NR_READS = 64 };
	uint64_t row[NR_ROWS], step = 0;

	for (unsigned i = 0; i < NR_ROWS; i++) {
		uint64_t start = tsc_now(), stop = start;

		for (unsigned k = 0; k < NR_READS; k++)
			stop = tsc_now();
		row[i] = stop - start;
		step = greatest_divisor(row[i], step);
	}
	qsort(row, NR_ROWS, sizeof(*row), compare_ticks);
	reading->min = (double)row[0] / NR_READS;
	reading->median = (double)row[NR_ROWS / 2] / NR_READS;
	reading->step = step;
}
