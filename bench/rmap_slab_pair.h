/*
 * rmap_slab_pair.h - what a pte_chain costs as an object: an allocation and its
 * free of 64 bytes, out of the slab that all schemes use. Beside `add`, as the
 * line to hold it against: in phase `add` too, so that a comparison by that
 * metric holds adding alone against the pair. Only for suite_rmap.c.
 */
#include <stdlib.h>

#include "../kernels/rmap/objects.h"

static void *slab_pair_setup(const struct bench_env *env)
{
	struct rmap_bench *bench =
		rmap_bench_new(env, sizeof(struct rmap_cache));

	if (!bench)
		return NULL;
	if (!rmap_cache_create(bench->world, "pte_chain", 64, 64, NULL,
			       &bench->slab))
		return bench;
	rmap_bench_free(bench);
	return NULL;
}

static void slab_pair_teardown(void *state)
{
	struct rmap_bench *bench = state;

	rmap_cache_destroy(bench->world);
	rmap_bench_free(bench);
}

static uint64_t slab_pair_loop(struct bench_thread *self, uint64_t nr)
{
	struct rmap_cache *cache = ((struct rmap_bench *)self->state)->world;
	uint64_t failed = 0;

	for (uint64_t i = 0; i < nr; i++) {
		void *object = rmap_cache_alloc(cache, self->cpu);

		OPTIMIZER_HIDE(object);
		if (likely(object))
			rmap_cache_free(cache, self->cpu, object);
		else
			failed++;
	}
	bench_phase(self, 0, nr - failed);
	return nr - failed;
}

BENCH_CASE(slab_pair_case) = {
	.family = "rmap",
	.strategy = "floor_slab",
	.workload = "add",
	.isa = "scalar",
	.models = "an object of 64 bytes, allocated and freed",
	.size_unit = "mappings",
	.sizes = BENCH_SIZES(1, 4, 16, 64, 256),
	.quick_sizes = BENCH_SIZES(64),
	.size_min = 1,
	.size_max = 1024, /* as add's */
	.batch = 4096,
	.whole_batches = true, /* the phase reads a clock in each */
	.reference = true,
	.arg = &rmap_add,
	.phases = { "add" },
	.setup = slab_pair_setup,
	.teardown = slab_pair_teardown,
	.loop = slab_pair_loop,
};
