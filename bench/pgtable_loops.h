/*
 * pgtable_loops.h - template: the timed loops of family pgtable for one
 * STRATEGY over one FORMAT, and what they share: setup, check, metrics. A loop
 * and its cases are in pgtable_loops_*.h, included at the end.
 *
 * The main axis is the span, in bytes of addresses. Nothing is mapped but a few
 * frames, again and again: it is the tables that a walk reads, and they are
 * real memory. What one operation is:
 *   seq, stride, random, zipf   a walk; it begins when the one before has ended
 *   many_random                 a walk, handed in with 4095 others
 *   get                         a walk and a reference taken, and put
 *   race                        a walk; of the last thread, a page mapped
 *   populate                    a page mapped, or unmapped
 *   follow_page                 follow_page(), by any of its flags
 *   fork_copy                   a page copied for a child, or unmapped there
 */
#include "pgtable_bench.h"

#include <stdlib.h>

static int P(map_span)(struct pgtable_bench *bench)
{
	const uint64_t flags = PAGE_TABLE; /* all that a user's page may be */
	int err = 0;

	for (uint64_t i = 0; i < bench->span.nr_pages && !err; i++) {
		uint64_t addr = pgtable_span_addr(&bench->span, i);

		err = P(map)(bench->space, 0, addr, pgtable_frame(bench, addr),
			     LEVEL_PTE, flags);
	}
	return err;
}

#ifdef STRATEGY_LOCKS
static int P(map_mix)(struct pgtable_bench *bench);
#endif

static int P(map_first)(struct pgtable_bench *bench)
{
	const struct pgtable_workload *workload = bench->env->bench->arg;

#ifdef STRATEGY_LOCKS
	if (workload->mixed)
		return P(map_mix)(bench);
#endif
	return workload->empty ? 0 : P(map_span)(bench);
}

static void *P(setup)(const struct bench_env *env)
{
	struct pgtable_bench *bench = pgtable_bench_new(
		env, sizeof(struct P(space)), F(level_size)(LEVEL_PMD));
	uint8_t cpu_node[KMB_MAX_THREADS];

	if (!bench)
		return NULL;
	for (unsigned t = 0; t < env->point.threads; t++)
		cpu_node[t] = (uint8_t)env->thread_node[t];
	if (P(create)(bench->space, bench->sources, env->nr_nodes,
		      env->point.threads, cpu_node))
		goto free_bench;
	if (!P(map_first)(bench))
		return bench;
	P(destroy)(bench->space);
free_bench:
	pgtable_bench_free(bench);
	return NULL;
}

static void P(teardown)(void *state)
{
	struct pgtable_bench *bench = state;

	P(destroy)(bench->space);
	pgtable_bench_free(bench);
}

static bool P(check)(void *state)
{
	struct pgtable_bench *bench = state;

	return P(validate)(bench->space);
}

/* Of the addresses that the first thread walks. */
static double P(mean_loads)(const struct pgtable_bench *bench)
{
	const struct pgtable_thread *t = &bench->threads[0];
	uint64_t nr = t->nr_addrs < 65536 ? t->nr_addrs : 65536, sum = 0;

	for (uint64_t i = 0; i < nr; i++)
		sum += P(loads)(bench->space, 0, t->addr[i]);
	return (double)sum / (double)nr;
}

/* Of the walks of all threads, which walk as often. */
static double P(local_walks)(const struct pgtable_bench *bench)
{
	const struct bench_env *env = bench->env;
	double local = 0;

	for (unsigned t = 0; t < env->point.threads; t++) {
#ifdef STRATEGY_COPIES
		unsigned node = P(walk_node)(bench->space, t);
#else
		unsigned node = 0; /* all tables are of pages[0] */
#endif
		local += node == env->thread_node[t];
	}
	return local / env->point.threads;
}

static void P(metrics)(void *state, bench_metric_fn emit, void *arg)
{
	struct pgtable_bench *bench = state;
	const struct pgtable_workload *workload = bench->env->bench->arg;
	struct pgtable_stats stats;

	P(stats)(bench->space, &stats);
	if (stats.mapped_pages)
		emit(arg, "table_bytes_per_page",
		     (double)stats.table_bytes / (double)stats.mapped_pages,
		     "B");
	/* Not every walk in a mixed span comes to the last level. */
	if (bench->threads[0].nr_addrs && !workload->mixed)
		emit(arg, "loads_per_walk", P(mean_loads)(bench), "1");
	if (bench->env->nr_nodes > 1 && !(P(traits) & PGTABLE_NULL)) {
		emit(arg, "local_walk_share", P(local_walks)(bench), "1");
		pgtable_node_metrics(bench, emit, arg);
	}
}

/* What a list holds to be walked: addresses, or what a strategy makes of them
 * beforehand. */
static int P(list_thread)(struct bench_thread *self)
{
	int err = pgtable_thread_init(self);

#ifdef STRATEGY_PREPARE
	struct pgtable_thread *t = self->local;

	for (uint64_t i = 0; !err && i < t->nr_addrs; i++)
		t->addr[i] = P(prepare)(t->bench->space, t->addr[i]);
#endif
	return err;
}

#define PGTABLE_SIZES                                                 \
	BENCH_SIZES(1 << 20, 4 << 20, 16 << 20, 64 << 20, 256 << 20,  \
		    1ull << 30, 4ull << 30, 16ull << 30, 64ull << 30, \
		    256ull << 30, 1ull << 40)

#define PGTABLE_CASE(name, how)                                        \
	.family = "pgtable", .strategy = STRATEGY_NAME,                \
	.workload = name "@" FORMAT_NAME, .isa = "scalar",             \
	.models = P(models), .size_unit = "bytes", .arg = how,         \
	.batch = PGTABLE_BATCH_OPS, .size_min = 1 << 20,               \
	.reference = P(traits) & PGTABLE_REFERENCE, .setup = P(setup), \
	.validate = P(check), .metrics = P(metrics),                   \
	.thread_teardown = pgtable_thread_free, .teardown = P(teardown)

/* A case of those strategies that it makes sense for. */
#define PGTABLE_ADD(name, applies)                                         \
	static struct bench_case P(name);                                  \
	static __attribute__((constructor)) void P(KMB_PASTE(name, _add))( \
		void)                                                      \
	{                                                                  \
		if (applies)                                               \
			pgtable_add_case(&P(name), F(user_top));           \
	}                                                                  \
	static struct bench_case P(name)

#include "pgtable_loops_walk.h"
#include "pgtable_loops_many.h"
#include "pgtable_loops_map.h"
#ifdef STRATEGY_GET
#include "pgtable_loops_get.h"
#endif
#ifdef STRATEGY_LOCKS
#include "pgtable_loops_mix.h"
#endif

#undef PGTABLE_SIZES
#undef PGTABLE_CASE
#undef PGTABLE_ADD
