/*
 * rmap_loops_chain.h - template: each process is its predecessor's only child,
 * down to the `size`-th generation, and writes one of the 16 pages that they
 * began with. Behind the @: whether all live until the last is there, or a
 * process ends once it has a child. An operation is a generation.
 */

/* The g-th process; false: no memory. */
static bool L(next_generation)(struct rmap_bench *bench, unsigned cpu,
			       uint64_t g)
{
	const struct rmap_workload *workload = bench->env->bench->arg;
	struct S(world) *w = bench->world;

	bench->mm[g] = S(fork)(w, bench->mm[g - 1], cpu);
	if (!bench->mm[g])
		return false;
	if (workload->orphan && g > 1) {
		S(exit)(w, bench->mm[g - 1], cpu);
		bench->mm[g - 1] = NULL;
	}
	return !S(access)(w, bench->mm[g], cpu,
			  L(anon_addr)(g % RMAP_CHAIN_PAGES), true);
}

static uint64_t L(chain_loop)(struct bench_thread *self, uint64_t nr)
{
	struct rmap_bench *bench = self->state;
	const uint64_t size = self->env->point.size;
	uint64_t done = 0;

	for (uint64_t left = nr; left; left -= size) {
		uint64_t g = 1;

		while (g <= size && L(next_generation)(bench, self->cpu, g))
			g++;
		done += g - 1;
		bench_phase(self, 0, size);
		if (bench->peaking)
			L(see_peak)(bench);
		for (g = 1; g <= size; g++) {
			if (bench->mm[g])
				S(exit)(bench->world, bench->mm[g], self->cpu);
			bench->mm[g] = NULL;
		}
		bench_phase(self, 1, size);
	}
	return done;
}

static void *L(chain_setup)(const struct bench_env *env)
{
	struct rmap_bench *bench = L(new)(env);

	if (!bench)
		return NULL;
	bench->mm[0] = L(parent)(bench, RMAP_CHAIN_PAGES, RMAP_CHAIN_PAGES);
	return L(ready)(bench, bench->mm[0] ? 0 : -ENOMEM);
}

#define RMAP_CHAIN_CASE(name, how)                                         \
	RMAP_ADD(KMB_PASTE(chain_, name), RMAP_OF_ANON &&RMAP_CHANGES) = { \
		RMAP_CASE("chain@" #name, "generations", how),             \
		.sizes = BENCH_SIZES(1, 4, 16, 64, 256, 1024),             \
		.quick_sizes = BENCH_SIZES(32),                            \
		.size_max = 1024,                                          \
		.round = rmap_size_round,                                  \
		.phases = { "fork", "exit" },                              \
		.metrics = L(metrics),                                     \
		.setup = L(chain_setup),                                   \
		.thread_setup = L(round_thread),                           \
		.loop = L(chain_loop),                                     \
	}

RMAP_CHAIN_CASE(live, &rmap_chain_live);
RMAP_CHAIN_CASE(orphan, &rmap_chain_orphan);

#undef RMAP_CHAIN_CASE
