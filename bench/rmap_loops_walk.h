/*
 * rmap_loops_walk.h - template: pages are asked who maps them, and nothing
 * changes: page_referenced(), as reclaim calls it for every page that it comes
 * by. An operation is a mapping found, whatever was looked at for it.
 *
 *   walk     64 pages that a family of `size` processes shares
 */

/* Whole rounds: each target once. */
static uint64_t L(walk_loop)(struct bench_thread *self, uint64_t nr)
{
	struct rmap_bench *bench = self->state;
	struct S(world) *w = bench->world;
	const unsigned cpu = self->cpu;

	for (uint64_t left = nr; left; left -= bench->nr_found)
		for (uint64_t i = 0; i < bench->nr_targets; i++) {
			S(page_referenced)
			(&w->rmap, cpu, bench->target[i].page);
			OPTIMIZER_CLOBBER();
		}
	return nr;
}

static void *L(walk_setup)(const struct bench_env *env)
{
	struct rmap_bench *bench = L(new)(env);
	uint64_t nr = env->point.size;
	int err;

	if (!bench)
		return NULL;
	err = L(family)(bench, nr, RMAP_WALK_PAGES);
	for (uint64_t i = 0; i < RMAP_WALK_PAGES && !err; i++)
		rmap_bench_target(
			bench, L(page_at)(bench, bench->mm[0], L(anon_addr)(i)),
			nr);
	rmap_bench_shuffle(bench);
	return L(ready)(bench, err);
}

RMAP_ADD(walk_case, RMAP_FOR_ANON) = {
	RMAP_CASE("walk", &rmap_walk),
	.sizes = BENCH_SIZES(1, 2, 4, 16, 64, 256, 1024, 4096),
	.quick_sizes = BENCH_SIZES(1, 16, 256),
	.round = rmap_walk_round,
	.setup = L(walk_setup),
	.loop = L(walk_loop),
};
