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

	for (uint64_t left = nr; left; left -= bench->nr_found)
		for (uint64_t i = 0; i < bench->nr_targets; i++) {
			S(page_referenced)
			(&w->rmap, cpu, bench->target[i].page);
			OPTIMIZER_CLOBBER();
		}
	return nr;
}

/* The page that process p has at its i-th place is to be found, nr times. */
static int L(aim_at)(struct rmap_bench *bench, uint64_t p, uint64_t i,
		     uint64_t nr)
{
	struct page *page = L(page_at)(bench, bench->mm[p], L(anon_addr)(i));

	if (!page)
		return -ENOMEM;
	rmap_bench_target(bench, page, nr);
	return 0;
}

static void *L(walk_setup)(const struct bench_env *env)
{
	struct rmap_bench *bench = L(new)(env);
	uint64_t nr = env->point.size;
	int err;

	if (!bench)
		return NULL;
	err = L(family)(bench, nr, RMAP_WALK_PAGES, RMAP_WALK_PAGES);
	for (uint64_t i = 0; i < RMAP_WALK_PAGES && !err; i++)
		err = L(aim_at)(bench, 0, i, nr);
	rmap_bench_shuffle(bench);
	return L(ready)(bench, err);
}

/* Pages that the parent has not touched become whose who does. */
static void *L(mix_setup)(const struct bench_env *env)
{
	struct rmap_bench *bench = L(new)(env);
	int err;

	if (!bench)
		return NULL;
	err = L(family)(bench, env->point.size, RMAP_MIX_SHARED,
			RMAP_MIX_PAGES);
	for (uint64_t i = 0; i < RMAP_MIX_PAGES && !err; i++) {
		bool shared = i < RMAP_MIX_SHARED;
		uint64_t p =
			shared ? 0
			       : random_below(&bench->random, env->point.size);

		if (!shared)
			err = S(access)(bench->world, bench->mm[p], 0,
					L(anon_addr)(i), true);
		if (!err)
			err = L(aim_at)(bench, p, i, 1);
	}
	rmap_bench_shuffle(bench);
	return L(ready)(bench, err);
}

static void *L(copied_setup)(const struct bench_env *env)
{
	struct rmap_bench *bench = L(new)(env);
	uint64_t nr = env->point.size + 1;
	int err;

	if (!bench)
		return NULL;
	err = L(family)(bench, nr, RMAP_COPIED_PAGES, RMAP_COPIED_PAGES);
	for (uint64_t p = 1; p < nr; p++)
		for (uint64_t i = 0; i < RMAP_COPIED_PAGES && !err; i++)
			err = S(access)(bench->world, bench->mm[p], 0,
					L(anon_addr)(i), true);
	for (uint64_t i = 0; i < RMAP_COPIED_TARGETS && !err; i++)
		err = L(aim_at)(bench, 1 + i * (nr - 1) / RMAP_COPIED_TARGETS,
				i * 37 % RMAP_COPIED_PAGES, 1);
	rmap_bench_shuffle(bench);
	return L(ready)(bench, err);
}

RMAP_ADD(walk_case, RMAP_OF_ANON &&RMAP_FINDS) = {
	RMAP_CASE("walk", "processes", &rmap_walk),
	.sizes = BENCH_SIZES(1, 2, 4, 16, 64, 256, 1024, 4096),
	.quick_sizes = BENCH_SIZES(1, 8, 64),
	.size_max = 4096,
	.round = rmap_walk_round,
	.metrics = L(metrics),
	.setup = L(walk_setup),
	.loop = L(walk_loop),
};

RMAP_ADD(mix_case, RMAP_OF_ANON &&RMAP_FINDS) = {
	RMAP_CASE("mix", "processes", &rmap_mix),
	.sizes = BENCH_SIZES(4, 16, 64, 256, 1024),
	.quick_sizes = BENCH_SIZES(64),
	.size_max = 4096,
	.round = rmap_mix_round,
	.metrics = L(metrics),
	.setup = L(mix_setup),
	.loop = L(walk_loop),
};

RMAP_ADD(copied_case, RMAP_OF_ANON &&RMAP_FINDS) = {
	RMAP_CASE("copied", "processes", &rmap_copied),
	.sizes = BENCH_SIZES(1, 10, 100, 1000),
	.quick_sizes = BENCH_SIZES(32),
	.size_max = 4000,
	.round = rmap_copied_round,
	.metrics = L(metrics),
	.setup = L(copied_setup),
	.loop = L(walk_loop),
};
