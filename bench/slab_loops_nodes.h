/*
 * slab_loops_nodes.h - template: objects that each thread allocates on its node
 * and keeps; then, when all have theirs, it frees every other one of a partner,
 * who mostly is on another node. Half of them stay, and so do the pages: where
 * these lie can be held against /proc/PID/numa_maps.
 */
static uint64_t S(nodes_loop)(struct bench_thread *self, uint64_t nr)
{
	struct slab_thread *t = self->local,
			   *partner = slab_nodes_partner(self);
	const struct slab_call call = S(bench_caller)(t);
	uint64_t failed = S(bench_fill)(t, &call, 0, true);

	bench_phase(self, 0, nr);
	slab_nodes_wait(t);
	t->nr_remote += slab_nodes_remote(self, partner->held, nr, 2);
	self->phase_start_ns = bench_now_ns();
	for (uint64_t i = 0; i < nr; i += 2) {
		void **held = &partner->held[i];

		if (unlikely(!*held))
			continue;
		S(bench_put)(&call, *held);
		*held = NULL;
		OPTIMIZER_CLOBBER();
	}
	bench_phase(self, 1, (nr + 1) / 2);
	return slab_done(t, nr, failed);
}
