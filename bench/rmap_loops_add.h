/*
 * rmap_loops_add.h - template: the scheme's part alone of a mapping that comes
 * and goes: no fault, no table, no lock but its own. 64 pages get `size` more
 * mappings each, then lose them, the oldest first.
 */

static void L(add_all)(struct rmap_bench *bench, unsigned cpu)
{
	struct S(world) *w = bench->world;
	struct S(vma) *vma =
		S(vma_of)(find_vma(bench->mm[0], rmap_page_addr(0)));
	const uint64_t nr = bench->env->point.size;

	for (uint64_t i = 0; i < bench->nr_targets; i++)
		for (uint64_t j = 0; j < nr; j++) {
			/* There is memory: the first round was untimed. */
			S(reserve)(&w->rmap, cpu);
			S(page_dup)
			(&w->rmap, cpu, bench->target[i], vma,
			 rmap_page_addr(i), &bench->entries[j]);
			OPTIMIZER_CLOBBER();
		}
}

static void L(remove_all)(struct rmap_bench *bench, unsigned cpu)
{
	struct S(world) *w = bench->world;
	const uint64_t nr = bench->env->point.size;

	for (uint64_t i = 0; i < bench->nr_targets; i++)
		for (uint64_t j = 0; j < nr; j++) {
			S(page_remove)
			(&w->rmap, cpu, bench->target[i], &bench->entries[j]);
			OPTIMIZER_CLOBBER();
		}
}

static uint64_t L(add_loop)(struct bench_thread *self, uint64_t nr)
{
	struct rmap_bench *bench = self->state;
	const uint64_t round = bench->round;

	for (uint64_t left = nr; left; left -= round) {
		L(add_all)(bench, self->cpu);
		bench_phase(self, 0, round);
		L(remove_all)(bench, self->cpu);
		bench_phase(self, 1, round);
	}
	return nr;
}

static void *L(add_setup)(const struct bench_env *env)
{
	struct rmap_bench *bench = L(setup)(env);

	if (!bench)
		return NULL;
	L(add_all)(bench, 0);
	L(remove_all)(bench, 0);
	return bench;
}

RMAP_ADD(add_case, RMAP_OF_ANON &&RMAP_CHANGES) = {
	RMAP_CASE("add", "mappings", &rmap_add),
	.sizes = BENCH_SIZES(1, 4, 16, 64, 256),
	.quick_sizes = BENCH_SIZES(64),
	/* To forget the oldest, all of a chain is searched: 5 us at 4096. */
	.size_max = 1024,
	.round = rmap_walk_round,
	.phases = { "add", "remove" },
	.setup = L(add_setup),
	.loop = L(add_loop),
};
