/* suite_clear.c - clearing a page: what every strategy's cases share. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "../kernels/clear/clear.h"

BENCH_FAMILY(clear_family) = {
	.name = "clear",
	.what = "filling one page with zeros",
};

/* One page for each thread. */
struct clear_state {
	struct host_memory *host;
	char *pages;
	size_t bytes;
};

static void *clear_setup(const struct bench_env *env)
{
	struct clear_state *state = malloc(sizeof(*state));

	if (!state)
		return NULL;
	state->host = env->host;
	state->bytes = env->point.threads * PAGE_SIZE;
	state->pages = env->host->map(env->host, state->bytes);
	if (state->pages)
		return state;
	free(state);
	return NULL;
}

/* The thread that will clear the page is the first to touch it. */
static int clear_thread_setup(struct bench_thread *self)
{
	struct clear_state *state = self->state;

	self->local = state->pages + self->cpu * PAGE_SIZE;
	memset(self->local, 0xff, PAGE_SIZE);
	return 0;
}

static void clear_teardown(void *arg)
{
	struct clear_state *state = arg;

	state->host->unmap(state->host, state->pages, state->bytes);
	free(state);
}

static uint64_t clear_op_bytes(const struct bench_point *point)
{
	(void)point;
	return PAGE_SIZE;
}

#define STRATEGY_TEMPLATE "../../bench/clear_loops.h"
#include "../kernels/clear/strategies.h"
