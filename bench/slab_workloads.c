/* slab_workloads.c - the workloads of family slab, in one table. */
#include "slab_nodes.h"
#include "slab_replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Powers of two, sizes that fit badly, and 192. */
#define ALL_SIZES                                                            \
	BENCH_SIZES(8, 16, 24, 32, 40, 64, 72, 128, 136, 192, 256, 264, 512, \
		    520, 1024, 1032, 2048, 2056, 4096, 4104, 8192)
#define FEW_SIZES BENCH_SIZES(32, 64, 192, 512, 1024, 4096)
#define ONE_SIZE BENCH_SIZES(64)

#define BATCH(n, order, how)                                         \
	.name = "batch_" #n "_" order, .loop = how, .nr_objects = n, \
	.batch = 4096, .rounds = true, .measure = slab_measure_peak, \
	.sizes = FEW_SIZES, .quick_sizes = ONE_SIZE
#define BATCH_LIFO(n) \
	BATCH(n, "lifo", SLAB_BATCH_LIFO), .thread_setup = slab_thread_init
#define BATCH_FIFO(n) \
	BATCH(n, "fifo", SLAB_BATCH_FIFO), .thread_setup = slab_thread_init
#define BATCH_RANDOM(n)                        \
	BATCH(n, "random", SLAB_BATCH_RANDOM), \
		.thread_setup = slab_thread_permute

static const struct slab_workload workloads[] = {
	{ .name = "pair",
	  .loop = SLAB_PAIR,
	  .nr_objects = 1,
	  .batch = 4096,
	  .thread_setup = slab_thread_init,
	  .sizes = ALL_SIZES,
	  .quick_sizes = BENCH_SIZES(64, 256, 1024) },
	{ BATCH_LIFO(64), .aside_inline = true },
	{ BATCH_FIFO(64), .aside = true },
	{ BATCH_RANDOM(64), .aside = true },
	{ BATCH_LIFO(1024), .aside = true },
	{ BATCH_FIFO(1024), .aside = true },
	{ BATCH_RANDOM(1024) },
	{ BATCH_LIFO(16384), .aside = true },
	{ BATCH_FIFO(16384), .aside = true },
	{ BATCH_RANDOM(16384), .aside = true },
	{ .name = "bulk",
	  .loop = SLAB_BULK,
	  .rounds = true,
	  .nr_objects = 64,
	  .batch = 4096,
	  .thread_setup = slab_thread_init,
	  .sizes = FEW_SIZES,
	  .quick_sizes = ONE_SIZE },
	{ .name = "ctor_reuse",
	  .loop = SLAB_CTOR_REUSE,
	  .aside_inline = true,
	  .ctor = true,
	  .nr_objects = 1,
	  .batch = 4096,
	  .thread_setup = slab_thread_init,
	  .sizes = FEW_SIZES,
	  .quick_sizes = BENCH_SIZES(1024) },
	{ .name = "larson",
	  .loop = SLAB_LARSON,
	  .remote = true,
	  .nr_objects = 1024,
	  .batch = 4096,
	  .thread_setup = slab_thread_boxes,
	  .measure = slab_measure_peak,
	  .sizes = FEW_SIZES,
	  .quick_sizes = ONE_SIZE,
	  .aside = true },
	{ .name = "producer_consumer",
	  .loop = SLAB_PRODUCER_CONSUMER,
	  .remote = true,
	  .pairs = true,
	  .batch = 4096,
	  .thread_setup = slab_thread_init,
	  .sizes = FEW_SIZES,
	  .quick_sizes = ONE_SIZE },
	{ .name = "two_way",
	  .loop = SLAB_TWO_WAY,
	  .remote = true,
	  .pairs = true,
	  .nr_objects = 1024,
	  .batch = 4096,
	  .thread_setup = slab_thread_slots,
	  .sizes = FEW_SIZES,
	  .quick_sizes = ONE_SIZE,
	  .aside = true },
	{ .name = "shred",
	  .loop = SLAB_SHRED,
	  .aside_inline = true,
	  .single = true,
	  .rounds = true,
	  .object_bytes = 4 << 20,
	  .thread_setup = slab_thread_fill,
	  .measure = slab_measure_shred,
	  .phases = { "free", "shrink", "alloc" },
	  .sizes = FEW_SIZES,
	  .quick_sizes = ONE_SIZE },
	{ .name = "refill",
	  .loop = SLAB_REFILL,
	  .sources = true,
	  .single = true,
	  .rounds = true,
	  .object_bytes = 4 << 20,
	  .thread_setup = slab_thread_warm,
	  .phases = { "alloc", "free", "shrink" },
	  .sizes = FEW_SIZES,
	  .quick_sizes = ONE_SIZE,
	  .aside = true },
	{ .name = "nodes",
	  .loop = SLAB_NODES,
	  .remote = true,
	  .rounds = true,
	  .nodes = true,
	  .object_bytes = 1 << 20,
	  .thread_setup = slab_thread_init,
	  .thread_reset = slab_nodes_reset,
	  .phases = { "alloc", "free" },
	  .sizes = FEW_SIZES,
	  .quick_sizes = ONE_SIZE,
	  .aside = true },
	{ .name = "trace",
	  .loop = SLAB_TRACE,
	  .remote = true,
	  .trace = true,
	  .thread_setup = slab_replay_thread,
	  .thread_reset = slab_replay_reset,
	  .measure = slab_replay_measure,
	  .phases = { "trace", "rest" } },
};

static unsigned max_threads(const struct slab_subject *s,
			    const struct slab_workload *w)
{
	if (w->single || (w->remote && s->traits & SLAB_CPU_LOCAL))
		return 1;
	return s->max_threads;
}

/* The sizes are in ascending order. */
static struct bench_sizes fitting(struct bench_sizes sizes, uint64_t max)
{
	while (sizes.nr && sizes.v[sizes.nr - 1] > max)
		sizes.nr--;
	return sizes;
}

/* Behind the '@' stands how it is called, or where the pages come from. */
static void add_case(const struct slab_subject *s,
		     const struct slab_workload *w, slab_loop_fn loop,
		     const struct slab_pages_kind *pages, const char *variant)
{
	struct slab_case *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->subject = s;
	c->workload = w;
	c->pages = pages;
	snprintf(c->name, sizeof(c->name), "%s@%s", w->name, variant);
	c->bench = (struct bench_case){
		.family = "slab",
		.strategy = s->name,
		.workload = c->name,
		.isa = "scalar",
		.models = s->models,
		.size_unit = w->trace ? NULL : "bytes",
		.sizes = fitting(w->sizes, s->max_size),
		.quick_sizes = fitting(w->quick_sizes, s->max_size),
		.size_min = 8,
		.size_max = s->max_size < 8192 ? s->max_size : 8192,
		.batch = w->batch,
		.round = w->trace    ? slab_replay_round
			 : w->rounds ? slab_nr_objects
				     : NULL,
		.file = w->trace ? "a trace of slab events, made by kmembench "
				   "trace import"
				 : NULL,
		.check_file = slab_replay_check,
		.whole_batches = w->pairs,
		.one_batch = w->nodes,
		.min_threads = w->pairs ? 2 : 1,
		.max_threads = max_threads(s, w),
		.threads_step = w->pairs ? 2 : 1,
		.aside = w->aside ||
			 (w->aside_inline && !strcmp(variant, "inline")),
		.reference = s->traits & SLAB_REFERENCE,
		.arg = c,
		.unsupported = s->unsupported,
		.version = s->version,
		.setup = slab_setup,
		.thread_setup = w->thread_setup,
		.thread_reset =
			w->thread_reset ? w->thread_reset : slab_thread_reset,
		.loop = loop,
		.validate = slab_check,
		.metrics = slab_metrics,
		.thread_teardown = slab_thread_teardown,
		.teardown = slab_teardown,
	};
	for (unsigned p = 0; p < BENCH_MAX_PHASES; p++)
		c->bench.phases[p] = w->phases[p];
	bench_add_case(&c->bench);
}

static slab_loop_fn loop_of(const struct slab_subject *s,
			    const struct slab_workload *w,
			    const slab_loop_fn loops[SLAB_NR_LOOPS])
{
	if (((w->sources || w->nodes) && s->library) ||
	    (w->trace && s->max_size < SLAB_MAX_SIZE))
		return NULL;
	return loops[w->ctor && s->library ? SLAB_CTOR_EACH : w->loop];
}

void slab_add_cases(const struct slab_subject *s,
		    const slab_loop_fn loops[SLAB_NR_LOOPS],
		    const char *variant)
{
	for (unsigned i = 0; i < ARRAY_SIZE(workloads); i++) {
		const struct slab_workload *w = &workloads[i];
		const slab_loop_fn loop = loop_of(s, w, loops);

		if (!loop)
			continue;
		if (!w->sources)
			add_case(s, w, loop, slab_pages_kinds[0], variant);
		for (unsigned k = 0; w->sources && slab_pages_kinds[k] &&
				     loops != slab_indirect_loops;
		     k++)
			add_case(s, w, loop, slab_pages_kinds[k],
				 slab_pages_kinds[k]->name);
	}
}
