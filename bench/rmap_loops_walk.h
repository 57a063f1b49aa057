/*
 * rmap_loops_walk.h - template: pages are asked who maps them, and nothing
 * changes: page_referenced(), as reclaim calls it for every page that it comes
 * by. All entries are old but at the first time.
 *
 *   walk     a mapping found, of 64 pages that `size` processes share
 *   mix      a page looked at, of 1280: a tenth are shared by `size` processes,
 *            the others each one's own
 *   copied   a page found, of which `size` children have 1000 copies each
 */

/* Whole rounds: each target once. */
static uint64_t L(walk_loop)(struct bench_thread *self, uint64_t nr)
{
	struct rmap_bench *bench = self->state;
	struct S(world) *w = bench->world;
	const unsigned cpu = self->cpu;

	for (uint64_t left = nr; left; left -= bench->round)
		for (uint64_t i = 0; i < bench->nr_targets; i++) {
			S(page_referenced)(&w->rmap, cpu, bench->target[i]);
			OPTIMIZER_CLOBBER();
		}
	return nr;
}

RMAP_ADD(walk_case, RMAP_OF_ANON &&RMAP_FINDS) = {
	RMAP_CASE("walk", "processes", &rmap_walk),
	.sizes = BENCH_SIZES(1, 2, 4, 16, 64, 256, 1024, 4096),
	.quick_sizes = BENCH_SIZES(1, 8, 64),
	.size_max = 4096,
	.round = rmap_walk_round,
	.metrics = L(metrics),
	.setup = L(setup),
	.loop = L(walk_loop),
};

RMAP_ADD(mix_case, RMAP_OF_ANON &&RMAP_FINDS) = {
	RMAP_CASE("mix", "processes", &rmap_mix),
	.sizes = BENCH_SIZES(4, 16, 64, 256, 1024),
	.quick_sizes = BENCH_SIZES(64),
	.size_max = 4096,
	.round = rmap_mix_round,
	.metrics = L(metrics),
	.setup = L(setup),
	.loop = L(walk_loop),
};

RMAP_ADD(copied_case, RMAP_OF_ANON &&RMAP_FINDS) = {
	RMAP_CASE("copied", "processes", &rmap_copied),
	.sizes = BENCH_SIZES(1, 10, 100, 1000),
	.quick_sizes = BENCH_SIZES(32),
	.size_max = 4000,
	.round = rmap_copied_round,
	.metrics = L(metrics),
	.setup = L(setup),
	.loop = L(walk_loop),
};
