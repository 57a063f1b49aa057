/*
 * rmap_loops_unmap.h - template: pages are unmapped from all that map them, and
 * come back one mapping after the other, out of the swap cache.
 */

/* An operation is a mapping that goes and comes back. */
static uint64_t L(unmap_loop)(struct bench_thread *self, uint64_t nr)
{
	struct rmap_bench *bench = self->state;
	const struct rmap_stretch *unmap = bench->stretch, *map = unmap + 1;
	uint64_t done = 0;

	for (uint64_t left = nr; left; left -= bench->round) {
		uint64_t skipped = 0;
		uint64_t failed = L(look)(bench, self->cpu, unmap);

		bench_phase(self, 0, failed ? 0 : bench->round);
		failed += L(run)(bench, self->cpu, map->first, map->end,
				 &skipped);
		bench_phase(self, 1, failed ? 0 : bench->round);
		done += failed ? 0 : bench->round;
	}
	return done;
}

RMAP_ADD(unmap_case, RMAP_OF_ANON &&RMAP_UNMAPS) = {
	RMAP_CASE("unmap", "processes", &rmap_unmap),
	.sizes = BENCH_SIZES(1, 2, 4, 16, 64, 256, 1024, 4096),
	.quick_sizes = BENCH_SIZES(1, 64),
	.size_max = 4096,
	.round = rmap_unmap_round,
	.metrics = L(metrics),
	.phases = { "unmap", "map" },
	.setup = L(setup),
	.loop = L(unmap_loop),
};
