/*
 * rmap_loops_unmap.h - template: pages are unmapped from all that map them, and
 * come back one mapping after the other, out of the swap cache.
 */

/* All of the family's pages go; false: one did not. */
static bool L(unmap_all)(struct rmap_bench *bench, unsigned cpu)
{
	bool ok = true;

	for (uint64_t i = 0; i < bench->nr_targets; i++)
		ok &= L(reclaim)(bench, cpu, bench->target[i].page);
	return ok;
}

static bool L(map_all)(struct rmap_bench *bench, unsigned cpu)
{
	struct S(world) *w = bench->world;
	bool ok = true;

	for (uint64_t p = 0; p < bench->nr_mms; p++)
		for (uint64_t i = 0; i < bench->nr_targets; i++)
			ok &= !S(access)(w, bench->mm[p], cpu, L(anon_addr)(i),
					 false);
	return ok;
}

/* An operation is a mapping that goes and comes back. */
static uint64_t L(unmap_loop)(struct bench_thread *self, uint64_t nr)
{
	struct rmap_bench *bench = self->state;
	const uint64_t round = bench->nr_found;
	uint64_t done = 0;

	for (uint64_t left = nr; left; left -= round) {
		bool ok = L(unmap_all)(bench, self->cpu);

		bench_phase(self, 0, round);
		ok &= L(map_all)(bench, self->cpu);
		bench_phase(self, 1, round);
		done += ok ? round : 0;
	}
	return done;
}

static void *L(unmap_setup)(const struct bench_env *env)
{
	struct rmap_bench *bench = L(new)(env);
	uint64_t nr = env->point.size;
	int err;

	if (!bench)
		return NULL;
	err = L(family)(bench, nr, RMAP_UNMAP_PAGES, RMAP_UNMAP_PAGES);
	for (uint64_t i = 0; i < RMAP_UNMAP_PAGES && !err; i++) {
		struct page *page =
			L(page_at)(bench, bench->mm[0], L(anon_addr)(i));

		rmap_bench_target(bench, page, nr);
		unlock_page(page);
	}
	return L(ready)(bench, err);
}

RMAP_ADD(unmap_case, RMAP_OF_ANON &&RMAP_UNMAPS) = {
	RMAP_CASE("unmap", "processes", &rmap_unmap),
	.sizes = BENCH_SIZES(1, 2, 4, 16, 64, 256, 1024, 4096),
	.quick_sizes = BENCH_SIZES(1, 64),
	.size_max = 4096,
	.round = rmap_unmap_round,
	.metrics = L(metrics),
	.phases = { "unmap", "map" },
	.setup = L(unmap_setup),
	.loop = L(unmap_loop),
};
