/*
 * gbench_shim.c - the family's own null loop, through our shim.
 *
 * gbench_shim SECONDS runs machine/null/loop for at least so long and prints
 * how many operations it did in all; tests/overhead.sh counts their
 * instructions.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../bench/bench.h"

static const struct bench_case *null_case;
static uint64_t nr_ops;

/* Also counts the stretches that look for the number of iterations. */
static uint64_t counted_loop(struct bench_thread *self, uint64_t nr)
{
	nr_ops += nr;
	return null_case->loop(self, nr);
}

static void rep_done(void *arg, unsigned rep, const struct bench_span *spans)
{
	(void)arg, (void)rep, (void)spans;
}

int main(int argc, char **argv)
{
	static const unsigned thread_node[1];
	struct bench_env env = {
		.point = { .threads = 1 },
		.nr_nodes = 1,
		.thread_node = thread_node,
	};
	struct bench_options options = { .reps = 1, .rep = rep_done };
	struct bench_case counted;
	unsigned nr;

	if (argc != 2)
		return 2;
	options.min_time_s = atof(argv[1]);
	null_case = bench_cases(&nr)[0];
	counted = *null_case;
	counted.loop = counted_loop;
	if (nr != 1 || gbench_run(&counted, &env, &options) != BENCH_OK)
		return 1;
	printf("%" PRIu64 "\n", nr_ops);
	return 0;
}
