/*
 * pgtable_loops_walk.h - template: walks one after the other. The next address
 * is known only when a walk has ended: it is xored with a part of the result,
 * which is none. So a CPU cannot run ahead, as it could not for a program that
 * waits for what it addressed.
 */
static uint64_t P(walk_loop)(struct bench_thread *self, uint64_t nr)
{
	struct pgtable_thread *t = self->local;
	struct P(space) *s = t->bench->space;
	const unsigned cpu = self->cpu;
	uint64_t none = 0, after = 0, failed = 0;

	OPTIMIZER_HIDE(none);
	for (uint64_t left = nr, part; left; left -= part) {
		const uint64_t *addr = pgtable_next(t, left, &part);

		for (uint64_t i = 0; i < part; i++) {
			pfn_t pfn = P(walk)(s, cpu, addr[i] ^ after);

			after = pfn & none;
			failed += pfn == PFN_NONE;
			OPTIMIZER_CLOBBER();
		}
	}
	return nr - failed;
}

#define PGTABLE_WALK_CASE(name, how)                                   \
	PGTABLE_CASE(name, how),                                       \
		.max_threads = P(max_threads), .size_max = 1ull << 40, \
		.thread_setup = P(list_thread), .loop = P(walk_loop)

PGTABLE_ADD(seq_case, !(P(traits) & PGTABLE_BATCH)) = {
	PGTABLE_WALK_CASE("seq", &pgtable_seq),
	.sizes = PGTABLE_SIZES,
	.quick_sizes = BENCH_SIZES(64 << 20),
	.aside = P(traits) & PGTABLE_BRIEF,
};

PGTABLE_ADD(stride_case, !(P(traits) & PGTABLE_BATCH)) = {
	PGTABLE_WALK_CASE("stride", &pgtable_stride),
	.sizes = PGTABLE_SIZES,
	.quick_sizes = BENCH_SIZES(64 << 20),
};

PGTABLE_ADD(random_case, !(P(traits) & PGTABLE_BATCH)) = {
	PGTABLE_WALK_CASE("random", &pgtable_random),
	.sizes = PGTABLE_SIZES,
	/* Tables in the first cache, in the second, in none: a line to draw. */
	.quick_sizes = BENCH_SIZES(1 << 20, 64 << 20, 64ull << 30),
};

PGTABLE_ADD(zipf_case, !(P(traits) & PGTABLE_BATCH)) = {
	PGTABLE_WALK_CASE("zipf", &pgtable_zipf),
	.sizes = PGTABLE_SIZES,
	.quick_sizes = BENCH_SIZES(64 << 20),
	.aside = true,
};

#undef PGTABLE_WALK_CASE
