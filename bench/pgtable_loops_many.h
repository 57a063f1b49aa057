/*
 * pgtable_loops_many.h - template: walks that do not depend on each other,
 * handed in at once. Whose walk_many() is a loop of walks stands aside: it is
 * what walk_independent shows.
 */
static uint64_t P(many_loop)(struct bench_thread *self, uint64_t nr)
{
	struct pgtable_thread *t = self->local;
	struct P(space) *s = t->bench->space;
	const unsigned cpu = self->cpu;
	uint64_t failed = 0;

	for (uint64_t left = nr, part; left; left -= part) {
		const uint64_t *addr = pgtable_next(t, left, &part);

		P(walk_many)(s, cpu, addr, t->pfn, (unsigned)part);
		OPTIMIZER_CLOBBER();
		for (uint64_t i = 0; i < part; i++)
			failed += t->pfn[i] == PFN_NONE;
	}
	return nr - failed;
}

PGTABLE_ADD(many_random_case, true) = {
	PGTABLE_CASE("many_random", &pgtable_random),
	.sizes = PGTABLE_SIZES,
	.quick_sizes = BENCH_SIZES(64ull << 30),
	.size_max = 1ull << 40,
	.max_threads = P(max_threads),
	.whole_batches = true,
	/* The host's own walks are what is left to hide, by those who can. */
	.pages = P(traits) & PGTABLE_BATCH ? BENCH_PAGES_4K | BENCH_PAGES_THP
					   : 0,
	.aside = !(P(traits) & (PGTABLE_BATCH | PGTABLE_NULL)),
	.thread_setup = P(list_thread),
	.loop = P(many_loop),
};
