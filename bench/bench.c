/* bench.c - the registry of cases, and the clocks of the timed loops. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct bench_case *cases;
static struct bench_family *families;
static unsigned nr_cases;

void bench_add_case(struct bench_case *bench)
{
	bench->next = cases;
	cases = bench;
	nr_cases++;
}

void bench_add_family(struct bench_family *family)
{
	family->next = families;
	families = family;
}

const struct bench_family *bench_find_family(const char *name)
{
	for (struct bench_family *f = families; f; f = f->next)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

static int compare_cases(const void *left, const void *right)
{
	const struct bench_case *a = *(const struct bench_case *const *)left;
	const struct bench_case *b = *(const struct bench_case *const *)right;
	int order = strcmp(a->family, b->family);

	if (!order)
		order = strcmp(a->strategy, b->strategy);
	if (!order)
		order = strcmp(a->workload, b->workload);
	if (!order)
		order = strcmp(a->isa, b->isa);
	return order;
}

const struct bench_case *const *bench_cases(unsigned *nr)
{
	static const struct bench_case **sorted;

	if (!sorted) {
		unsigned i = 0;

		sorted = malloc((nr_cases + 1) * sizeof(*sorted));
		if (!sorted)
			abort();
		for (struct bench_case *c = cases; c; c = c->next)
			sorted[i++] = c;
		qsort(sorted, nr_cases, sizeof(*sorted), compare_cases);
	}
	*nr = nr_cases;
	return sorted;
}

struct bench_case *bench_case_of_file(const struct bench_case *bench,
				      const char *name, const char *path)
{
	size_t workload = strlen(bench->workload) + 1 + strlen(name) + 1;
	struct bench_case *made =
		malloc(sizeof(*made) + workload + strlen(path) + 1);
	char *texts = (char *)(made + 1);

	if (!made)
		abort();
	*made = *bench;
	sprintf(texts, "%s:%s", bench->workload, name);
	made->workload = texts;
	made->path = strcpy(texts + workload, path);
	return made;
}

uint64_t bench_batch(const struct bench_case *bench,
		     const struct bench_env *env)
{
	uint64_t batch = bench->batch ? bench->batch : 1;
	uint64_t round = bench->round ? bench->round(env) : 1;

	if (bench->batch_bytes && env->point.size)
		batch = bench->batch_bytes / env->point.size;
	return batch > round ? (batch + round - 1) / round * round : round;
}

bool bench_has_single_ops(const struct bench_case *bench)
{
	return !bench->round && !bench->whole_batches;
}

static uint64_t clock_ns(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t bench_now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC_RAW);
}

uint64_t bench_cpu_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

void bench_phase(struct bench_thread *self, unsigned phase, uint64_t ops)
{
	uint64_t now = bench_now_ns();

	self->span.phase_ns[phase] += now - self->phase_start_ns;
	self->span.phase_ops[phase] += ops;
	self->phase_start_ns = now;
}
