/* pgtable_loops_map.h - template: address spaces that change. */

/* One page after the other, then all at once unmapped. */
static uint64_t P(populate_loop)(struct bench_thread *self, uint64_t nr)
{
	struct pgtable_thread *t = self->local;
	struct P(space) *s = t->bench->space;
	const unsigned cpu = self->cpu;
	const uint64_t start = t->first;
	const uint64_t end = start + (t->pages << PAGE_SHIFT);
	uint64_t done = 0;

	for (uint64_t left = nr; left; left -= 2 * t->pages) {
		int64_t gone;

		for (uint64_t addr = start; addr != end; addr += PAGE_SIZE) {
			done += !P(map)(s, cpu, addr,
					pgtable_frame(t->bench, addr),
					LEVEL_PTE, PAGE_TABLE);
			OPTIMIZER_CLOBBER();
		}
		bench_phase(self, 0, t->pages);
		gone = P(unmap)(s, cpu, start, end);
		done += gone > 0 ? (uint64_t)gone : 0;
		OPTIMIZER_CLOBBER();
		bench_phase(self, 1, t->pages);
	}
	return done;
}

/* Once there and back: the tables' pages were all touched. */
static int P(populate_thread)(struct bench_thread *self)
{
	int err = pgtable_thread_part(self);

	if (!err)
		P(populate_loop)(self, pgtable_bench_round(self->env));
	return err;
}

PGTABLE_ADD(populate_case, !(P(traits) & (PGTABLE_BATCH | PGTABLE_REFERENCE)) ||
				   P(traits) & PGTABLE_NULL) = {
	PGTABLE_CASE("populate", &pgtable_empty),
	.sizes = BENCH_SIZES(1 << 20, 16 << 20, 64 << 20, 256 << 20, 1ull << 30,
			     4ull << 30),
	.quick_sizes = BENCH_SIZES(64 << 20),
	.size_max = 16ull << 30,
	.round = pgtable_bench_round,
	.max_threads = P(traits) & PGTABLE_READERS_ONLY ? 1 : P(max_threads),
	.phases = { "map", "unmap" },
	.thread_setup = P(populate_thread),
	.loop = P(populate_loop),
};

/* Table by table unmapped, which frees it, and its pages mapped again. */
static uint64_t P(remap)(struct bench_thread *self, uint64_t nr)
{
	struct pgtable_thread *t = self->local;
	const struct pgtable_span *span = &t->bench->span;
	const uint64_t bytes = span->per_table * span->page_step;
	struct P(space) *s = t->bench->space;
	const unsigned cpu = self->cpu;
	uint64_t done = 0;

	for (uint64_t left = nr; left; left--) {
		uint64_t addr = t->addr[t->at];

		if (!(addr & (bytes - 1)))
			P(unmap)(s, cpu, addr, addr + bytes);
		done += !P(map)(s, cpu, addr, pgtable_frame(t->bench, addr),
				LEVEL_PTE, PAGE_TABLE);
		t->at = t->at + 1 < t->nr_addrs ? t->at + 1 : 0;
	}
	return done;
}

/* That nothing is mapped just now is an answer, too. */
static uint64_t P(race_loop)(struct bench_thread *self, uint64_t nr)
{
	bool last = self->cpu == self->env->point.threads - 1;
	uint64_t done = nr;

	if (last)
		done = P(remap)(self, nr);
	else
		P(walk_loop)(self, nr);
	bench_phase(self, last, nr);
	return done;
}

static int P(race_thread)(struct bench_thread *self)
{
	if (self->cpu == self->env->point.threads - 1)
		return pgtable_thread_sequence(self);
	return P(list_thread)(self);
}

PGTABLE_ADD(race_case, !(P(traits) & (PGTABLE_BATCH | PGTABLE_READERS_ONLY)) &&
			       P(max_threads) > 1) = {
	PGTABLE_CASE("race", &pgtable_random),
	.sizes = BENCH_SIZES(4 << 20, 64 << 20, 1ull << 30),
	.quick_sizes = BENCH_SIZES(64 << 20),
	.size_max = 16ull << 30,
	.min_threads = 2,
	.max_threads = P(max_threads),
	.whole_batches = true,
	.phases = { "walk", "map" },
	.thread_setup = P(race_thread),
	.loop = P(race_loop),
};
